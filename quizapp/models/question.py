"""Questions, their immutable revisions, and the quizzes that ask them."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, Exact, choice
from quizapp.models.course import Status
from quizapp.questions.edits import EditKind

#: Written out, as the condition of an index must stand in a statement that is to use it.
IS_TAGGED = sa.text("CAST(tags AS TEXT) <> '[]'")


class Question(Base):
    """A question's identity; its words live in its revisions.

    :param current_number: the number of the revision that is asked now; also the mark that
        an editor has seen, so that two editors get a conflict and not a lost edit.
    :param stem: the current stem as plain text, for lists and searches.
    :param bank_sha256: the digest of what the bank's file stated when it was last loaded; NULL
        for questions written on the site. An edit made on the site outlives a load of the
        same file.
    :param tags: words that an author sorts questions by; draws can ask for them.
    :param waivers: rules of the craft that it may break, each {"rule", "reason"}.
    """

    __tablename__ = "question"
    __table_args__ = (
        sa.UniqueConstraint("course_id", "key"),
        sa.Index(None, "fact_id", "status"),
        sa.Index(None, "course_id", "status", "id"),
        # The list of questions, the last edited first.
        sa.Index(None, "course_id", "updated_at", "id"),
        sa.Index(None, "course_id", "type"),
        # Few are tagged as a rule: looking for a tag reads no other row.
        sa.Index(
            "ix_question_tagged", "course_id", sqlite_where=IS_TAGGED, postgresql_where=IS_TAGGED
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    fact_id: Mapped[int] = mapped_column(sa.ForeignKey("fact.id"))
    key: Mapped[str] = mapped_column(sa.String(80))
    type: Mapped[str] = mapped_column(sa.String(40))
    recall: Mapped[int]
    status: Mapped[Status] = mapped_column(choice(Status))
    stem: Mapped[str] = mapped_column(sa.Text)
    current_number: Mapped[int]
    bank_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    updated_at: Mapped[datetime]
    tags: Mapped[list[Any]] = mapped_column(sa.JSON, default=list, server_default="[]")
    waivers: Mapped[list[Any]] = mapped_column(sa.JSON, default=list, server_default="[]")


class Revision(Base):
    """One state of a question's content; never changed once stored.

    Attempts and reviews point at revisions, so an old attempt still shows what was asked.
    `sha256` is the digest of the canonical content. `edit` is what kind of change it made to the
    one before; NULL for the first, and where nobody said.
    """

    __tablename__ = "revision"
    __table_args__ = (sa.UniqueConstraint("question_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"))
    number: Mapped[int]
    type: Mapped[str] = mapped_column(sa.String(40))
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    author_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]
    edit: Mapped[EditKind | None] = mapped_column(choice(EditKind))


class Quiz(Base):
    """Settings and an ordered list of slots. `settings` is read by `grading.settings`.

    :param access_code: what a learner has to give to start, "" for nothing.
    :param is_practice: it stands for what learners put together for themselves: a course has at
        most one such quiz, it has no slots, and no list shows it.
    :param edited: how often it was edited on the site: two editors get a conflict and not a
        lost edit.
    """

    __tablename__ = "quiz"
    __table_args__ = (sa.UniqueConstraint("course_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(80))
    title: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.Text)
    settings: Mapped[dict[str, Any]]
    status: Mapped[Status] = mapped_column(choice(Status))
    position: Mapped[int]
    bank_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    access_code: Mapped[str] = mapped_column(sa.String(80), default="", server_default="")
    edited: Mapped[int] = mapped_column(default=0, server_default="0")
    is_practice: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class Slot(Base):
    """One place in a quiz: a fixed question, or a draw as `grading.draws` reads it."""

    __tablename__ = "slot"
    __table_args__ = (
        sa.CheckConstraint("(question_id IS NULL) <> (draw IS NULL)", name="one_kind"),
    )

    quiz_id: Mapped[int] = mapped_column(
        sa.ForeignKey("quiz.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    max_mark: Mapped[Fraction] = mapped_column(Exact())
    question_id: Mapped[int | None] = mapped_column(sa.ForeignKey("question.id"))
    draw: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
