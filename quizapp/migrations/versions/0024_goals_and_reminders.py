"""Goals for a day, letters about a week, and addresses for calendars."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def _learner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["learner_id"],
        ["user_account.id"],
        name=op.f(f"fk_{table}_learner_id_user_account"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.create_table(
        "daily_goal",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
            name=op.f("fk_daily_goal_course_id_course"),
            ondelete="CASCADE",
        ),
        _learner("daily_goal"),
        sa.PrimaryKeyConstraint("learner_id", "course_id", name=op.f("pk_daily_goal")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "weekly_letter",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("site", sa.String(length=300), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("wanted_at", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("token_until", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("is_idle", sa.Boolean(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("begun_on", sa.Date(), nullable=True),
        _learner("weekly_letter"),
        sa.PrimaryKeyConstraint("learner_id", name=op.f("pk_weekly_letter")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_weekly_letter_token_hash")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_weekly_letter_next_at"), "weekly_letter", ["next_at"])
    op.create_table(
        "calendar_feed",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        _learner("calendar_feed"),
        sa.PrimaryKeyConstraint("learner_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    # A version that knows no such letters cannot do their jobs.
    op.execute(
        "DELETE FROM job WHERE name IN ('look_for_letters', 'send_week', 'send_confirmation')"
    )
    op.drop_table("calendar_feed")
    op.drop_table("weekly_letter")
    op.drop_table("daily_goal")
