"""Random histories of one card, with what our scheduler offered at every answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

from quizapp.memory.days import LearnerClock
from quizapp.memory.model import DEFAULT_WEIGHTS
from quizapp.memory.scheduler import preview
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating

#: Anki's side counts days of UTC from the middle of a day; so does ours.
CLOCK = LearnerClock("UTC", 0)
START = datetime(2026, 1, 5, 12, tzinfo=UTC)
_STEPS = (
    ((60, 600), (600,)),
    ((15, 95, 1800), (60, 600)),
    ((600,), ()),
    ((), (600,)),
    ((45, 61, 3600, 7200), (25,)),
)
_LIMITS = ((1, 36_500), (4, 90))
_MAXIMUM_ANSWERS = 14


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings as both sides are told them."""

    settings: MemorySettings
    #: Anki's "minimum interval" after a lapse, which its FSRS ignores: it must change nothing.
    lapse_minimum: int

    @property
    def job(self) -> dict[str, Any]:
        told = self.settings
        return {
            "retention": told.desired_retention,
            "weights": list(told.weights or DEFAULT_WEIGHTS),
            "learning_steps": told.learning_steps,
            "relearning_steps": told.relearning_steps,
            "minimum": self.lapse_minimum,
            "maximum": told.maximum_interval_days,
            "leech_threshold": told.leech_threshold,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the days before it, the rating, the state before and what was offered."""

    gap_days: int
    rating: Rating
    before: MemoryState
    at: datetime
    offered: Mapping[Rating, MemoryState]

    @property
    def after(self) -> MemoryState:
        return self.offered[self.rating]


@dataclass(slots=True)
class History:
    """What happened to one card.

    :param cut_short: it ends where Anki would crash instead of offering anything.
    """

    preset: int
    answers: list[Answer] = field(default_factory=list)
    cut_short: bool = False

    def job(self, *, fuzz: bool) -> dict[str, Any]:
        return {"preset": self.preset, "answers": [_job(answer, fuzz) for answer in self.answers]}


def presets(*, steps: bool | None, fuzz: bool) -> list[Preset]:
    """Return the settings to compare under; `steps` None means with and without."""
    wanted = [pair for pair in _STEPS if steps in (None, True)]
    # Half of the histories go without any step, as none is the harder case.
    wanted += [((), ())] * (len(_STEPS) if steps is None else steps is False)
    weights = (None, (*(round(w * 0.9, 4) for w in DEFAULT_WEIGHTS[:-1]), 0.2))
    return [
        Preset(
            MemorySettings(
                desired_retention=retention,
                learning_steps=learning,
                relearning_steps=relearning,
                maximum_interval_days=maximum,
                weights=fitted,
                fuzz=fuzz,
                load_balance=False,
                leech_threshold=4,
            ),
            lapse_minimum=minimum,
        )
        for (learning, relearning), retention, (minimum, maximum), fitted in product(
            wanted, (0.8, 0.9, 0.95), _LIMITS, weights
        )
    ]


def make_history(random: Random, *, number: int, preset: int, presets: list[Preset]) -> History:
    """Return a history of up to 14 answers; the seed of its chance is its number."""
    settings = presets[preset].settings
    history, state, now = History(preset), NEW_STATE, START
    for _ in range(random.randint(2, _MAXIMUM_ANSWERS)):
        gap = _gap(random, state, now) if history.answers else 0
        now += timedelta(days=gap)
        offered = preview(state, now=now, clock=CLOCK, settings=settings, seed=number)
        if _anki_would_panic(state, offered, now, settings):
            history.cut_short = True
            break
        rating = random.choices(list(Rating), (25, 15, 45, 15))[0]
        history.answers.append(Answer(gap, rating, state, now, offered))
        state = offered[rating]
    return history


def _anki_would_panic(
    state: MemoryState,
    offered: Mapping[Rating, MemoryState],
    now: datetime,
    settings: MemorySettings,
) -> bool:
    """Return whether Good may have the longest interval already, in steps: Anki wants Easy longer.

    Anki 26.9.3 ends with "min > max" there; nothing can be compared.
    """
    due_at = offered[Rating.EASY].due_at or now
    longest = settings.maximum_interval_days
    return state.phase is not Phase.REVIEW and CLOCK.days_between(now, due_at) >= longest


def _gap(random: Random, state: MemoryState, now: datetime) -> int:
    """Return days to wait: the same day, some days, as scheduled, a little off it, or far over."""
    scheduled = max(0, CLOCK.days_between(now, state.due_at or now))
    return random.choice(
        (
            0,
            random.randint(1, 10),
            scheduled,
            scheduled,
            max(0, scheduled + random.randint(-3, 3)),
            random.randint(0, 400),
            scheduled * 2,
        )
    )


def _job(answer: Answer, fuzz: bool) -> dict[str, Any]:
    after = answer.after
    days = None
    # With chance, Anki goes on from the interval that was given here.
    if fuzz and after.phase is Phase.REVIEW and after.due_at is not None:
        days = CLOCK.days_between(answer.at, after.due_at)
    return {"gap_days": answer.gap_days, "rating": int(answer.rating), "given_days": days}
