"""How people come into a course, and who has left it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice, learner_key
from quizapp.models.course import Role

CODE_LENGTH = 8


class InvitationState(StrEnum):
    """What became of an invitation; one that is open may still be over by its date."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


class JoinCode(Base):
    """The code of a course, or of one of its groups, that whoever knows it may join by.

    It is no secret: it is read out in class and hangs on the wall. So it is kept as it is.
    A group's code puts people into the group too. `ends_at` is the first moment it fails.
    """

    __tablename__ = "join_code"
    __table_args__ = (
        sa.Index(
            "uq_join_code_of_course",
            "course_id",
            unique=True,
            sqlite_where=sa.text("group_id IS NULL"),
            postgresql_where=sa.text("group_id IS NULL"),
        ),
    )

    code: Mapped[str] = mapped_column(sa.String(CODE_LENGTH), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    group_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("student_group.id", ondelete="CASCADE"), unique=True
    )
    is_on: Mapped[bool] = mapped_column(default=True)
    ends_at: Mapped[datetime | None]
    made_at: Mapped[datetime]


class Invitation(Base):
    """One address asked into a course; the link in the letter is for whoever opens that mail.

    `token_hash` is the SHA-256 of the link's secret, which the letter alone holds; NULL until a
    worker has made one. `sent_at` is when a letter went out, NULL while none has.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        sa.UniqueConstraint("course_id", "email"),
        sa.Index(None, "group_id"),
        sa.Index(None, "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(sa.String(254))
    name: Mapped[str] = mapped_column(sa.String(100))
    role: Mapped[Role] = mapped_column(choice(Role))
    group_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("student_group.id", ondelete="SET NULL")
    )
    state: Mapped[InvitationState] = mapped_column(choice(InvitationState))
    token_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )


class FormerMember(Base):
    """Who was in a course and is not any more; gone when they come back.

    What they learnt, their attempts, groups and needs stay where they are. `removed_by` is NULL
    where they left by themselves.
    """

    __tablename__ = "former_member"
    __table_args__ = (sa.Index(None, "course_id", "left_at"), {"sqlite_with_rowid": False})

    user_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[Role] = mapped_column(choice(Role))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime]
    removed_by: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
