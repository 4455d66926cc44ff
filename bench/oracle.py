"""Whether the scheduler does what Anki does, answer by answer, on random histories.

    python -m bench.oracle --count 10000            # every interval offered, chance off
    python -m bench.oracle --count 2000 --fuzz      # within the bounds of Anki's chance
    python -m bench.oracle --count 60 --write FILE  # and keep what Anki said, for the tests

Anki's package (AGPL) is installed into an environment of its own under the cache folder and runs in
a process of its own (`bench/anki_side.py`); nothing of it is imported here. Histories are random
but for the seed: with and without steps, retention 0.8, 0.9 and 0.95, other weights, limits, gaps
on the day, too early, on time and long overdue. Exits 1 if one interval differs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from threading import Lock
from time import monotonic

from bench.anki_package import VERSION, default_cache, environment, run
from bench.oracle_compare import Report, compare
from bench.oracle_histories import History, Preset, make_history, presets

_REPORTING = Lock()
#: Few histories are to have settings of every kind, too.
_STRIDE = 7


def main(arguments: Sequence[str] | None = None) -> int:
    """Make histories, put them through both, print the figures; return 1 if one differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--count", type=int, default=10_000, help="histories")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--steps", action=argparse.BooleanOptionalAction, help="only with, without")
    parser.add_argument("--fuzz", action="store_true", help="compare with the bounds of chance")
    parser.add_argument("--processes", type=int, default=1, help="of Anki, at the same time")
    parser.add_argument("--write", type=Path, help="keep the histories with Anki's figures")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="folder for Anki")
    chosen = parser.parse_args(arguments)
    python = environment(chosen.cache)
    kinds = presets(steps=chosen.steps, fuzz=chosen.fuzz)
    random = Random(chosen.seed)  # noqa: S311
    began = monotonic()
    histories = [
        make_history(random, number=number, preset=number * _STRIDE % len(kinds), presets=kinds)
        for number in range(chosen.count)
    ]
    ours = monotonic() - began
    report = Report(fuzz=chosen.fuzz)
    run_one = partial(_compare, python, kinds=kinds, report=report)
    parts = [histories[part :: chosen.processes] for part in range(chosen.processes)]
    with ThreadPoolExecutor(chosen.processes) as pool:
        list(pool.map(run_one, parts))
    report.print()
    if chosen.write:
        report.write(chosen.write)
    there = monotonic() - began - ours
    print(f"seed {chosen.seed}; {ours:.0f} s here, {there:.0f} s in Anki {VERSION}")
    return int(report.differs)


def _compare(
    python: Path, histories: list[History], *, kinds: list[Preset], report: Report
) -> None:
    job = {
        "fuzz": report.fuzz,
        "presets": [kind.job for kind in kinds],
        "histories": [history.job(fuzz=report.fuzz) for history in histories],
    }
    for history, theirs in zip(histories, run(python, "replay", job), strict=True):
        with _REPORTING:
            compare(history, theirs, kinds[history.preset], report)


if __name__ == "__main__":
    sys.exit(main())
