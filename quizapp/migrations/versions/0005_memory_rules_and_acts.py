"""What a memory can be worked out from: the rules of each review, and acts beside the reviews."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_UNDONE = sa.text("undone_at IS NOT NULL")
_DEFAULT_RETENTION = 0.9
#: The settings that could not be chosen before.
_FIXED: dict[str, Any] = {
    "learning_steps": [60, 600],
    "relearning_steps": [600],
    "maximum_interval_days": 36_500,
    "weights": None,
    "fuzz": True,
}
_STATE = ("phase", "step", "stability", "difficulty", "due_at", "last_review_at", "reps", "lapses")
_RULES = sa.table(
    "memory_rules",
    *map(sa.column, ("learner_id", "course_id", "number", "since")),
    sa.column("settings", sa.JSON),
    *map(sa.column, ("zone", "day_start_hour", "algorithm")),
)
_ACT = sa.table(
    "memory_act",
    *map(sa.column, ("learner_id", "id", "fact_id", "course_id", "kind")),
    sa.column("before", sa.JSON(none_as_null=True)),
    sa.column("after", sa.JSON(none_as_null=True)),
)
_MEMORY = sa.table(
    "memory",
    *map(sa.column, ("learner_id", "fact_id", "course_id", *_STATE)),
    sa.column("is_suspended", sa.Boolean),
    sa.column("buried_until"),
)
_REVIEW = sa.table(
    "review",
    *map(sa.column, ("learner_id", "id", "fact_id", "course_id", "desired_retention", "rules")),
    sa.column("before", sa.JSON),
    sa.column("undone_at"),
)


def upgrade() -> None:
    _make_tables()
    op.add_column("review", sa.Column("rules", sa.Integer(), server_default="0", nullable=False))
    op.add_column("review", sa.Column("taken_back", sa.JSON(none_as_null=True), nullable=True))
    _write_rules()
    _write_resets()
    _write_flags()
    for column in ("desired_retention", "algorithm", "weights"):
        op.execute(f"ALTER TABLE review DROP COLUMN {column}")
    op.drop_table("memory_setting")
    op.execute("UPDATE memory SET due_at = 0 WHERE phase = 'new'")
    for table in ("review", "memory_act"):
        op.create_index(
            f"ix_{table}_undone",
            table,
            ["learner_id", "undone_at"],
            sqlite_where=_UNDONE,
            postgresql_where=_UNDONE,
        )


def downgrade() -> None:
    op.create_table(
        "memory_setting",
        *_owner("memory_setting"),
        sa.Column("desired_retention", sa.Double(), nullable=False),
        sa.Column("new_per_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("learner_id", "course_id", name="pk_memory_setting"),
        sqlite_with_rowid=False,
    )
    _write_settings()
    for column in (
        sa.Column("desired_retention", sa.Double(), server_default="0.9", nullable=False),
        sa.Column("algorithm", sa.String(12), server_default="fsrs6", nullable=False),
        sa.Column("weights", sa.JSON(none_as_null=True), nullable=True),
    ):
        op.add_column("review", column)
    op.drop_index("ix_review_undone", "review")
    for column_name in ("rules", "taken_back"):
        op.execute(f"ALTER TABLE review DROP COLUMN {column_name}")
    op.drop_table("memory_act")
    op.drop_table("memory_rules")


def _owner(table: str) -> tuple[Any, ...]:
    return (
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=f"fk_{table}_course_id_course"),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["user_account.id"],
            name=f"fk_{table}_learner_id_user_account",
            ondelete="CASCADE",
        ),
    )


def _make_tables() -> None:
    op.create_table(
        "memory_rules",
        *_owner("memory_rules"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("day_start_hour", sa.SmallInteger(), nullable=False),
        sa.Column("algorithm", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("learner_id", "course_id", "number", name="pk_memory_rules"),
        sqlite_with_rowid=False,
    )
    kinds = sa.Enum(
        "suspend", "bury", "resume", "reset", name="actkind", native_enum=False, length=20
    )
    op.create_table(
        "memory_act",
        *_owner("memory_act"),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name="fk_memory_act_fact_id_fact"),
        sa.PrimaryKeyConstraint("learner_id", "id", "fact_id", name="pk_memory_act"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_memory_act_learner_id_fact_id_id", "memory_act", ["learner_id", "fact_id", "id"]
    )


def _write_rules() -> None:
    """Give every retention that somebody reviewed with a number; what holds now is the last."""
    connection = op.get_bind()
    used = connection.execute(
        sa.text(
            "SELECT learner_id, course_id, desired_retention FROM review"
            " GROUP BY learner_id, course_id, desired_retention ORDER BY min(id)"
        )
    )
    chosen: dict[tuple[int, int], list[tuple[float, int]]] = {}
    for row in used:
        chosen.setdefault((row.learner_id, row.course_id), []).append((row.desired_retention, 10))
    held = connection.execute(sa.text("SELECT * FROM memory_setting")).all()
    for row in held:
        wishes = chosen.setdefault((row.learner_id, row.course_id), [])
        # The last row is what holds, so it is written again if it was used before others.
        wishes.append((row.desired_retention, row.new_per_day))
    clocks = {
        row.id: (row.timezone, row.day_start_hour)
        for row in connection.execute(
            sa.text("SELECT id, timezone, day_start_hour FROM user_account")
        )
    }
    for (learner_id, course_id), wishes in sorted(chosen.items()):
        for number, (retention, new_per_day) in enumerate(wishes, start=1):
            rules = {"desired_retention": retention, "new_per_day": new_per_day, **_FIXED}
            zone, hour = clocks[learner_id]
            keys = {"learner_id": learner_id, "course_id": course_id, "number": number}
            clock = {"since": 0, "zone": zone, "day_start_hour": hour, "algorithm": "fsrs6"}
            connection.execute(sa.insert(_RULES).values(keys | clock | {"settings": rules}))
            mine = (_REVIEW.c.learner_id == learner_id, _REVIEW.c.course_id == course_id)
            first = (_REVIEW.c.desired_retention == retention, _REVIEW.c.rules == 0)
            connection.execute(sa.update(_REVIEW).where(*mine, *first).values(rules=number))


def _write_resets() -> None:
    """Write down each reset that the log shows: a fact that was reviewed and is new again."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(_REVIEW.c.learner_id, _REVIEW.c.fact_id, _REVIEW.c.course_id, _REVIEW.c.id)
        .add_columns(_REVIEW.c.before)
        .where(_REVIEW.c.undone_at.is_(None))
        .order_by(_REVIEW.c.learner_id, _REVIEW.c.fact_id, _REVIEW.c.id)
    ).all()
    there = {
        (row.learner_id, row.fact_id)
        for row in connection.execute(sa.text("SELECT learner_id, fact_id FROM memory"))
    }
    followers: list[Any] = [*rows, None][1:]
    for row, following in zip(rows, followers, strict=True):
        key = (row.learner_id, row.fact_id)
        is_last = following is None or (following.learner_id, following.fact_id) != key
        if key not in there if is_last else following.before["phase"] == "new":
            _log(connection, row, row.id + 1, "reset", before=None, after=None)


