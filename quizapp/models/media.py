"""Pictures and sounds that the texts of a course show."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class MediaBytes(Base):
    """What a file holds, once however many courses show it.

    It lies in the database so that a copy of that is whole. Bytes that no course shows any more
    are thrown away later.
    """

    __tablename__ = "media_bytes"

    digest: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    data: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Media(Base):
    """One file of one course.

    :param digest: of its bytes; with `suffix` the name that texts use. :param size: in bytes.
    :param title: what its author calls it, such as the name it had.
    """

    __tablename__ = "media"
    __table_args__ = (sa.UniqueConstraint("course_id", "digest"), sa.Index(None, "digest"))

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(sa.ForeignKey("media_bytes.digest"))
    suffix: Mapped[str] = mapped_column(sa.String(8))
    media_type: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    size: Mapped[int]
    created_at: Mapped[datetime]
