"""Copies of one's own data, accounts that end, other addresses, names of browsers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_ITEM_KEY = ("cohort", "kind", "value", "band")


def upgrade() -> None:
    op.add_column(
        "user_session", sa.Column("browser", sa.String(60), server_default="", nullable=False)
    )
    _make_exports()
    _make_requests()
    _make_departed()


def downgrade() -> None:
    tables = ("departed_tally", "departed_total", "email_change", "account_deletion", "data_export")
    for table in tables:
        op.drop_table(table)
    op.drop_column("user_session", "browser")


def _points_at(table: str, column: str, to: str) -> sa.Constraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="CASCADE")


def _make_exports() -> None:
    states = ("waiting", "running", "done", "failed")
    op.create_table(
        "data_export",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("file", sa.String(80), nullable=False),
        sa.Column("state", sa.Enum(*states, native_enum=False, length=20), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        _points_at("data_export", "learner_id", "user_account"),
        _points_at("data_export", "course_id", "course"),
        sa.PrimaryKeyConstraint("learner_id", "number", name="pk_data_export"),
        sqlite_with_rowid=False,
    )


def _make_requests() -> None:
    op.create_table(
        "account_deletion",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("keeps_statistics", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=True),
        sa.Column("courses", sa.JSON(), nullable=False),
        _points_at("account_deletion", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("user_id", name="pk_account_deletion"),
    )
    op.create_index(op.f("ix_account_deletion_due_at"), "account_deletion", ["due_at"])
    op.create_table(
        "email_change",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        _points_at("email_change", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("user_id", name="pk_email_change"),
        sa.UniqueConstraint("token_hash", name="uq_email_change_token_hash"),
    )
    op.create_index(op.f("ix_email_change_expires_at"), "email_change", ["expires_at"])


def _make_departed() -> None:
    op.create_table(
        "departed_total",
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("cohort", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("total", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        _points_at("departed_total", "quiz_id", "quiz"),
        sa.PrimaryKeyConstraint("quiz_id", "cohort", "total", name="pk_departed_total"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "departed_tally",
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("cohort", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("band", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        _points_at("departed_tally", "quiz_id", "quiz"),
        _points_at("departed_tally", "revision_id", "revision"),
        sa.PrimaryKeyConstraint("quiz_id", "revision_id", *_ITEM_KEY, name="pk_departed_tally"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_departed_tally_revision_id"), "departed_tally", ["revision_id"])
