"""What instructors write into the gradebook: marks by hand, excuses and comments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mark_entry",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", sa.String(length=40), nullable=True),
        sa.Column("most", sa.String(length=40), nullable=True),
        sa.Column("is_excused", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("was_points", sa.String(length=40), nullable=True),
        sa.Column("was_most", sa.String(length=40), nullable=True),
        sa.Column("is_undo", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["user_account.id"],
            name=op.f("fk_mark_entry_learner_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_mark_entry_quiz_id_quiz")),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["user_account.id"],
            name=op.f("fk_mark_entry_made_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("learner_id", "quiz_id", "seq", name=op.f("pk_mark_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_mark_entry_quiz_id"), "mark_entry", ["quiz_id"])


def downgrade() -> None:
    op.drop_table("mark_entry")
