"""How a quiz runs for the learner of a history, by what is written down and not by the program.

- An exception for the person goes before one for their group, each setting by itself.
- Extra attempts and extra time come on top of whatever then applies. Extra time multiplies the
  time that everybody has, also where the quiz closes before a full time limit is over.
- An attempt keeps what it began with: deadline, behaviour, countdown. What may be seen of it is
  the quiz's to say, as it is now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from quizapp.grading.disclosure import Shown
from quizapp.grading.settings import QuizSettings

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Needs:
    """What the learner has in every quiz."""

    extra_percent: int = 0
    extra_attempts: int = 0
    hides_countdown: bool = False


@dataclass
class Rules:
    """One quiz, as it stands now.

    :param asks: the places in its half of the questions of what its slots ask, in order.
    :param own: the exception for the learner; :param group: that for their group.
    """

    settings: QuizSettings
    asks: Sequence[int]
    access_code: str = ""
    is_given: bool = True
    needs: Needs = field(default_factory=Needs)
    own: Mapping[str, Any] | None = None
    group: Mapping[str, Any] | None = None

    def _holds(self, name: str) -> Any:
        for stated in (self.own, self.group):
            if stated and stated.get(name) is not None:
                return stated[name]
        return getattr(self.settings, name)

    @property
    def closes_at(self) -> datetime | None:
        stated: datetime | str | None = self._holds("closes_at")
        return datetime.fromisoformat(stated) if isinstance(stated, str) else stated

    @property
    def attempts_allowed(self) -> int | None:
        allowed: int | None = self._holds("attempts_allowed")
        return None if allowed is None else allowed + self.needs.extra_attempts

    def is_closed(self, now: datetime) -> bool:
        return self.closes_at is not None and self.closes_at <= now

    def due_at(self, started_at: datetime) -> datetime | None:
        """Return the deadline of an attempt that begins then."""
        minutes = self._holds("time_limit_minutes")
        ends = [started_at + timedelta(minutes=minutes)] if minutes else []
        ends += [self.closes_at] if self.closes_at else []
        if not ends:
            return None
        share = 1 + Fraction(self.needs.extra_percent, 100)
        return started_at + round((min(ends) - started_at) // _MILLISECOND * share) * _MILLISECOND

    def shown_after(self, now: datetime) -> frozenset[Shown]:
        """Return what may be seen of an attempt that was handed in."""
        told = self.settings.disclosure
        return told.after_close if self.is_closed(now) else told.after_submit

    def may_start(self, now: datetime, *, number: int, askable: int) -> bool:
        """Return whether an attempt of that number may begin, whoever knows the code."""
        allowed = self.attempts_allowed
        is_left = allowed is None or number <= allowed
        return self.is_given and not self.is_closed(now) and is_left and askable > 0
