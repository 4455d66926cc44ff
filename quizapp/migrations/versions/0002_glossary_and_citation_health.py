"""A course's glossary, and what finds a citation again when its passage changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CONTEXT = 32
_ADDED = {
    "course": ["glossary_sha256"],
    "passage": ["bank_sha256"],
    "citation": ["prefix", "suffix", "lost_at"],
}


def upgrade() -> None:
    op.create_table(
        "term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "organisation",
                "place",
                "term",
                name="termkind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("spellings", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_term_course_id_course"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("course_id", "key", name=op.f("uq_term_course_id_key")),
    )
    digest = sa.Column("glossary_sha256", sa.String(64), server_default="", nullable=False)
    op.add_column("course", digest)
    op.add_column("passage", sa.Column("bank_sha256", sa.String(64), nullable=True))
    for name in ("prefix", "suffix"):
        op.add_column("citation", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("citation", sa.Column("lost_at", sa.BigInteger(), nullable=True))
    is_lost = sa.text("lost_at IS NOT NULL")
    op.create_index(
        "ix_citation_lost",
        "citation",
        ["lost_at"],
        sqlite_where=is_lost,
        postgresql_where=is_lost,
    )
    _remember_surroundings()


def downgrade() -> None:
    op.drop_index("ix_citation_lost", table_name="citation")
    # Not op.drop_column: on SQLite it makes the table anew, and rows that point at it would go.
    for table, columns in _ADDED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_table("term")


def _remember_surroundings() -> None:
    """Give the citations that there are the words around them."""
    citation = sa.table(
        "citation",
        *map(sa.column, ("fact_id", "position", "passage_id", "start", "end", "prefix", "suffix")),
    )
    passage = sa.table("passage", *map(sa.column, ("id", "text")))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(
            citation.c.fact_id,
            citation.c.position,
            citation.c.start,
            citation.c.end,
            passage.c.text,
        ).join(passage, passage.c.id == citation.c.passage_id)
    ).all()
    for row in rows:
        connection.execute(
            sa.update(citation)
            .where(citation.c.fact_id == row.fact_id, citation.c.position == row.position)
            .values(
                prefix=row.text[max(0, row.start - _CONTEXT) : row.start],
                suffix=row.text[row.end : row.end + _CONTEXT],
            )
        )
