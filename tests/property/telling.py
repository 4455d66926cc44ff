"""Running many histories: in the tests always the same ones, on demand others."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import run_state_machine_as_test

from tests.property.histories import Histories
from tests.property.world import World

#: How long a history is at most.
STEPS = 8


def tell(folder: Path, count: int, *, steps: int = STEPS, seed: int | None = None) -> Counter[str]:
    """Tell histories and return what happened in them, by name.

    :param folder: for the database. :param seed: of other histories than always.
    :raises AssertionError: one went wrong; Hypothesis has printed the shortest that does.
    """
    settings = hypothesis.settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=seed is None,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    world = World(folder)

    def machine() -> Histories:
        return Histories(world)

    told: Any = machine if seed is None else hypothesis.seed(seed)(machine)
    try:
        with world.running():
            run_state_machine_as_test(told, settings=settings)
    finally:
        world.close()
    return world.counts


def words(counts: Counter[str]) -> str:
    """Return the figures in a line."""
    main = ("histories", "steps", "requests", "differences")
    rest = ", ".join(f"{name} {counts[name]:,}" for name in sorted(set(counts) - set(main)))
    return ", ".join(f"{counts[name]:,} {name}" for name in main) + f" ({rest})"
