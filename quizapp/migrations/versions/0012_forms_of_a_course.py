"""How the form of questions grows with a memory, for each course."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("course", sa.Column("form_policy", sa.JSON(), nullable=True))


def downgrade() -> None:
    # What was moved stays where it is, but a version that knows no moving cannot read the act.
    op.execute("DELETE FROM memory_act WHERE kind = 'move'")
    # Not op.drop_column: on SQLite it makes the table anew, and rows that point at it would go.
    op.execute("ALTER TABLE course DROP COLUMN form_policy")
