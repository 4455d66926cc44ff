"""Copies of courses, courses made on the site, and the bytes of files apart from who shows them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_COLUMNS = ("edited", "bank_sha256", "hidden_since", "emptied_at")


def upgrade() -> None:
    op.add_column("course", sa.Column("edited", sa.Integer(), server_default="0", nullable=False))
    op.add_column("course", sa.Column("bank_sha256", sa.String(length=64), nullable=True))
    op.add_column("course", sa.Column("hidden_since", sa.BigInteger(), nullable=True))
    op.add_column("course", sa.Column("emptied_at", sa.BigInteger(), nullable=True))
    # What was taken back of imports has lain in courses of nobody before.
    op.execute(
        "UPDATE course SET hidden_since = (SELECT coalesce(max(i.undone_at), 0)"
        " FROM question_import i WHERE i.holding_id = course.id)"
        " WHERE id IN (SELECT holding_id FROM question_import WHERE holding_id IS NOT NULL)"
    )
    _make_course_copy()
    op.create_table(
        "media_bytes",
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_media_bytes")),
    )
    op.execute(
        "INSERT INTO media_bytes (digest, data) SELECT digest, data FROM media"
        " WHERE id IN (SELECT min(id) FROM media GROUP BY digest)"
    )
    # Nothing points at these rows, so SQLite may make the table anew.
    with op.batch_alter_table("media") as media:
        media.drop_column("data")
        media.create_foreign_key(
            op.f("fk_media_digest_media_bytes"), "media_bytes", ["digest"], ["digest"]
        )


def downgrade() -> None:
    op.add_column("media", sa.Column("data", sa.LargeBinary(), nullable=True))
    op.execute(
        "UPDATE media SET data = (SELECT b.data FROM media_bytes b WHERE b.digest = media.digest)"
    )
    with op.batch_alter_table("media") as media:
        media.drop_constraint(op.f("fk_media_digest_media_bytes"), type_="foreignkey")
        media.alter_column("data", existing_type=sa.LargeBinary(), nullable=False)
    op.drop_table("media_bytes")
    op.drop_table("course_copy")
    for column in _COLUMNS:
        # Not op.drop_column: on SQLite it makes the table anew, and rows that point at it would go.
        op.execute(f"ALTER TABLE course DROP COLUMN {column}")


def _make_course_copy() -> None:
    op.create_table(
        "course_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("shift_days", sa.Integer(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["user_account.id"],
            name=op.f("fk_course_copy_actor_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
            name=op.f("fk_course_copy_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["course.id"],
            name=op.f("fk_course_copy_source_id_course"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_copy")),
        sa.UniqueConstraint("course_id", name=op.f("uq_course_copy_course_id")),
    )
    op.create_index(op.f("ix_course_copy_source_id_id"), "course_copy", ["source_id", "id"])
