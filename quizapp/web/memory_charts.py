"""How well memory was foretold, and at which hours of the day it is asked."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from quizapp.queries.calibration import Band, Calibration
from quizapp.queries.history import MEASURABLE, Recall, Totals
from quizapp.web import charts
from quizapp.web.plot import Plot, across, pixels
from quizapp.web.study_charts import Chart
from quizapp.web.wording import YOU, Person, percent, thousands

#: Of bands with fewer tests no dot is drawn: their margin would be the whole chart.
_LEAST_TESTS = 5
#: Root mean squared distance in points up to which the score is called so.
_SCORES = ((0.03, "very good"), (0.06, "good"), (0.12, "fair"))
_POOR = "poor"
_SMALLEST, _LARGEST = 4.0, 9.0
_HOURS = 24
#: The parts of a day: name, first hour, hour after the last; the night goes over midnight.
_PARTS = (("morning", 5, 12), ("afternoon", 12, 17), ("evening", 17, 22), ("night", 22, 29))


def calibration(found: Calibration, *, who: Person = YOU) -> Chart:
    """Return what was predicted beside what was recalled; the caller asks `is_measurable`."""
    off = round(found.rmse_bins * 100)
    score = next((words for most, words in _SCORES if found.rmse_bins <= most), _POOR)
    return Chart(
        title=_finding(found, who),
        finding="Each dot stands for reviews of which much the same was predicted: how likely "
        f"{who.you} were to recall them, and how many {who.you} did. On the dashed line both are "
        f"equal. The score is {score}: {off} {'point' if off == 1 else 'points'} off on average "
        f"(Brier score {found.brier:.3f}).",
        drawing=_drawn(found),
        caption="Predicted and recalled",
        head=("Predicted between", "On average", "Recalled", "95 % margin", "Reviews"),
        rows=[_row(band) for band in found.bands],
        legend=(("dot b-ink", "Recalled"), ("b-line", "95 % margin")),
    )


def hours(by_hour: Sequence[Totals], *, who: Person = YOU) -> Chart:
    """Return when in the day the learner reviews, and whether recall differs then.

    :param by_hour: 24 totals, from midnight by the clock on the wall.
    """
    counts = [totals.reviews for totals in by_hour]
    busiest = max(range(_HOURS), key=lambda hour: counts[hour])
    reviews = sum(counts)
    return Chart(
        title=f"{who.You} review most between {busiest}:00 and {(busiest + 1) % _HOURS}:00"
        if reviews >= MEASURABLE
        else f"Too few reviews yet to say when {who.you} review most",
        finding=f"Reviews by the hour of the day, in {who.your} time zone. {_parts(by_hour, who)}",
        drawing=charts.bars(
            f"Reviews by hour of the day; most at {busiest}:00, {thousands(counts[busiest])} of "
            f"{thousands(reviews)}",
            [str(hour) for hour in range(_HOURS)],
            [counts],
            ["f-ink"],
            height=230,
            titles=[f"{hour}:00: {thousands(n)}" for hour, n in enumerate(counts)],
            every=3,
            strong=(busiest,),
        ),
        caption="Reviews by hour of the day",
        head=("Hour", "Reviews", "Recalled", "95 % margin"),
        rows=[_hour_row(hour, totals) for hour, totals in enumerate(by_hour)],
    )


def _finding(found: Calibration, who: Person) -> str:
    recall, predicted = found.recall, found.predicted
    if recall.low <= predicted <= recall.high:
        return f"{who.You} recall about what was predicted"
    how = "a little " if abs(recall.share - predicted) < 0.04 else ""
    more = "more" if recall.share > predicted else "less"
    return f"{who.You} recall {how}{more} than was predicted"


def _drawn(found: Calibration) -> Markup:
    bands = [band for band in found.bands if band.tested >= _LEAST_TESTS]
    lowest = min([0.9, *(min(band.predicted, band.recall.share) for band in bands)])
    # Tenths where all of it is high, quarters where it goes far down.
    steps = 10 if lowest >= 0.5 else 4
    ticks = [step / steps for step in range(math.floor(lowest * steps), steps + 1)]
    plot = Plot(_label(found), 300, ticks[0], 1.0, gutter=48, bottom=44)
    plot.y_ticks(ticks, percent)

    def place(chance: float) -> float:
        return (chance - ticks[0]) / (1 - ticks[0]) * 100

    for tick in ticks:
        anchor = {0: "start", 100: "end"}.get(round(place(tick)), "middle")
        plot.add(
            '<text x="{}" y="{}" text-anchor="{}">{}</text>',
            *(across(place(tick)), plot.height - 24, anchor, percent(tick)),
        )
    plot.add('<text class="strong" x="50%" y="{}" text-anchor="middle">Predicted</text>', 296)
    plot.path([(0, ticks[0]), (100, 1.0)], "ln dash")
    most = max((band.tested for band in bands), default=1)
    for band in bands:
        _draw_margin(plot, place(band.predicted), band.recall)
    for band in bands:
        size = _SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(band.tested / most)
        plot.dot((place(band.predicted), band.recall.share), size, "sc f-ink", _words(band))
    return plot.render()


def _draw_margin(plot: Plot, place: float, recall: Recall) -> None:
    x = across(place)
    plot.add(
        '<line class="whisker" x1="{}" x2="{}" y1="{}" y2="{}"/>',
        *(x, x, pixels(plot.y(recall.low)), pixels(plot.y(recall.high))),
    )


def _words(band: Band) -> str:
    return (
        f"Predicted {percent(band.predicted, 1)}: recalled {percent(band.recall.share, 1)}"
        f" of {thousands(band.tested)}"
    )


def _label(found: Calibration) -> str:
    return (
        f"Predicted beside recalled, in {len(found.bands)} bands: {percent(found.predicted)}"
        f" predicted on average, {percent(found.recall.share)} recalled"
    )


def _row(band: Band) -> tuple[str, ...]:
    return (
        f"{round(band.low * 100)} and {percent(band.high)}",
        percent(band.predicted, 1),
        percent(band.recall.share, 1),
        _margin(band.recall),
        thousands(band.tested),
    )


def _margin(recall: Recall) -> str:
    return f"{percent(recall.low)} to {percent(recall.high)}"


def _hour_row(hour: int, totals: Totals) -> tuple[str, ...]:
    recall, reviews = totals.recall, thousands(totals.reviews)
    if not recall.tested:
        return f"{hour}:00", reviews, "–", "–"
    return f"{hour}:00", reviews, percent(recall.share, 1), _margin(recall)


def _parts(by_hour: Sequence[Totals], who: Person) -> str:
    """Return whether some part of the day is certainly better than another."""
    parts = [
        (name, sum((by_hour[hour % _HOURS] for hour in range(first, end)), Totals()).recall)
        for name, first, end in _PARTS
    ]
    known = [(name, recall) for name, recall in parts if recall.tested >= MEASURABLE]
    if len(known) < 2:
        few = "too few" if not known else "too few at other times of the day"
        return f"There are {few} to say whether {who.you} recall better at some times."
    best = max(known, key=lambda part: part[1].share)
    worst = min(known, key=lambda part: part[1].share)
    if best[1].low <= worst[1].high:
        return f"{who.You} recall about as much at any time of the day."
    return (
        f"{who.You} recall more {_when(best[0])} ({percent(best[1].share)}) than {_when(worst[0])}"
        f" ({percent(worst[1].share)})."
    )


def _when(part: str) -> str:
    return "at night" if part == "night" else f"in the {part}"
