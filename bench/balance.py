"""Whether the days to come are as even as under Anki's load balancer, on the same cards.

    python -m bench.balance --days 120 --new 20 --seeds 3

The same new cards a day, the same ratings, everything answered on its day: by the scheduler here,
with balance, with chance alone and with neither, and by Anki from its own queue with its balancer
on and off. Printed is how much the days of the second half differ in the number of known cards
due: the coefficient of variation (standard deviation by mean), and the same about the straight
line through the days, as every new card makes the later ones fuller. Exits 1 if ours vary more
than Anki's about that line, on average over the seeds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.anki_days import PRESET
from bench.anki_package import default_cache, environment, run
from quizapp.memory.days import LearnerClock
from quizapp.memory.scheduler import review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Phase

_CLOCK = LearnerClock("UTC", 0)
_START = datetime(2026, 1, 5, 12, tzinfo=UTC)
#: Again, Hard, Good, Easy; a new card is at least known.
_SHARES = (10, 10, 70, 10)
_OURS = {
    "balanced": MemorySettings(learning_steps=(), relearning_steps=()),
    "chance": MemorySettings(learning_steps=(), relearning_steps=(), load_balance=False),
    "neither": MemorySettings(
        learning_steps=(), relearning_steps=(), load_balance=False, fuzz=False
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Study on both sides, print the figures; return 1 if our days vary more."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--new", type=int, default=20, help="cards a day")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cache", type=Path, default=default_cache(), help="folder for Anki")
    chosen = parser.parse_args(arguments)
    python = environment(chosen.cache)
    found: dict[str, list[tuple[float, float, float]]] = {}
    for seed in range(chosen.seeds):
        ratings = _ratings(seed, cards=chosen.days * chosen.new, answers=chosen.days)
        sides = {
            f"here, {name}": _study(settings, ratings, chosen.days, chosen.new)
            for name, settings in _OURS.items()
        } | {
            f"Anki, {name}": _study_in_anki(python, ratings, chosen, balance=name == "balanced")
            for name in ("balanced", "chance")
        }
        for name, days in sides.items():
            measured = _measure(days[len(days) // 2 :])
            found.setdefault(name, []).append(measured)
            print(f"seed {seed}: {name:15}", *(f"{number:8.4f}" for number in measured), flush=True)
    print(f"mean of {chosen.seeds} seeds: variation, about the line, cards a day")
    means = {
        name: [statistics.fmean(n) for n in zip(*rows, strict=True)] for name, rows in found.items()
    }
    for name, numbers in means.items():
        print(f"  {name:15}", *(f"{number:8.4f}" for number in numbers))
    return int(means["here, balanced"][1] > means["Anki, balanced"][1])


def _measure(days: Sequence[int]) -> tuple[float, float, float]:
    """Return the coefficient of variation, the same about a straight line, and the mean."""
    mean = statistics.fmean(days)
    slope, start = statistics.linear_regression(range(len(days)), days)
    rest = [count - start - slope * number for number, count in enumerate(days)]
    return statistics.pstdev(days) / mean, statistics.pstdev(rest) / mean, mean


def _ratings(seed: int, *, cards: int, answers: int) -> list[list[int]]:
    """Return for each card what it is rated at each of its answers."""
    random = Random(seed)  # noqa: S311
    return [
        [random.choice((3, 4)), *random.choices((1, 2, 3, 4), _SHARES, k=answers)]
        for _ in range(cards)
    ]


def _study(
    settings: MemorySettings, ratings: list[list[int]], days: int, new_per_day: int
) -> list[int]:
    """Return how many known cards were answered on each day."""
    states: list[MemoryState] = []
    counts, studied = Counter[Any](), []
    for number in range(days):
        now = _START + timedelta(days=number)
        today = _CLOCK.day_of(now)
        due = [card for card, state in enumerate(states) if _is_due(state, now)]
        states += [NEW_STATE] * new_per_day
        for card in [*due, *range(len(states) - new_per_day, len(states))]:
            state = states[card]
            states[card] = after = review(
                state,
                ratings[card][state.reps],
                now=now,
                clock=_CLOCK,
                settings=settings,
                seed=card,
                due_counts=counts,
            )
            if after.phase is Phase.REVIEW and after.due_at is not None:
                counts[_CLOCK.day_of(after.due_at)] += 1
        # What is past is no longer due.
        counts = Counter({day: count for day, count in counts.items() if day > today})
        studied.append(len(due))
    return studied


def _is_due(state: MemoryState, now: datetime) -> bool:
    # A pause of some hours ends within the day after, as Anki's queue gives it then.
    return state.due_at is not None and _CLOCK.day_of(state.due_at) <= _CLOCK.day_of(now)


def _study_in_anki(
    python: Path, ratings: list[list[int]], chosen: argparse.Namespace, *, balance: bool
) -> list[int]:
    job = {
        "fuzz": True,
        "presets": [PRESET],
        "balance": balance,
        "days": chosen.days,
        "new_per_day": chosen.new,
        "ratings": ratings,
    }
    (days,) = run(python, "balance", job)
    return list(days)


if __name__ == "__main__":
    sys.exit(main())
