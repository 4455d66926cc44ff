"""Loading a course's glossary from its bank files."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.digest import digest
from quizapp.bank.schema import BankCourse, BankTerm
from quizapp.models import Course, Term, TermKind
from quizapp.services.bank_content import Tally


def load_glossary(session: Session, course: Course, stated: BankCourse, tally: Tally) -> None:
    """Store the terms in their order, and their digest with the course.

    A term that the files no longer state is deleted: nothing refers to one.
    """
    stored = {
        term.key: term
        for term in session.scalars(sa.select(Term).where(Term.course_id == course.id))
    }
    statements = [(item.key, _statement(item)) for item in stated.terms]
    for position, (key, statement) in enumerate(statements):
        values = {**statement, "kind": TermKind(statement["kind"]), "position": position}
        term = stored.pop(key, None)
        known = term is not None
        term = term or Term(course_id=course.id, key=key)
        changed = {name: value for name, value in values.items() if getattr(term, name) != value}
        for name, value in changed.items():
            setattr(term, name, value)
        session.add(term)
        tally.count(before=known, differs=bool(changed))
    for term in stored.values():
        session.delete(term)
        tally.retired += 1
    course.glossary_sha256 = digest({"terms": statements}) if statements else ""
    session.flush()  # pages read the terms with Core


def _statement(item: BankTerm) -> dict[str, Any]:
    """Return the columns of a term but its key and place."""
    stated = item.stated
    return {
        "kind": stated.kind,
        "name": stated.name,
        "definition": stated.definition,
        "names": list(stated.names),
        "spellings": [asdict(spelling) for spelling in stated.spellings],
    }
