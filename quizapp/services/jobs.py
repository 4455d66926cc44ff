"""Work for after the commit: stored with what asks for it, leased by workers, tried again.

A worker that dies loses nothing: its lease runs out and another worker takes the job. So a
job may run more than once, and each handler must bear that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.models import Job, JobState
from quizapp.policy import Actor, require_admin

MAXIMUM_TRIES = 5
#: What to wait after the first try that failed; after each further one, four times as long.
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_ERROR = 500
#: How long a parked job is kept to be looked at.
KEPT = timedelta(days=30)


class JobName(StrEnum):
    """Every kind of job; each has a handler in `jobs/handlers.py`."""

    SEND_MAIL = "send_mail"
    SEND_RESET = "send_reset"
    SEND_INVITATION = "send_invitation"
    PURGE_EXPIRED = "purge_expired"
    CLOSE_OVERDUE = "close_overdue"
    LOOK_FOR_FITS = "look_for_fits"
    FIT_MEMORY = "fit_memory"
    PLAN_EXAM = "plan_exam"
    PLAN_EXAMS = "plan_exams"
    IMPORT_PACKAGE = "import_package"
    FIND_DUPLICATES = "find_duplicates"
    COPY_COURSE = "copy_course"
    IMPORT_QUESTIONS = "import_questions"
    FIGURE_ITEMS = "figure_items"
    LOOK_FOR_LETTERS = "look_for_letters"
    SEND_CONFIRMATION = "send_confirmation"
    SEND_WEEK = "send_week"
    EXPORT_DATA = "export_data"
    DELETE_ACCOUNT = "delete_account"
    SEND_EMAIL_CHANGE = "send_email_change"
    REFRESH_STANDINGS = "refresh_standings"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that is ours until the lease runs out. `tries` counts this one, from 1."""

    id: int
    name: str
    payload: Mapping[str, Any]
    tries: int


def enqueue(
    session: Session,
    *,
    name: str,
    payload: Mapping[str, Any],
    now: datetime,
    run_after: datetime | None = None,
) -> None:
    """Leave a job that workers see once this transaction is committed.

    :raises ValueError: no job has that name.
    """
    enqueue_all(session, name=name, wanted=[(payload, run_after or now)], now=now)


def enqueue_all(
    session: Session,
    *,
    name: str,
    wanted: Iterable[tuple[Mapping[str, Any], datetime]],
    now: datetime,
) -> None:
    """Leave many jobs of one kind, each with its payload and the moment from which it is due.

    :raises ValueError: no job has that name.
    """
    session.add_all(
        Job(
            name=JobName(name),
            payload=dict(payload),
            state=JobState.WAITING,
            run_after=run_after,
            leased_until=None,
            tries=0,
            created_at=now,
        )
        for payload, run_after in wanted
    )
    session.flush()  # the order of ids is the order of asking


def enqueue_only(session: Session, *, name: str, now: datetime, run_after: datetime) -> None:
    """Leave a job in place of all others of that name that nobody has begun."""
    drop_waiting(session, name=name)
    enqueue(session, name=name, payload={}, now=now, run_after=run_after)


def drop_waiting(session: Session, *, name: str) -> None:
    """Drop all jobs of that name that nobody has begun."""
    session.execute(
        sa.delete(Job).where(
            Job.name == JobName(name), Job.state == JobState.WAITING, Job.leased_until.is_(None)
        )
    )


def waiting_kinds(session: Session, *, now: datetime) -> Sequence[str]:
    """Return the names of the jobs that a worker could claim now, the longest waiting first.

    It takes no lock.
    """
    waited = sa.select(Job.name).where(*_is_free(now)).group_by(Job.name)
    return session.scalars(waited.order_by(sa.func.min(Job.run_after), Job.name)).all()


