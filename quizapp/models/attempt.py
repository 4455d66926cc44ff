"""A learner's go at a quiz: what was laid out, and every response as it was saved."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.grading.regrades import RegradeFix
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
    CHECK = "check"  # the response in `content` was given to be graded at once


class Attempt(Base):
    """One learner's go at a quiz; layout and settings are fixed when it starts.

    `layout` lists per slot what `grading.layout` reads. `mark` and `max_mark` are a cache that the
    responses and pinned revisions can rebuild, with the markings and regrades. So is `waiting`: how
    many answers a person has yet to mark once it is handed in, and NULL where it asks none that
    people mark; `mark` and `max_mark` are of the others until then. `title` names what a learner
    chose to practise; "" where the quiz's own title does.
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
        # Everybody's attempts at a quiz, for its instructors.
        sa.Index(None, "quiz_id"),
        # What is due, for the job that hands it in.
        sa.Index(
            "ix_attempt_open_due",
            "due_at",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        # What people mark, for the instructors who do.
        sa.Index(
            "ix_attempt_marked_by_people",
            "quiz_id",
            sqlite_where=sa.text("waiting IS NOT NULL"),
            postgresql_where=sa.text("waiting IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz.id"))
    title: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
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
    waiting: Mapped[int | None] = mapped_column(sa.SmallInteger)


class Response(Base):
    """One saved step in one slot; appended, never changed. The last one counts.

    `content` is what the question type's `dump_response` gave; NULL for flags and clears.
    `certainty` is how sure the learner was, 1 to 3, where the quiz asks.
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
    certainty: Mapped[int | None] = mapped_column(sa.SmallInteger)


class Marking(Base):
    """What an instructor gave for one answer; appended, never changed. The last one counts.

    :param revision_id: what was asked. :param fraction: of the question's points, 0 to 1; NULL
        where the markings before were taken back and none holds. :param comment: to the learner,
        Markdown, or "". :param is_undo: it brings back what held before the one that it undoes.
    """

    __tablename__ = "marking"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["learner_id", "attempt_id"], ["attempt.learner_id", "attempt.id"], ondelete="CASCADE"
        ),
        {"sqlite_with_rowid": False},
    )

    learner_id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("revision.id"))
    fraction: Mapped[Fraction | None] = mapped_column(Exact())
    comment: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    is_undo: Mapped[bool]
    made_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    at: Mapped[datetime]


class Challenge(Base):
    """A learner's doubt about a question of an attempt, and what an instructor said to it.

    :param passage_id: the passage that the learner points at, if any.
    """

    __tablename__ = "challenge"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["learner_id", "attempt_id"], ["attempt.learner_id", "attempt.id"], ondelete="CASCADE"
        ),
        sa.Index(None, "course_id", "answered_at"),
        {"sqlite_with_rowid": False},
    )

    learner_id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("revision.id"))
    passage_id: Mapped[int | None] = mapped_column(sa.ForeignKey("passage.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    answered_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    answered_at: Mapped[datetime | None]


class Regrade(Base):
    """One decision of an instructor about one revision; it holds while `undone_at` is NULL.

    :param quiz_id: NULL for every quiz. :param detail: for "accept" the response as dumped, for
        "correct" {"revision": id}. Marks are worked out from these rows, so undoing one brings
        back exactly what was.
    """

    __tablename__ = "regrade"
    __table_args__ = (sa.Index(None, "revision_id"), sa.Index(None, "quiz_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    quiz_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quiz.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("revision.id"))
    fix: Mapped[RegradeFix] = mapped_column(choice(RegradeFix))
    detail: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(sa.Text)
    made_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    made_at: Mapped[datetime]
    undone_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    undone_at: Mapped[datetime | None]


class MarkChange(Base):
    """How one regrade, or its undoing, changed the mark of one attempt; appended only."""

    __tablename__ = "mark_change"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["learner_id", "attempt_id"], ["attempt.learner_id", "attempt.id"], ondelete="CASCADE"
        ),
        {"sqlite_with_rowid": False},
    )

    learner_id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True)
    regrade_id: Mapped[int] = mapped_column(sa.ForeignKey("regrade.id"))
    is_undo: Mapped[bool]
    at: Mapped[datetime]
    old_mark: Mapped[Fraction] = mapped_column(Exact())
    old_max_mark: Mapped[Fraction] = mapped_column(Exact())
    new_mark: Mapped[Fraction] = mapped_column(Exact())
    new_max_mark: Mapped[Fraction] = mapped_column(Exact())
