"""Work to be done after a commit, in the same database as what asked for it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice


class JobState(StrEnum):
    WAITING = "waiting"
    FAILED = "failed"


class Job(Base):
    """One piece of work. A worker leases it; a lease that runs out makes it free again.

    A job that is done is deleted; one that failed too often is kept with its error.
    """

    __tablename__ = "job"
    __table_args__ = (sa.Index(None, "state", "run_after"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    payload: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(choice(JobState))
    run_after: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    tries: Mapped[int]
    error: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime]
