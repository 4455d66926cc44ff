"""Whether days between reviews are counted as Anki counts them, in eight zones.

    python -m bench.anki_days --count 2000

Anki runs in each zone, with each of five roll-over hours, now; the review before lies at a random
moment of the last 400 days. Anki divides the seconds up to the next
roll-over by 86,400; days here are those of the zone's calendar. The two may differ only for
reviews within the time that clocks were moved by from a roll-over, on the far side of a change:
those are counted apart. Exits 1 at any other difference.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from time import time
from zoneinfo import ZoneInfo

from bench.anki_package import default_cache, environment, run
from quizapp.memory.days import LearnerClock
from quizapp.memory.model import DEFAULT_WEIGHTS, outcomes
from quizapp.memory.state import MemoryState, Phase, Rating

ZONES = (
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Africa/Cairo",
    "Europe/London",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
)
HOURS = (0, 3, 4, 12, 23)
_DAY = 86_400
_REACH_DAYS = 400
_ANY = datetime(2026, 1, 1, tzinfo=UTC)
#: A deck without steps, as these commands ask Anki to schedule it.
PRESET = {
    "retention": 0.9,
    "weights": list(DEFAULT_WEIGHTS),
    "learning_steps": [],
    "relearning_steps": [],
    "minimum": 1,
    "maximum": 36_500,
    "leech_threshold": 0,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask Anki in every zone, print the figures; return 1 at a difference that nothing explains."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--count", type=int, default=2_000, help="reviews in each zone")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--cache", type=Path, default=default_cache(), help="folder for Anki")
    chosen = parser.parse_args(arguments)
    python = environment(chosen.cache)
    random = Random(chosen.seed)  # noqa: S311
    wrong = 0
    for zone in ZONES:
        counts = Counter[str]()
        moments = [(hour, _moments(random, chosen.count // len(HOURS))) for hour in HOURS]
        # With chance off Anki is in its test mode, which moves its clock at two to four o'clock.
        job = {"zone": zone, "fuzz": True, "presets": [PRESET], "moments": moments}
        for hour, moment, now, stability in run(python, "days", job):
            counts[_verdict(zone, hour, moment, now, _days_behind(stability))] += 1
        wrong += counts["differing"]
        print(
            f"{zone:20} {counts.total():,} reviews: {counts['differing']} differing,"
            f" {counts['moved']} within the hour that clocks were moved by",
            flush=True,
        )
    return int(wrong > 0)


def _moments(random: Random, count: int) -> list[int]:
    now = int(time())
    return [now - random.randrange(_REACH_DAYS * _DAY) for _ in range(count)]


@cache
def _stabilities() -> list[float]:
    """Return what Good makes of Anki's card after 0, 1, 2, … days, as the model has it."""
    known = MemoryState(Phase.REVIEW, None, 90.0, 5.0, _ANY, _ANY, 1, 0)
    return [
        outcomes(known, elapsed_days=days, retention=0.9, weights=None)[Rating.GOOD].stability
        for days in range(_REACH_DAYS + 5)
    ]


def _days_behind(stability: float) -> int:
    """Return the days that explain a stability: the nearest, as no two days give the same."""
    known = _stabilities()
    return min(range(len(known)), key=lambda days: abs(known[days] - stability))


def _verdict(zone: str, hour: int, moment: int, now: int, theirs: int) -> str:
    clock = LearnerClock(zone, hour)
    earlier, later = datetime.fromtimestamp(moment, UTC), datetime.fromtimestamp(now, UTC)
    if clock.days_between(earlier, later) == theirs:
        return "equal"
    moved = abs(_offset(zone, earlier) - _offset(zone, later))
    start = clock.start_of(clock.day_of(earlier))
    end = clock.start_of(clock.day_of(earlier) + timedelta(days=1))
    near = min(earlier - start, end - earlier) <= moved
    return "moved" if moved and near else "differing"


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)


if __name__ == "__main__":
    sys.exit(main())
