"""The forgetting curve of one card: its reviews, today, and what time will make of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from quizapp.memory.model import recall_after
from quizapp.queries.card_page import CardPage
from quizapp.web.plot import Plot, Point
from quizapp.web.study_charts import Chart, life
from quizapp.web.wording import day, percent, short_day

_DAY = timedelta(days=1)
_PIECES = 32
#: What is still to come takes at least this share of the width, so that the fall can be seen.
_AHEAD = 0.12
#: Closer than this, in percent of the width, two words under the axis run into each other.
_APART = 22


@dataclass(frozen=True, slots=True)
class _Fall:
    """One piece of the curve: from a review to the next, or to the end."""

    start: datetime
    end: datetime
    stability: float


def curve(view: CardPage, now: datetime) -> Chart | None:
    """Return the chance of recall over time; None before the first review."""
    if not view.looks or view.recall is None:
        return None
    due_at = view.memory.state.due_at or now
    first = view.looks[0].at
    end = max(due_at, now) + max(_DAY, (max(due_at, now) - first) * _AHEAD)
    falls = list(_falls(view, end))
    return Chart(
        title=f"Your chance of recalling it today is {percent(view.recall)}",
        finding="It falls as days pass, and slower after each review. Dashed: what comes "
        "without another review.",
        drawing=_draw(view, falls, now, end),
        caption="Chance of recall at each review",
        head=("Review", "Chance before", "Memory life after"),
        rows=list(_rows(view, falls)),
        legend=(("b-ink", "Chance of recall"), ("b-marker", "Your target")),
    )


def _falls(view: CardPage, end: datetime) -> Iterator[_Fall]:
    """Yield the pieces; what was forgotten by a reset leaves a gap."""
    looks = view.looks
    found = [*(look.found for look in looks[1:]), view.memory.state.stability]
    ends = [*(look.at for look in looks[1:]), end]
    for look, until, stability in zip(looks, ends, found, strict=True):
        if stability is not None:
            yield _Fall(look.at, until, stability)


def _draw(view: CardPage, falls: Sequence[_Fall], now: datetime, end: datetime) -> Markup:
    weights = view.waiting.settings.weights
    target, due_at = view.waiting.settings.desired_retention, view.memory.state.due_at
    first, span = view.looks[0].at, end - view.looks[0].at

    def place(at: datetime) -> float:
        return (at - first) / span * 100

    def points(start: datetime, until: datetime, fall: _Fall) -> list[Point]:
        # Closer at the beginning, where the curve bends.
        moments = [start + (until - start) * (i / _PIECES) ** 2 for i in range(_PIECES + 1)]
        return [(place(at), _recall(fall, at, weights)) for at in moments]

    lowest = min([target, *(_recall(fall, fall.end, weights) for fall in falls)])
    low = 0.5 if lowest >= 0.5 else 0.0
    plot = Plot(_label(view, now), 250, low, 1.0, gutter=48)
    plot.y_ticks([low, (low + 1) / 2, 1.0], percent)
    plot.h_line(target)
    plot.text((1, target), f"target {percent(target)}", dy=16)
    plot.v_line(place(now), "base")
    for fall in falls:
        plot.path(points(fall.start, min(fall.end, now), fall))
        if fall.end > now:
            plot.path(points(max(fall.start, now), fall.end, fall), "ln dash")
    for look in view.looks:
        plot.dot((place(look.at), 1.0), 4, title=f"Reviewed {day(_local(view, look.at))}")
    plot.dot((place(now), view.recall or 0.0), 5, "pt end", f"Today {percent(view.recall)}")
    _label_days(plot, view, place(now), place(due_at) if due_at else None)
    return plot.render()


def _label_days(plot: Plot, view: CardPage, now_at: float, due_place: float | None) -> None:
    """Write the days under the axis: those that have room."""
    taken = [now_at]
    plot.x_label(now_at, "today", anchor=_anchor(now_at), cls="strong")
    due_at = view.memory.state.due_at
    if due_at and due_place is not None and abs(due_place - now_at) >= _APART:
        taken.append(due_place)
        words = f"due {short_day(_local(view, due_at))}"
        plot.x_label(due_place, words, anchor=_anchor(due_place))
    if min(taken) >= _APART:
        plot.x_label(0, short_day(_local(view, view.looks[0].at)), anchor="start")


def _anchor(place: float) -> str:
    if place < _APART / 2:
        return "start"
    return "end" if place > 100 - _APART / 2 else "middle"


def _rows(view: CardPage, falls: Sequence[_Fall]) -> Iterator[tuple[str, str, str]]:
    weights = view.waiting.settings.weights
    before = {fall.end: _recall(fall, fall.end, weights) for fall in falls}
    after = {fall.start: fall.stability for fall in falls}
    for look in reversed(view.looks):
        stability = after.get(look.at)
        yield (
            day(_local(view, look.at)),
            percent(before.get(look.at)),
            life(stability) if stability is not None else "–",
        )


def _recall(fall: _Fall, at: datetime, weights: tuple[float, ...] | None) -> float:
    return recall_after((at - fall.start) / _DAY, fall.stability, weights)


def _local(view: CardPage, at: datetime) -> datetime:
    return datetime.combine(view.clock.day_of(at), datetime.min.time())


def _label(view: CardPage, now: datetime) -> str:
    due_at = view.memory.state.due_at
    words = (
        f"Chance of recall since {day(_local(view, view.looks[0].at))}: "
        f"{percent(view.recall)} today, after {len(view.looks)} reviews"
    )
    if due_at and due_at > now:
        words += f"; the next one is due on {day(_local(view, due_at))}"
    return words + "."
