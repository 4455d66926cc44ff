"""What a learner remembers: the state of each fact, and the log that it is rebuilt from."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, Exact, choice, learner_key

#: A condition that a statement must name to find leeches in `ix_memory_lapsed`.
LAPSED = sa.text("lapses > 0")
_UNDONE = sa.text("undone_at IS NOT NULL")


def _partial_index(name: str, where: Any, *columns: str) -> sa.Index:
    """Return an index of the few rows for which `where` holds."""
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Origin(StrEnum):
    FLASHCARD = "flashcard"
    QUIZ = "quiz"
    IMPORT = "import"  # made in another program; never undone here


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
        # The last column lets what is due be counted from the index alone.
        sa.Index("ix_memory_due", "learner_id", "course_id", "due_at", "is_suspended"),
        _partial_index("ix_memory_lapsed", LAPSED, "learner_id", "course_id", "lapses"),
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
    :param rules: number of the `MemoryRules` that scheduled it.
    :param interval_days: how many of the learner's days it gave; NULL for a pause within the
        session, and before anything but chance and rules decided.
    :param known: the chance that a right response was no guess; NULL where it is none.
    :param taken_back: the state that it led to, kept while it is undone: redoing is exact.
    :param is_first: the fact was met for the first time. :param is_test: it was past its steps.
    :param predicted: of a test, the chance of recall just before, in millionths; NULL where the
        model foretold none (`memory.predictions.foretold`).
    """

    __tablename__ = "review"
    __table_args__ = (
        sa.UniqueConstraint("learner_id", "nonce"),
        sa.Index(None, "learner_id", "fact_id", "id"),
        _partial_index("ix_review_undone", _UNDONE, "learner_id", "undone_at"),
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
    rules: Mapped[int] = mapped_column(server_default="0")
    interval_days: Mapped[int | None]
    known: Mapped[float | None]
    nonce: Mapped[str] = mapped_column(sa.String(64))
    undone_at: Mapped[datetime | None]
    taken_back: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    came: Mapped[str | None] = mapped_column(sa.String(12))
    response: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    is_first: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    is_test: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    predicted: Mapped[int | None]


class QuarterTotal(Base):
    """What one learner did in one course in one quarter of an hour; written with each review.

    Days are put together of it when it is read, by the zone and the hour that hold then: neither
    moving house nor getting up late makes what was done wrong.

    :param quarter: quarters of an hour of UTC since 1970. :param tested: reviews of facts past
        their learning steps; `recalled` of them were remembered.
    :param introduced: facts met for the first time.
    """

    __tablename__ = "quarter_total"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), primary_key=True)
    quarter: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reviews: Mapped[int]
    tested: Mapped[int]
    recalled: Mapped[int]
    introduced: Mapped[int]
    milliseconds: Mapped[int] = mapped_column(sa.BigInteger)


class PredictionTotal(Base):
    """How what was foretold of a learner's tests in a course came out; written with each.

    :param week: of UTC, from Monday, counted from that of 1 January 1970.
    :param band: 0 to 19: the chance foretold, in steps of 5 %.
    :param predicted: the chances added up, in millionths.
    :param squared_error: the squares of what they were off by, in millionths of millionths.
    """

    __tablename__ = "prediction_total"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), primary_key=True)
    week: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    band: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    tested: Mapped[int]
    recalled: Mapped[int]
    predicted: Mapped[int] = mapped_column(sa.BigInteger)
    squared_error: Mapped[int] = mapped_column(sa.BigInteger)


class MemoryRules(Base):
    """How a learner's memory of one course is kept from `since` on; appended only.

    The row with the highest `number` holds, and a review names the one that it was made by: so a
    memory can be worked out again after settings, weights or the time zone have changed. No row
    means the defaults of `MemorySettings`; the first review writes one.

    :param settings: what `MemorySettings.dump` gave. :param algorithm: "fsrs6".
    """

    __tablename__ = "memory_rules"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]
    settings: Mapped[dict[str, Any]]
    zone: Mapped[str] = mapped_column(sa.String(64))
    day_start_hour: Mapped[int] = mapped_column(sa.SmallInteger)
    algorithm: Mapped[str] = mapped_column(sa.String(12))


class ActKind(StrEnum):
    """What a learner did to memories without being asked anything.

    `MOVE` gives one another `due_at`, `SPREAD` many; nothing else changes then.
    """

    SUSPEND = "suspend"
    BURY = "bury"
    RESUME = "resume"
    RESET = "reset"
    MOVE = "move"
    SPREAD = "spread"
    IMPORT = "import"  # what another program knew; `after` is where it begins here


#: Acts that another day follows from.
MOVES = frozenset({ActKind.MOVE, ActKind.SPREAD})


class MemoryAct(Base):
    """One such act; append-only but for `undone_at`.

    :param id: made like a review's, so that both lie in one order; what is done to many facts at
        once has one id.
    :param before: the memory as it was, as `Snapshot.dump` wrote it; NULL where none was.
    :param after: the same, as it became.
    """

    __tablename__ = "memory_act"
    __table_args__ = (
        sa.Index(None, "learner_id", "fact_id", "id"),
        _partial_index("ix_memory_act_undone", _UNDONE, "learner_id", "undone_at"),
        {"sqlite_with_rowid": False},
    )

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    fact_id: Mapped[int] = mapped_column(sa.ForeignKey("fact.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    kind: Mapped[ActKind] = mapped_column(choice(ActKind))
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    undone_at: Mapped[datetime | None]


class Pause(Base):
    """Days on which a learner is asked nothing in a course; both ends are days of the learner's.

    What fades meanwhile fades: nothing in `memory` is touched.
    """

    __tablename__ = "pause"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date]
