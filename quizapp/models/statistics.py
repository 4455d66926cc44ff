"""What the attempts at a quiz add up to: whole numbers that grow with each, and figures of them."""

from __future__ import annotations

from datetime import datetime

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


class QuizCount(Base):
    """How often what the attempts at a quiz add up to has changed, and how far figures follow.

    Handing in raises `changed`; whoever works figures out reads it first, and stores it as
    `figured` with them. Where both are equal, the figures are those of every attempt.
    """

    __tablename__ = "quiz_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    quiz_id: Mapped[int] = mapped_column(
        sa.ForeignKey("quiz.id", ondelete="CASCADE"), primary_key=True
    )
    changed: Mapped[int] = mapped_column(sa.BigInteger)
    figured: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    figured_at: Mapped[datetime | None]


class ItemFigure(Base):
    """How one revision did in a quiz, by first attempts, as its item analysis says.

    :param marks, most: what was earned and could be, in `psychometrics.counts.GRAIN` parts of a
        point. :param flags: a sum of `psychometrics.standing.BITS`.
    """

    __tablename__ = "item_figure"
    __table_args__ = (sa.Index(None, "revision_id"), {"sqlite_with_rowid": False})

    quiz_id: Mapped[int] = mapped_column(
        sa.ForeignKey("quiz.id", ondelete="CASCADE"), primary_key=True
    )
    revision_id: Mapped[int] = mapped_column(
        sa.ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(sa.BigInteger)
    marks: Mapped[int] = mapped_column(sa.BigInteger)
    most: Mapped[int] = mapped_column(sa.BigInteger)
    discrimination: Mapped[float | None] = mapped_column(sa.Double)
    flags: Mapped[int]


class QuestionFigure(Base):
    """How a question did over all its uses, to list questions by; a row for each question.

    It follows from the rows of `ItemFigure` and from which revision is asked now.
    :param standing: a `psychometrics.standing.Standing`. :param flags: as of `ItemFigure`, of the
        revision that is asked now.
    """

    __tablename__ = "question_figure"
    __table_args__ = (
        sa.Index(None, "course_id", "facility", "question_id"),
        sa.Index(None, "course_id", "discrimination", "question_id"),
        sa.Index(None, "course_id", "answers", "question_id"),
        sa.Index(None, "course_id", "standing", "flags", "question_id"),
        sa.Index(None, "question_id", unique=True),
        {"sqlite_with_rowid": False},
    )

    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True
    )
    answers: Mapped[int] = mapped_column(sa.BigInteger)
    facility: Mapped[float | None] = mapped_column(sa.Double)
    discrimination: Mapped[float | None] = mapped_column(sa.Double)
    standing: Mapped[int] = mapped_column(sa.SmallInteger)
    flags: Mapped[int]
