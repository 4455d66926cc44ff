"""How fast a rating is taken, beside a program that does nothing else.

    python -m bench.review --database sqlite --seconds 5 --rounds 5

Both serve POST /review/grade with the same server, from databases of their own; they are measured
in turns, A B A B, and compared pair by pair, so that what else the machine does falls on both.
Every acknowledged rating must be in the log. `bench/README.md` says how to read it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.load import Result, Sender
from bench.serve import Place, places, serving
from bench.stage import build, counting

PROGRAMS = {"footnote": ("quizapp.app:create_app", "--factory"), "bare": ("bench.bare:app",)}
CONNECTIONS = (1, 16, 64)
_WARM_UP_SECONDS = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return 1 if a rating failed or was lost."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each run")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of runs")
    parser.add_argument("--connections", type=int, nargs="+", default=list(CONNECTIONS))
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        found = stack.enter_context(places(chosen.database, Path(folder), list(PROGRAMS)))
        return _measure(found, stack, chosen)


def _measure(found: dict[str, Place], stack: ExitStack, chosen: argparse.Namespace) -> int:
    senders, counts = {}, {}
    most = max(chosen.connections)
    for name, place in found.items():
        browsers = build(place.settings, most)
        port = stack.enter_context(serving(PROGRAMS[name], place))
        senders[name] = Sender(port, browsers, name)
        counts[name] = stack.enter_context(counting(place.settings))
        senders[name].run(most, _WARM_UP_SECONDS)
    one = next(iter(found.values()))
    print(f"{chosen.database}, {one.workers} worker(s), {os.cpu_count()} cores")
    failed = False
    for connections in chosen.connections:
        results: dict[str, list[Result]] = {name: [] for name in senders}
        for _ in range(chosen.rounds):
            for name, sender in senders.items():
                results[name].append(sender.run(connections, chosen.seconds))
        failed |= _report(connections, results)
    for name, sender in senders.items():
        rows = counts[name]()
        failed |= rows != sender.acknowledged
        print(f"{name}: {rows} rows in the log, {sender.acknowledged} acknowledged")
    return int(failed)


def _report(connections: int, results: dict[str, list[Result]]) -> bool:
    """Print what one number of connections led to; return whether anything failed."""
    print(f"{connections} connection{'s' if connections > 1 else ''}")
    errors = 0
    for name, runs in results.items():
        times = sorted(latency * 1000 for run in runs for latency in run.latencies)
        errors += sum(run.errors for run in runs)
        if not times:
            print(f"  {name:9} answered nothing")
            return True
        rate = statistics.median(run.rate for run in runs)
        p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(
            f"  {name:9}{rate:8.0f} a second,"
            f" p50 {p50:.1f} ms, p99 {p99:.1f} ms, p99/p50 {p99 / p50:.1f}"
        )
    pairs = zip(results["footnote"], results["bare"], strict=True)
    ratios = sorted(ours.rate / bare.rate for ours, bare in pairs)
    print(
        f"  paired ratios: median {statistics.median(ratios):.2f},"
        f" {ratios[0]:.2f} to {ratios[-1]:.2f}; {errors} errors"
    )
    return errors > 0


if __name__ == "__main__":
    sys.exit(main())
