"""The terms of a course, read back as they were stated."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.terms import Glossary, GlossaryTerm, Spelling
from quizapp.models import Term
from quizapp.questions.folding import Speller


def read_terms(session: Session, *, course_id: int) -> tuple[GlossaryTerm, ...]:
    """Return the terms of a course in their order; one statement."""
    rows = session.execute(
        sa.select(Term.key, Term.kind, Term.name, Term.definition, Term.names, Term.spellings)
        .where(Term.course_id == course_id)
        .order_by(Term.position)
    )
    return tuple(
        GlossaryTerm(
            key=row.key,
            kind=row.kind.value,
            name=row.name,
            definition=row.definition,
            names=tuple(row.names),
            spellings=tuple(Spelling(one["text"], one["language"]) for one in row.spellings),
        )
        for row in rows
    )


def speller(session: Session, *, course_id: int) -> Speller:
    """Return what gives the other ways to write a text that names a term of a course.

    The terms are read when the first text is asked about: most questions have none to type.
    """
    read: list[Glossary] = []

    def find(text: str) -> Sequence[str]:
        if not read:
            read.append(Glossary(read_terms(session, course_id=course_id)))
        return read[0].spellings(text)

    return find
