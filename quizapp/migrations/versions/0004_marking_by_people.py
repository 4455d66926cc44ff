"""What marking by people needs: the markings, and how many answers of an attempt wait for one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MARKED_BY_PEOPLE = sa.text("waiting IS NOT NULL")


def upgrade() -> None:
    # Until now no attempt asked anything that people mark: NULL is right for all there are.
    op.add_column("attempt", sa.Column("waiting", sa.SmallInteger(), nullable=True))
    op.create_index(
        "ix_attempt_marked_by_people",
        "attempt",
        ["quiz_id"],
        sqlite_where=_MARKED_BY_PEOPLE,
        postgresql_where=_MARKED_BY_PEOPLE,
    )
    op.create_table(
        "marking",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("fraction", sa.String(length=40), nullable=True),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("is_undo", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id", "attempt_id"],
            ["attempt.learner_id", "attempt.id"],
            name=op.f("fk_marking_learner_id_attempt"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_marking_revision_id_revision")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["user_account.id"],
            name=op.f("fk_marking_made_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("learner_id", "attempt_id", "slot", "seq", name=op.f("pk_marking")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("marking")
    op.drop_index("ix_attempt_marked_by_people", "attempt")
    # Not op.drop_column: on SQLite it makes the table anew, and rows that point at it would go.
    op.execute("ALTER TABLE attempt DROP COLUMN waiting")
