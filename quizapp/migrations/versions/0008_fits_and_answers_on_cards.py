"""What was learnt of a learner, and what was answered on cards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OUTCOMES = ("waiting", "too_few", "kept", "adopted", "failed")


def upgrade() -> None:
    op.add_column("review", sa.Column("came", sa.String(12), nullable=True))
    op.add_column("review", sa.Column("response", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "memory_fit",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(*_OUTCOMES, name="fitoutcome", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("trials", sa.Integer(), nullable=False),
        sa.Column("held_out", sa.Integer(), nullable=False),
        sa.Column("loss_in_force", sa.Double(), nullable=True),
        sa.Column("loss_fitted", sa.Double(), nullable=True),
        sa.Column("weights", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("is_timed", sa.Boolean(), nullable=False),
        sa.Column("times", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("correction", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name="fk_memory_fit_course_id_course"
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["user_account.id"],
            name="fk_memory_fit_learner_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("learner_id", "course_id", "number", name="pk_memory_fit"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("memory_fit")
    for column in ("response", "came"):
        op.execute(f"ALTER TABLE review DROP COLUMN {column}")
