"""What the page of an exam date says: how it looks, and what would help."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from quizapp.memory.exam import MAXIMUM_MINUTES
from quizapp.queries.exams import ExamView
from quizapp.services.exams import Outlook
from quizapp.web import charts
from quizapp.web.study_charts import Chart
from quizapp.web.wording import WEEKDAYS, YOU, Person, count, day, percent, short_day, thousands

#: A plan that needs less than this share of the minutes asks for more than the target takes.
_AMPLE = 0.75
_EVERY = 3
#: Above this, a figure beside the end of the curve would stand in the target's way.
_CROWDED = 0.85


@dataclass(frozen=True, slots=True)
class Prospect:
    """An exam that is set, as the learner sees it today."""

    exam: ExamView
    today: date

    @property
    def is_over(self) -> bool:
        return self.exam.day <= self.today

    @property
    def when(self) -> str:
        """Return the day and how far it is: "Friday 18 December 2026, in 25 days"."""
        name = f"{WEEKDAYS[self.exam.day.weekday()]} {day(self.exam.day)}"
        days = (self.exam.day - self.today).days
        if days == 0:
            return f"{name}, today"
        if days < 0:
            return name
        return f"{name}, {'tomorrow' if days == 1 else f'in {days} days'}"

    @property
    def outlook(self) -> Outlook | None:
        return Outlook.load(self.exam.outlook) if self.exam.outlook else None

    @property
    def is_being_made(self) -> bool:
        """Return whether the plan is being made: there is something to plan, and none yet."""
        return not self.is_over and self.exam.has_cards and not self.exam.outlook

    @property
    def is_stale(self) -> bool:
        """Return whether the outlook is that of an earlier day."""
        return self.exam.planned_on != self.today


@dataclass(frozen=True, slots=True)
class Words:
    """The outlook of a plan in sentences, and drawn."""

    prospect: Prospect
    outlook: Outlook
    who: Person = YOU

    @property
    def heading(self) -> str:
        """Return what to expect, in one line."""
        share, target = self.outlook.studied[-1], self.prospect.exam.target
        if share >= target:
            return "You are on course"
        return "It will be close" if self.outlook.high >= target else "There is not enough time"

    @property
    def finding(self) -> str:
        minutes = count(self.prospect.exam.minutes, "minute")
        low, high = percent(self.outlook.low), percent(self.outlook.high)
        return (
            f"With {minutes} a day you should recall {percent(self.outlook.studied[-1])} of the"
            f" course on the day, most likely between {low} and {high}."
        )

    @property
    def advice(self) -> str:
        """Return what the target takes, and what to do about it."""
        target = percent(self.prospect.exam.target)
        minutes, needed = self.prospect.exam.minutes, self.outlook.needed
        if needed is None:
            return (
                f"{target} is out of reach by then: not even {count(MAXIMUM_MINUTES // 60, 'hour')}"
                " a day would be enough. Choose a lower target, or a later day if you can."
            )
        wanted = math.ceil(needed)
        if self.outlook.studied[-1] < self.prospect.exam.target:
            wanted = max(wanted, minutes + 1)
            return f"Your target of {target} needs about {count(wanted, 'minute')} a day."
        if wanted <= minutes * _AMPLE:
            return (
                f"About {count(wanted, 'minute')} a day would be enough for your target of"
                f" {target}. The rest makes it safer."
            )
        return f"Your target of {target} needs about that much. Keep going."

    @property
    def today(self) -> str:
        """Return what today's plan asks."""
        met = self.outlook.facts - self.outlook.unmet
        return (
            f"Today's plan: {count(self.outlook.today, 'card')}. You have met"
            f" {thousands(met)} of {count(self.outlook.facts, 'fact')}."
        )

    @property
    def chart(self) -> Chart:
        outlook, target = self.outlook, self.prospect.exam.target
        first = self.prospect.exam.planned_on or self.prospect.today
        labels = [short_day(first + timedelta(days=days)) for days in outlook.days]
        last = outlook.days[-1]
        end, low, high = outlook.studied[-1], outlook.low, outlook.high
        band = [
            (
                max(0.0, share - (end - low) * math.sqrt(days / last)),
                min(1.0, share + (high - end) * math.sqrt(days / last)),
            )
            for days, share in zip(outlook.days, outlook.studied, strict=True)
        ]
        without = percent(outlook.unstudied[-1])
        return Chart(
            title=f"{percent(end)} with the plan, {without} without",
            finding=f"The share of the whole course that {self.who.you} can expect to recall on"
            " each day. The shaded area is the margin of error.",
            drawing=charts.line(
                f"Expected recall from {labels[0]} to {labels[-1]}: {percent(end)} at the end with"
                f" the plan, {without} without further study; target {percent(target)}",
                labels,
                outlook.studied,
                _ticks(min(*outlook.unstudied, *(low for low, _ in band), target)),
                band=band,
                target=target,
                second=outlook.unstudied,
                words=percent,
                end_label=percent(end) if end < _CROWDED else "",
                every=_EVERY,
                height=260,
            ),
            caption="Expected recall by day",
            head=("Day", "With the plan", "Without further study"),
            rows=[
                (label, percent(with_, 1), percent(without_, 1))
                for label, with_, without_ in zip(
                    labels, outlook.studied, outlook.unstudied, strict=True
                )
            ],
            legend=(
                ("b-ink", "With the plan"),
                ("b-grey", "Without"),
                ("b-marker", f"Target {percent(target)}"),
            ),
        )


def _ticks(lowest: float) -> tuple[float, ...]:
    """Return the axis of a share, from the quarter below the lowest value up to 1."""
    first = min(math.floor(lowest * 4), 3)
    return tuple(quarter / 4 for quarter in range(first, 5))
