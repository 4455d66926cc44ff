"""A learner's goal for a day: something to reach, never something to lose.

It asks for no more than there is to do, and nothing on a day off; days in a row do not depend
on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from quizapp.errors import Invalid, Problem

_MINUTE_MS = 60_000


class GoalUnit(StrEnum):
    """What a goal counts."""

    CARDS = "cards"
    MINUTES = "minutes"


#: The most that a goal may ask for; more in a day is no habit.
MOST = {GoalUnit.CARDS: 500, GoalUnit.MINUTES: 240}


@dataclass(frozen=True, slots=True)
class Goal:
    """So many cards, or minutes with cards, on each day in one course.

    :raises Invalid: it asks for nothing, or for too much, at "amount".
    """

    unit: GoalUnit
    amount: int

    def __post_init__(self) -> None:
        most = MOST[self.unit]
        if not 1 <= self.amount <= most:
            message = f"Choose from 1 to {most} {self.unit} a day."
            raise Invalid([Problem("amount", message)])

    def reached(self, *, cards: int, milliseconds: int) -> int:
        """Return how much of what it counts was done, in whole units; it may be more than asked."""
        return cards if self.unit is GoalUnit.CARDS else milliseconds // _MINUTE_MS

    def is_met(self, *, cards: int, milliseconds: int) -> bool:
        return self.reached(cards=cards, milliseconds=milliseconds) >= self.amount
