"""Writing and curating questions. What was asked before stays as it was: revisions only add up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.digest import digest
from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.models import Fact, Question, ReviewStep, Revision, Status
from quizapp.policy import Actor, require_author
from quizapp.questions.edits import EditKind, propose_edit
from quizapp.questions.registry import TYPES
from quizapp.services.facts import free_key, store_fact
from quizapp.services.publishing import problems_of_own, require_publishable
from quizapp.services.question_check import Checked, Written, check_written
from quizapp.services.question_index import index_questions
from quizapp.services.reviewing import note_step

NO_QUESTION = "There is no such question in this course."
_TICK = timedelta(milliseconds=1)
STALE = "Someone else changed this question while you were editing it."


def create_question(
    session: Session, *, actor: Actor, course_id: int, written: Written, now: datetime
) -> int:
    """Store a new question with its first revision, and its fact if that is new; return its id.

    :raises Forbidden, NotFound: the actor does not teach the course.
    :raises Invalid: with every problem, at "content.…" (see `parse`), "fact.…", "tags" or "status".
    """
    require_author(actor, course_id)
    allowed = (Status.DRAFT, Status.IN_REVIEW, Status.READY)
    checked = check_written(session, course_id, written, allowed=allowed)
    if checked.status is Status.READY:
        _require(
            problems_of_own(
                session, course_id=course_id, fact_id=checked.existing_fact, was_ready=False
            )
        )
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
    if checked.status is Status.IN_REVIEW:
        note_step(session, actor, question.id, 1, ReviewStep.SENT, now=now)
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
    glossary accepts besides is worked out anew and is a part of the content. A new revision keeps
    what kind of edit it is; what is sent for review, and who approves it, is kept too.

    :param seen: the revision number that the editor started from; :param seen_at: when anything
        had been changed last then, since tags and status have no number; None does not ask.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question.
    :raises Conflict: someone else revised it since.
    :raises Invalid: with every problem, at "content.…" (see `parse`), "fact.…", "tags" or "status".
    """
    require_author(actor, course_id)
    stored = _current(session, course_id, question_id)
    if stored.current_number != seen or seen_at not in {None, stored.updated_at}:
        raise Conflict(STALE)
    checked = check_written(
        session, course_id, written, allowed=tuple(Status), keeps=stored.fact_id
    )
    differs = (stored.type, stored.sha256) != (checked.type_name, digest(checked.content))
    number = seen + 1 if differs else seen
    if _is_as_stored(stored, checked) and not differs:
        return number
    _require_allowed(session, stored, checked, actor=actor, course_id=course_id, differs=differs)
    values = _columns(session, course_id, checked) | {"current_number": number}
    _change(session, stored, values, now=now)
    if differs:
        edit = written.edit or propose_edit(
            stored.type, stored.content, checked.type_name, checked.content
        )
        _append(session, question_id, checked, number=number, actor=actor, now=now, edit=edit)
    if step := _step(stored.status, checked.status, differs=differs):
        note_step(session, actor, question_id, number, step, now=now)
    return number


def _change(session: Session, stored: Any, values: dict[str, Any], *, now: datetime) -> None:
    """Change the row of a question as it was read. :raises Conflict: it is not so any more."""
    # The time tells one change from the next, so it never stays the same.
    values |= {"updated_at": max(now, stored.updated_at + _TICK)}
    # Whoever comes second finds another number or time and changes nothing.
    unchanged = (
        Question.id == stored.id,
        Question.current_number == stored.current_number,
        Question.updated_at == stored.updated_at,
    )
    changed = session.execute(sa.update(Question).where(*unchanged).values(**values))
    if cast("sa.CursorResult[Any]", changed).rowcount != 1:
        raise Conflict(STALE)


def _is_as_stored(stored: Any, checked: Checked) -> bool:
    """Return whether everything but the content is what is stored."""
    kept = (stored.fact_id, stored.status, tuple(stored.tags), list(stored.waivers))
    return (checked.fact, checked.status, checked.tags, checked.stated_waivers) == kept


def _require_allowed(
    session: Session,
    stored: Any,
    checked: Checked,
    *,
    actor: Actor,
    course_id: int,
    differs: bool,
) -> None:
    """Pass what may have the status that is stated. :raises Invalid: at "status"."""
    if checked.status is not Status.READY:
        return
    same_fact = checked.fact == stored.fact_id
    is_ready = stored.status is Status.READY
    if differs or not same_fact:
        fact_id, was_ready = checked.existing_fact, is_ready and same_fact
        _require(
            problems_of_own(session, course_id=course_id, fact_id=fact_id, was_ready=was_ready)
        )
    elif not is_ready:
        require_publishable(session, actor=actor, course_id=course_id, question_id=stored.id)


def _require(problems: list[Problem]) -> None:
    if problems:
        raise Invalid(problems)


def _step(before: Status, after: Status, *, differs: bool) -> ReviewStep | None:
    """Return what a change of status says of the review, or None for nothing."""
    if after is Status.IN_REVIEW and (differs or before is not Status.IN_REVIEW):
        return ReviewStep.SENT
    is_approved = before is Status.IN_REVIEW and after is Status.READY and not differs
    return ReviewStep.APPROVED if is_approved else None


def _columns(session: Session, course_id: int, checked: Checked) -> dict[str, Any]:
    """Return what the row of a question says of what was written; a new fact is stored."""
    return {
        "fact_id": _fact_id(session, course_id, checked),
        "type": checked.type_name,
        "recall": int(TYPES[checked.type_name].recall),
        "status": checked.status,
        "stem": checked.stem,
        "tags": list(checked.tags),
        "waivers": checked.stated_waivers,
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
    :raises Invalid: it may not become ready by this actor.
    """
    require_author(actor, course_id)
    if _current(session, course_id, question_id).status is Status.RETIRED:
        if status is Status.READY:
            require_publishable(session, actor=actor, course_id=course_id, question_id=question_id)
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
    require_author(actor, course_id)
    stored = _current(session, course_id, question_id)
    session.execute(
        sa.update(Question).where(Question.id == question_id).values(status=status, updated_at=now)
    )
    if status is Status.READY:
        _publish_fact(session, stored.fact_id)
    return cast(Status, stored.status)


def _fact_id(session: Session, course_id: int, checked: Checked) -> int:
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
            Question.id,
            Question.fact_id,
            Question.status,
            Question.current_number,
            Question.updated_at,
            Question.tags,
            Question.waivers,
            Revision.type,
            Revision.content,
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
    checked: Checked,
    *,
    number: int,
    actor: Actor,
    now: datetime,
    edit: EditKind | None = None,
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
            edit=edit,
        )
    )
    index_questions(session, [question_id])  # flushes: a page may read it with Core