def _write_flags() -> None:
    """Write down that a fact is put aside or put off."""
    connection = op.get_bind()
    flagged = sa.or_(_MEMORY.c.is_suspended, _MEMORY.c.buried_until.is_not(None))
    rows = connection.execute(sa.select(_MEMORY).where(flagged)).all()
    for row in rows:
        is_new = row.phase == "new"
        state = {name: getattr(row, name) for name in _STATE}
        if is_new:
            state |= {"due_at": None, "last_review_at": None}
        after = {
            "state": state,
            "is_suspended": row.is_suspended,
            "buried_until": row.buried_until,
        }
        before = {"state": state, "is_suspended": False, "buried_until": None}
        kind = "suspend" if row.is_suspended else "bury"
        act_id = 2 + (0 if is_new else row.last_review_at + 1 << 20)
        _log(connection, row, act_id, kind, before=None if is_new else before, after=after)


def _log(connection: Any, row: Any, act_id: int, kind: str, **states: Any) -> None:
    keys = {name: getattr(row, name) for name in ("learner_id", "fact_id", "course_id")}
    connection.execute(sa.insert(_ACT).values(keys | {"id": act_id, "kind": kind} | states))


def _write_settings() -> None:
    """Keep what holds now of each learner's rules."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(_RULES.c.learner_id, _RULES.c.course_id, _RULES.c.settings).order_by(
            _RULES.c.learner_id, _RULES.c.course_id, _RULES.c.number
        )
    ).all()
    settings = {(row.learner_id, row.course_id): row.settings for row in rows}
    statement = sa.text("INSERT INTO memory_setting VALUES (:learner, :course, :retention, :new)")
    for (learner, course), held in settings.items():
        values = {
            "learner": learner,
            "course": course,
            "retention": held.get("desired_retention", _DEFAULT_RETENTION),
            "new": held["new_per_day"],
        }
        connection.execute(statement, values)
