"""How questions did, for lists to be sorted by; words by which questions like them are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from quizapp.bank.craft.duplicates import stem_words

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_BATCH = 1_000
_INDEXES = {
    "item_figure": (["revision_id"],),
    "question_figure": (
        ["course_id", "facility", "question_id"],
        ["course_id", "discrimination", "question_id"],
        ["course_id", "answers", "question_id"],
        ["course_id", "standing", "flags", "question_id"],
    ),
    "stem_word": (["question_id"],),
}


def upgrade() -> None:
    _make_figures()
    _make_words()
    for table, indexes in _INDEXES.items():
        for columns in indexes:
            op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
    op.create_index(
        op.f("ix_question_figure_question_id"), "question_figure", ["question_id"], unique=True
    )
    # What was counted before has no figures yet: a job makes them as soon as one runs.
    op.execute(
        "INSERT INTO quiz_count (quiz_id, changed, figured)"
        " SELECT DISTINCT quiz_id, 1, 0 FROM quiz_total"
    )
    op.execute(
        "INSERT INTO question_figure (course_id, question_id, answers, standing, flags)"
        " SELECT course_id, id, 0, 0, 0 FROM question"
    )
    _fill_words()


def downgrade() -> None:
    for table in ("stem_word", "question_figure", "item_figure", "quiz_count"):
        op.drop_table(table)


def _points_at(table: str, column: str, to: str) -> sa.Constraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="CASCADE")


def _make_figures() -> None:
    op.create_table(
        "quiz_count",
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("figured", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("figured_at", sa.BigInteger(), nullable=True),
        _points_at("quiz_count", "quiz_id", "quiz"),
        sa.PrimaryKeyConstraint("quiz_id", name="pk_quiz_count"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "item_figure",
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("marks", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.Column("discrimination", sa.Double(), nullable=True),
        sa.Column("flags", sa.Integer(), nullable=False),
        _points_at("item_figure", "quiz_id", "quiz"),
        _points_at("item_figure", "revision_id", "revision"),
        sa.PrimaryKeyConstraint("quiz_id", "revision_id", name="pk_item_figure"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "question_figure",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.BigInteger(), nullable=False),
        sa.Column("facility", sa.Double(), nullable=True),
        sa.Column("discrimination", sa.Double(), nullable=True),
        sa.Column("standing", sa.SmallInteger(), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        _points_at("question_figure", "course_id", "course"),
        _points_at("question_figure", "question_id", "question"),
        sa.PrimaryKeyConstraint("course_id", "question_id", name="pk_question_figure"),
        sqlite_with_rowid=False,
    )


def _make_words() -> None:
    op.create_table(
        "stem_word",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        _points_at("stem_word", "course_id", "course"),
        _points_at("stem_word", "question_id", "question"),
        sa.PrimaryKeyConstraint("course_id", "word", "size", "question_id", name="pk_stem_word"),
        sqlite_with_rowid=False,
    )


def _fill_words() -> None:
    """Write down the words of the questions that there are, some at a time."""
    connection = op.get_bind()
    names = ("course_id", "word", "size", "question_id")
    table = sa.table("stem_word", *map(sa.column, names))
    after = 0
    while True:
        rows = connection.execute(
            sa.text(
                "SELECT id, course_id, type, stem FROM question"
                " WHERE id > :after ORDER BY id LIMIT :batch"
            ),
            {"after": after, "batch": _BATCH},
        ).all()
        if not rows:
            return
        found = [
            {"course_id": row.course_id, "word": word, "size": of_stem.size, "question_id": row.id}
            for row in rows
            for of_stem in (stem_words(row.type, row.stem),)
            for word in set(of_stem.prefix)
        ]
        if found:
            connection.execute(sa.insert(table), found)
        after = rows[-1].id
