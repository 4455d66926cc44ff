"""What people ask for about their own data: copies, another address, the end of the account."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice, learner_key


class ExportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class DataExport(Base):
    """A file of all that is somebody's, or of all that a course of theirs holds.

    :param course_id: NULL where it is about the person. :param file: its name in the folder of
        exports, without a suffix. :param run: counts the workers that began or went on; an earlier
        one writes nothing more. :param total, done: parts in all, and those written.
    :param place: where a worker goes on, as `jobs.export_parts` wrote it. :param size: in bytes.
    :param expires_at: when the file is thrown away; NULL until there is one.
    """

    __tablename__ = "data_export"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    course_id: Mapped[int | None] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    file: Mapped[str] = mapped_column(sa.String(80))
    state: Mapped[ExportState] = mapped_column(choice(ExportState))
    run: Mapped[int]
    total: Mapped[int]
    done: Mapped[int]
    place: Mapped[dict[str, Any]]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    error: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class AccountDeletion(Base):
    """Somebody asked for their account to be deleted; the row goes with the account.

    :param keeps_statistics: what they added to the statistics of quizzes stays counted.
    :param due_at: until then they can change their mind. :param began_at: since then they cannot.
    :param courses: those that are theirs alone and go with them, once it has begun.
    """

    __tablename__ = "account_deletion"
    __table_args__ = (sa.Index(None, "due_at"),)

    user_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    keeps_statistics: Mapped[bool]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    began_at: Mapped[datetime | None]
    courses: Mapped[list[Any]]


class EmailChange(Base):
    """Another address that somebody wants to use, until its mailbox has said yes.

    :param token_hash: the SHA-256 of the link's secret, which the letter alone holds; NULL until a
        worker has made one.
    """

    __tablename__ = "email_change"

    user_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    token_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class DepartedTotal(Base):
    """What of `QuizTotal` was added by people whose accounts are gone: counts, and nobody's.

    Their attempts are gone too, so that a recount begins from these rows.
    """

    __tablename__ = "departed_total"
    __table_args__ = ({"sqlite_with_rowid": False},)

    quiz_id: Mapped[int] = mapped_column(
        sa.ForeignKey("quiz.id", ondelete="CASCADE"), primary_key=True
    )
    cohort: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    total: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(sa.BigInteger)
    most: Mapped[int] = mapped_column(sa.BigInteger)


class DepartedTally(Base):
    """The same of `ItemTally`."""

    __tablename__ = "departed_tally"
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
