"""Writing and curating questions. What was asked before stays as it was: revisions only add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.digest import digest
from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.models import Citation, Fact, Question, Revision, Status
from quizapp.policy import Actor, require_instructor
from quizapp.queries.terms import speller
from quizapp.questions.base import Raw
from quizapp.questions.registry import TYPES
from quizapp.questions.tags import read_tags
from quizapp.services.facts import CheckedFact, NewFact, check_fact, free_key, store_fact

NO_QUESTION = "There is no such question in this course."
NO_PROOF = (
    "No words of a text prove the fact of this question yet. Keep it as a draft, or write the fact "
    "anew and cite the words that prove it."
)
_TICK = timedelta(milliseconds=1)
STALE = "Someone else changed this question while you were editing it."


@dataclass(frozen=True, slots=True)
class Written:
    """What an instructor states of a question, unchecked.

    :param raw: what `TYPES[type_name].parse` reads.
    :param fact: the id of a fact of the course, or a new one; None when neither was given.
    """

    type_name: str
    raw: Raw
    fact: int | NewFact | None
    status: Status
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Checked:
    """The same, ready to be stored."""

    type_name: str
    content: dict[str, Any]
    stem: str
    fact: int | CheckedFact
    status: Status
    tags: tuple[str, ...]


def create_question(
    session: Session, *, actor: Actor, course_id: int, written: Written, now: datetime
) -> int:
    """Store a new question with its first revision, and its fact if that is new; return its id.

    :raises Forbidden, NotFound: the actor does not teach the course.
    :raises Invalid: with every problem, at "content.…" (see `parse`), "fact.…", "tags" or "status".
    """
    require_instructor(actor, course_id)
    checked = _check(session, course_id, written, allowed=(Status.DRAFT, Status.READY))
    question = Question(
        course_id=course_id,
        key=free_key(session, Question, course_id, words=checked.stem),
        current_number=1,
        updated_at=now,
        **_columns(session, course_id, checked),
    )
    session.add(question)
    session.flush()  # generate question.id
    _append(session, question.id, checked, number=1, actor=actor, now=now)
    return question.id


def revise_question(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    question_id: int,
    written: Written,
    seen: int,
    now: datetime,
    seen_at: datetime | None = None,
) -> int:
    """Make what is written the state of a question; return the number of its revision.

    Only other content makes a new revision; a change of fact or status alone does not. What the
    glossary accepts besides is worked out anew and is a part of the content.

    :param seen: the revision number that the editor started from; :param seen_at: when anything
        had been changed last then, since tags and status have no number; None does not ask.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question.
    :raises Conflict: someone else revised it since.
    :raises Invalid: with every problem, at "content.…" (see `parse`), "fact.…", "tags" or "status".
    """
    require_instructor(actor, course_id)
    stored = _current(session, course_id, question_id)
    if stored.current_number != seen or seen_at not in {None, stored.updated_at}:
        raise Conflict(STALE)
    checked = _check(session, course_id, written, allowed=tuple(Status), keeps=stored.fact_id)
    differs = (stored.type, stored.sha256) != (checked.type_name, digest(checked.content))
    number = seen + 1 if differs else seen
    kept = (stored.fact_id, stored.status, tuple(stored.tags))
    if not differs and (checked.fact, checked.status, checked.tags) == kept:
        return number
    # The time tells one change from the next, so it never stays the same.
    times = {"current_number": number, "updated_at": max(now, stored.updated_at + _TICK)}
    values = _columns(session, course_id, checked) | times
    # Whoever comes second finds another number or time and changes nothing.
    unchanged = (
        Question.id == question_id,
        Question.current_number == seen,
        Question.updated_at == stored.updated_at,
    )
    changed = session.execute(sa.update(Question).where(*unchanged).values(**values))
    if cast("sa.CursorResult[Any]", changed).rowcount != 1:
        raise Conflict(STALE)
    if differs:
        _append(session, question_id, checked, number=number, actor=actor, now=now)
    return number


def _columns(session: Session, course_id: int, checked: _Checked) -> dict[str, Any]:
    """Return what the row of a question says of what was written; a new fact is stored."""
    return {
        "fact_id": _fact_id(session, course_id, checked),
        "type": checked.type_name,
        "recall": int(TYPES[checked.type_name].recall),
        "status": checked.status,
        "stem": checked.stem,
        "tags": list(checked.tags),
    }


def retire_question(
    session: Session, *, actor: Actor, course_id: int, question_id: int, now: datetime
) -> Status:
    """Take a question away from learners, keeping it and its past; return the status it had.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question.
    """
    return _set_status(session, actor, course_id, question_id, status=Status.RETIRED, now=now)


def restore_question(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    question_id: int,
    now: datetime,
    status: Status = Status.DRAFT,
) -> None:
    """Bring a retired question back, as a draft or as it was; one that is not retired stays.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question.
    """
    require_instructor(actor, course_id)
    if _current(session, course_id, question_id).status is Status.RETIRED:
        _set_status(session, actor, course_id, question_id, status=status, now=now)


def _set_status(
    session: Session,
    actor: Actor,
    course_id: int,
    question_id: int,
    *,
    status: Status,
    now: datetime,
) -> Status:
    require_instructor(actor, course_id)
    stored = _current(session, course_id, question_id)
    session.execute(
        sa.update(Question).where(Question.id == question_id).values(status=status, updated_at=now)
    )
    if status is Status.READY:
        _publish_fact(session, stored.fact_id)
    return cast(Status, stored.status)


def _check(
    session: Session,
    course_id: int,
    written: Written,
    *,
    allowed: tuple[Status, ...],
    keeps: int | None = None,
) -> _Checked:
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
        problems.append(Problem("status", "Choose draft or ready."))
    elif written.status is Status.READY and isinstance(fact, int):
        # Facts that came with a file of questions may have nothing that proves them.
        problems += [] if _is_cited(session, fact) else [Problem("status", NO_PROOF)]
    tags, complaints = read_tags(written.tags)
    problems += complaints
    if problems or content is None or fact is None:
        raise Invalid(problems)
    content = kind.with_spellings(content, speller(session, course_id=course_id))
    return _Checked(kind.name, kind.dump(content), kind.stem(content), fact, written.status, tags)


def _is_cited(session: Session, fact_id: int) -> bool:
    """Return whether a fact cites anything; words that were lost count, as they wait elsewhere."""
    found = sa.select(Citation.fact_id).where(Citation.fact_id == fact_id).limit(1)
    return session.scalar(found) is not None


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


def _fact_id(session: Session, course_id: int, checked: _Checked) -> int:
    """Return the id of the fact, stored if it is new, and published with its question."""
    if isinstance(checked.fact, int):
        if checked.status is Status.READY:
            _publish_fact(session, checked.fact)
        return checked.fact
    # Learners meet a fact when one of its questions is ready, not before.
    status = Status.READY if checked.status is Status.READY else Status.DRAFT
    return store_fact(session, course_id=course_id, checked=checked.fact, status=status)


def _publish_fact(session: Session, fact_id: int) -> None:
    session.execute(
        sa.update(Fact)
        .where(Fact.id == fact_id, Fact.status == Status.DRAFT)
        .values(status=Status.READY)
    )


def _current(session: Session, course_id: int, question_id: int) -> Any:
    row = session.execute(
        sa.select(
            Question.fact_id,
            Question.status,
            Question.current_number,
            Question.updated_at,
            Question.tags,
            Revision.type,
            Revision.sha256,
        )
        .join(
            Revision,
            sa.and_(
                Revision.question_id == Question.id, Revision.number == Question.current_number
            ),
        )
        .where(Question.id == question_id, Question.course_id == course_id)
    ).one_or_none()
    if row is None:
        raise NotFound(NO_QUESTION)
    return row


def _append(
    session: Session,
    question_id: int,
    checked: _Checked,
    *,
    number: int,
    actor: Actor,
    now: datetime,
) -> None:
    session.add(
        Revision(
            question_id=question_id,
            number=number,
            type=checked.type_name,
            content=checked.content,
            sha256=digest(checked.content),
            author_id=actor.id,
            created_at=now,
        )
    )
    session.flush()  # a page that reads it with Core in this transaction sees it
