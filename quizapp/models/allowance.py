"""What is different for some: groups, accommodations of a person, exceptions for one quiz."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, Exact, learner_key


class Group(Base):
    """A part of a course's students, named by an instructor."""

    __tablename__ = "student_group"
    __table_args__ = (sa.UniqueConstraint("course_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(80))


class GroupMember(Base):
    """A student in a group."""

    __tablename__ = "group_member"
    __table_args__ = (sa.Index(None, "group_id"), {"sqlite_with_rowid": False})

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    group_id: Mapped[int] = mapped_column(
        sa.ForeignKey("student_group.id", ondelete="CASCADE"), primary_key=True
    )


class Accommodation(Base):
    """What one student needs in every quiz of a course, set once by an instructor.

    :param time_factor: 1 to 10: how much longer they have. :param extra_attempts: from 0.
    """

    __tablename__ = "accommodation"
    __table_args__ = (sa.Index(None, "course_id"), {"sqlite_with_rowid": False})

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    time_factor: Mapped[Fraction] = mapped_column(Exact())
    extra_attempts: Mapped[int]
    hides_countdown: Mapped[bool]
    reason: Mapped[str] = mapped_column(sa.Text)
    set_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    set_at: Mapped[datetime]


class _Override:
    """What one quiz sets differently; NULL leaves a setting as the quiz has it."""

    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    time_limit_minutes: Mapped[int | None]
    attempts_allowed: Mapped[int | None]
    reason: Mapped[str] = mapped_column(sa.Text)
    set_at: Mapped[datetime]


class LearnerOverride(_Override, Base):
    """An exception for one student in one quiz; it goes before those of their groups."""

    __tablename__ = "learner_override"
    __table_args__ = (sa.Index(None, "quiz_id"), {"sqlite_with_rowid": False})

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    quiz_id: Mapped[int] = mapped_column(
        sa.ForeignKey("quiz.id", ondelete="CASCADE"), primary_key=True
    )


class GroupOverride(_Override, Base):
    """An exception for one group in one quiz."""

    __tablename__ = "group_override"
    __table_args__ = (sa.Index(None, "quiz_id"),)

    group_id: Mapped[int] = mapped_column(
        sa.ForeignKey("student_group.id", ondelete="CASCADE"), primary_key=True
    )
    quiz_id: Mapped[int] = mapped_column(
        sa.ForeignKey("quiz.id", ondelete="CASCADE"), primary_key=True
    )
