"""Why a card is due, in one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from quizapp.memory.days import LearnerClock
from quizapp.memory.queue import Counts
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import MemoryState, Phase
from quizapp.models import ActKind
from quizapp.queries.card_history import HistoryPage, Look
from quizapp.queries.card_page import CardPage
from quizapp.queries.memory_rows import UNTOUCHED, Snapshot
from quizapp.queries.queue_counts import Waiting
from quizapp.web import card_chart, card_words

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
WAITING = Waiting(
    counts=Counts(),
    settings=MemorySettings(),
    unmet=0,
    reviewed=0,
    recalled=0,
    milliseconds=0,
    next_due_at=None,
    last_step_id=0,
    undone_step_id=0,
)


def memory(due_in: int, phase: Phase = Phase.REVIEW) -> Snapshot:
    step = None if phase is Phase.REVIEW else 0
    due_at, last = NOW + due_in * DAY, NOW - 10 * DAY
    return Snapshot(MemoryState(phase, step, 20.0, 5.5, due_at, last, 4, 1))


PAGE = CardPage(
    fact_id=1,
    statement="The base was at Hamadan.",
    note="",
    record="",
    topic="Bases",
    is_ready=True,
    memory=memory(5),
    recall=0.94,
    moved=None,
    questions=(),
    citations=(),
    history=HistoryPage((), None, is_first=True),
    looks=(Look(NOW - 30 * DAY, None), Look(NOW - 10 * DAY, 8.0)),
    waiting=WAITING,
    clock=LearnerClock("UTC", 4),
)
MOVED = replace(PAGE, moved=ActKind.MOVE)


@pytest.mark.parametrize(
    ("view", "why"),
    [
        (PAGE, "It comes back on 27 November 2026, when your chance of recalling it will have"),
        (replace(PAGE, memory=memory(-1), recall=0.84), "has fallen to 84\u00a0%; you aim for 90"),
        (
            replace(PAGE, memory=memory(-1), recall=0.95),
            "the days given at its last review were over on 21 November 2026",
        ),
        (MOVED, "It comes back on 27 November 2026, the day you chose."),
        (replace(MOVED, memory=memory(-2)), "It is due on 20 November 2026, the day you chose."),
        (replace(PAGE, moved=ActKind.SPREAD), "since you spread what waited over days"),
        (replace(PAGE, memory=memory(0, Phase.LEARNING)), "comes back within minutes"),
        (replace(PAGE, memory=memory(0, Phase.RELEARNING)), "You missed it last time"),
        (replace(PAGE, memory=replace(memory(5), is_suspended=True)), "You put it aside"),
        (replace(PAGE, memory=replace(memory(5), buried_until=NOW + DAY)), "You put it off"),
        (replace(PAGE, memory=replace(memory(5), buried_until=NOW)), "It comes back on 27"),
        (replace(PAGE, memory=UNTOUCHED, recall=None), "at most 10 new cards a day"),
        (replace(PAGE, is_ready=False), "It is not asked any more"),
        (
            replace(PAGE, waiting=replace(WAITING, paused_until=date(2026, 12, 3))),
            "You paused this course until 3 December 2026",
        ),
    ],
)
def test_a_card_says_why_it_is_due_or_not(view: CardPage, why: str) -> None:
    assert why in card_words.why(view, NOW)


def test_the_curve_says_what_it_shows_and_has_the_same_as_a_table() -> None:
    chart = card_chart.curve(PAGE, NOW)

    assert chart is not None
    assert chart.title == "Your chance of recalling it today is 94\u00a0%"
    assert chart.rows[0][0] == "12 November 2026"
    assert chart.rows[0][2] == "20 days"
    assert chart.rows[1] == ("23 October 2026", "–", "8 days")
    assert "due on 27 November 2026" in chart.drawing
    assert chart.drawing.count("<circle") == 3


def test_what_was_reset_leaves_a_gap_in_the_curve() -> None:
    looks = (Look(NOW - 60 * DAY, None), *PAGE.looks)

    whole, gap = card_chart.curve(PAGE, NOW), card_chart.curve(replace(PAGE, looks=looks), NOW)

    assert whole is not None
    assert gap is not None
    assert gap.drawing.count("<path") == whole.drawing.count("<path")
    assert gap.rows[-1] == ("23 September 2026", "–", "–")


def test_a_card_never_rated_has_no_curve() -> None:
    assert card_chart.curve(replace(PAGE, looks=(), recall=None), NOW) is None
