"""Files of questions that instructors bring along: what each would do, did, and took back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice
from quizapp.models.course import Status


class QuestionImportState(StrEnum):
    """How far an import has come. Until it is applied nothing of it is in the course."""

    READING = "reading"
    PLANNED = "planned"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDONE = "undone"
    FAILED = "failed"


class ImportOutcome(StrEnum):
    """What becomes of one question of a file."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left_out"


class QuestionImport(Base):
    """One file. Its plan lies in `QuestionImportRow` and `QuestionImportFact`.

    :param file: its name in the folder of imports; "" once it is not needed any more.
    :param name: as the instructor's computer had it. :param format: a name in `FORMATS`.
    :param topic_id: where its questions go; NULL: where the file says.
    :param run: counts the workers that began; an earlier one writes nothing more.
    :param total: parts of the file, 0 while it was not read; :param done: those planned.
    :param counts: outcome → how many. :param report: remarks, and topics to be made.
    :param holding_id: the hidden course that holds what undoing took out.
    """

    __tablename__ = "question_import"
    __table_args__ = (sa.Index(None, "course_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    file: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(200))
    format: Mapped[str] = mapped_column(sa.String(40))
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id", ondelete="SET NULL"))
    state: Mapped[QuestionImportState] = mapped_column(choice(QuestionImportState))
    run: Mapped[int]
    total: Mapped[int]
    done: Mapped[int]
    counts: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any]]
    error: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    holding_id: Mapped[int | None] = mapped_column(sa.ForeignKey("course.id", ondelete="SET NULL"))


class QuestionImportRow(Base):
    """One part of a file, in its order, and what becomes of it.

    Ready to be stored as it is, so that applying copies rows and reckons nothing.

    :param words: its beginning. :param notes: what changes, or why it is left out; sentences.
    :param question_id: the question it is about; of a new one known when it is stored. No foreign
        key: questions are never deleted one by one.
    :param seen_number: the revision that the plan was made for; :param seen_at: and when the
        question had last been changed; otherwise the plan is stale.
    :param key: of the question. :param origin: by which the file is known again, "" for nothing.
    :param origin_sha256: the digest of what the file states.
    :param content: NULL where the content stays. :param before: what undoing needs.
    """

    __tablename__ = "question_import_row"
    __table_args__ = (
        sa.Index(None, "import_id", "outcome", "position"),
        {"sqlite_with_rowid": False},
    )

    import_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question_import.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[ImportOutcome] = mapped_column(choice(ImportOutcome))
    line: Mapped[int]
    place: Mapped[str] = mapped_column(sa.String(200))
    words: Mapped[str] = mapped_column(sa.String(200))
    notes: Mapped[list[Any]]
    question_id: Mapped[int | None]
    seen_number: Mapped[int | None]
    seen_at: Mapped[datetime | None]
    key: Mapped[str] = mapped_column(sa.String(80))
    origin: Mapped[str] = mapped_column(sa.String(200))
    origin_sha256: Mapped[str] = mapped_column(sa.String(64))
    fact_key: Mapped[str] = mapped_column(sa.String(80))
    type: Mapped[str] = mapped_column(sa.String(40))
    recall: Mapped[int]
    status: Mapped[Status] = mapped_column(choice(Status))
    stem: Mapped[str] = mapped_column(sa.Text)
    tags: Mapped[list[Any]]
    content: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))


class QuestionImportFact(Base):
    """A fact that an import makes or changes; `citations` as `services.import_facts` reads them.

    :param seen_sha256: the digest of the fact that the plan was made for, "" for a new one.
    :param before: what it said, so that undoing is exact.
    """

    __tablename__ = "question_import_fact"
    __table_args__ = ({"sqlite_with_rowid": False},)

    import_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question_import.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    position: Mapped[int]
    is_new: Mapped[bool]
    topic_key: Mapped[str] = mapped_column(sa.String(80))
    statement: Mapped[str] = mapped_column(sa.Text)
    note: Mapped[str] = mapped_column(sa.Text)
    record: Mapped[str] = mapped_column(sa.Text)
    status: Mapped[Status] = mapped_column(choice(Status))
    citations: Mapped[list[Any]]
    seen_sha256: Mapped[str] = mapped_column(sa.String(64))
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))


class QuestionOrigin(Base):
    """By what name files know a question, so that the same file updates it and doubles nothing.

    :param key: what the file calls it, or the digest of what it stated where it gives no name.
    :param sha256: the digest of what a file stated last.
    """

    __tablename__ = "question_origin"
    __table_args__ = (sa.Index(None, "question_id"), {"sqlite_with_rowid": False})

    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(sa.String(64))
