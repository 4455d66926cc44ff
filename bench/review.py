"""How fast a rating is taken, beside a program that does nothing else.

    python -m bench.review --seconds 5 --rounds 5

Both serve POST /review/grade with granian, one worker and one thread, from databases of their
own; they are measured in turns, A B A B, and compared pair by pair, so that what else the
machine does falls on both. Every acknowledged rating must be in the log.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.load import Result, Sender
from bench.stage import SECRET, build, counting

PROGRAMS = {"footnote": ("quizapp.app:create_app", "--factory"), "bare": ("bench.bare:app",)}
CONNECTIONS = (1, 16, 64)
_START_SECONDS = 30.0
_SERVER = (
    *("--interface", "wsgi", "--workers", "1", "--blocking-threads", "1"),
    *("--no-ws", "--log-level", "warning"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return 1 if a rating failed or was lost."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="of each run")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of runs")
    parser.add_argument("--connections", type=int, nargs="+", default=list(CONNECTIONS))
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        return _measure(Path(folder), stack, chosen)


def _measure(folder: Path, stack: ExitStack, chosen: argparse.Namespace) -> int:
    senders, counts = {}, {}
    for name, program in PROGRAMS.items():
        own = folder / name
        own.mkdir()
        browsers = build(own, max(chosen.connections))
        port = stack.enter_context(_serving(program, own))
        senders[name] = Sender(port, browsers, name)
        counts[name] = stack.enter_context(counting(own))
        senders[name].run(1, 0.5)  # warm up
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
    print(f"{connections} connection{'s' if connections > 1 else ''}")
    errors = 0
    for name, runs in results.items():
        times = sorted(latency * 1000 for run in runs for latency in run.latencies)
        errors += sum(run.errors for run in runs)
        rate = statistics.median(run.rate for run in runs)
        p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(f"  {name:9}{rate:8.0f} a second, p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    ours, bare = results["footnote"], results["bare"]
    ratio = statistics.median(a.rate / b.rate for a, b in zip(ours, bare, strict=True))
    print(f"  median of paired ratios {ratio:.2f}, {errors} errors")
    return errors > 0


@contextmanager
def _serving(program: Sequence[str], folder: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    database = folder / "quizapp.sqlite3"
    environment = os.environ | {
        "QUIZAPP_DATA": str(folder),
        "QUIZAPP_DATABASE_URL": f"sqlite:///{database}",
        "QUIZAPP_SECRET_KEY": SECRET,
        "BENCH_DATABASE": str(database),
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *program, "--port", str(port), *_SERVER],
        env=environment,
    )
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _wait(port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"no answer on port {port} after {_START_SECONDS:.0f} seconds")


if __name__ == "__main__":
    sys.exit(main())
