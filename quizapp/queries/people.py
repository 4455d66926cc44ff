"""A course's students as its instructors see them: what each needs, groups, exceptions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.grading.allowances import NOTHING_SPECIAL, Allowance, Override
from quizapp.models import (
    Accommodation,
    Course,
    Enrolment,
    Group,
    GroupMember,
    GroupOverride,
    LearnerOverride,
    Quiz,
    Role,
    User,
)
from quizapp.policy import Actor, require_instructor

PAGE_SIZE = 25
NO_STUDENT = "There is no such student in this course."
NO_GROUP = "There is no such group in this course."


@dataclass(frozen=True, slots=True)
class GroupName:
    """A group of a course."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group with how many students are in it, and in how many quizzes it is an exception."""

    id: int
    name: str
    members: int
    exceptions: int


@dataclass(frozen=True, slots=True)
class Student:
    """A student with what they need in every quiz.

    :param seen: when that was set, for whoever changes it; None where nothing was.
    """

    id: int
    name: str
    email: str
    allowance: Allowance
    reason: str = ""
    seen: datetime | None = None
    groups: tuple[GroupName, ...] = ()


@dataclass(frozen=True, slots=True)
class StudentFilter:
    """Whom to list; "" and None do not filter. `page` is 1 for the first."""

    text: str = ""
    group_id: int | None = None
    with_needs: bool = False
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.group_id is not None or self.with_needs)


@dataclass(frozen=True, slots=True)
class StudentList:
    """One page of students, by name."""

    rows: tuple[Student, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """What one quiz sets differently for a student or a group.

    :param is_group: `whom` is the id of a group, or else of a student.
    """

    quiz_id: int
    quiz: str
    whom: int
    is_group: bool
    name: str
    override: Override
    reason: str
    seen: datetime


@dataclass(frozen=True, slots=True)
class OwnAllowance:
    """What someone has in every quiz of a course, for themselves to read."""

    course: str
    allowance: Allowance
    reason: str


def students(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    wanted: StudentFilter,
    size: int | None = PAGE_SIZE,
) -> StudentList:
    """Return one page of a course's students. Guests are not listed: nobody knows who they are.

    :param size: of a page; None for everybody on one.
    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    ids = student_ids(session, actor=actor, course_id=course_id, wanted=wanted)
    size = size or max(1, len(ids))
    pages = max(1, -(-len(ids) // size))
    page = min(max(wanted.page, 1), pages)
    rows = students_of(session, course_id, ids[(page - 1) * size : page * size])
    return StudentList(rows, len(ids), page, pages)


def student_ids(
    session: Session, *, actor: Actor, course_id: int, wanted: StudentFilter
) -> list[int]:
    """Return the ids of all students of a course that a filter leaves, by name.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    found = sa.select(User.id).select_from(_ENROLLED).where(*_conditions(course_id, wanted))
    return list(session.scalars(found.order_by(*_BY_NAME)))


def students_of(session: Session, course_id: int, ids: Sequence[int]) -> tuple[Student, ...]:
    """Return students of a course by their ids, which an instructor of it asked for, in order."""
    rows = session.execute(
        _student_select(course_id).where(User.id.in_(ids), *is_student(course_id))
    )
    groups = _groups_of(session, course_id, ids)
    known = {row.id: _student(row, groups) for row in rows}
    return tuple(known[one] for one in ids if one in known)


def student(session: Session, *, actor: Actor, course_id: int, learner_id: int) -> Student:
    """Return one student of a course.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such student.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        _student_select(course_id).where(*is_student(course_id), User.id == learner_id)
    ).one_or_none()
    if row is None:
        raise NotFound(NO_STUDENT)
    return _student(row, _groups_of(session, course_id, [learner_id]))


def groups(session: Session, *, actor: Actor, course_id: int) -> tuple[GroupRow, ...]:
    """Return a course's groups by name.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    rows = session.execute(_GROUPS.where(Group.course_id == course_id).order_by(Group.name))
    return tuple(GroupRow(*row) for row in rows)


def group(session: Session, *, actor: Actor, course_id: int, group_id: int) -> GroupRow:
    """Return one group of a course.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such group.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        _GROUPS.where(Group.course_id == course_id, Group.id == group_id)
    ).one_or_none()
    if row is None:
        raise NotFound(NO_GROUP)
    return GroupRow(*row)


def exceptions(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    quiz_id: int | None = None,
    learner_id: int | None = None,
) -> tuple[ExceptionRow, ...]:
    """Return the exceptions of a course: those of one quiz, or of one student's own.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    own = (
        _exception_select(LearnerOverride, LearnerOverride.learner_id, User.name)
        .join(User, User.id == LearnerOverride.learner_id)
        .where(Quiz.course_id == course_id)
    )
    of_groups = (
        _exception_select(GroupOverride, GroupOverride.group_id, Group.name)
        .join(Group, Group.id == GroupOverride.group_id)
        .where(Quiz.course_id == course_id)
    )
    if quiz_id is not None:
        own, of_groups = own.where(Quiz.id == quiz_id), of_groups.where(Quiz.id == quiz_id)
    if learner_id is not None:
        own = own.where(LearnerOverride.learner_id == learner_id)
        of_groups = of_groups.where(sa.false())
    rows = [*session.execute(of_groups), *session.execute(own)]
    return tuple(_exception(row) for row in rows)


