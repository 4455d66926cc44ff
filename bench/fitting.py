"""What fitting costs, and whether it holds up what serves requests: `python -m bench.fitting`.

    python -m bench.fitting --reviews 10000 100000
    python -m bench.fitting --file bench/data/reviews.csv

Prints seconds of CPU of one fit (with the one it is judged by) and of each way that `quizapp memory
evaluate` measures, and the longest time that a thread which wants to run every millisecond had to
wait, with the fit in its own process and with the fit in the same one.
"""

from __future__ import annotations

import argparse
import resource
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time, sleep

from quizapp.jobs.fitting import fit_apart
from quizapp.memory.evaluation import WAYS, score
from quizapp.memory.fitting import Examples, InForce, fit
from quizapp.memory.history import History
from quizapp.memory.review_file import read_reviews
from tests.support.forgetful import history

_TICK_SECONDS = 0.001


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--reviews", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--file", type=Path, help="take these reviews instead of simulated ones")
    parser.add_argument("--seed", type=int, default=5)
    chosen = parser.parse_args(arguments)
    if chosen.file:
        with chosen.file.open(encoding="utf-8-sig", newline="") as lines:
            for log in read_reviews(lines, name=str(chosen.file)).values():
                _measure(log)
        return
    for reviews in chosen.reviews:
        _measure(history(reviews=reviews, seed=chosen.seed))


def _measure(log: History) -> None:
    print(f"{len(log.reviews):,} reviews, {len(log.trials):,} on a later day")
    began = process_time()
    examples = Examples(log)
    built = process_time()
    found = fit(examples, InForce())
    fitted = process_time()
    examples.learn(len(examples))
    learnt = process_time()
    print(f"  items {built - began:.2f} s, fit {learnt - fitted:.2f} s, with judging it", end=" ")
    print(f"{fitted - built:.2f} s of CPU: log loss", end=" ")
    print(f"{found.loss_in_force:.4f} in force, {found.loss_fitted:.4f} fitted")
    for name in WAYS:
        began = process_time()
        score(log, name)
        print(f"  {name}: {process_time() - began:.2f} s of CPU")
    _waits("nothing else", lambda: sleep(1))
    _waits("a fit in a process of its own", lambda: fit_apart(log, InForce()))
    _waits("a fit in the same process", lambda: fit(Examples(log), InForce()))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"  most memory: {children.ru_maxrss / 1024:,.0f} MB in its own process,"
        f" {own.ru_maxrss / 1024:,.0f} MB here"
    )


def _waits(beside: str, act: Callable[[], object]) -> None:
    """Print how long a thread had to wait for its turn while `act` was done beside it."""
    waits: list[float] = []
    over = threading.Event()

    def tick() -> None:
        while not over.is_set():
            began = perf_counter()
            sleep(_TICK_SECONDS)
            waits.append(perf_counter() - began - _TICK_SECONDS)

    thread = threading.Thread(target=tick)
    thread.start()
    began = perf_counter()
    act()
    seconds = perf_counter() - began
    over.set()
    thread.join()
    waits.sort()
    print(
        f"  beside {beside} ({seconds:.2f} s): a thread waited {waits[-1] * 1000:.0f} ms at most,"
        f" {waits[len(waits) * 99 // 100] * 1000:.1f} ms in 99 of 100 turns"
    )


if __name__ == "__main__":
    main()
