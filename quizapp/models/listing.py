"""What the instructors' list of questions keeps beside them: words to search, acts to undo."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice, learner_key
from quizapp.models.course import Status

#: So much of a stem tells its place among the others.
STEM_START = 80
VIEW_NAME = 60
VIEW_QUERY = 1_000


def _code_points(length: int) -> sa.String:
    """Return a text that both databases put in the order that Python does."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


class QuestionText(Base):
    """What is searched of a question, worked out from its current revision.

    It lies apart, narrow and by course, because a search reads all of it. `text` is everything
    that an author wrote in it, its key and its number, folded as `questions.folding` does;
    `stem_start` is the beginning of the folded stem, to sort by; `author_id` wrote the current
    revision, NULL for the bank's files.
    """

    __tablename__ = "question_text"
    __table_args__ = (
        sa.Index(None, "course_id", "stem_start", "question_id"),
        sa.Index(None, "course_id", "author_id", "question_id"),
        sa.Index(None, "question_id", unique=True),
        {"sqlite_with_rowid": False},
    )

    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True
    )
    stem_start: Mapped[str] = mapped_column(_code_points(STEM_START))
    author_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    text: Mapped[str] = mapped_column(sa.Text)


class BulkKind(StrEnum):
    """What can be done to many questions at once."""

    STATUS = "status"
    TOPIC = "topic"
    ADD_TAG = "add-tag"
    REMOVE_TAG = "remove-tag"


class BulkAct(Base):
    """One act on many questions; `value` is the status, the topic's id or the tag."""

    __tablename__ = "bulk_act"
    __table_args__ = (sa.Index(None, "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), index=True
    )
    actor_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    kind: Mapped[BulkKind] = mapped_column(choice(BulkKind))
    value: Mapped[str] = mapped_column(sa.String(80))
    changed: Mapped[int]
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class BulkChange(Base):
    """What one question was before a bulk act; `changed_at` tells whether it was touched since.

    `tags` is the list as it is written in the database. Of its fact, what was before as well.
    """

    __tablename__ = "bulk_change"
    __table_args__ = (sa.Index(None, "question_id"), {"sqlite_with_rowid": False})

    act_id: Mapped[int] = mapped_column(
        sa.ForeignKey("bulk_act.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True
    )
    status: Mapped[Status] = mapped_column(choice(Status))
    tags: Mapped[str] = mapped_column(sa.Text)
    fact_id: Mapped[int]
    topic_id: Mapped[int]
    fact_status: Mapped[Status] = mapped_column(choice(Status))
    changed_at: Mapped[datetime]


class SavedView(Base):
    """A name that an instructor gave to what the list's address says; it belongs to them alone."""

    __tablename__ = "saved_view"

    user_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(sa.String(VIEW_NAME), primary_key=True)
    query: Mapped[str] = mapped_column(sa.String(VIEW_QUERY))


class QuestionPair(Base):
    """Two questions of a course that ask the same, the earlier one first.

    `is_same`: all that they say is equal once folded; else their stems are nearly the same.
    `is_distinct`: an instructor said that they are no duplicates, and is not asked again.
    """

    __tablename__ = "question_pair"
    __table_args__ = (
        sa.Index(None, "course_id", "is_distinct", "is_same"),
        sa.Index(None, "second_id"),
        {"sqlite_with_rowid": False},
    )

    first_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True
    )
    second_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    is_same: Mapped[bool]
    is_distinct: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class DuplicateSearch(Base):
    """When duplicates of a course were looked for last; `ended_at` is NULL while it goes on."""

    __tablename__ = "duplicate_search"

    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    questions: Mapped[int] = mapped_column(default=0, server_default="0")


class StemWord(Base):
    """One of the few words of a stem by which questions that ask nearly the same are found.

    :param word: `bank.craft.duplicates.StemWords.prefix`. :param size: how many words of the stem
        carry meaning.
    """

    __tablename__ = "stem_word"
    __table_args__ = (sa.Index(None, "question_id"), {"sqlite_with_rowid": False})

    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    word: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    question_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True
    )
