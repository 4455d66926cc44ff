"""What discounting guesses is worth: `python -m bench.guessing`.

Simulated learners know facts as the model says, and guess one of k options where they do not.
Two memories follow the same responses, one that takes every right choice for known and one that
discounts it (`quizapp/memory/credit.py`). Printed is how well each tells the true chance of recall
(log loss; the true chances cost `least`), on the same schedule, which one of the two sets.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

from quizapp.memory.credit import Came, Credit, Reply, credit_for, discounted
from quizapp.memory.model import Outcome, outcomes, recall_after
from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating

_SOME_DAY = datetime(2026, 3, 2, tzinfo=UTC)
#: In review; the model looks at stability and difficulty only.
_MET = MemoryState(Phase.REVIEW, None, 1.0, 5.0, _SOME_DAY, _SOME_DAY, 1, 0)


@dataclass(slots=True)
class _Memory:
    """What is held of one fact: the truth, or what is believed."""

    state: MemoryState = NEW_STATE

    def recall(self, days: int) -> float | None:
        stability = self.state.stability
        return None if stability is None else recall_after(days, stability, None)

    def learn(self, credit: Credit, days: int) -> float:
        """Take in a response; return the interval that follows."""
        after = outcomes(self.state, elapsed_days=days, retention=0.9, weights=None)
        made: Outcome = discounted(after[credit.rating], after[Rating.AGAIN], credit.known)
        self.state = replace(_MET, stability=made.stability, difficulty=made.difficulty)
        return made.interval


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--facts", type=int, default=1_000)
    parser.add_argument("--reviews", type=int, default=12, help="of each fact")
    parser.add_argument("--seed", type=int, default=5)
    chosen = parser.parse_args(arguments)
    print(f"{'options':>8}{'schedule by':>13}{'naive':>9}{'discounted':>12}{'least':>9}{'gain':>8}")
    for options in (2, 3, 4, 5):
        for by, name in enumerate(("naive", "discounted")):
            naive, better, least = _losses(options, by, chosen)
            gain = 1 - better / naive
            print(f"{options:8}{name:>13}{naive:9.4f}{better:12.4f}{least:9.4f}{gain:8.1%}")


def _losses(options: int, by: int, chosen: argparse.Namespace) -> list[float]:
    """Return the mean losses of the naive and the discounting memory, and of the truth."""
    chance = Random(chosen.seed)  # noqa: S311
    totals, trials = [0.0, 0.0, 0.0], 0
    for _ in range(chosen.facts):
        truth, believed, days = _Memory(), (_Memory(), _Memory()), 0
        for _ in range(chosen.reviews):
            known = truth.recall(days)
            if known is not None:
                told = [memory.recall(days) or 0.0 for memory in believed]
                for place, one in enumerate((*told, known)):
                    totals[place] += _surprise(known, one)
                trials += 1
            knows = chance.random() < (0.5 if known is None else known)
            right = knows or chance.random() < 1 / options
            truth.learn(Credit(Rating.GOOD if knows else Rating.AGAIN), days)
            intervals = _learn(believed, right, days, options)
            days = max(1, round(intervals[by] * chance.uniform(0.8, 1.3)))
    return [total / trials for total in totals]


def _learn(believed: tuple[_Memory, _Memory], right: bool, days: int, options: int) -> list[float]:
    came = Came.RIGHT if right else Came.WRONG
    intervals = []
    for memory, guess in zip(believed, (0.0, 1 / options), strict=True):
        credit = credit_for(Reply(came, guess), recall=memory.recall(days))
        intervals.append(memory.learn(credit, days))
    return intervals


def _surprise(true: float, told: float) -> float:
    told = min(max(told, 1e-9), 1 - 1e-9)
    return -(true * math.log(told) + (1 - true) * math.log(1 - told))


if __name__ == "__main__":
    main()
