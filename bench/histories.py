"""Random histories of quiz attempts, others than the tests tell.

    python -m bench.histories --count 50000 --processes 2

The same machine as in `tests/property`: the real pages, a clock that jumps, an instructor who
edits. A history that goes wrong is printed in its shortest form, with the seed that finds it again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import SystemRandom
from time import monotonic

from tests.property.telling import STEPS, tell, words

#: Hypothesis keeps what it has tried: many small runs need less than a large one.
_CHUNK = 1_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell histories and print the figures; return 1 if one went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--steps", type=int, default=STEPS, help="of a history, at most")
    parser.add_argument("--seed", type=int, help="of an earlier run; without one, chance")
    parser.add_argument("--processes", type=int, default=1)
    chosen = parser.parse_args(arguments)
    seed = SystemRandom().randrange(10**9) if chosen.seed is None else chosen.seed
    print(f"seed {seed}, at most {chosen.steps} steps", flush=True)
    began, counts, wrong = monotonic(), Counter[str](), 0
    sizes = [min(_CHUNK, chosen.count - done) for done in range(0, chosen.count, _CHUNK)]
    with ProcessPoolExecutor(chosen.processes, get_context("spawn")) as pool:
        seeds = range(seed, seed + len(sizes))
        for found, problem in pool.map(_tell, sizes, seeds, [chosen.steps] * len(sizes)):
            counts += found
            wrong += bool(problem)
            print(problem or f"{counts['histories']:,} histories", flush=True)
    print(words(counts))
    print(f"{monotonic() - began:.0f} s; {wrong} of {len(sizes)} runs went wrong")
    return int(wrong > 0)


def _tell(count: int, seed: int, steps: int) -> tuple[Counter[str], str]:
    """Return what happened, and what went wrong, with the seed."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return tell(Path(folder), count, steps=steps, seed=seed), ""
        except Exception:  # noqa: BLE001  (whatever it is, the other runs go on)
            return Counter(), f"seed {seed}:\n{traceback.format_exc()}"


if __name__ == "__main__":
    sys.exit(main())
