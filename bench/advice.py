"""How fast the work of a retention is reckoned, whether it grows with it, and how right it is.

    python -m bench.advice

Prints, for collections of several sizes, the time of the processor that a move of the slider
takes (cards grouped and everything reckoned anew, nothing kept from before) and that of the
retention with the least work; whether reviews and minutes grow with every percent; then reviews
of 90 days as reckoned, and as counted when the scheduler itself is simulated card by card, with its
chance and its steps. Ends with 1 if something does not grow.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import fmean
from time import process_time

from quizapp.memory import workload
from quizapp.memory.days import LearnerClock
from quizapp.memory.expected import Pace
from quizapp.memory.scheduler import retrievability, review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import MemoryState, Phase, Rating
from quizapp.memory.workload import HORIZON_DAYS, PERCENTS, Workload

PACE = Pace()
_NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
_CLOCK = LearnerClock("UTC", 4)
#: A card: stability, difficulty, days until due, days from the last review until due.
_Card = tuple[float, float, int, int]


def collection(count: int, chance: Random) -> list[_Card]:
    """Return cards of all ages, some overdue."""
    cards = []
    for _ in range(count):
        stability = min(max(10 ** chance.gauss(1.2, 0.6), 0.2), 3_000.0)
        interval = max(1, round(stability * chance.uniform(0.8, 1.2)))
        difficulty = min(max(chance.gauss(6, 2), 1.0), 10.0)
        due_in = chance.randint(1, interval) if chance.random() < 0.9 else -chance.randint(0, 9)
        cards.append((stability, difficulty, due_in, interval))
    return cards


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return 1 if work does not grow with retention."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--cards", type=int, nargs="+", default=[1_000, 15_000, 100_000])
    parser.add_argument("--simulated", type=int, default=2_000, help="cards to simulate")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    chance = Random(chosen.seed)  # noqa: S311
    grows = all([_timed(count, chance) for count in chosen.cards])
    _compare(chosen.simulated, chance)
    return 0 if grows else 1


def _timed(count: int, chance: Random) -> bool:
    cards = collection(count, chance)
    moves, again = [], []
    for percent in (72, 80, 87, 92, 96):
        workload._table.cache_clear()
        began = process_time()
        made = workload.grouped(cards, unmet=500, new_per_day=10)
        work = Workload(made, weights=None, pace=PACE)
        work.load(percent)
        moves.append(process_time() - began)
        began = process_time()
        work.load(percent)
        again.append(process_time() - began)
    workload._table.cache_clear()
    began = process_time()
    best = work.best_percent()
    seconds = process_time() - began
    loads = [work.load(percent) for percent in PERCENTS]
    grows = all(a.reviews <= b.reviews and a.minutes <= b.minutes for a, b in pairwise(loads))
    print(
        f"{count:>7,} cards in {len(made.groups):,} groups: a move {max(moves) * 1000:.0f} ms at"
        f" most, {fmean(again) * 1000:.1f} ms when kept; least work at {best} % after"
        f" {seconds:.2f} s; {'grows with every percent' if grows else 'DOES NOT GROW'}"
    )
    return grows


def _compare(count: int, chance: Random) -> None:
    cards = collection(count, chance)
    made = workload.grouped(cards, unmet=0, new_per_day=0)
    work = Workload(made, weights=None, pace=PACE)
    for percent in (75, 85, 90, 95):
        reckoned = work.load(percent).reviews * HORIZON_DAYS
        settings = MemorySettings(desired_retention=percent / 100)
        counted = sum(_reviews(card, settings, chance, n) for n, card in enumerate(cards))
        print(
            f"{percent} %: {reckoned:,.0f} reviews reckoned, {counted:,} simulated,"
            f" {reckoned / counted - 1:+.1%}"
        )


def _reviews(card: _Card, settings: MemorySettings, chance: Random, seed: int) -> int:
    """Return how often the scheduler has a card reviewed in 90 days, its steps not counted."""
    stability, difficulty, due_in, interval = card
    due_at = _CLOCK.start_of(_CLOCK.day_of(_NOW) + timedelta(days=due_in))
    last = due_at - timedelta(days=interval) + timedelta(hours=8)
    state = MemoryState(Phase.REVIEW, None, stability, difficulty, due_at, last, 5, 0)
    end = _CLOCK.start_of(_CLOCK.day_of(_NOW) + timedelta(days=HORIZON_DAYS))
    reviews = 0
    while state.due_at is not None and state.due_at < end:
        at = max(state.due_at, _NOW) + timedelta(minutes=1)
        rating = Rating.GOOD
        if state.phase is Phase.REVIEW:
            reviews += 1
            recall = retrievability(state, now=at, clock=_CLOCK)
            rating = Rating.GOOD if chance.random() < recall else Rating.AGAIN
        state = review(state, rating, now=at, clock=_CLOCK, settings=settings, seed=seed)
    return reviews


if __name__ == "__main__":
    sys.exit(main())
