"""Keeping how students stand: which standings are out of date, and storing them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Attempt,
    ClassReport,
    Course,
    CourseStanding,
    Enrolment,
    Exam,
    MemoryAct,
    Review,
    Role,
    Topic,
    TopicStanding,
    User,
)
from quizapp.queries.class_report import Report
from quizapp.queries.queue_counts import REVIEW_ID_BITS
from quizapp.queries.student_standing import StudentStanding

#: What fades fades a little every day, and what comes due waits.
STALE_AFTER = timedelta(hours=12)
#: Somebody who studies is not looked at again with every card.
REST = timedelta(minutes=2)
#: Of those who left, so many are forgotten at once: others wait to write meanwhile.
_MOST_FORMER = 500


def stale_standings(session: Session, *, now: datetime, limit: int) -> list[tuple[int, int]]:
    """Return learner and course of standings that no longer hold: the missing first, then by age.

    Guests are nobody's students; of closed accounts, and of what is archived or hidden, all stays
    as it was.
    """
    is_stale = sa.or_(
        CourseStanding.as_of.is_(None),
        CourseStanding.as_of <= now - STALE_AFTER,
        sa.and_(CourseStanding.as_of <= now - REST, _did_something()),
    )
    rows = session.execute(
        sa.select(Enrolment.user_id, Enrolment.course_id)
        .join(User, User.id == Enrolment.user_id)
        .join(Course, Course.id == Enrolment.course_id)
        .outerjoin(CourseStanding, _OF_ENROLMENT)
        .where(
            Enrolment.role == Role.STUDENT,
            User.is_guest.is_(False),
            User.is_disabled.is_(False),
            Course.archived_at.is_(None),
            Course.hidden_since.is_(None),
            is_stale,
        )
        .order_by(sa.func.coalesce(CourseStanding.as_of, 0), Enrolment.user_id, Enrolment.course_id)
        .limit(limit)
    )
    return [(row.user_id, row.course_id) for row in rows]


def stale_reports(session: Session, *, now: datetime) -> list[int]:
    """Return the courses in which a student's standing is newer than what they add up to."""
    rows = session.scalars(
        sa.select(CourseStanding.course_id)
        .outerjoin(ClassReport, ClassReport.course_id == CourseStanding.course_id)
        .group_by(CourseStanding.course_id, ClassReport.as_of)
        .having(
            sa.or_(
                ClassReport.as_of.is_(None),
                sa.and_(
                    ClassReport.as_of < sa.func.max(CourseStanding.as_of),
                    ClassReport.as_of <= now - REST,
                ),
            )
        )
        .order_by(CourseStanding.course_id)
    )
    return list(rows)


def keep_standings(session: Session, *, standings: Sequence[StudentStanding]) -> None:
    """Store how students stand in place of how they stood."""
    _forget(session, [(one.learner_id, one.course_id) for one in standings])
    keys = ("learner_id", "course_id")
    whole = [
        {key: getattr(one, key) for key in keys} | asdict(one.total) | dict(one.columns)
        for one in standings
    ]
    parts = [
        {"learner_id": one.learner_id, "topic_id": topic_id, **asdict(sums)}
        for one in standings
        for topic_id, sums in one.topics.items()
    ]
    for table, rows in ((CourseStanding, whole), (TopicStanding, parts)):
        if rows:
            session.execute(sa.insert(table), rows)


def keep_report(session: Session, *, course_id: int, report: Report) -> None:
    """Store what the standings of a course add up to."""
    _run(session, sa.delete(ClassReport).where(ClassReport.course_id == course_id))
    session.execute(
        sa.insert(ClassReport).values(
            course_id=course_id,
            as_of=report.as_of,
            facts_at=report.facts_at,
            figures=report.dump(),
        )
    )


def drop_former(session: Session) -> None:
    """Forget how those stood who are no students of the course any more, `_MOST_FORMER` a turn."""
    stays = sa.exists().where(
        Enrolment.user_id == CourseStanding.learner_id,
        Enrolment.course_id == CourseStanding.course_id,
        Enrolment.role == Role.STUDENT,
    )
    gone = session.execute(
        sa.select(CourseStanding.learner_id, CourseStanding.course_id)
        .where(~stays)
        .limit(_MOST_FORMER)
    )
    _forget(session, [(row.learner_id, row.course_id) for row in gone])


def _forget(session: Session, pairs: Iterable[tuple[int, int]]) -> None:
    """Drop the standings of learners in courses: two statements for each of the courses."""
    by_course: defaultdict[int, list[int]] = defaultdict(list)
    for learner_id, course_id in pairs:
        by_course[course_id].append(learner_id)
    for course_id, learners in by_course.items():
        topics = sa.select(Topic.id).where(Topic.course_id == course_id)
        of_topics = sa.and_(
            TopicStanding.learner_id.in_(learners), TopicStanding.topic_id.in_(topics)
        )
        of_course = sa.and_(
            CourseStanding.learner_id.in_(learners), CourseStanding.course_id == course_id
        )
        _run(session, sa.delete(TopicStanding).where(of_topics))
        _run(session, sa.delete(CourseStanding).where(of_course))


_OF_ENROLMENT = sa.and_(
    CourseStanding.learner_id == Enrolment.user_id,
    CourseStanding.course_id == Enrolment.course_id,
)


def _first_id() -> Any:
    """Return SQL for the least id of a review made since the standing."""
    millis = sa.type_coerce(CourseStanding.as_of, sa.BigInteger)
    return millis * sa.literal(2**REVIEW_ID_BITS, sa.BigInteger)


def _did_something() -> Any:
    """Return the condition that the learner of a standing did something since."""
    return sa.or_(
        _since(Review, Review.id >= _first_id(), Review.course_id == CourseStanding.course_id),
        _since(Review, Review.undone_at > CourseStanding.as_of),
        _since(MemoryAct, MemoryAct.id >= _first_id()),
        _since(
            Attempt,
            sa.or_(
                Attempt.started_at > CourseStanding.as_of,
                Attempt.submitted_at > CourseStanding.as_of,
            ),
        ),
        _since(
            Exam,
            Exam.course_id == CourseStanding.course_id,
            sa.or_(
                Exam.set_at > CourseStanding.as_of,
                sa.and_(
                    CourseStanding.exam_day == Exam.day,
                    CourseStanding.exam_share.is_(None),
                    Exam.planned_on.is_not(None),
                ),
            ),
        ),
    )


def _since(table: Any, *conditions: Any) -> Any:
    """Return the condition that the learner of a standing has such a row."""
    return (
        sa.exists()
        .where(table.learner_id == CourseStanding.learner_id, *conditions)
        .correlate(CourseStanding)
    )


def _run(session: Session, statement: Any) -> None:
    session.execute(statement, execution_options={"synchronize_session": False})
