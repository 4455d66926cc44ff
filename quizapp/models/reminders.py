"""What learners aim for on a day, and what they want to be told outside these pages."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.memory.goals import GoalUnit
from quizapp.models.base import Base, choice, learner_key


class DailyGoal(Base):
    """What one learner wants to do in one course on each day; no row means no goal."""

    __tablename__ = "daily_goal"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    unit: Mapped[GoalUnit] = mapped_column(choice(GoalUnit))
    amount: Mapped[int]
    set_at: Mapped[datetime]


class WeeklyLetter(Base):
    """Whether one learner wants a letter about each week, and how far that is.

    Letters go out while `next_at` stands; it is NULL before the address was confirmed, and after
    they were stopped.

    :param email: the address that letters go to, and that `confirmed_at` speaks of; one that is
        not the account's any more gets none.
    :param site: the address of this site, which links begin with: a worker has no request.
    :param weekday: Monday is 0. :param token_hash: SHA-256 of the secret in the link that
        confirms, which the letter alone holds.
    :param is_idle: they stopped by themselves, as nothing had happened for long.
    :param asked_on: the day of the last letter that was asked for; :param begun_on: and of the
        last one that a worker began to send. So no letter is sent twice.
    """

    __tablename__ = "weekly_letter"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    site: Mapped[str] = mapped_column(sa.String(300))
    weekday: Mapped[int] = mapped_column(sa.SmallInteger)
    wanted_at: Mapped[datetime]
    token_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    token_until: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    is_idle: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    asked_on: Mapped[date | None]
    begun_on: Mapped[date | None]


class CalendarFeed(Base):
    """The secret address at which calendars read what one learner has to do.

    :param token_hash: SHA-256 of the secret in the address, which was shown once.
    :param uid: stands in the identifiers of events; it outlives the address, so that a calendar
        that is given a new one does not show everything twice.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    uid: Mapped[str] = mapped_column(sa.String(32))
    made_at: Mapped[datetime]
