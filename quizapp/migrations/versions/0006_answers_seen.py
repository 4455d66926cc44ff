"""Whether a learner has seen the answer to a challenge."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("challenge", sa.Column("answer_seen_at", sa.BigInteger(), nullable=True))
    # What was answered before anybody was told of it counts as seen.
    op.execute("UPDATE challenge SET answer_seen_at = answered_at")


def downgrade() -> None:
    # Not op.drop_column: on SQLite it makes the table anew, and rows that point at it would go.
    op.execute("ALTER TABLE challenge DROP COLUMN answer_seen_at")
