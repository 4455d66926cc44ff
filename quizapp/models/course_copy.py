"""Copies of courses: what was asked for, and how far making them has come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice


class CopyState(StrEnum):
    """How far a copy has come. Until it is done its course is hidden."""

    COPYING = "copying"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


class CourseCopy(Base):
    """One course made from another.

    :param course_id: the new one. :param source_id: what it is made from; NULL once that is gone.
    :param actor_id: who made it, and teaches it first.
    :param run: counts the workers that began or went on; an earlier one writes nothing more.
    :param total: paragraphs, facts and questions when it began; :param done: those copied.
    :param shift_days: by how many days the dates of quizzes move; NULL: they are left out.
    :param report: by name, how many of each thing were copied. :param error: why it failed, or "".
    """

    __tablename__ = "course_copy"
    __table_args__ = (sa.Index(None, "source_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), unique=True
    )
    source_id: Mapped[int | None] = mapped_column(sa.ForeignKey("course.id", ondelete="SET NULL"))
    actor_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    state: Mapped[CopyState] = mapped_column(choice(CopyState))
    run: Mapped[int]
    total: Mapped[int]
    done: Mapped[int]
    shift_days: Mapped[int | None]
    report: Mapped[dict[str, Any]]
    error: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
