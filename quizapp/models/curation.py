"""What instructors do around a question: reviews of it, what they say of it, what is unsaved."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice


class ReviewStep(StrEnum):
    """What happened to a question in review."""

    SENT = "sent"
    APPROVED = "approved"
    SENT_BACK = "sent_back"


def _person() -> Any:
    return sa.ForeignKey("user_account.id", ondelete="SET NULL")


class QuestionReview(Base):
    """One step of the review of one revision; appended, never changed.

    :param number: of the revision that was looked at. :param comment: to its author, or "".
    """

    __tablename__ = "question_review"
    __table_args__ = (sa.Index(None, "question_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"))
    number: Mapped[int]
    step: Mapped[ReviewStep] = mapped_column(choice(ReviewStep))
    actor_id: Mapped[int | None] = mapped_column(_person())
    at: Mapped[datetime]
    comment: Mapped[str] = mapped_column(sa.Text, default="", server_default="")


class QuestionComment(Base):
    """What an instructor says of a question to the others, and whether that is settled.

    :param parent_id: of the comment that it replies to; NULL begins a thread. Threads are
        settled as a whole, so only their first comment has `resolved_at`.
    """

    __tablename__ = "question_comment"
    __table_args__ = (sa.Index(None, "question_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("question_comment.id", ondelete="CASCADE")
    )
    author_id: Mapped[int | None] = mapped_column(_person())
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]
    resolved_by: Mapped[int | None] = mapped_column(_person())
    resolved_at: Mapped[datetime | None]


class QuestionDraft(Base):
    """A question's form as it was typed and not saved yet, for the one who typed it.

    :param key: names the page that it was begun on. :param question_id: NULL for a new question.
    :param seen: the revision that it was begun from; 0 for a new question.
    :param fields: names and values as the form sends them. :param saved_at: tells one saving
        from the next, so that two pages with one draft do not overwrite each other.
    """

    __tablename__ = "question_draft"
    __table_args__ = (
        sa.Index(None, "user_id", "course_id", "saved_at"),
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    question_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("question.id", ondelete="CASCADE")
    )
    seen: Mapped[int]
    stem: Mapped[str] = mapped_column(sa.String(200))
    fields: Mapped[list[Any]]
    saved_at: Mapped[datetime]
