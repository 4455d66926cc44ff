"""Kills the server under attempts, at points of chance, and looks for what was acknowledged.

python -m bench.kill --attempts 50
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from random import SystemRandom
from time import monotonic

from tests.durability.killing import kill_under


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill and print the figures; an answer that is lost ends with an error."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--attempts", type=int, default=50, help="open when the server dies")
    parser.add_argument("--seed", type=int, help="of an earlier run; without one, chance")
    chosen = parser.parse_args(arguments)
    seed = SystemRandom().randrange(10**9) if chosen.seed is None else chosen.seed
    print(f"seed {seed}", flush=True)
    began = monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            survived = kill_under(Path(folder), chosen.attempts, seed=seed)
        except AssertionError as error:
            traceback.print_exc()
            print(f"something acknowledged is lost, or is stored twice: {error}")
            return 1
    print(
        f"{survived.kills} kills under {survived.open} open attempts ({survived.attempts} begun),"
        f" {survived.on_the_way} requests on their way;"
        f" {survived.answers:,} acknowledged answers, 0 lost, 0 stored twice"
    )
    print(f"{monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
