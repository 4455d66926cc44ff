"""What a learner remembers: the state of each fact, and the log that it is rebuilt from."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, Exact, choice, learner_key


class Origin(StrEnum):
    FLASHCARD = "flashcard"
    QUIZ = "quiz"


class Memory(Base):
    """One learner's memory of one fact: a cache of what its reviews add up to.

    :param phase: learning, review or relearning (`memory.state.Phase`). A fact never met has
        no row; one that was put aside before it was met has a row in phase new.
    :param stability: days until recall falls to 0.9. :param difficulty: 1 to 10.
    :param seen: how often the row was written; a form carries the number it was shown with,
        so that a stale tab or a second click is known.
    """

    __tablename__ = "memory"
    __table_args__ = (
        sa.Index(None, "learner_id", "course_id", "due_at"),
        {"sqlite_with_rowid": False},
    )

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    fact_id: Mapped[int] = mapped_column(sa.ForeignKey("fact.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    phase: Mapped[str] = mapped_column(sa.String(12))
    step: Mapped[int | None]
    stability: Mapped[float | None]
    difficulty: Mapped[float | None]
    due_at: Mapped[datetime]
    last_review_at: Mapped[datetime | None]
    reps: Mapped[int]
    lapses: Mapped[int]
    is_suspended: Mapped[bool] = mapped_column(default=False)
    buried_until: Mapped[datetime | None]
    seen: Mapped[int]


class Review(Base):
    """One rating of one fact; append-only but for `undone_at`.

    :param id: milliseconds since 1970 times 2**20, plus 20 bits of the nonce's digest: rows
        lie in the order of time, and a range of time is a range of ids.
    :param day: the learner's local day. :param duration_ms: shown to rated.
    :param before: the memory's state before, as `MemoryState.to_json` wrote it; undo is exact.
    :param nonce: made by the client; unique for the learner, so that a repeat has no effect.
    :param algorithm: what scheduled it ("fsrs6"); `weights` is NULL for the defaults.
    """

    __tablename__ = "review"
    __table_args__ = (
        sa.UniqueConstraint("learner_id", "nonce"),
        sa.Index(None, "learner_id", "fact_id", "id"),
        {"sqlite_with_rowid": False},
    )

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    fact_id: Mapped[int] = mapped_column(sa.ForeignKey("fact.id"))
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("revision.id"))
    at: Mapped[datetime]
    day: Mapped[date]
    rating: Mapped[int] = mapped_column(sa.SmallInteger)
    origin: Mapped[Origin] = mapped_column(choice(Origin))
    fraction: Mapped[Fraction | None] = mapped_column(Exact())
    duration_ms: Mapped[int]
    before: Mapped[dict[str, Any]]
    desired_retention: Mapped[float]
    algorithm: Mapped[str] = mapped_column(sa.String(12))
    weights: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    nonce: Mapped[str] = mapped_column(sa.String(64))
    undone_at: Mapped[datetime | None]


class DayTotal(Base):
    """What one learner did in one course on one local day; written with each review.

    :param tested: reviews of facts past their learning steps; `recalled` of them were
        remembered. :param introduced: facts met for the first time.
    """

    __tablename__ = "day_total"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    reviews: Mapped[int]
    tested: Mapped[int]
    recalled: Mapped[int]
    introduced: Mapped[int]
    milliseconds: Mapped[int] = mapped_column(sa.BigInteger)


class MemorySetting(Base):
    """What a learner chose for one course; no row means the defaults of `MemorySettings`."""

    __tablename__ = "memory_setting"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), primary_key=True)
    desired_retention: Mapped[float]
    new_per_day: Mapped[int]
