"""A learner's go at a quiz: what was laid out, and every response as it was saved."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, Exact, choice, learner_key


class AttemptState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"


class Action(StrEnum):
    """What one appended row records."""

    SAVE = "save"
    CLEAR = "clear"
    FLAG = "flag"
    UNFLAG = "unflag"


class Attempt(Base):
    """One learner's go at a quiz; layout and settings are fixed when it starts.

    `layout` lists per slot {"revision": id, "fact": id, "order": [...], "max_mark": "1/1"}.
    `mark` is a cache that the responses and pinned revisions can rebuild.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        sa.UniqueConstraint("learner_id", "quiz_id", "number"),
        # At most one open attempt for a learner and quiz, whatever races.
        sa.Index(
            "uq_attempt_one_open",
            "learner_id",
            "quiz_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        {"sqlite_with_rowid": False},
    )

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz.id"))
    number: Mapped[int]
    state: Mapped[AttemptState] = mapped_column(choice(AttemptState))
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    layout: Mapped[list[Any]]
    settings: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    mark: Mapped[Fraction | None] = mapped_column(Exact())
    max_mark: Mapped[Fraction] = mapped_column(Exact())


class Response(Base):
    """One saved step in one slot; appended, never changed. The last one counts.

    `content` is what the question type's `dump_response` gave; NULL for flags and clears.
    """

    __tablename__ = "response"
    __table_args__ = (
        sa.UniqueConstraint("learner_id", "nonce"),
        sa.ForeignKeyConstraint(
            ["learner_id", "attempt_id"], ["attempt.learner_id", "attempt.id"], ondelete="CASCADE"
        ),
        {"sqlite_with_rowid": False},
    )

    learner_id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    action: Mapped[Action] = mapped_column(choice(Action))
    nonce: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