def own_allowances(session: Session, *, actor: Actor) -> tuple[OwnAllowance, ...]:
    """Return what someone has in every quiz of their courses, by course."""
    rows = session.execute(
        sa.select(
            Course.title,
            Accommodation.time_factor,
            Accommodation.extra_attempts,
            Accommodation.hides_countdown,
            Accommodation.reason,
        )
        .join(Course, Course.id == Accommodation.course_id)
        .where(Accommodation.learner_id == actor.id, Course.id.in_(list(actor.roles)))
        .order_by(Course.title)
    )
    return tuple(
        OwnAllowance(
            row.title,
            Allowance(row.time_factor, row.extra_attempts, row.hides_countdown),
            row.reason,
        )
        for row in rows
    )


_ENROLLED = sa.join(Enrolment, User, User.id == Enrolment.user_id)
_BY_NAME = (sa.func.lower(User.name), User.id)
_GROUPS = sa.select(
    Group.id,
    Group.name,
    sa.select(sa.func.count())
    .select_from(GroupMember)
    .join(
        Enrolment,
        sa.and_(
            Enrolment.user_id == GroupMember.learner_id,
            Enrolment.course_id == Group.course_id,
            Enrolment.role == Role.STUDENT,
        ),
    )
    .where(GroupMember.group_id == Group.id)
    .correlate(Group)
    .scalar_subquery(),
    sa.select(sa.func.count())
    .where(GroupOverride.group_id == Group.id)
    .correlate(Group)
    .scalar_subquery(),
)


def is_student(course_id: int) -> list[Any]:
    """Return the conditions on `Enrolment` and `User` for students of a course, without guests."""
    return [
        Enrolment.course_id == course_id,
        Enrolment.role == Role.STUDENT,
        ~User.is_guest,
    ]


def student_fits(course_id: int, *, text: str, group_id: int | None) -> list[Any]:
    """Return the conditions on `User` for a search: words of a name or email, a section.

    :param text: "" and :param group_id: None do not narrow.
    """
    conditions: list[Any] = []
    if text:
        conditions.append(
            sa.or_(
                User.name.icontains(text, autoescape=True),
                User.email.icontains(text, autoescape=True),
            )
        )
    if group_id is not None:
        members = (
            sa.select(GroupMember.learner_id)
            .join(Group, Group.id == GroupMember.group_id)
            .where(Group.id == group_id, Group.course_id == course_id)
        )
        conditions.append(User.id.in_(members))
    return conditions


def _conditions(course_id: int, wanted: StudentFilter) -> list[Any]:
    searched = student_fits(course_id, text=wanted.text, group_id=wanted.group_id)
    conditions = [*is_student(course_id), *searched]
    if wanted.with_needs:
        needy = sa.select(Accommodation.learner_id).where(Accommodation.course_id == course_id)
        conditions.append(User.id.in_(needy))
    return conditions


def _student_select(course_id: int) -> Any:
    return (
        sa.select(
            User.id,
            User.name,
            User.email,
            Accommodation.time_factor,
            Accommodation.extra_attempts,
            Accommodation.hides_countdown,
            Accommodation.reason,
            Accommodation.set_at,
        )
        .select_from(_ENROLLED)
        .outerjoin(
            Accommodation,
            sa.and_(Accommodation.learner_id == User.id, Accommodation.course_id == course_id),
        )
    )


def _student(row: Any, groups_of: dict[int, list[GroupName]]) -> Student:
    allowance = NOTHING_SPECIAL
    if row.set_at is not None:
        allowance = Allowance(row.time_factor, row.extra_attempts, row.hides_countdown)
    found = tuple(groups_of.get(row.id, ()))
    return Student(
        row.id, row.name, row.email or "", allowance, row.reason or "", row.set_at, found
    )


def _groups_of(
    session: Session, course_id: int, learner_ids: Sequence[int]
) -> dict[int, list[GroupName]]:
    found: defaultdict[int, list[GroupName]] = defaultdict(list)
    for row in session.execute(
        sa.select(GroupMember.learner_id, Group.id, Group.name)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.course_id == course_id, GroupMember.learner_id.in_(learner_ids))
        .order_by(Group.name)
    ):
        found[row.learner_id].append(GroupName(row.id, row.name))
    return found


def _exception_select(kind: Any, whom: Any, name: Any) -> Any:
    return (
        sa.select(
            Quiz.id.label("quiz_id"),
            Quiz.title.label("quiz"),
            whom.label("whom"),
            sa.literal(kind is GroupOverride).label("is_group"),
            name.label("name"),
            kind.opens_at,
            kind.closes_at,
            kind.time_limit_minutes,
            kind.attempts_allowed,
            kind.reason,
            kind.set_at,
        )
        .select_from(kind)
        .join(Quiz, Quiz.id == kind.quiz_id)
        .order_by(Quiz.position, Quiz.id, name)
    )


def _exception(row: Any) -> ExceptionRow:
    stated = Override(row.opens_at, row.closes_at, row.time_limit_minutes, row.attempts_allowed)
    return ExceptionRow(
        row.quiz_id,
        row.quiz,
        row.whom,
        bool(row.is_group),
        row.name,
        stated,
        row.reason,
        row.set_at,
    )
