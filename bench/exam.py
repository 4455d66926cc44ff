"""How much is recalled on the day of an exam, by five ways of studying for it.

    python -m bench.exam --seeds 20 --processes 2

Simulated learners (`bench/exam_learner.py`) have so many facts, days and minutes a day; their
weights differ from those that everything is planned with. All five see the same learners, and none
may take more time than there is. What was tuned was tuned on learners 0 to 99; the
table is of others. Ends with 1 if a way of studying is clearly better than the plan.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from statistics import fmean, median, stdev
from time import process_time

from bench.exam_learner import Card, Greedy, Learner, Policy, new_first, plain, sweep
from quizapp.memory import exam
from quizapp.memory.expected import Pace

PACE = Pace()
WAYS = ("plain FSRS", "last-week sweep", "new first", "greedy", "plan")
_FIRST_UNSEEN = 1_000
#: Days before the exam at which the forecast is compared with what came.
_LOOKS = (60, 30, 14, 7, 3)


class Planned:
    """Ask what the plan of the day says. :param seconds: that each plan took, of the processor."""

    def __init__(self, minutes: float) -> None:
        self.minutes = minutes
        self.seconds: list[float] = []
        self.forecasts: dict[int, exam.Forecast] = {}
        self._prices: tuple[float, ...] = ()

    def __call__(self, cards: Sequence[Card], today: int, left: int) -> Iterator[Card]:
        known = tuple(
            exam.Card(c.id, c.stability or None, c.difficulty or None, today - c.last_day)
            for c in cards
        )
        task = exam.Task(known, left, self.minutes * 60, pace=PACE)
        began = process_time()
        made = exam.plan(task, prices=self._prices)
        self.seconds.append(process_time() - began)
        self._prices = made.settled.prices
        if left in _LOOKS:
            self.forecasts[left] = exam.forecast(task, made.settled, seed=today)
        yield from [cards[number] for number in made.ranked]


@dataclass(frozen=True, slots=True)
class Result:
    """One learner's recall by way of studying; the plan's forecasts, and its seconds."""

    recalls: tuple[float, ...]
    forecasts: dict[int, exam.Forecast]
    seconds: list[float]


def compare(job: tuple[int, int, float, int]) -> Result:
    """Return what one learner comes to. The job: facts, days, minutes a day, seed."""
    facts, days, minutes, seed = job
    plan = Planned(minutes)
    ways: tuple[Policy, ...] = (plain, sweep, new_first, Greedy(PACE), plan)
    recalls = [Learner(facts, days, PACE, seed).study(way, minutes * 60) for way in ways]
    return Result(tuple(recalls), plan.forecasts, plan.seconds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate and print; return 1 if the plan clearly loses."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=_FIRST_UNSEEN, help="the first seed")
    parser.add_argument("--facts", type=int, default=600)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--minutes", type=float, nargs="+", default=[5, 7.5, 10, 15])
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    print(
        f"{chosen.facts} facts, {chosen.days} days, learners {seeds.start} to {seeds.stop - 1};"
        f" seconds: recalled {PACE.review_seconds:g}, not {PACE.lapse_seconds:g},"
        f" new {PACE.new_seconds:g}. Mean recall on the day ± 95 % margin of the mean."
    )
    print("minutes  " + "".join(f"{way:>17}" for way in WAYS) + "   plan − best other")
    lost, all_results = False, []
    with Pool(chosen.processes) as pool:
        for minutes in chosen.minutes:
            jobs = [(chosen.facts, chosen.days, minutes, seed) for seed in seeds]
            results = pool.map(compare, jobs, chunksize=1)
            all_results += results
            lost |= _print_row(minutes, results)
    _print_forecasts(all_results)
    seconds = sorted(second for result in all_results for second in result.seconds)
    print(
        f"A day's plan: median {median(seconds) * 1000:.0f} ms of the processor,"
        f" 95 % below {seconds[int(len(seconds) * 0.95)] * 1000:.0f} ms, first day included."
    )
    return int(lost)


def _print_row(minutes: float, results: Sequence[Result]) -> bool:
    """Print one budget; return whether another way is better by more than chance."""
    ways = list(zip(*(result.recalls for result in results), strict=True))
    cells = "".join(f"{fmean(way):>9.3f} ± {_margin(way):.3f}" for way in ways)
    best = max(ways[:-1], key=fmean)
    gains = [ours - other for ours, other in zip(ways[-1], best, strict=True)]
    gain, margin = fmean(gains), _margin(gains)
    word = "tie" if abs(gain) <= margin else ("win" if gain > 0 else "loss")
    print(f"{minutes:<9g}{cells}   {gain:+.3f} ± {margin:.3f} {word}", flush=True)
    return word == "loss"


def _print_forecasts(results: Sequence[Result]) -> None:
    for left in _LOOKS:
        pairs = [(r.forecasts[left], r.recalls[-1]) for r in results if left in r.forecasts]
        if not pairs:
            continue
        off = [seen.on_the_day - came for seen, came in pairs]
        inside = fmean(seen.low <= came <= seen.high for seen, came in pairs)
        print(
            f"Forecast {left:>2} days before: mean error {fmean(off):+.3f},"
            f" mean size {fmean(map(abs, off)):.3f}, within its margin {inside:.0%}"
        )


def _margin(values: Sequence[float]) -> float:
    return 1.96 * stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0


if __name__ == "__main__":
    sys.exit(main())
