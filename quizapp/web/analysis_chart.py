"""The questions of a quiz by how hard they are and how well they tell students apart."""

from __future__ import annotations

import math

from quizapp.psychometrics.flags import EASY, HARD, LEAST_DISCRIMINATION
from quizapp.queries.item_analysis import AnalysedItem, QuizAnalysis
from quizapp.web import charts
from quizapp.web.analysis_words import colour, name, short_name, signed
from quizapp.web.study_charts import Chart
from quizapp.web.wording import count, percent

_CLASSES = {"": "f-ink", "warn": "f-amber", "bad": "f-bad"}
_LEGEND = (
    ("dot b-ink", "Nothing stands out"),
    ("dot b-amber", "Look again"),
    ("dot b-bad", "Check the key"),
)
_MOST_NAMED = 5
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def items_chart(analysis: QuizAnalysis) -> Chart:
    """Return facility against discrimination for the items that have enough answers."""
    items = [item for item in analysis.items if _place(item)]
    found = [y for item in items if (y := item.figures.discrimination) is not None]
    low = min([-0.2, *(math.floor(value * 5) / 5 for value in found)])
    high = max([0.8, *(math.ceil(value * 5) / 5 for value in found)])
    steps = round((high - low) / 0.2)
    ticks = [round(low + 0.2 * step, 1) for step in range(steps + 1)]
    drawing = charts.scatter(
        _label(items),
        [_dot(item) for item in items],
        _SHARES,
        ticks,
        height=420,
        zone=charts.Zone((HARD, EASY), (LEAST_DISCRIMINATION, high), "Keep"),
        x_name="Facility: share of the points earned",
        y_name="Discrimination",
        guide=0,
    )
    return Chart(
        title=_title([item for item in analysis.items if item.has_enough]),
        finding="Each dot is a question. Higher tells strong from weak students better; "
        f"the shaded area is where you want them.{_missing(analysis)}",
        drawing=drawing,
        caption="Facility and discrimination",
        head=("Question", "Facility", "Discrimination"),
        rows=[
            (name(item), percent(item.figures.facility), signed(item.figures.discrimination))
            for item in items
        ],
        legend=_LEGEND,
    )


def _place(item: AnalysedItem) -> bool:
    figures = item.figures
    return item.has_enough and None not in (figures.facility, figures.discrimination)


def _missing(analysis: QuizAnalysis) -> str:
    """Return which have no dot though enough were asked: they may be the worst of all."""
    found = [item for item in analysis.items if item.has_enough and not _place(item)]
    if not found:
        return ""
    named = ", ".join(name(item) for item in found[:_MOST_NAMED])
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return f" Without discrimination, and not shown: {named}{more}."


def _dot(item: AnalysedItem) -> charts.Dot:
    kind, facility = colour(item), item.figures.facility or 0.0
    value = item.figures.discrimination or 0.0
    title = f"{name(item)}: {percent(facility)} of the points, discrimination {signed(value)}"
    return charts.Dot(facility, value, short_name(item), title, _CLASSES[kind], bool(kind))


def _title(items: list[AnalysedItem]) -> str:
    good = [item for item in items if (item.figures.discrimination or 0.0) >= LEAST_DISCRIMINATION]
    if not items:
        return "No question has enough answers yet"
    if len(good) == len(items):
        return "Every question tells strong from weak students"
    if 2 * len(good) > len(items):
        return "Most questions tell strong from weak students"
    return f"{len(good)} of {count(len(items), 'question')} tell strong from weak students"


def _label(items: list[AnalysedItem]) -> str:
    named = [
        f"{name(item)} at {percent(item.figures.facility)} and "
        f"{signed(item.figures.discrimination)}"
        for item in items
        if colour(item)
    ]
    stands = f" To look at: {'; '.join(named)}." if named else " None stands out."
    return f"Facility against discrimination for {count(len(items), 'question')}.{stands}"
