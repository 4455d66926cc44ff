"""The charts about studying: each with its finding in words and the same numbers as a table."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quizapp.memory import intervals
from quizapp.queries.forecast import ForecastDay
from quizapp.queries.history import History
from quizapp.web import charts
from quizapp.web.study_words import weekday
from quizapp.web.wording import (
    YOU,
    Person,
    count,
    percent,
    short_day,
    short_month,
    short_weekday,
    thousands,
)

#: A day is called the busiest only if it stands out from the mean by this factor.
_UNEVEN = 1.6
#: Fewer cards a day than this are not worth comparing.
_LIGHT = 3
_LEGEND_DUE, _LEGEND_NEW = ("b-ink", "Due"), ("b-grey", "New")
_LIVES = (
    (1, "<1 d"),
    (3, "1–3 d"),
    (7, "3–7 d"),
    (14, "1–2 w"),
    (28, "2–4 w"),
    (60, "1–2 mo"),
    (120, "2–4 mo"),
    (240, "4–8 mo"),
    (math.inf, ">8 mo"),
)


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with what it says and what it shows.

    :param title: the finding. :param finding: how to read it, or more of it.
    :param head, rows: the table; `caption` names it. :param legend: (class, words) pairs.
    """

    title: str
    finding: str
    drawing: Markup
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    legend: Sequence[tuple[str, str]] = ()


def fortnight(days: Sequence[ForecastDay], minutes: Callable[[int], int]) -> Chart:
    """Return the next days for the page of the day."""
    busiest, is_alone = _busiest(days)
    name = "today" if busiest is days[0] else weekday(busiest.day)
    cards, time = count(busiest.cards, "card"), count(minutes(busiest.cards), "minute")
    finding = f"At most {cards} a day, about {time}."
    if is_alone:
        finding = f"Busiest is {name}, with {cards}, about {time}."
    if not busiest.cards:
        finding = "Nothing is due yet: cards appear here once you have rated them."
    finding = _after_pause(days) + finding
    labels = ["Today", *(str(day.day.day) for day in days[1:])]
    return _forecast(f"Next {len(days)} days", finding, days, labels, height=190)


def month(days: Sequence[ForecastDay], minutes: Callable[[int], int]) -> Chart:
    """Return the next days for the page of progress."""
    busiest, is_alone = _busiest(days)
    mean = sum(day.cards for day in days) / len(days)
    title = f"The next {len(days)} days look {'even' if mean >= _LIGHT else 'light'}"
    if busiest.cards > _UNEVEN * mean and busiest.cards > mean + 5:
        name = "Today" if busiest is days[0] else f"{weekday(busiest.day)} {short_day(busiest.day)}"
        title = f"{name} is the busiest of the next {len(days)} days"
        if not is_alone:
            title = f"At most {count(busiest.cards, 'card')} a day in the next {len(days)} days"
    usual = math.floor(mean + 0.5)
    finding = f"On average {count(usual, 'card')} a day, about {count(minutes(usual), 'minute')}."
    if not busiest.cards:
        title = f"Nothing is due in the next {len(days)} days"
        finding = "Cards appear here once you have rated them."
    labels = ["Today", *(short_day(day.day) for day in days[1:])]
    return _forecast(title, finding, days, labels, height=250, every=7, gap=0.22)


def _busiest(days: Sequence[ForecastDay]) -> tuple[ForecastDay, bool]:
    """Return the first of the days with most cards, and whether no other has as many."""
    most = max(day.cards for day in days)
    busy = [day for day in days if day.cards == most]
    return busy[0], len(busy) == 1


def year(history: History, *, titled: bool = False, who: Person = YOU) -> Chart:
    """Return the calendar of the year; `titled` says the finding in its title."""
    active, days = len(history.days), len(history.counts)
    reviews = count(history.reviews, "review")
    title, finding = "Your year", f"{reviews} on {count(active, 'day')}."
    if titled:
        title = f"{who.You} reviewed on {active} of {days} days"
        longest, streak = count(history.longest_streak, "day"), history.streak
        finding = f"Longest streak {longest}. Current streak {streak}."
        if not active:
            title = f"No reviews in the last {days} days"
            finding = f"The more {who.you} review on a day, the stronger its colour here."
    label = f"Calendar of daily reviews over a year: {reviews} on {count(active, 'day')}"
    return Chart(
        title=title,
        finding=finding,
        drawing=charts.calendar(label, history.counts, history.today),
        caption="Reviews by month",
        head=("Month", "Days with reviews", "Reviews"),
        rows=_months(history),
    )


def lives(stabilities: Sequence[float], median: float, *, who: Person = YOU) -> Chart:
    """Return how long the memories should last."""
    counts = [0] * len(_LIVES)
    ends = [end for end, _ in _LIVES]
    for days in stabilities:
        counts[bisect_right(ends, days)] += 1
    names = [name for _, name in _LIVES]
    return Chart(
        title=f"Half {who.your} cards will last {life(median)} or more",
        finding=f"Cards by how long the memory should last before recall falls to {percent(0.9)}.",
        drawing=charts.bars(
            f"Number of cards by memory life; the median is {life(median)}",
            names,
            [counts],
            ["f-ink"],
            height=230,
            value_labels=True,
            gap=0.16,
        ),
        caption="Cards by memory life",
        head=("Memory life", "Cards"),
        rows=[(name, thousands(n)) for name, n in zip(names, counts, strict=True)],
    )


def life(days: float) -> str:
    """Return how long a memory lasts, in words: "5 weeks"."""
    return intervals.label_days(round(days)) if days >= 1 else intervals.label(days * 86_400)


def _forecast(
    title: str,
    finding: str,
    days: Sequence[ForecastDay],
    labels: Sequence[str],
    *,
    height: int,
    every: int = 1,
    gap: float = 0.28,
) -> Chart:
    first, last = days[0].cards, days[-1].cards
    label = (
        f"Cards due on each of the next {len(days)} days, from {first} today to {last} at the end"
    )
    return Chart(
        title=title,
        finding=finding,
        drawing=charts.bars(
            label,
            labels,
            [[day.due for day in days], [day.new for day in days]],
            ["f-ink", "f-grey"],
            height=height,
            every=every,
            gap=gap,
            strong=(0,),
        ),
        caption=f"Cards due, next {len(days)} days",
        head=("Day", "Due", "New", "Total"),
        rows=[
            (
                f"{short_weekday(day.day)} {short_day(day.day)}",
                *(("Pause", "–", "–") if day.is_paused else _numbers(day)),
            )
            for day in days
        ],
        legend=(_LEGEND_DUE, _LEGEND_NEW) if any(day.new for day in days) else (),
    )


def _numbers(day: ForecastDay) -> tuple[str, str, str]:
    return thousands(day.due), thousands(day.new), thousands(day.cards)


def _after_pause(days: Sequence[ForecastDay]) -> str:
    """Return what is said of a pause among the days; "" if there is none."""
    last = next((day for day in reversed(days) if day.is_paused), None)
    return f"You pause until {short_day(last.day)}. " if last else ""


def _months(history: History) -> list[tuple[str, str, str]]:
    by_month: dict[tuple[int, int], list[int]] = {}
    for day in sorted(history.days):
        by_month.setdefault((day.year, day.month), []).append(history.on(day).reviews)
    return [
        (f"{short_month(month)} {year}", str(len(counts)), thousands(sum(counts)))
        for (year, month), counts in by_month.items()
    ]
