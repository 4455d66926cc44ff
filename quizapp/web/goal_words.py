"""What pages say of a goal for the day: what was reached, never what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quizapp.memory.goals import Goal, GoalUnit
from quizapp.queries.queue_counts import Waiting
from quizapp.web.wording import count


@dataclass(frozen=True, slots=True)
class GoalToday:
    """How far today's goal is.

    :param waiting: of `today`.
    """

    goal: Goal
    waiting: Waiting
    today: date

    @property
    def reached(self) -> int:
        waiting = self.waiting
        return self.goal.reached(cards=waiting.reviewed, milliseconds=waiting.milliseconds)

    @property
    def value(self) -> int:
        """Return how much of the bar is full; nothing is asked beyond what there is to do."""
        return self.goal.amount if self.is_met else min(self.reached, self.goal.amount)

    @property
    def is_met(self) -> bool:
        """Return whether the goal is reached, or everything that there was to do is done."""
        is_done = self.waiting.reviewed > 0 and not self.waiting.left
        return self.reached >= self.goal.amount or is_done

    @property
    def is_off(self) -> bool:
        """Return whether nothing is expected today."""
        is_rest = self.today.weekday() in self.waiting.settings.rest_days
        return is_rest or self.waiting.paused_until is not None

    @property
    def label(self) -> str:
        """Return "12 of 20 cards"."""
        return f"{self.reached} {self.of}"

    @property
    def of(self) -> str:
        """Return "of 20 cards"."""
        return f"of {_units(self.goal, self.goal.amount)}"

    @property
    def said(self) -> str:
        """Return what is said under the bar."""
        if self.reached >= self.goal.amount:
            return f"You reached your goal for today: {_units(self.goal, self.reached)}."
        if self.is_met:
            return "Nothing more is due today, so your goal is reached."
        if self.is_off and not self.reached:
            return "A day off: your goal waits with you."
        if not self.waiting.left:
            return "Nothing is due, so nothing is asked."
        left = self.goal.amount - self.reached
        if self.goal.unit is GoalUnit.CARDS and self.waiting.left < left:
            return f"{count(self.waiting.left, 'card')} to go, and today's are all done."
        return f"{_units(self.goal, left)} to go."


def goal_today(goal: Goal | None, waiting: Waiting, today: date) -> GoalToday | None:
    """Return the same where there is a goal."""
    return GoalToday(goal, waiting, today) if goal else None


def _units(goal: Goal, number: int) -> str:
    return count(number, "card" if goal.unit is GoalUnit.CARDS else "minute")
