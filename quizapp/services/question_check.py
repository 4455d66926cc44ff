"""Reading what an instructor states of a question: every problem is found before it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, Problem
from quizapp.models import Fact, Status
from quizapp.queries.terms import speller
from quizapp.questions.base import Raw
from quizapp.questions.edits import EditKind
from quizapp.questions.registry import TYPES
from quizapp.questions.tags import read_tags
from quizapp.services.facts import CheckedFact, NewFact, check_fact
from quizapp.services.waivers import Waiver, read_waivers


@dataclass(frozen=True, slots=True)
class Written:
    """What an instructor states of a question, unchecked.

    :param raw: what `TYPES[type_name].parse` reads.
    :param fact: the id of a fact of the course, or a new one; None when neither was given.
    :param waivers: rules of the craft that it may break, with a reason each.
    :param edit: what kind of change it makes; None for what the difference proposes.
    """

    type_name: str
    raw: Raw
    fact: int | NewFact | None
    status: Status
    tags: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    edit: EditKind | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """The same, ready to be stored."""

    type_name: str
    content: dict[str, Any]
    stem: str
    fact: int | CheckedFact
    status: Status
    tags: tuple[str, ...]
    waivers: tuple[Waiver, ...]

    @property
    def existing_fact(self) -> int | None:
        """Return the id of the fact, None for one that is new."""
        return self.fact if isinstance(self.fact, int) else None

    @property
    def stated_waivers(self) -> list[dict[str, str]]:
        return [waiver.dump() for waiver in self.waivers]


def check_written(
    session: Session,
    course_id: int,
    written: Written,
    *,
    allowed: tuple[Status, ...],
    keeps: int | None = None,
) -> Checked:
    """Return what may be stored, or raise `Invalid` with the problems of every part.

    :param keeps: the fact that the question tests now, which it may keep even if retired.
    """
    problems: list[Problem] = []
    kind = TYPES.get(written.type_name)
    if kind is None:
        raise Invalid([Problem("type", "Choose one of the types of question.")])
    content, fact = None, None
    try:
        content = kind.parse(written.raw)
    except Invalid as error:
        problems += _under("content", error)
    try:
        fact = _check_fact(session, course_id, written.fact, keeps)
    except Invalid as error:
        problems += _under("fact", error)
    if written.status not in allowed:
        problems.append(Problem("status", "Choose draft, in review or ready."))
    tags, complaints = read_tags(written.tags)
    waivers, unsound = read_waivers(written.waivers)
    problems += complaints + unsound
    if problems or content is None or fact is None:
        raise Invalid(problems)
    content = kind.with_spellings(content, speller(session, course_id=course_id))
    return Checked(
        kind.name, kind.dump(content), kind.stem(content), fact, written.status, tags, waivers
    )


def _under(prefix: str, error: Invalid) -> list[Problem]:
    return [Problem(f"{prefix}.{p.path}".rstrip("."), p.message) for p in error.problems]


def _check_fact(
    session: Session, course_id: int, stated: int | NewFact | None, keeps: int | None
) -> int | CheckedFact:
    if isinstance(stated, NewFact):
        return check_fact(session, course_id=course_id, stated=stated)
    usable = sa.or_(Fact.status != Status.RETIRED, Fact.id == keeps)
    found = session.scalar(
        sa.select(Fact.id).where(Fact.id == stated, Fact.course_id == course_id, usable)
    )
    if found is None:
        raise Invalid([Problem("", "Choose the fact that this question tests, or write it.")])
    return found
