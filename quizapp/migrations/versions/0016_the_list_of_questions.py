"""What the list of questions searches, what many questions were before an act, duplicates."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from quizapp.questions.folding import fold
from quizapp.questions.searching import searched_text

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_BATCH = 1_000
_IS_TAGGED = sa.text("CAST(tags AS TEXT) <> '[]'")
_STEM_START = 80
_CODE_POINTS = sa.String(_STEM_START).with_variant(
    sa.String(_STEM_START, collation="C"), "postgresql"
)
_TABLES = (
    "duplicate_search",
    "question_pair",
    "saved_view",
    "bulk_change",
    "bulk_act",
    "question_text",
)


def upgrade() -> None:
    op.create_index(
        op.f("ix_question_course_id_updated_at_id"), "question", ["course_id", "updated_at", "id"]
    )
    op.create_index(op.f("ix_question_course_id_type"), "question", ["course_id", "type"])
    op.create_index(
        "ix_question_tagged",
        "question",
        ["course_id"],
        sqlite_where=_IS_TAGGED,
        postgresql_where=_IS_TAGGED,
    )
    _make_texts()
    _make_acts()
    _make_duplicates()
    _fill_texts()


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    for index in ("course_id_updated_at_id", "course_id_type", "tagged"):
        op.drop_index(f"ix_question_{index}", "question")


def _points_at(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.Constraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)


def _make_texts() -> None:
    op.create_table(
        "question_text",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("stem_start", _CODE_POINTS, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        _points_at("question_text", "course_id", "course"),
        _points_at("question_text", "question_id", "question"),
        _points_at("question_text", "author_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("course_id", "question_id", name="pk_question_text"),
        sqlite_with_rowid=False,
    )
    for columns, is_unique in (
        (["course_id", "stem_start", "question_id"], False),
        (["course_id", "author_id", "question_id"], False),
        (["question_id"], True),
    ):
        name = op.f(f"ix_question_text_{'_'.join(columns)}")
        op.create_index(name, "question_text", columns, unique=is_unique)


def _make_acts() -> None:
    op.create_table(
        "bulk_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        _points_at("bulk_act", "course_id", "course"),
        _points_at("bulk_act", "actor_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_act"),
    )
    op.create_index(op.f("ix_bulk_act_course_id"), "bulk_act", ["course_id"])
    op.create_index(op.f("ix_bulk_act_made_at"), "bulk_act", ["made_at"])
    op.create_table(
        "bulk_change",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("fact_status", sa.String(length=20), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        _points_at("bulk_change", "act_id", "bulk_act"),
        _points_at("bulk_change", "question_id", "question"),
        sa.PrimaryKeyConstraint("act_id", "question_id", name="pk_bulk_change"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_bulk_change_question_id"), "bulk_change", ["question_id"])
    op.create_table(
        "saved_view",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=1_000), nullable=False),
        _points_at("saved_view", "user_id", "user_account"),
        _points_at("saved_view", "course_id", "course"),
        sa.PrimaryKeyConstraint("user_id", "course_id", "name", name="pk_saved_view"),
    )


def _make_duplicates() -> None:
    op.create_table(
        "question_pair",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("is_same", sa.Boolean(), nullable=False),
        sa.Column("is_distinct", sa.Boolean(), server_default=sa.false(), nullable=False),
        _points_at("question_pair", "first_id", "question"),
        _points_at("question_pair", "second_id", "question"),
        _points_at("question_pair", "course_id", "course"),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_question_pair"),
        sqlite_with_rowid=False,
    )
    for columns in (["course_id", "is_distinct", "is_same"], ["second_id"]):
        op.create_index(op.f(f"ix_question_pair_{'_'.join(columns)}"), "question_pair", columns)
    op.create_table(
        "duplicate_search",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("questions", sa.Integer(), server_default="0", nullable=False),
        _points_at("duplicate_search", "course_id", "course"),
        sa.PrimaryKeyConstraint("course_id", name="pk_duplicate_search"),
    )


def _fill_texts() -> None:
    """Work out what is searched of the questions that there are, some at a time."""
    connection = op.get_bind()
    table = sa.table(
        "question_text",
        *map(sa.column, ("course_id", "question_id", "stem_start", "author_id", "text")),
    )
    after = 0
    while True:
        rows = connection.execute(
            sa.text(
                "SELECT q.id, q.course_id, q.key, q.stem, r.type, r.author_id,"
                " CAST(r.content AS TEXT) AS content FROM question q JOIN revision r"
                " ON r.question_id = q.id AND r.number = q.current_number"
                " WHERE q.id > :after ORDER BY q.id LIMIT :batch"
            ),
            {"after": after, "batch": _BATCH},
        ).all()
        if not rows:
            return
        connection.execute(
            sa.insert(table),
            [
                {
                    "course_id": row.course_id,
                    "question_id": row.id,
                    "stem_start": fold(row.stem)[:_STEM_START],
                    "author_id": row.author_id,
                    "text": searched_text(row.id, row.key, row.type, json.loads(row.content)),
                }
                for row in rows
            ],
        )
        after = rows[-1].id
