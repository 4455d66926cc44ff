"""The date that a learner studies a course for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, learner_key


class Exam(Base):
    """One learner's exam in one course, and the plan for one day on the way to it.

    The plan is made once a day; it is a cache, and no row or one of another day means that there
    is none.

    :param day: the learner's local day of the exam. :param target: share of the facts to recall.
    :param minutes: to study on each day.
    :param planned_on: the local day that the plan is for; NULL before the first.
    :param facts: ids of the facts to ask on that day, in order.
    :param outlook: what that comes to, as `services.exams.Outlook.dump` wrote it.
    """

    __tablename__ = "exam"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), primary_key=True)
    day: Mapped[date]
    target: Mapped[float]
    minutes: Mapped[int]
    set_at: Mapped[datetime]
    planned_on: Mapped[date | None]
    facts: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    outlook: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
