"""The class of a course as its instructors see it learn: figures, who needs help, the matrix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    CourseStanding,
    Enrolment,
    Fact,
    Quiz,
    QuizTotal,
    Status,
    Topic,
    User,
)
from quizapp.policy import Actor, require_instructor
from quizapp.psychometrics.counts import Cohort
from quizapp.queries.class_report import SMALLEST, HardFact, Report, stored_report
from quizapp.queries.class_rows import (
    COLUMNS,
    PAGE_SIZE,
    STUDENTS,
    ClassFilter,
    Condition,
    StudentRow,
    conditions_of,
    found_rows,
    is_behind,
    is_quiet,
    row_of,
    with_topics,
)
from quizapp.queries.people import GroupRow, groups, is_student

#: So many of those who need help are named on the page.
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Named:
    """The first few of those who need help, and how many they are."""

    rows: tuple[StudentRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class TopicName:
    """A topic of the matrix."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact that the class forgets often, in words."""

    fact: HardFact
    statement: str
    topic: str


@dataclass(frozen=True, slots=True)
class QuizMean:
    """The last quiz that enough students took, and the mean of their first attempts, 0 to 1."""

    title: str
    takers: int
    mean: float


@dataclass(frozen=True, slots=True)
class ClassView:
    """Everything on the page of a class.

    :param report: None before the job has looked at the class. :param students: all there are.
    :param total: those that the filter leaves; `rows` are one page of them.
    """

    report: Report | None
    students: int
    topics: tuple[TopicName, ...]
    groups: tuple[GroupRow, ...]
    quiet: Named
    behind: Named
    hardest: tuple[FactRow, ...]
    quiz: QuizMean | None
    rows: tuple[StudentRow, ...]
    total: int
    page: int
    pages: int

    @property
    def is_told(self) -> bool:
        """Return whether figures of the class are shown."""
        return self.report is not None and self.report.is_told and self.students >= SMALLEST


def class_view(
    session: Session, *, actor: Actor, course_id: int, wanted: ClassFilter, now: datetime
) -> ClassView:
    """Return the page of a class. Its statements do not depend on how many students there are.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    report = stored_report(session, course_id=course_id)
    conditions = [*is_student(course_id), *conditions_of(course_id, wanted, now)]
    count = sa.select(sa.func.count()).select_from(STUDENTS)
    students, total = session.execute(
        sa.select(
            count.where(*is_student(course_id)).scalar_subquery(),
            count.where(*conditions).scalar_subquery(),
        )
    ).one()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(wanted.page, 1), pages)
    rows = found_rows(session, conditions, wanted, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return ClassView(
        report=report,
        students=students,
        topics=topic_names(session, course_id),
        groups=groups(session, actor=actor, course_id=course_id),
        quiet=_named(session, course_id, Condition.QUIET, now),
        behind=_named(session, course_id, Condition.BEHIND, now),
        hardest=_hardest(session, report),
        quiz=_last_quiz(session, course_id),
        rows=with_topics(session, course_id, rows),
        total=total,
        page=page,
        pages=pages,
    )


def listed_students(
    session: Session, *, actor: Actor, course_id: int, wanted: ClassFilter, now: datetime
) -> tuple[tuple[TopicName, ...], tuple[StudentRow, ...]]:
    """Return the topics of a course and everybody whom a filter leaves, for a file.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    conditions = [*is_student(course_id), *conditions_of(course_id, wanted, now)]
    rows = found_rows(session, conditions, wanted)
    return topic_names(session, course_id), with_topics(session, course_id, rows)


def topic_names(session: Session, course_id: int) -> tuple[TopicName, ...]:
    """Return the topics of a course that have facts to ask, in its order."""
    has_facts = sa.exists().where(Fact.topic_id == Topic.id, Fact.status == Status.READY)
    rows = session.execute(
        sa.select(Topic.id, Topic.title)
        .where(Topic.course_id == course_id, has_facts)
        .order_by(Topic.position, Topic.id)
    )
    return tuple(TopicName(*row) for row in rows)


def _named(session: Session, course_id: int, condition: Condition, now: datetime) -> Named:
    """Return the first who need help; those who did nothing for longest, or wait most."""
    if condition is Condition.QUIET:
        last = sa.func.coalesce(CourseStanding.last_active_at, Enrolment.joined_at)
        conditions, order = is_quiet(now), [last, User.id]
    else:
        conditions, order = is_behind(now), [CourseStanding.waiting.desc(), User.id]
    rows = session.execute(
        sa.select(*COLUMNS, sa.func.count().over().label("total"))
        .select_from(STUDENTS)
        .where(*is_student(course_id), *conditions)
        .order_by(*order)
        .limit(MOST_NAMED)
    ).all()
    return Named(tuple(row_of(row, {}) for row in rows), rows[0].total if rows else 0)


def _hardest(session: Session, report: Report | None) -> tuple[FactRow, ...]:
    if report is None or not report.hardest:
        return ()
    rows = session.execute(
        sa.select(Fact.id, Fact.statement, Topic.title)
        .join(Topic, Topic.id == Fact.topic_id)
        .where(Fact.id.in_([fact.fact_id for fact in report.hardest]), Fact.status == Status.READY)
    )
    words = {row.id: (row.statement, row.title) for row in rows}
    return tuple(
        FactRow(fact, *words[fact.fact_id]) for fact in report.hardest if fact.fact_id in words
    )


def _last_quiz(session: Session, course_id: int) -> QuizMean | None:
    takers = sa.func.sum(QuizTotal.n)
    row = session.execute(
        sa.select(
            Quiz.id,
            Quiz.title,
            takers.label("takers"),
            sa.func.sum(sa.cast(QuizTotal.total, sa.Double) * QuizTotal.n).label("points"),
            sa.func.sum(sa.cast(QuizTotal.most, sa.Double)).label("most"),
        )
        .join(QuizTotal, QuizTotal.quiz_id == Quiz.id)
        .where(
            Quiz.course_id == course_id,
            Quiz.status == Status.READY,
            ~Quiz.is_practice,
            QuizTotal.cohort == Cohort.FIRST,
        )
        .group_by(Quiz.id, Quiz.title, Quiz.position)
        .having(takers >= SMALLEST)
        .order_by(Quiz.position.desc(), Quiz.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None or not row.most:
        return None
    return QuizMean(row.title, int(row.takers), row.points / row.most)
