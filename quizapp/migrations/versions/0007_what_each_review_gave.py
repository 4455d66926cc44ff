"""The days that each review gave, whether it may have been a guess, and what is due or lapsed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_LAPSED = sa.text("lapses > 0")
_OLD_DUE = "ix_memory_learner_id_course_id_due_at"
_DUE = ["learner_id", "course_id", "due_at"]


def upgrade() -> None:
    # Reviews made before had no balance: without days, a replay lets chance give them again.
    op.add_column("review", sa.Column("interval_days", sa.Integer(), nullable=True))
    op.add_column("review", sa.Column("known", sa.Double(), nullable=True))
    op.drop_index(_OLD_DUE, table_name="memory")
    op.create_index("ix_memory_due", "memory", [*_DUE, "is_suspended"])
    op.create_index(
        "ix_memory_lapsed",
        "memory",
        ["learner_id", "course_id", "lapses"],
        sqlite_where=_LAPSED,
        postgresql_where=_LAPSED,
    )


def downgrade() -> None:
    for name in ("ix_memory_lapsed", "ix_memory_due"):
        op.drop_index(name, table_name="memory")
    op.create_index(_OLD_DUE, "memory", _DUE)
    # Not op.drop_column: on SQLite it makes the table anew, and rows that point at it would go.
    for column in ("interval_days", "known"):
        op.execute(f"ALTER TABLE review DROP COLUMN {column}")
