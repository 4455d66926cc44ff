"""Days on which a learner is asked nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pause",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_pause_course_id_course"),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["user_account.id"],
            name="fk_pause_learner_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("learner_id", "course_id", "first_day", name="pk_pause"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    # What was spread stays where it is, but a version that knows no spreading cannot read the act.
    op.execute("DELETE FROM memory_act WHERE kind = 'spread'")
    op.drop_table("pause")
