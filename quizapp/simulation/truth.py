"""What a simulated learner really remembers; the scheduler sees nothing but their answers.

The forgetting curve is the model's. A memory holds a number of times as long as the scheduler
believes, and that number belongs to the learner, to the fact and to both together: people are
better and worse at it, facts are easier and harder for everybody, and some just stick.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from quizapp.memory.model import recall_after
from quizapp.memory.state import MemoryState, Phase, Rating
from quizapp.simulation.people import Person

_TOPIC_SPREAD, _FACT_SPREAD, _OWN_SPREAD = 0.22, 0.4, 0.3
#: Usually a memory holds a little longer than is believed; none is quite hopeless.
_USUAL, _WEAKEST = 1.2, 0.4
#: Of facts never met, so many are known already.
_KNOWN_BEFORE = 0.42
#: Chance to be right some minutes after the last question.
_RIGHT_IN_STEPS = 0.9
_TIME_SPREAD = 0.5
_SHORTEST_MS, _LONGEST_MS = 900, 120_000


def fact_ease(fact: int, topic: str, *, seed: int) -> float:
    """Return how many times as long a fact is remembered as a usual one, by anybody."""
    of_topic = Random(f"topic {seed} {topic}").gauss(0, _TOPIC_SPREAD)  # noqa: S311
    of_fact = Random(f"fact {seed} {fact}").gauss(0, _FACT_SPREAD)  # noqa: S311
    return math.exp(of_topic + of_fact)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer: its rating, and the milliseconds that it took."""

    rating: Rating
    duration_ms: int


class Mind:
    """One learner's memory of all facts of a course, and how quickly they answer.

    :param eases: of the facts, by their number.
    """

    def __init__(self, person: Person, eases: tuple[float, ...], chance: Random) -> None:
        self._person, self._chance = person, chance
        own = (person.strength * ease * math.exp(chance.gauss(0, _OWN_SPREAD)) for ease in eases)
        self._holds = [max(_WEAKEST, _USUAL * holds) for holds in own]

    def recall(self, fact: int, state: MemoryState, *, days: int, hour: int) -> float:
        """Return the chance to know a fact.

        :param days: since it was last asked. :param hour: of the learner's clock.
        """
        holds = self._holds[fact] * _freshness(hour)
        if state.phase is Phase.NEW or state.stability is None:
            return min(0.9, _KNOWN_BEFORE * holds)
        if not days and state.phase is not Phase.REVIEW:
            return min(0.98, _RIGHT_IN_STEPS * float(holds**0.08))
        return recall_after(days, max(0.05, state.stability * holds), None)

    def answer(self, fact: int, state: MemoryState, *, days: int, hour: int) -> Given:
        """Return what the learner answers to a card."""
        recall = self.recall(fact, state, days=days, hour=hour)
        if self._chance.random() >= recall:
            return Given(Rating.AGAIN, self._time(1.7 if state.phase is Phase.NEW else 1.45))
        felt = self._chance.random()
        if felt < 0.06 + 0.25 * (1 - recall):
            return Given(Rating.HARD, self._time(1.55))
        # Nobody says Easy of what they have just been shown.
        if felt > 0.93 and state.phase in (Phase.NEW, Phase.REVIEW):
            return Given(Rating.EASY, self._time(0.6))
        return Given(Rating.GOOD, self._time(1.25 if state.phase is Phase.NEW else 1.0))

    def knows(self, fact: int, state: MemoryState, *, days: int, hour: int) -> bool:
        """Return whether the learner knows a fact that a quiz asks about."""
        return self._chance.random() < self.recall(fact, state, days=days, hour=hour)

    def _time(self, longer: float) -> int:
        """Return milliseconds to answer: their logarithm is normal."""
        median = 1000 * self._person.pace * longer
        drawn = median * math.exp(self._chance.gauss(0, _TIME_SPREAD))
        return round(min(max(drawn, _SHORTEST_MS), _LONGEST_MS))


def _freshness(hour: int) -> float:
    """Return how well anybody remembers at an hour of the day, 1 at most."""
    if hour >= 22 or hour < 5:
        return 0.72
    return 0.88 if 13 <= hour <= 15 else 1.0
