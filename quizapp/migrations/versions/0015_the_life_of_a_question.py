"""Questions in review, kinds of edit, waivers, comments, and drafts that survive a closed tab."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_USER = "user_account.id"


def upgrade() -> None:
    op.add_column(
        "course",
        sa.Column("review_by_other", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("question", sa.Column("waivers", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("revision", sa.Column("edit", sa.String(20), nullable=True))
    _create_reviews()
    _create_comments()
    _create_drafts()


def _question() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["question_id"], ["question.id"], ondelete="CASCADE")


def _create_reviews() -> None:
    op.create_table(
        "question_review",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        _question(),
        sa.ForeignKeyConstraint(["actor_id"], [_USER], ondelete="SET NULL"),
    )
    op.create_index("ix_question_review_question_id_id", "question_review", ["question_id", "id"])


def _create_comments() -> None:
    op.create_table(
        "question_comment",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_by", sa.Integer(), nullable=True),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        _question(),
        sa.ForeignKeyConstraint(["parent_id"], ["question_comment.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], [_USER], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["resolved_by"], [_USER], ondelete="SET NULL"),
    )
    op.create_index("ix_question_comment_question_id_id", "question_comment", ["question_id", "id"])


def _create_drafts() -> None:
    op.create_table(
        "question_draft",
        sa.Column("user_id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("stem", sa.String(200), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], [_USER], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], ondelete="CASCADE"),
        _question(),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_question_draft_user_id_course_id_saved_at",
        "question_draft",
        ["user_id", "course_id", "saved_at"],
    )


def downgrade() -> None:
    for table in ("question_draft", "question_comment", "question_review"):
        op.drop_table(table)
    # A version that knows no review shows such questions as what they nearly are.
    op.execute("UPDATE question SET status = 'draft' WHERE status = 'in_review'")
    # Not op.drop_column: on SQLite it makes the table anew, and rows that point at it would go.
    op.execute("ALTER TABLE revision DROP COLUMN edit")
    op.execute("ALTER TABLE question DROP COLUMN waivers")
    op.execute("ALTER TABLE course DROP COLUMN review_by_other")
