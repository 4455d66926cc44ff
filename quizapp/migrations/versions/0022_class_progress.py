"""How the students of a course stand, as a job keeps it, and messages to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_INDEXES = {
    "course_standing": (["course_id", "as_of"],),
    "topic_standing": (["topic_id"],),
    "class_message": (["course_id", "id"], ["author_id"]),
    "received_message": (["message_id"],),
}


def upgrade() -> None:
    # Nothing is filled in: the job that keeps them begins with those that are missing.
    _make_standings()
    _make_messages()
    for table, indexes in _INDEXES.items():
        for columns in indexes:
            op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def downgrade() -> None:
    for table in (
        "received_message",
        "class_message",
        "class_report",
        "topic_standing",
        "course_standing",
    ):
        op.drop_table(table)


def _points_at(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.Constraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _make_standings() -> None:
    op.create_table(
        "course_standing",
        *_whole("learner_id", "course_id"),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        *_whole("facts", "met", "known_well"),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        *_whole("tested", "recalled", "waiting"),
        sa.Column("is_behind", sa.Boolean(), nullable=False),
        sa.Column("last_active_at", sa.BigInteger(), nullable=True),
        sa.Column("was_active", sa.Boolean(), nullable=False),
        sa.Column("target", sa.Double(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("exam_day", sa.Date(), nullable=True),
        sa.Column("exam_target", sa.Double(), nullable=True),
        sa.Column("exam_share", sa.Double(), nullable=True),
        sa.Column("weeks", sa.JSON(), nullable=False),
        _points_at("course_standing", "learner_id", "user_account"),
        _points_at("course_standing", "course_id", "course"),
        sa.PrimaryKeyConstraint("learner_id", "course_id", name="pk_course_standing"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "topic_standing",
        *_whole("learner_id", "topic_id", "facts", "met", "known_well"),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        *_whole("tested", "recalled"),
        _points_at("topic_standing", "learner_id", "user_account"),
        _points_at("topic_standing", "topic_id", "topic"),
        sa.PrimaryKeyConstraint("learner_id", "topic_id", name="pk_topic_standing"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "class_report",
        sa.Column("course_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("facts_at", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        _points_at("class_report", "course_id", "course"),
        sa.PrimaryKeyConstraint("course_id", name="pk_class_report"),
    )


def _make_messages() -> None:
    op.create_table(
        "class_message",
        *_whole("id", "course_id"),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("whom", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        _points_at("class_message", "course_id", "course"),
        _points_at("class_message", "author_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_class_message"),
    )
    op.create_table(
        "received_message",
        *_whole("learner_id", "message_id"),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        _points_at("received_message", "learner_id", "user_account"),
        _points_at("received_message", "message_id", "class_message"),
        sa.PrimaryKeyConstraint("learner_id", "message_id", name="pk_received_message"),
        sqlite_with_rowid=False,
    )
