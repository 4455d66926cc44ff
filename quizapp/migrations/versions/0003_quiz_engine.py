"""What the quiz engine needs: certainty, practice, accommodations, challenges and regrades."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")
_ATTEMPT = sa.table(
    "attempt", sa.column("learner_id"), sa.column("id"), sa.column("layout", sa.JSON)
)
_ADDED = {
    "attempt": ["title"],
    "question": ["tags"],
    "quiz": ["access_code", "edited", "is_practice"],
    "response": ["certainty"],
}


def upgrade() -> None:
    _make_tables()
    _add_columns()
    op.create_index(
        "ix_attempt_open_due", "attempt", ["due_at"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_attempt_quiz_id", "attempt", ["quiz_id"])
    _rewrite_layouts(_shortened)


def downgrade() -> None:
    _rewrite_layouts(_spelt_out)
    op.drop_index("ix_attempt_quiz_id", "attempt")
    op.drop_index("ix_attempt_open_due", "attempt")
    # Not op.drop_column: on SQLite it makes the table anew, and rows that point at it would go.
    for table, columns in _ADDED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in (
        "mark_change",
        "regrade",
        "challenge",
        "learner_override",
        "group_override",
        "group_member",
        "student_group",
        "accommodation",
    ):
        op.drop_table(table)


def _add_columns() -> None:
    for table, column in (
        ("attempt", sa.Column("title", sa.String(200), server_default="", nullable=False)),
        ("question", sa.Column("tags", sa.JSON(), server_default="[]", nullable=False)),
        ("quiz", sa.Column("access_code", sa.String(80), server_default="", nullable=False)),
        ("quiz", sa.Column("edited", sa.Integer(), server_default="0", nullable=False)),
        ("quiz", sa.Column("is_practice", sa.Boolean(), server_default=sa.false(), nullable=False)),
        ("response", sa.Column("certainty", sa.SmallInteger(), nullable=True)),
    ):
        op.add_column(table, column)


def _rewrite_layouts(rewritten: Any) -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.select(_ATTEMPT)).all()
    for row in rows:
        connection.execute(
            sa.update(_ATTEMPT)
            .where(_ATTEMPT.c.learner_id == row.learner_id, _ATTEMPT.c.id == row.id)
            .values(layout=[rewritten(slot) for slot in row.layout])
        )


def _shortened(slot: dict[str, Any]) -> list[Any]:
    mark = slot["max_mark"].removesuffix("/1")
    return [slot["revision"], slot["fact"], mark, *slot["order"]]


def _spelt_out(slot: list[Any]) -> dict[str, Any]:
    revision_id, fact_id, mark, *order = slot
    mark = mark if "/" in mark else f"{mark}/1"
    return {"revision": revision_id, "fact": fact_id, "order": order, "max_mark": mark}


def _make_tables() -> None:
    op.create_table(
        "accommodation",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("time_factor", sa.String(length=40), nullable=False),
        sa.Column("extra_attempts", sa.Integer(), nullable=False),
        sa.Column("hides_countdown", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
            name=op.f("fk_accommodation_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["user_account.id"],
            name=op.f("fk_accommodation_learner_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["user_account.id"],
            name=op.f("fk_accommodation_set_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("learner_id", "course_id", name=op.f("pk_accommodation")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_accommodation_course_id"), "accommodation", ["course_id"], unique=False
    )

    op.create_table(
        "student_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
            name=op.f("fk_student_group_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_group")),
        sa.UniqueConstraint("course_id", "name", name=op.f("uq_student_group_course_id_name")),
    )
    op.create_table(
        "group_member",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["student_group.id"],
            name=op.f("fk_group_member_group_id_student_group"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["user_account.id"],
            name=op.f("fk_group_member_learner_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("learner_id", "group_id", name=op.f("pk_group_member")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_group_member_group_id"), "group_member", ["group_id"], unique=False)

    op.create_table(
        "group_override",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=True),
        sa.Column("closes_at", sa.BigInteger(), nullable=True),
        sa.Column("time_limit_minutes", sa.Integer(), nullable=True),
        sa.Column("attempts_allowed", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["student_group.id"],
            name=op.f("fk_group_override_group_id_student_group"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"],
            ["quiz.id"],
            name=op.f("fk_group_override_quiz_id_quiz"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_id", "quiz_id", name=op.f("pk_group_override")),
    )
    op.create_index(op.f("ix_group_override_quiz_id"), "group_override", ["quiz_id"], unique=False)

    op.create_table(
        "learner_override",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=True),
        sa.Column("closes_at", sa.BigInteger(), nullable=True),
        sa.Column("time_limit_minutes", sa.Integer(), nullable=True),
        sa.Column("attempts_allowed", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["user_account.id"],
            name=op.f("fk_learner_override_learner_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"],
            ["quiz.id"],
            name=op.f("fk_learner_override_quiz_id_quiz"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("learner_id", "quiz_id", name=op.f("pk_learner_override")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_learner_override_quiz_id"), "learner_override", ["quiz_id"], unique=False
    )

    op.create_table(
        "challenge",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["user_account.id"],
            name=op.f("fk_challenge_answered_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_challenge_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id", "attempt_id"],
            ["attempt.learner_id", "attempt.id"],
            name=op.f("fk_challenge_learner_id_attempt"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passage.id"], name=op.f("fk_challenge_passage_id_passage")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_challenge_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("learner_id", "attempt_id", "slot", name=op.f("pk_challenge")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_challenge_course_id_answered_at"),
        "challenge",
        ["course_id", "answered_at"],
        unique=False,
    )

    op.create_table(
        "regrade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column(
            "fix",
            sa.Enum(
                "accept",
                "give_all",
                "drop",
                "correct",
                name="regradefix",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
            name=op.f("fk_regrade_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["user_account.id"],
            name=op.f("fk_regrade_made_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["quiz.id"], name=op.f("fk_regrade_quiz_id_quiz"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_regrade_revision_id_revision")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"],
            ["user_account.id"],
            name=op.f("fk_regrade_undone_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade")),
    )
    op.create_index(op.f("ix_regrade_quiz_id"), "regrade", ["quiz_id"], unique=False)
    op.create_index(op.f("ix_regrade_revision_id"), "regrade", ["revision_id"], unique=False)

    op.create_table(
        "mark_change",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("regrade_id", sa.Integer(), nullable=False),
        sa.Column("is_undo", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("old_mark", sa.String(length=40), nullable=False),
        sa.Column("old_max_mark", sa.String(length=40), nullable=False),
        sa.Column("new_mark", sa.String(length=40), nullable=False),
        sa.Column("new_max_mark", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id", "attempt_id"],
            ["attempt.learner_id", "attempt.id"],
            name=op.f("fk_mark_change_learner_id_attempt"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["regrade_id"], ["regrade.id"], name=op.f("fk_mark_change_regrade_id_regrade")
        ),
        sa.PrimaryKeyConstraint("learner_id", "attempt_id", "seq", name=op.f("pk_mark_change")),
        sqlite_with_rowid=False,
    )
