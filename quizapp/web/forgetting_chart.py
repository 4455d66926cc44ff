"""The curve on the landing page: how looking again just in time makes a memory last."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from markupsafe import Markup

from quizapp.memory.model import outcomes, recall_after
from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating
from quizapp.web.plot import Plot, Point
from quizapp.web.wording import percent

RETENTION = 0.9
_LOOKS = 3
_SPAN_DAYS = 60
_POINTS_A_PIECE = 24
_LABEL = (
    "Without review, the chance of recalling a fact falls to six in ten within two months. "
    "Looked at again on the day that it falls to nine in ten, it falls more slowly each time: "
    "the gaps grow from 2 days to 11 and then to 46."
)
_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@cache
def gaps() -> tuple[float, ...]:
    """Return how many days each of three looks lasts, all rated Good, with the default weights."""
    state, lasts = NEW_STATE, list[float]()
    for _ in range(_LOOKS):
        elapsed = round(lasts[-1]) if lasts else 0
        after = outcomes(state, elapsed_days=elapsed, retention=RETENTION, weights=None)
        good = after[Rating.GOOD]
        lasts.append(good.stability)
        # The model asks for stability and difficulty alone; a state must say the rest as well.
        state = MemoryState(
            Phase.REVIEW, None, good.stability, good.difficulty, _SOME_TIME, _SOME_TIME, 1, 0
        )
    return tuple(lasts)


@cache
def forgetting(height: int = 230) -> Markup:
    """Draw recall over two months, with three looks on the due day and without any review."""
    plot = Plot(_LABEL, height, 0.5, 1.0, gutter=48)
    plot.y_ticks([0.5, 0.9], percent)
    plot.y_ticks([0.7, 1.0], percent, quiet=True)
    plot.path(_curve(0, _SPAN_DAYS, gaps()[0], _SPAN_DAYS), "ln dash")
    looks = [sum(gaps()[:i]) for i in range(_LOOKS)]
    points: list[Point] = []
    for start, stability in zip(looks, gaps(), strict=True):
        points += _curve(start, min(start + stability, _SPAN_DAYS), stability, _POINTS_A_PIECE)
    plot.path(points)
    for i, start in enumerate(looks):
        plot.dot((_place(start), 1.0), 4.5)
        words = "today" if i == 0 else f"{round(start)} d"
        if i != 1:  # too near to "today" to be read
            plot.x_label(_place(start), words, anchor="middle" if i else "start")
    plot.x_label(100, "2 months", anchor="end")
    plot.text((27, 0.6), "never reviewed", cls="")
    plot.text((62, 0.975), "reviewed on the due day", dy=-4, anchor="middle")
    return plot.render()


def _curve(start: float, end: float, stability: float, pieces: int) -> list[Point]:
    days = [(end - start) * i / pieces for i in range(pieces + 1)]
    return [(_place(start + day), recall_after(day, stability, None)) for day in days]


def _place(day: float) -> float:
    return day / _SPAN_DAYS * 100
