"""What learners did by the quarter of an hour, and how what was foretold of them came out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from quizapp.memory.days import LearnerClock
from quizapp.memory.predictions import foretold
from quizapp.memory.state import MemoryState
from quizapp.models.base import from_millis

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BATCH = 5_000
_COLUMNS = ("is_first", "is_test", "predicted")
_COUNTS = "count(*), sum({test}), sum({recalled}), sum({first}), sum(duration_ms)"
_COUNTS = _COUNTS.format(
    test="CASE WHEN is_test THEN 1 ELSE 0 END",
    recalled="CASE WHEN is_test AND rating > 1 THEN 1 ELSE 0 END",
    first="CASE WHEN is_first THEN 1 ELSE 0 END",
)
_RECALLED = "CASE WHEN rating > 1 THEN 1 ELSE 0 END"
_OFF = f"(predicted - 1000000 * {_RECALLED})"

_REVIEW = sa.table(
    "review",
    sa.column("learner_id", sa.Integer),
    sa.column("id", sa.BigInteger),
    sa.column("fact_id", sa.Integer),
    sa.column("course_id", sa.Integer),
    sa.column("at", sa.BigInteger),
    sa.column("day", sa.Date),
    sa.column("rating", sa.Integer),
    sa.column("origin", sa.String),
    sa.column("before", sa.JSON),
    sa.column("rules", sa.Integer),
    sa.column("undone_at", sa.BigInteger),
    sa.column("is_first", sa.Boolean),
    sa.column("is_test", sa.Boolean),
    sa.column("predicted", sa.Integer),
)
_DAY_TOTAL = sa.table(
    "day_total",
    sa.column("learner_id", sa.Integer),
    sa.column("course_id", sa.Integer),
    sa.column("day", sa.Date),
    sa.column("tested", sa.Integer),
    sa.column("recalled", sa.Integer),
)
_RULES = sa.table(
    "memory_rules",
    sa.column("course_id", sa.Integer),
    sa.column("learner_id", sa.Integer),
    sa.column("number", sa.Integer),
    sa.column("settings", sa.JSON),
    sa.column("zone", sa.String),
    sa.column("day_start_hour", sa.Integer),
)


def upgrade() -> None:
    for name in ("is_first", "is_test"):
        op.add_column(
            "review", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.add_column("review", sa.Column("predicted", sa.Integer(), nullable=True))
    _mark_own()
    _mark_imported()
    _foretell()
    _make("quarter_total", "quarter", "reviews", "tested", "recalled", "introduced")
    _make("prediction_total", "week", "band", "tested", "recalled", "predicted", "squared_error")
    op.execute(
        f"INSERT INTO quarter_total SELECT learner_id, course_id, at / 900000, {_COUNTS}"  # noqa: S608
        " FROM review WHERE undone_at IS NULL GROUP BY learner_id, course_id, at / 900000"
    )
    op.execute(
        "INSERT INTO prediction_total SELECT learner_id, course_id, week, band, count(*),"  # noqa: S608
        f" sum({_RECALLED}), sum(predicted), sum(CAST({_OFF} AS BIGINT) * {_OFF}) FROM"
        " (SELECT learner_id, course_id, rating, predicted, (at / 86400000 + 3) / 7 AS week,"
        " CASE WHEN predicted >= 950000 THEN 19 ELSE predicted / 50000 END AS band"
        " FROM review WHERE undone_at IS NULL AND predicted IS NOT NULL) foretold"
        " GROUP BY learner_id, course_id, week, band"
    )
    op.drop_table("day_total")


def downgrade() -> None:
    _make("day_total", "day", "reviews", "tested", "recalled", "introduced")
    op.execute(
        f"INSERT INTO day_total SELECT learner_id, course_id, day, {_COUNTS}"  # noqa: S608
        " FROM review WHERE undone_at IS NULL GROUP BY learner_id, course_id, day"
    )
    for table in ("prediction_total", "quarter_total"):
        op.drop_table(table)
    # Not op.drop_column: on SQLite it makes the table anew, and rows that point at it would go.
    for column in _COLUMNS:
        op.execute(f"ALTER TABLE review DROP COLUMN {column}")


def _make(table: str, *names: str) -> None:
    """Make a table of totals of learners in courses."""
    keys = ["learner_id", "course_id", *(n for n in names if n in ("day", "quarter", "week"))]
    kinds: dict[str, Any] = {"day": sa.Date(), "band": sa.SmallInteger()}
    kinds |= dict.fromkeys(("predicted", "squared_error"), sa.BigInteger())
    columns = [
        sa.Column(name, kinds.get(name, sa.Integer()), autoincrement=False, nullable=False)
        for name in ("learner_id", "course_id", *names)
    ]
    if "band" in names:
        keys.append("band")
    else:
        columns.append(sa.Column("milliseconds", sa.BigInteger(), nullable=False))
    op.create_table(
        table,
        *columns,
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=f"fk_{table}_course_id_course"),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["user_account.id"],
            name=f"fk_{table}_learner_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(*keys, name=f"pk_{table}"),
        sqlite_with_rowid=False,
    )


def _mark_own() -> None:
    """Say of the reviews made here what they were: the memory before tells."""
    phase = _REVIEW.c.before["phase"].as_string()
    for name, meant in (("is_first", "new"), ("is_test", "review")):
        op.execute(
            sa.update(_REVIEW)
            .where(_REVIEW.c.origin != "import", phase == meant)
            .values({name: sa.true()})
        )


def _mark_imported() -> None:
    """Say it of reviews made in another program, of which the days' totals alone know."""
    connection = op.get_bind()
    places = connection.execute(
        sa.select(_REVIEW.c.learner_id, _REVIEW.c.course_id)
        .where(_REVIEW.c.origin == "import")
        .distinct()
    ).all()
    for learner_id, course_id in places:
        mine = (_REVIEW.c.learner_id == learner_id, _REVIEW.c.course_id == course_id)
        rows = connection.execute(
            sa.select(_REVIEW.c.id, _REVIEW.c.fact_id, _REVIEW.c.day, _REVIEW.c.rating)
            .where(*mine, _REVIEW.c.origin == "import")
            .order_by(_REVIEW.c.fact_id, _REVIEW.c.id)
        ).all()
        firsts, tests = _first_of_facts(rows), _tests(rows, _imported_tests(mine))
        for name, ids in (("is_first", firsts), ("is_test", tests)):
            _update(learner_id, name, [{"b_id": one, "b_value": True} for one in ids])


