"""Learners whose memory follows the model, with weights and habits that the tests know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

from quizapp.memory.history import History, PastReview
from quizapp.memory.model import DEFAULT_WEIGHTS, Weights, outcomes, recall_after
from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating

#: Forgets twice as fast after a first meeting as the model's own weights say, and gains less.
FORGETFUL: Weights = (
    *(0.5 * weight for weight in DEFAULT_WEIGHTS[:4]),
    *DEFAULT_WEIGHTS[4:8],
    0.7 * DEFAULT_WEIGHTS[8],
    *DEFAULT_WEIGHTS[9:],
)

_SOME_DAY = datetime(2026, 3, 2, tzinfo=UTC)
#: In review; the model looks at stability and difficulty only.
MET = MemoryState(
    phase=Phase.REVIEW,
    step=None,
    stability=1.0,
    difficulty=5.0,
    due_at=_SOME_DAY,
    last_review_at=_SOME_DAY,
    reps=1,
    lapses=0,
)

#: What a learner's time for a right response is, by how well it truly came.
Pace = Callable[[Rating, Random], int]


def steady(_came: Rating, chance: Random) -> int:
    """Times that tell nothing."""
    return chance.randint(2_000, 9_000)


def telling(came: Rating, chance: Random) -> int:
    """Times that tell how well it came: slow when hard, quick when easy."""
    middle = {Rating.AGAIN: 9_000, Rating.HARD: 9_000, Rating.GOOD: 5_000, Rating.EASY: 2_000}
    return middle[came] + chance.randint(0, 1_000)


@dataclass(slots=True)
class _Fact:
    """A fact as the learner truly remembers it, and when it is asked next."""

    due: int
    last: int = 0
    stability: float | None = None
    difficulty: float | None = None


def history(
    *,
    reviews: int,
    seed: int,
    weights: Weights = FORGETFUL,
    pace: Pace = steady,
    shades: tuple[Rating, ...] = (Rating.GOOD,),
) -> History:
    """Return the reviews of a simulated learner, who grades only Again and Good.

    :param weights: that the memory truly follows. :param shades: how well a right response truly
        came, each alike often; the memory follows it, and only `pace` shows it.
    """
    chance = Random(seed)  # noqa: S311
    facts: dict[int, _Fact] = {}
    written: list[PastReview] = []
    day = 0
    while len(written) < reviews:
        for _ in range(6):
            facts[len(facts)] = _Fact(due=day)
        for number, fact in facts.items():
            if fact.due <= day:
                came = _came(fact, day, weights, shades, chance)
                shown = Rating.AGAIN if came is Rating.AGAIN else Rating.GOOD
                written.append(PastReview(number, day, shown, pace(came, chance)))
                _learn(fact, came, day, weights, chance)
        day += 1
    return History(written[:reviews])


def _came(
    fact: _Fact, day: int, weights: Weights, shades: tuple[Rating, ...], chance: Random
) -> Rating:
    known = 0.5
    if fact.stability is not None:
        known = recall_after(day - fact.last, fact.stability, weights)
    return chance.choice(shades) if chance.random() < known else Rating.AGAIN


def _learn(fact: _Fact, came: Rating, day: int, weights: Weights, chance: Random) -> None:
    state = NEW_STATE
    if fact.stability is not None:
        state = replace(MET, stability=fact.stability, difficulty=fact.difficulty)
    after = outcomes(state, elapsed_days=day - fact.last, retention=0.9, weights=weights)[came]
    fact.stability, fact.difficulty, fact.last = after.stability, after.difficulty, day
    fact.due = day + max(1, round(after.interval * chance.uniform(0.7, 2.0)))
