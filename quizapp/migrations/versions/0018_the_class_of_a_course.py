"""Join codes, invitations, who has left a course, and courses that are archived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_OF_COURSE = sa.text("group_id IS NULL")


def upgrade() -> None:
    op.add_column("course", sa.Column("archived_at", sa.BigInteger(), nullable=True))
    _make_codes()
    _make_invitations()
    _make_former_members()


def downgrade() -> None:
    for table in ("former_member", "invitation", "join_code"):
        op.drop_table(table)
    # Not op.drop_column: on SQLite it makes the table anew, and rows that point at it would go.
    op.execute("ALTER TABLE course DROP COLUMN archived_at")


def _points_at(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.Constraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)


def _make_codes() -> None:
    op.create_table(
        "join_code",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        _points_at("join_code", "course_id", "course"),
        _points_at("join_code", "group_id", "student_group"),
        sa.PrimaryKeyConstraint("code", name="pk_join_code"),
        sa.UniqueConstraint("group_id", name="uq_join_code_group_id"),
    )
    op.create_index(
        "uq_join_code_of_course",
        "join_code",
        ["course_id"],
        unique=True,
        sqlite_where=_OF_COURSE,
        postgresql_where=_OF_COURSE,
    )


def _make_invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        _points_at("invitation", "course_id", "course"),
        _points_at("invitation", "group_id", "student_group", "SET NULL"),
        _points_at("invitation", "accepted_by", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("course_id", "email", name="uq_invitation_course_id_email"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    for column in ("group_id", "made_at", "accepted_by"):
        op.create_index(op.f(f"ix_invitation_{column}"), "invitation", [column])


def _make_former_members() -> None:
    op.create_table(
        "former_member",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        _points_at("former_member", "user_id", "user_account"),
        _points_at("former_member", "course_id", "course"),
        _points_at("former_member", "removed_by", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("user_id", "course_id", name="pk_former_member"),
        sqlite_with_rowid=False,
    )
    for columns in (["course_id", "left_at"], ["removed_by"]):
        op.create_index(op.f(f"ix_former_member_{'_'.join(columns)}"), "former_member", columns)
