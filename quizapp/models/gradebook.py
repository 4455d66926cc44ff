"""What instructors write into the gradebook: marks by hand, excuses and comments."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, Exact, learner_key


class MarkEntry(Base):
    """What holds of a student's mark in a quiz beside their attempts; appended, never changed.

    Each row states everything that holds from then on, and the last one counts.

    :param points: with `most`, the mark by hand; NULL where the attempts say it. :param is_excused:
        the quiz does not count for the student. :param reason: of a mark by hand or an excuse; the
        student reads it, as they do the `comment` (Markdown, or "").
    :param was_points: with `was_most`, what the attempts counted then; NULL for nothing.
    :param is_undo: it brings back what held before the one that it undoes.
    """

    __tablename__ = "mark_entry"
    __table_args__ = (sa.Index(None, "quiz_id"), {"sqlite_with_rowid": False})

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    points: Mapped[Fraction | None] = mapped_column(Exact())
    most: Mapped[Fraction | None] = mapped_column(Exact())
    is_excused: Mapped[bool]
    comment: Mapped[str] = mapped_column(sa.Text)
    reason: Mapped[str] = mapped_column(sa.Text)
    was_points: Mapped[Fraction | None] = mapped_column(Exact())
    was_most: Mapped[Fraction | None] = mapped_column(Exact())
    is_undo: Mapped[bool]
    made_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    at: Mapped[datetime]