def claim(
    session: Session, *, now: datetime, lease_seconds: int, kind: str | None = None
) -> Claimed | None:
    """Lease the job that has waited longest, or return None; no two workers get the same.

    Jobs whose worker died at the last try are parked first.

    :param kind: its turn is next, if one of that name is still free.
    """
    session.execute(
        sa.update(Job)
        .where(*_is_free(now), Job.tries >= MAXIMUM_TRIES)
        .values(
            state=JobState.FAILED,
            leased_until=None,
            error=f"The worker ended in the middle of it {MAXIMUM_TRIES} times.",
        )
    )
    job = _longest_waiting(session, now, Job.name == kind) if kind else None
    job = job or _longest_waiting(session, now)
    if job is None:
        return None
    job.leased_until = now + timedelta(seconds=lease_seconds)
    job.tries += 1
    session.flush()  # the lease must be in the transaction that the caller commits
    return Claimed(job.id, job.name, dict(job.payload), job.tries)


def finish(session: Session, *, job: Claimed) -> None:
    """Drop a job that is done, unless its lease ran out and another worker has it now."""
    session.execute(sa.delete(Job).where(*_is_ours(job)))


def fail(
    session: Session, *, job: Claimed, error: str, now: datetime, is_final: bool = False
) -> None:
    """Have a job tried again later, or park it with its error after the last try.

    :param is_final: trying again cannot help.
    """
    is_over = is_final or job.tries >= MAXIMUM_TRIES
    wait = _FIRST_WAIT * 4 ** (job.tries - 1)
    session.execute(
        sa.update(Job)
        .where(*_is_ours(job))
        .values(
            state=JobState.FAILED if is_over else JobState.WAITING,
            run_after=now + wait,
            leased_until=None,
            error=error[:_LONGEST_ERROR],
        )
    )


def try_again(session: Session, *, actor: Actor, job_id: int, now: datetime) -> None:
    """Have a job that failed done now: one that was given up gets all its tries again.

    :raises Forbidden: the actor does not run the site. :raises NotFound: it is done, or gone.
    :raises Conflict: a worker has it, or it never failed.
    """
    job = _failed(session, actor, job_id, now)
    if job.state is JobState.FAILED:
        job.state, job.tries = JobState.WAITING, 0
    job.run_after, job.leased_until = now, None
    session.flush()  # what is looked at next is as it stands now


def throw_away(session: Session, *, actor: Actor, job_id: int, now: datetime) -> None:
    """Drop a job that failed for good: what it was to do is not done.

    :raises Forbidden, NotFound, Conflict: as in `try_again`.
    """
    session.delete(_failed(session, actor, job_id, now))
    session.flush()  # as above


def _failed(session: Session, actor: Actor, job_id: int, now: datetime) -> Job:
    """Return a job that failed at least once, locked."""
    require_admin(actor)
    job = session.scalars(sa.select(Job).where(Job.id == job_id).with_for_update()).one_or_none()
    if job is None:
        raise NotFound("There is no such job any more: it was done, or thrown away.")
    if job.leased_until is not None and job.leased_until > now:
        raise Conflict("A worker is at this job right now. Look again in a moment.")
    if job.state is JobState.WAITING and not job.error:
        raise Conflict("This job has not failed: it waits for its turn.")
    return job


def purge_failed(session: Session, *, now: datetime) -> None:
    """Drop jobs that were parked long ago; their payload holds addresses."""
    session.execute(sa.delete(Job).where(Job.state == JobState.FAILED, Job.run_after <= now - KEPT))


def _longest_waiting(
    session: Session, now: datetime, *conditions: sa.ColumnElement[bool]
) -> Job | None:
    return session.scalars(
        sa.select(Job)
        .where(*_is_free(now), *conditions)
        .order_by(Job.run_after, Job.id)
        .limit(1)
        # PostgreSQL passes over what another worker holds; on SQLite only one can be here.
        .with_for_update(skip_locked=True)
    ).first()


def _is_free(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Job.state == JobState.WAITING,
        Job.run_after <= now,
        sa.or_(Job.leased_until.is_(None), Job.leased_until <= now),
    )


def _is_ours(job: Claimed) -> tuple[sa.ColumnElement[bool], ...]:
    # The count of tries tells our lease from a later one.
    return (Job.id == job.id, Job.tries == job.tries, Job.state == JobState.WAITING)
