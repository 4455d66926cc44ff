"""People, their sessions, and what keeps guessing slow."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class User(Base):
    """Someone who learns, teaches or runs the site.

    A guest has no email and no password until signing up. `email` is stored folded to
    lower case. `timezone` is an IANA name; the learner's day begins at `day_start_hour`.
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    password_hash: Mapped[str | None] = mapped_column(sa.String(255))
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_guest: Mapped[bool] = mapped_column(default=False)
    is_disabled: Mapped[bool] = mapped_column(default=False)
    timezone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    day_start_hour: Mapped[int] = mapped_column(default=4)
    created_at: Mapped[datetime]


class UserSession(Base):
    """One signed-in browser; deleting the row ends it at once, whatever cookie was copied.

    `token_hash` is the SHA-256 of the 256-bit random token that only the cookie holds. `browser`
    says in a few words what it is, for its owner to know it by; "" where it did not tell.
    """

    __tablename__ = "user_session"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    browser: Mapped[str] = mapped_column(sa.String(60), default="", server_default="")


class PasswordReset(Base):
    """A link that may set a new password once; the row goes when it is used."""

    __tablename__ = "password_reset"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[datetime] = mapped_column(index=True)


class RateLimit(Base):
    """How often something was tried in the present window; shared by all workers.

    `bucket` names what and whom, hashed where it would hold an address.
    """

    __tablename__ = "rate_limit"

    bucket: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    window_ends_at: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]
