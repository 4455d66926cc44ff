"""Files of other programs that learners bring along, and how far taking them in has come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice, learner_key


class ImportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class PackageImport(Base):
    """One package: a worker takes it in batch by batch, each with `done` in one transaction.

    Until it is done its course has no members, so that nobody meets half of it; one that failed
    is taken out again.

    :param file: its name in the folder of imports. :param name: as the learner's computer had it.
    :param title: of the new course; "" for what the package calls itself.
    :param course_id: the new course; or, if `is_comparison`, the one that the package is compared
        with, and nothing is written.
    :param run: counts the workers that began or went on; a batch of an earlier one writes nothing.
    :param total: notes, 0 while it was not looked at; :param done: those behind us.
    :param last_note: the id of the last of them, in the package.
    :param report: what `formats.report.Tally` dumped. :param error: why it failed, or "".
    """

    __tablename__ = "package_import"
    __table_args__ = (sa.Index(None, "learner_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(learner_key())
    file: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(200))
    title: Mapped[str] = mapped_column(sa.String(200))
    course_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("course.id", ondelete="SET NULL"), index=True
    )
    is_comparison: Mapped[bool]
    state: Mapped[ImportState] = mapped_column(choice(ImportState))
    run: Mapped[int]
    total: Mapped[int]
    done: Mapped[int]
    last_note: Mapped[int | None] = mapped_column(sa.BigInteger)
    report: Mapped[dict[str, Any]]
    error: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
