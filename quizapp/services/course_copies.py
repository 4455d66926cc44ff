"""Copies of courses: asked for once, made batch by batch, all or nothing, and taken back.

Until a copy is whole its course is hidden: it has no members and no page shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.models import (
    CopyState,
    Course,
    CourseCopy,
    Enrolment,
    Fact,
    Job,
    JobState,
    Passage,
    Question,
)
from quizapp.policy import Actor, may_teach, require_author, require_instructor
from quizapp.queries.course_copies import copied_counts, is_unused, parts_of, unindexed
from quizapp.services import course_copying as copying
from quizapp.services.course_copying import Pair
from quizapp.services.course_quizzes import copy_quizzes
from quizapp.services.courses import (
    WrittenCourse,
    check_course,
    let_teach,
    store_course,
    taken_back,
)
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.question_index import IndexRow, index_rows, store_index

MOST_DAYS = 3_650
#: Paragraphs, facts and questions in one transaction; nobody else can write on SQLite meanwhile.
BATCH = 250
_KEPT_IN_STEP = "This copy is being made by another worker."
_GIVEN_UP = "It could not be finished, and no course was made. Try again."
_NO_COPY = "There is no such copy of this course."
_USED = "Somebody else is or was in this course, or has learnt in it, so it stays."


@dataclass(frozen=True, slots=True)
class WrittenCopy:
    """What is asked for. :param shift_days: moves the dates of quizzes; None leaves them out."""

    course: WrittenCourse
    shift_days: int | None = None


@dataclass(frozen=True, slots=True)
class Copying:
    """A copy that somebody makes. :param run: an earlier one writes nothing more."""

    id: int
    run: int
    pair: Pair
    actor_id: int | None
    shift_days: int | None
    total: int


def ask_copy(
    session: Session, *, actor: Actor, course_id: int, written: WrittenCopy, now: datetime
) -> int:
    """Store the hidden course that a copy goes into; return the id of the copy.

    :raises Forbidden, NotFound: the actor does not teach the course that is copied.
    :raises Invalid: with every problem, at "title", "slug", "shift_days", ….
    """
    checked = check_copy(session, actor=actor, course_id=course_id, written=written)
    rules = session.execute(
        sa.select(Course.form_policy, Course.review_by_other).where(Course.id == course_id)
    ).one()
    new_id = store_course(
        session,
        replace(checked.course, is_public=False),
        now=now,
        hidden_since=now,
        form_policy=rules.form_policy,
        review_by_other=rules.review_by_other,
    )
    row = CourseCopy(
        course_id=new_id,
        source_id=course_id,
        actor_id=actor.id,
        state=CopyState.COPYING,
        run=0,
        total=parts_of(session, course_id=course_id),
        done=0,
        shift_days=checked.shift_days,
        report={},
        error="",
        created_at=now,
        ended_at=None,
    )
    session.add(row)
    session.flush()  # generate row.id
    copying.copy_frame(session, Pair(course_id, new_id))
    return row.id


def check_copy(
    session: Session, *, actor: Actor, course_id: int, written: WrittenCopy
) -> WrittenCopy:
    """Return what may be stored of a copy; raises what `ask_copy` raises."""
    require_instructor(actor, course_id)
    problems: list[Problem] = []
    days = written.shift_days
    if days is not None and not 0 <= days <= MOST_DAYS:
        problems.append(Problem("shift_days", f"Enter whole days from 0 to {MOST_DAYS:,}."))
    try:
        course = check_course(session, actor=actor, written=written.course)
    except Invalid as error:
        raise Invalid([*error.problems, *problems]) from error
    if problems:
        raise Invalid(problems)
    return WrittenCopy(course, days)


def copy_later(session: Session, *, copy_id: int, now: datetime) -> None:
    """Leave making a copy to a worker, or the rest of it to a later job."""
    enqueue(session, name=JobName.COPY_COURSE, payload={"copy_id": copy_id}, now=now)


def take_up_copy(session: Session, *, copy_id: int) -> Copying | None:
    """Let this worker go on with a copy; None if there is nothing left to do."""
    row = _locked(session, copy_id)
    if row is None or row.state is not CopyState.COPYING or row.source_id is None:
        return None
    _update(session, copy_id, run=row.run + 1)
    pair = Pair(row.source_id, row.course_id)
    return Copying(copy_id, row.run + 1, pair, row.actor_id, row.shift_days, row.total)


def lacking(
    session: Session, *, copying_: Copying
) -> tuple[Callable[..., None] | None, list[int], int]:
    """Return what copies what is lacking next, of what, and how much is lacking in all.

    Reads alone, so that nothing is locked meanwhile.
    """
    found = [(act, copying.missing(session, model, copying_.pair)) for model, act in _PARTS]
    act, ids = next(((act, ids) for act, ids in found if ids), (None, []))
    return act, ids, sum(len(ids) for _, ids in found)


def copy_some(
    session: Session,
    *,
    copying_: Copying,
    act: Callable[..., None],
    ids: Sequence[int],
    done: int,
    now: datetime,
) -> None:
    """Copy some of what `lacking` returned, and store how far it has come.

    :raises Conflict: another worker has it by now.
    """
    _require_run(session, copying_)
    copying.copy_frame(session, copying_.pair)  # a text or a topic may be new: the rest needs it
    act(session, copying_, ids, now)
    _update(session, copying_.id, done=done)


def index_some(
    session: Session, *, copying_: Copying, ids: Sequence[int], rows: list[IndexRow]
) -> None:
    """Store what is searched of questions that were copied, reckoned before.

    :raises Conflict: another worker has it by now.
    """
    _require_run(session, copying_)
    store_index(session, ids, rows)


def finish_copy(session: Session, *, copying_: Copying, zone: str, now: datetime) -> None:
    """Copy what is left, such as what was written meanwhile, and let its maker in.

    :raises Conflict: another worker has it by now.
    """
    _require_run(session, copying_)
    pair = copying_.pair
    copying.copy_frame(session, pair)
    for model, act in _PARTS:
        if ids := copying.missing(session, model, pair):
            act(session, copying_, ids, now)
    if ids := unindexed(session, course_id=pair.new):
        store_index(session, ids, index_rows(session, ids))
    copying.refresh_passages(session, pair)
    copying.copy_citations(session, pair)
    copying.copy_terms(session, pair)
    copying.copy_media(session, pair)
    copying.copy_distinct(session, pair)
    undated = copy_quizzes(session, pair, shift_days=copying_.shift_days, zone=zone)
    glossary = sa.select(Course.glossary_sha256).where(Course.id == pair.old).scalar_subquery()
    _set_course(session, pair.new, hidden_since=None, glossary_sha256=glossary)
    if copying_.actor_id is not None:
        let_teach(session, user_id=copying_.actor_id, course_id=pair.new, now=now)
    report = {**copied_counts(session, course_id=pair.new), "undated": undated}
    _update(
        session,
        copying_.id,
        state=CopyState.DONE,
        done=copying_.total,
        report=report,
        ended_at=now,
    )


def make_copy(
    session: Session, *, actor: Actor, course_id: int, written: WrittenCopy, now: datetime
) -> int:
    """Copy a small course in one go; return the id of the copy. Raises what `ask_copy` raises."""
    copy_id = ask_copy(session, actor=actor, course_id=course_id, written=written, now=now)
    copying_ = take_up_copy(session, copy_id=copy_id)
    if copying_ is not None:
        finish_copy(session, copying_=copying_, zone=actor.timezone, now=now)
    return copy_id


def fail_copy(session: Session, *, copy_id: int, reason: str, now: datetime) -> None:
    """Store why a copy came to nothing; its course stays hidden and is emptied later."""
    row = _locked(session, copy_id)
    if row is not None and row.state is CopyState.COPYING:
        _update(session, copy_id, state=CopyState.FAILED, error=reason, ended_at=now)
        _free_address(session, row.course_id, copy_id)


def give_up_copies(session: Session, *, now: datetime) -> None:
    """Let copies fail that no job will go on with: each try of theirs ended in the middle."""
    going = set(
        session.scalars(sa.select(CourseCopy.id).where(CourseCopy.state == CopyState.COPYING))
    )
    jobs = sa.select(Job.payload).where(
        Job.name == JobName.COPY_COURSE, Job.state == JobState.WAITING
    )
    # Looked up second: a copy without a job by then is done, or nobody works on it.
    held = {payload["copy_id"] for payload in session.scalars(jobs)}
    for copy_id in sorted(going - held):
        fail_copy(session, copy_id=copy_id, reason=_GIVEN_UP, now=now)


def undo_copy(session: Session, *, actor: Actor, course_id: int, now: datetime) -> int | None:
    """Take a copy back that nobody but its maker has used; return what it was made from.

    None where that is gone as well, or not the actor's to teach.

    :param course_id: of the copy.
    :raises Forbidden, NotFound: the actor does not teach it, it is archived, or it is no copy.
    :raises Conflict: somebody else is or was in it, or has learnt in it.
    """
    require_author(actor, course_id)
    found = sa.select(CourseCopy.id).where(CourseCopy.course_id == course_id)
    row = _locked(session, session.scalar(found) or 0)
    if row is None or row.state is not CopyState.DONE:
        raise NotFound(_NO_COPY)
    if not is_unused(session, course_id=course_id, maker_id=row.actor_id):
        raise Conflict(_USED)
    session.execute(sa.delete(Enrolment).where(Enrolment.course_id == course_id))
    _set_course(session, course_id, hidden_since=now, is_public=False)
    _free_address(session, course_id, row.id)
    _update(session, row.id, state=CopyState.UNDONE, ended_at=now)
    there = sa.select(Course.id).where(Course.id == row.source_id, Course.hidden_since.is_(None))
    source_id: int | None = session.scalar(there)
    return source_id if source_id is not None and may_teach(actor, source_id) else None


def _copy_passages(session: Session, copying_: Copying, ids: Sequence[int], _now: datetime) -> None:
    copying.copy_passages(session, copying_.pair, ids)


def _copy_facts(session: Session, copying_: Copying, ids: Sequence[int], _now: datetime) -> None:
    copying.copy_facts(session, copying_.pair, ids)


def _copy_questions(session: Session, copying_: Copying, ids: Sequence[int], now: datetime) -> None:
    copying.copy_questions(session, copying_.pair, ids, actor_id=copying_.actor_id, now=now)


#: In this order: a fact needs its topic, a question its fact.
_PARTS: tuple[tuple[Any, Callable[..., None]], ...] = (
    (Passage, _copy_passages),
    (Fact, _copy_facts),
    (Question, _copy_questions),
)


def _require_run(session: Session, copying_: Copying) -> None:
    row = _locked(session, copying_.id)
    is_same = row is not None and (row.run, row.source_id) == (copying_.run, copying_.pair.old)
    if not is_same or row.state is not CopyState.COPYING:
        raise Conflict(_KEPT_IN_STEP)


def _free_address(session: Session, course_id: int, copy_id: int) -> None:
    """Give a hidden course an address that nobody can choose, so that its own is free."""
    _set_course(session, course_id, slug=taken_back("copy", copy_id))


def _set_course(session: Session, course_id: int, **values: Any) -> None:
    change = sa.update(Course).where(Course.id == course_id).values(**values)
    session.execute(change, execution_options={"synchronize_session": False})


def _locked(session: Session, copy_id: int) -> Any:
    found = sa.select(*CourseCopy.__table__.c).where(CourseCopy.id == copy_id)
    return session.execute(found.with_for_update()).one_or_none()


def _update(session: Session, copy_id: int, **values: Any) -> None:
    found = sa.update(CourseCopy).where(CourseCopy.id == copy_id)
    session.execute(found.values(**values), execution_options={"synchronize_session": False})
