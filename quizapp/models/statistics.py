"""What the attempts at a quiz add up to, for item analysis: whole numbers that grow with each."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class QuizTotal(Base):
    """How many attempts at a quiz came to one total; a row for each total that there is.

    Rows may stand at 0 once an attempt counts otherwise. Marks are in `psychometrics.counts.GRAIN`
    parts of a point. With `ItemTally` it can be counted anew from the logs of the attempts.

    :param cohort: 1 for first attempts, 2 for later ones. :param most: the sum of what could be
        reached.
    """

    __tablename__ = "quiz_total"
    __table_args__ = ({"sqlite_with_rowid": False},)

    quiz_id: Mapped[int] = mapped_column(
        sa.ForeignKey("quiz.id", ondelete="CASCADE"), primary_key=True
    )
    cohort: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    total: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(sa.BigInteger)
    most: Mapped[int] = mapped_column(sa.BigInteger)


class ItemTally(Base):
    """How many attempts at a quiz had one value of one kind at one revision.

    :param kind: a `psychometrics.counts.Kind`, which says what `value`, `band`, `amount` and
        `most` are. :param n: how many.
    """

    __tablename__ = "item_tally"
    __table_args__ = (sa.Index(None, "revision_id"), {"sqlite_with_rowid": False})

    quiz_id: Mapped[int] = mapped_column(
        sa.ForeignKey("quiz.id", ondelete="CASCADE"), primary_key=True
    )
    revision_id: Mapped[int] = mapped_column(
        sa.ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    cohort: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    kind: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    band: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(sa.BigInteger)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    most: Mapped[int] = mapped_column(sa.BigInteger)
