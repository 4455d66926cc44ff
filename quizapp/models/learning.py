"""What was learnt of a learner from their reviews, and what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice, learner_key


class FitOutcome(StrEnum):
    """How a fit ended; `WAITING` until it did."""

    WAITING = "waiting"
    TOO_FEW = "too_few"
    KEPT = "kept"
    ADOPTED = "adopted"
    FAILED = "failed"


class MemoryFit(Base):
    """One try to fit the model to a learner's reviews of one course.

    A row is written when a try is asked for and filled in when it is over: of two workers that
    did the same work, one finds the row waiting.

    :param reviews: that stood when it was tried; the next try comes when they have grown.
    :param trials: those on a later day than the one before, which can be learnt from.
    :param held_out: of them, how many both losses are of. :param loss_in_force: mean log loss
        there of the weights that held; :param loss_fitted: of weights learnt from nothing but
        what came before. NULL, as `weights` is, where there was too little to judge by.
    :param before: the weights that held, NULL for the model's own: undoing brings them back.
    :param is_timed: answer times tell more of the learner than their ratings alone.
    :param times: how that was judged and the quartiles by kind of question, as JSON.
    :param correction: what `Recalibration.to_json` gave; NULL while nothing was learnt.
    :param undone_at: when the learner took an adopted fit back; NULL while it holds.
    """

    __tablename__ = "memory_fit"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime]
    at: Mapped[datetime | None]
    outcome: Mapped[FitOutcome] = mapped_column(choice(FitOutcome))
    reviews: Mapped[int]
    trials: Mapped[int]
    held_out: Mapped[int]
    loss_in_force: Mapped[float | None]
    loss_fitted: Mapped[float | None]
    weights: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    before: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    is_timed: Mapped[bool]
    times: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    correction: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    undone_at: Mapped[datetime | None]
