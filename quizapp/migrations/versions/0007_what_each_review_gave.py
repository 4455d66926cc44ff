"""The days that each review gave, and whether its response may have been a guess."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_LAPSED = sa.text("lapses > 0")


def upgrade() -> None:
    # Reviews made before had no balance: without days, a replay lets chance give them again.
    op.add_column("review", sa.Column("interval_days", sa.Integer(), nullable=True))
    op.add_column("review", sa.Column("known", sa.Double(), nullable=True))
    op.create_index(
        "ix_memory_lapsed",
        "memory",
        ["learner_id", "course_id", "lapses"],
        sqlite_where=_LAPSED,
        postgresql_where=_LAPSED,
    )


def downgrade() -> None:
    op.drop_index("ix_memory_lapsed", table_name="memory")
    # Not op.drop_column: on SQLite it makes the table anew, and rows that point at it would go.
    for column in ("interval_days", "known"):
        op.execute(f"ALTER TABLE review DROP COLUMN {column}")
