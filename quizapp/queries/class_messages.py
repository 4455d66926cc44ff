"""What instructors wrote to students of a course: whom it reaches, what was sent, what waits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import ClassMessage, ReceivedMessage, User
from quizapp.policy import Actor, require_instructor
from quizapp.queries import people
from quizapp.queries.class_rows import STUDENTS, ClassFilter, Condition, conditions_of
from quizapp.queries.people import is_student

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a message is for: everybody, a group, those who need help, or one student."""

    condition: Condition | None = None
    group_id: int | None = None
    learner_id: int | None = None

    @property
    def is_picked(self) -> bool:
        """Return whether the instructor sees each of them and may leave some out."""
        return self.condition is not None or self.learner_id is not None

    @property
    def address(self) -> str:
        """Return what stands in an address for it; `audience_named` reads it back."""
        if self.condition:
            return self.condition.value
        if self.group_id is not None:
            return f"group-{self.group_id}"
        return f"student-{self.learner_id}" if self.learner_id is not None else "all"


EVERYBODY = Audience()


@dataclass(frozen=True, slots=True)
class Recipient:
    """A student whom a message is for. :param email: None where no letter can be sent."""

    id: int
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that was sent. :param seen: how many have put it away on their page."""

    id: int
    author: str | None
    whom: str
    text: str
    sent_at: datetime
    students: int
    seen: int


@dataclass(frozen=True, slots=True)
class SentList:
    """One page of messages, the newest first."""

    rows: tuple[SentMessage, ...]
    total: int
    page: int
    pages: int


def audience_named(address: str) -> Audience:
    """Return whom an address means; everybody where it means nobody."""
    kind, _, number = address.partition("-")
    if address in (Condition.QUIET.value, Condition.BEHIND.value):
        return Audience(condition=Condition(address))
    if number.isdecimal() and number.isascii() and len(number) < 10:
        if kind == "group":
            return Audience(group_id=int(number))
        if kind == "student":
            return Audience(learner_id=int(number))
    return EVERYBODY


def recipients(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    audience: Audience,
    only: Collection[int] | None,
    now: datetime,
) -> tuple[str, tuple[Recipient, ...]]:
    """Return whom a message is for in words, and who they are, by name.

    :param only: those who were picked from them, by id; None for all of them. Who has studied
        since they were shown still is one of them.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such group or
        student.
    """
    require_instructor(actor, course_id)
    conditions: list[Any] = []
    if audience.learner_id is not None:
        conditions = [User.id == audience.learner_id]
    if audience.is_picked and only is not None:
        conditions.append(User.id.in_(list(only)))
    elif audience.learner_id is None:
        wanted = ClassFilter(group_id=audience.group_id, condition=audience.condition)
        conditions = conditions_of(course_id, wanted, now)
    rows = session.execute(
        sa.select(User.id, User.name, User.email)
        .select_from(STUDENTS)
        .where(*is_student(course_id), User.is_disabled.is_(False), *conditions)
        .order_by(sa.func.lower(User.name), User.id)
    )
    found = tuple(Recipient(*row) for row in rows)
    if audience.learner_id is not None:
        # They are named where nobody was picked too, and where their account is closed.
        own = {"course_id": course_id, "learner_id": audience.learner_id}
        return people.student(session, actor=actor, **own).name, found
    if audience.group_id is not None:
        group = people.group(session, actor=actor, course_id=course_id, group_id=audience.group_id)
        return group.name, found
    if audience.condition is Condition.QUIET:
        return "Students who have gone quiet", found
    if audience.condition is Condition.BEHIND:
        return "Students who are falling behind", found
    return "All students", found


def sent_messages(session: Session, *, actor: Actor, course_id: int, page: int) -> SentList:
    """Return one page of what was sent to students of a course.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    counted = sa.select(sa.func.count()).where(ClassMessage.course_id == course_id)
    total = session.scalar(counted) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    of_message = ReceivedMessage.message_id == ClassMessage.id
    students = sa.select(sa.func.count()).where(of_message).correlate(ClassMessage)
    seen = students.where(ReceivedMessage.seen_at.is_not(None))
    rows = session.execute(
        sa.select(
            ClassMessage.id,
            User.name,
            ClassMessage.whom,
            ClassMessage.text,
            ClassMessage.sent_at,
            students.scalar_subquery(),
            seen.scalar_subquery(),
        )
        .outerjoin(User, User.id == ClassMessage.author_id)
        .where(ClassMessage.course_id == course_id)
        .order_by(ClassMessage.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return SentList(tuple(SentMessage(*row) for row in rows), total, page, pages)
