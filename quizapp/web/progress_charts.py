"""The charts of the page of progress that tell of weeks or months, and of quizzes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from statistics import median

from quizapp.queries.history import Recall
from quizapp.queries.periods import Period, Stretch
from quizapp.queries.quiz_history import PastAttempt
from quizapp.web import charts
from quizapp.web.filters import local
from quizapp.web.study_charts import Chart
from quizapp.web.study_words import marks
from quizapp.web.wording import (
    YOU,
    Person,
    count,
    duration,
    percent,
    short_day,
    short_month,
    thousands,
)

#: Of weeks or months with fewer tests no point is drawn: their margin would be the whole chart.
_LEAST_TESTS = 5
#: So many bars of quizzes are drawn at most, the newest.
_MAXIMUM_QUIZZES = 12
_TENTHS = 10
_SECONDS = 60
SPANS = {
    Period.MONTH: "in five weeks",
    Period.QUARTER: "in 13 weeks",
    Period.YEAR: "in a year",
    Period.ALL: "in all",
}


def recall(past: Sequence[Stretch], period: Period, target: float, *, who: Person = YOU) -> Chart:
    """Return the share recalled by week or month, with its margin, beside the target."""
    unit, names = _unit(period), _names(past, period)
    every = [stretch.totals.recall for stretch in past]
    shown = [one if one.tested >= _LEAST_TESTS else None for one in every]
    bands = [(one.low, one.high) if one else None for one in shown]
    lowest = min([target, *(low for low, _ in filter(None, bands))])
    last = next((one for one in reversed(shown) if one), None)
    return Chart(
        title=_compared(_sum(every), target, who),
        finding=f"Share of cards past their first steps that {who.you} recalled, by {unit}. "
        f"The shaded area is the margin of error. {_goes_on(period)}",
        drawing=charts.line(
            f"Recall by {unit} over {count(len(past), unit)}; target {percent(target)}"
            + (f"; at the end {percent(last.share)}" if last else ""),
            names,
            [one.share if one else None for one in shown],
            _shares_from(lowest),
            band=bands,
            target=target,
            target_label=f"target {percent(target)}",
            words=percent,
            end_label=percent(last.share) if last else "",
            every=_every(len(past)),
            height=250,
        ),
        caption=f"Recall by {unit}",
        head=(_head(period), "Recalled", "95 % margin", "Reviews"),
        rows=[_recall_row(name, one) for name, one in zip(names, every, strict=True)],
        legend=(("b-ink", "Recalled"), ("b-marker", "Target")),
    )


def time_spent(past: Sequence[Stretch], period: Period, *, who: Person = YOU) -> Chart:
    """Return the minutes spent on cards by week or month; there must be one with a review."""
    unit, names = _unit(period), _names(past, period)
    minutes = [stretch.totals.milliseconds / 60_000 for stretch in past]
    busy = [spent for spent, one in zip(minutes, past, strict=True) if one.totals.reviews]
    # The last one goes on: it says what is usual only where no other does.
    whole = busy[:-1] if past[-1].totals.reviews and len(busy) > 1 else busy
    usual = duration(max(1, round(median(whole))) * _SECONDS)
    total = f"{duration(max(1, round(sum(minutes))) * _SECONDS)} {SPANS[period]}"
    return Chart(
        title=f"{who.You} give {who.your} cards about {usual} a {unit}"
        if len(busy) > 1
        else f"{who.You} have given {who.your} cards {total}",
        finding=f"Minutes from a card's question to {who.your} rating, by {unit}. "
        + (f"{total}. " if len(busy) > 1 else "")
        + _goes_on(period),
        drawing=charts.bars(
            f"Minutes spent by {unit} over {count(len(past), unit)}"
            + (f"; usually {usual}" if len(busy) > 1 else ""),
            names,
            [[round(spent, 1) for spent in minutes]],
            ["f-ink"],
            height=230,
            every=_every(len(past)),
            strong=(len(past) - 1,),
        ),
        caption=f"Time by {unit}",
        head=(_head(period), "Minutes", "Reviews"),
        rows=[
            (name, f"{spent:,.1f}", thousands(stretch.totals.reviews))
            for name, spent, stretch in zip(names, minutes, past, strict=True)
        ],
    )


def little_time(milliseconds: int, period: Period, *, who: Person = YOU) -> str:
    """Return what is told instead of `time_spent` of too little to draw in a period."""
    shown, spent = f"how long {who.you} spend on {who.your} cards", duration(milliseconds // 1000)
    if period is Period.ALL:
        return f"From the first minute on, this shows {shown}. {spent} so far."
    return f"This shows {shown}, where that is a minute or more. {spent} {SPANS[period]}."


def quizzes(
    attempts: Sequence[PastAttempt], since: date | None, *, who: Person = YOU
) -> Chart | None:
    """Return the scores of quizzes handed in since a day; None without any that may be seen.

    Where an answer waits to be marked there is no score yet.

    :param attempts: the newest first. :param since: None for all of them.
    """
    recent = [one for one in attempts if since is None or local(one.submitted_at).date() >= since]
    whole = [one for one in recent if one.mark is not None and one.max_mark and not one.waits]
    shown = whole[:_MAXIMUM_QUIZZES]
    if not shown:
        return None
    shown.reverse()
    got = [one.mark or Fraction(0) for one in shown]
    shares = [float(mark / one.max_mark) for mark, one in zip(got, shown, strict=True)]
    days = [short_day(local(one.submitted_at).date()) for one in shown]
    mean = percent(sum(shares) / len(shares))
    return Chart(
        title=_quiz_finding(shown, mean, who, is_first=len(attempts) == 1),
        finding="Each bar is one attempt, the newest at the end: the share of its marks that "
        f"{who.you} got. On average {mean}.",
        drawing=charts.bars(
            f"Scores of the last {count(len(shown), 'attempt')}, {mean} on average",
            days,
            [shares],
            ["f-ink"],
            (0, 0.25, 0.5, 0.75, 1),
            height=230,
            titles=[
                f"{one.title}, {day}: {percent(share, 1)}"
                for one, day, share in zip(shown, days, shares, strict=True)
            ],
            every=max(1, math.ceil(len(shown) / 6)),
            gap=0.4,
            words=percent,
        ),
        caption="Scores of quizzes",
        head=("Quiz", "Handed in", "Marks", "Score"),
        rows=[
            (one.title, day, f"{marks(mark)} of {marks(one.max_mark)}", percent(share, 1))
            for one, day, mark, share in zip(shown, days, got, shares, strict=True)
        ],
    )


def _quiz_finding(shown: Sequence[PastAttempt], mean: str, who: Person, *, is_first: bool) -> str:
    again = [one.change for one in shown if one.change is not None]
    better = sum(change > 0 for change in again)
    if len(again) == 1:
        return f"The quiz {who.you} repeated went {'better' if better else 'no better'} than before"
    if again:
        return f"{better} of {len(again)} times that {who.you} repeated a quiz, it went better"
    if len(shown) == 1:
        is_first = is_first and not shown[0].is_practice
        what = f"{who.your} first quiz" if is_first else f"“{shown[0].title}”"
        return f"{who.You} scored {mean} in {what}"
    return f"{who.You} score {mean} in quizzes on average"


def _unit(period: Period) -> str:
    return "week" if period.is_by_week else "month"


def _goes_on(period: Period) -> str:
    """Return when its weeks begin, and that the last week or month is not over."""
    if period.is_by_week:
        return "Weeks begin on Monday; this week is not over."
    return "This month is not over."


def _head(period: Period) -> str:
    return "Week of" if period.is_by_week else "Month"


def _names(past: Sequence[Stretch], period: Period) -> list[str]:
    """Return what each is called under the axis: "31 Aug" or "Aug ’25"."""
    if period.is_by_week:
        return [short_day(stretch.first) for stretch in past]
    months = [(short_month(stretch.first.month), stretch.first.year % 100) for stretch in past]
    return [f"{name} ’{year:02}" for name, year in months]


def _every(number: int) -> int:
    return max(1, math.ceil(number / 7))


def _shares_from(lowest: float) -> list[float]:
    """Return the axis of a share: in tenths, or in twentieths where all of it is high."""
    steps = _TENTHS if lowest < 0.8 else 2 * _TENTHS
    return [step / steps for step in range(math.floor(lowest * steps), steps + 1)]


def _sum(recalls: Sequence[Recall]) -> Recall:
    return Recall(sum(one.tested for one in recalls), sum(one.recalled for one in recalls))


def _compared(found: Recall, target: float, who: Person) -> str:
    """Return in words how recall compares with its target, as far as chance allows to say."""
    if found.low <= target <= found.high:
        return f"{who.You} remember about what {who.you} aimed for"
    how = "a little " if abs(found.share - target) < 0.04 else ""
    more = "more" if found.share > target else "less"
    return f"{who.You} remember {how}{more} than {who.you} aimed for"


def _recall_row(name: str, found: Recall) -> tuple[str, str, str, str]:
    if not found.tested:
        return name, "–", "–", "0"
    margin = f"{percent(found.low)} to {percent(found.high)}"
    return name, percent(found.share, 1), margin, thousands(found.tested)