def _first_of_facts(rows: Any) -> list[int]:
    facts: dict[int, int] = {}
    for row in rows:
        facts.setdefault(row.fact_id, row.id)
    return list(facts.values())


def _imported_tests(mine: tuple[Any, ...]) -> dict[tuple[Any, bool], int]:
    """Return of each day how many imported reviews were tests, those recalled and the others."""
    learner, course = (condition.right.value for condition in mine)
    connection = op.get_bind()
    found: defaultdict[tuple[Any, bool], int] = defaultdict(int)
    totals = sa.select(_DAY_TOTAL).where(
        _DAY_TOTAL.c.learner_id == learner, _DAY_TOTAL.c.course_id == course
    )
    for row in connection.execute(totals):
        found[row.day, True] += row.recalled
        found[row.day, False] += row.tested - row.recalled
    is_recalled = _REVIEW.c.rating > 1
    own = (
        sa.select(_REVIEW.c.day, is_recalled.label("recalled"), sa.func.count().label("n"))
        .where(*mine, _REVIEW.c.is_test, _REVIEW.c.undone_at.is_(None))
        .group_by(_REVIEW.c.day, is_recalled)
    )
    for row in connection.execute(own):
        found[row.day, bool(row.recalled)] -= row.n
    return found


def _tests(rows: Any, wanted: dict[tuple[Any, bool], int]) -> list[int]:
    """Return so many ids of each day, those first whose fact was asked on an earlier day.

    Which of a day's reviews they were was not kept; what the day comes to stays as it was.
    """
    candidates: defaultdict[tuple[Any, bool], list[tuple[bool, int]]] = defaultdict(list)
    last: dict[int, Any] = {}
    for row in rows:
        is_likely = row.fact_id in last and last[row.fact_id] < row.day
        candidates[row.day, row.rating > 1].append((not is_likely, row.id))
        last[row.fact_id] = row.day
    return [
        found
        for place, some in candidates.items()
        for _, found in sorted(some)[: max(0, wanted[place])]
    ]


def _foretell() -> None:
    """Write down what was foretold of each test, as far as the log tells it.

    Where the weights had changed since the fact's last review, a memory was told anew before it
    was asked, and what was foretold then is not known.
    """
    connection = op.get_bind()
    learners = connection.scalars(sa.select(_REVIEW.c.learner_id).distinct()).all()
    for learner_id in learners:
        rules = dict(_rules(learner_id))
        last: dict[int, Any] = {}
        for rows in _batches(learner_id):
            found = []
            for row in rows:
                clock, weights = rules.get((row.course_id, row.rules), (None, None))
                is_told = last.get(row.fact_id, weights) == weights
                if row.undone_at is None:
                    last[row.fact_id] = weights
                if not row.is_test or clock is None or not is_told:
                    continue
                state, now = MemoryState.from_json(row.before), from_millis(row.at)
                chance = foretold(state, now=now, clock=clock, weights=weights)
                if chance is not None:
                    found.append({"b_id": row.id, "b_value": chance})
            _update(learner_id, "predicted", found)


def _rules(learner_id: int) -> Iterator[tuple[tuple[int, int], tuple[LearnerClock, Any]]]:
    select = sa.select(_RULES).where(_RULES.c.learner_id == learner_id)
    for row in op.get_bind().execute(select):
        weights = row.settings.get("weights")
        clock = LearnerClock(row.zone, row.day_start_hour)
        yield (row.course_id, row.number), (clock, weights and tuple(weights))


def _batches(learner_id: int) -> Iterator[Any]:
    """Yield the reviews that a learner made here, in their order."""
    select = (
        sa.select(_REVIEW)
        .where(_REVIEW.c.learner_id == learner_id, _REVIEW.c.origin != "import")
        .order_by(_REVIEW.c.id)
        .limit(_BATCH)
    )
    after = -1
    while rows := op.get_bind().execute(select.where(_REVIEW.c.id > after)).all():
        yield rows
        after = rows[-1].id


def _update(learner_id: int, name: str, values: list[dict[str, Any]]) -> None:
    changed = sa.update(_REVIEW).where(
        _REVIEW.c.learner_id == learner_id, _REVIEW.c.id == sa.bindparam("b_id")
    )
    if values:
        op.get_bind().execute(changed.values({name: sa.bindparam("b_value")}), values)
