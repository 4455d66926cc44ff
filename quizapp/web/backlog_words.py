"""What the page of the day says after a break: how what waits can be spread over days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from quizapp.memory import spreading
from quizapp.queries.today import TodayView
from quizapp.web import charts
from quizapp.web.study_charts import Chart
from quizapp.web.wording import count, short_day, short_weekday, thousands

#: More labels than this under a chart would touch each other.
_FEW_DAYS = 10


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits and what each day would bring.

    :param days: over how many it would be spread. :param shares: what each gets of what waits.
    :param loads: what each brings anyway; None for a day off.
    """

    waiting: int
    days: int
    today: date
    shares: Sequence[int]
    loads: Sequence[int | None]

    @property
    def choices(self) -> tuple[int, ...]:
        return spreading.CHOICES

    @property
    def heading(self) -> str:
        return f"{count(self.waiting, 'card')} wait for you"

    @property
    def chart(self) -> Chart:
        """Return the days, what they bring anyway below and what is spread above."""
        days = [self.today + timedelta(days=ahead) for ahead in range(self.days)]
        loads = [load or 0 for load in self.loads]
        every = 1 if self.days <= _FEW_DAYS else 3
        return Chart(
            title=f"Over {self.days} days: {self._plan()}",
            finding="The likeliest forgotten come first. Only the dates move, and you can undo it.",
            drawing=charts.bars(
                f"Cards on each of the next {self.days} days, if what waits is spread over them",
                ["Today", *(short_weekday(day) + f" {day.day}" for day in days[1:])],
                [loads, list(self.shares)],
                ["f-ink", "f-amber"],
                height=170,
                every=every,
                strong=(0,),
            ),
            caption=f"Cards on the next {self.days} days",
            head=("Day", "Due anyway", "Of what waits", "Together"),
            rows=[self._row(day, ahead) for ahead, day in enumerate(days)],
            legend=(("b-ink", "Due anyway"), ("b-amber", "Of what waits")),
        )

    def _plan(self) -> str:
        """Return what the days would be like."""
        most = max(share + (load or 0) for share, load in zip(self.shares, self.loads, strict=True))
        today = "none" if self.loads[0] is None else thousands(self.shares[0])
        return f"{today} today, at most {thousands(most)} a day"

    def _row(self, day: date, ahead: int) -> tuple[str, str, str, str]:
        name = f"{short_weekday(day)} {short_day(day)}"
        load = self.loads[ahead]
        if load is None:
            return name, "Day off", "–", "–"
        share = self.shares[ahead]
        return name, thousands(load), thousands(share), thousands(load + share)


def backlog_of(view: TodayView, days: int | None) -> Backlog | None:
    """Return what waits, to be spread; None if that is no more than three days' work.

    :param days: what the learner chose; what is no choice leaves it at what makes sense.
    """
    if not view.is_behind:
        return None
    waiting = view.waiting.overdue
    if days not in spreading.CHOICES:
        days = spreading.default_days(waiting, view.usual_day)
    loads = view.loads[:days]
    if all(load is None for load in loads):
        loads, days = view.loads, len(view.loads)
    return Backlog(waiting, days, view.history.today, spreading.shares(waiting, loads), loads)
