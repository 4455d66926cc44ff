"""What the background worker has to do, does and could not do, for those who run the site.

Of what a job was given only ids are read, and of these only the ones named here: addresses, links
and letters stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Course,
    CourseCopy,
    Invitation,
    Job,
    JobState,
    PackageImport,
    QuestionImport,
)
from quizapp.policy import Actor, require_admin

SHOWN = 50
_KEYS = ("course_id", "copy_id", "import_id", "invitation_id")
#: By the name of a job, what its ids are of, where it does not say a course itself.
_TABLES: Mapping[str, tuple[str, Any, Any]] = MappingProxyType(
    {
        "copy_course": ("copy_id", CourseCopy.id, CourseCopy.source_id),
        "import_questions": ("import_id", QuestionImport.id, QuestionImport.course_id),
        "import_package": ("import_id", PackageImport.id, PackageImport.course_id),
        "send_invitation": ("invitation_id", Invitation.id, Invitation.course_id),
    }
)


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job.

    :param error: why the last try failed, or "". :param tries: begun so far.
    :param slug: of the course that it is about, and its `title`; "" where it is about none.
    :param about: ids of what asked for it, as `JobRow` may tell them.
    """

    id: int
    name: str
    created_at: datetime
    run_after: datetime
    leased_until: datetime | None
    tries: int
    error: str
    slug: str = ""
    title: str = ""
    about: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class JobsPage:
    """All that is to be done, at most `SHOWN` of each kind; the numbers are of all.

    :param running: a worker has them. :param failed: given up, or waiting to be tried again
        (`again`). :param waiting: the rest, what is due first.
    :param behind: how long the oldest job that is due has been waiting; None where none is.
    """

    running: tuple[JobRow, ...]
    waiting: tuple[JobRow, ...]
    again: tuple[JobRow, ...]
    failed: tuple[JobRow, ...]
    counts: Mapping[str, int]
    behind: timedelta | None


def jobs_page(session: Session, *, actor: Actor, now: datetime) -> JobsPage:
    """Return what the worker does, has to do, and could not do.

    :raises Forbidden: the actor does not run the site.
    """
    require_admin(actor)
    kinds = _kinds(now)
    counts = session.execute(
        sa.select(
            *(
                sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0).label(name)
                for name, condition in kinds.items()
            ),
            sa.func.min(
                sa.case((sa.and_(kinds["waiting"], Job.run_after <= now), Job.run_after))
            ).label("oldest"),
        )
    ).one()
    rows = {name: _rows(session, condition, name) for name, condition in kinds.items()}
    told = _with_courses(session, rows)
    return JobsPage(
        **told,
        counts={name: int(getattr(counts, name)) for name in kinds},
        behind=None if counts.oldest is None else now - counts.oldest,
    )


def job_row(session: Session, *, actor: Actor, job_id: int) -> JobRow | None:
    """Return one job, None if there is no such any more. :raises Forbidden: as above."""
    require_admin(actor)
    found = _rows(session, Job.id == job_id, "one")
    return next(iter(_with_courses(session, {"one": found})["one"]), None)


def _kinds(now: datetime) -> dict[str, Any]:
    waits = Job.state == JobState.WAITING
    is_leased = sa.and_(Job.leased_until.is_not(None), Job.leased_until > now)
    return {
        "running": sa.and_(waits, is_leased),
        "waiting": sa.and_(waits, sa.not_(is_leased), Job.error == ""),
        "again": sa.and_(waits, sa.not_(is_leased), Job.error != ""),
        "failed": Job.state == JobState.FAILED,
    }


def _rows(session: Session, condition: Any, name: str) -> Sequence[Any]:
    order = Job.id.desc() if name == "failed" else Job.run_after
    return session.execute(
        sa.select(
            Job.id,
            Job.name,
            Job.created_at,
            Job.run_after,
            Job.leased_until,
            Job.tries,
            Job.error,
            *(Job.payload[key].as_integer().label(key) for key in _KEYS),
        )
        .where(condition)
        .order_by(order, Job.id)
        .limit(SHOWN)
    ).all()


def _with_courses(
    session: Session, rows: Mapping[str, Sequence[Any]]
) -> dict[str, tuple[JobRow, ...]]:
    courses = _courses(session, [row for some in rows.values() for row in some])
    return {
        name: tuple(_told(row, courses.get(row.id)) for row in some) for name, some in rows.items()
    }


def _told(row: Any, course: Any) -> JobRow:
    about = {key: getattr(row, key) for key in _KEYS if getattr(row, key) is not None}
    return JobRow(
        id=row.id,
        name=row.name,
        created_at=row.created_at,
        run_after=row.run_after,
        leased_until=row.leased_until,
        tries=row.tries,
        error=row.error,
        slug=course.slug if course else "",
        title=course.title if course else "",
        about=about,
    )


def _courses(session: Session, rows: Iterable[Any]) -> dict[int, Any]:
    """Return the courses that jobs are about, by the ids of the jobs: in one statement."""
    wanted: dict[tuple[str, int], list[int]] = {}
    for row in rows:
        key = _TABLES[row.name][0] if row.name in _TABLES else "course_id"
        number = getattr(row, key)
        if number is not None:
            kind = row.name if row.name in _TABLES else ""
            wanted.setdefault((kind, number), []).append(row.id)
    if not wanted:
        return {}
    found = session.execute(sa.union_all(*_asked(wanted)))
    return {job: row for row in found for job in wanted[row.kind, row.number]}


def _asked(wanted: Iterable[tuple[str, int]]) -> Iterable[Any]:
    numbers: dict[str, list[int]] = {}
    for kind, number in wanted:
        numbers.setdefault(kind, []).append(number)
    for kind, some in numbers.items():
        named = sa.literal(kind, sa.String).label("kind")
        if not kind:
            yield sa.select(named, Course.id.label("number"), Course.slug, Course.title).where(
                Course.id.in_(some)
            )
            continue
        _, key, course_id = _TABLES[kind]
        yield (
            sa.select(named, key.label("number"), Course.slug, Course.title)
            .join(Course, Course.id == course_id)
            .where(key.in_(some))
        )
