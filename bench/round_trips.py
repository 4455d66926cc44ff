"""Questions made at random, written in every format and read again.

    python -m bench.round_trips --count 2000

A question whose loss is empty has to come back as it was. Ends with 1 if one does not, or if
anything is raised. The last column counts losses that only the comparison found: each is one that
the format could say better.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from random import Random

from bench.made_drafts import make
from quizapp.formats.base import Draft, Format, LeftOut
from quizapp.formats.losses import FOUND_BY_COMPARING, canonical, stand_ins
from quizapp.formats.registry import FORMATS
from quizapp.questions.registry import TYPES


def fault(one: Format, draft: Draft) -> str:
    """Return what is wrong with writing and reading a question again, or ""."""
    loss = one.loss(draft)
    found = one.read(one.write([draft], title="Made", media=stand_ins([draft])).data).found
    if loss.is_left_out:
        return "left out by its loss, and still written" if found else ""
    if len(found) != 1:
        return f"{len(found)} questions came back"
    back = found[0]
    if isinstance(back, LeftOut):
        return "" if loss.what else f"left out: {back.reason}"
    if loss.what:
        return ""
    before, after = canonical(draft), canonical(back)
    names = ("type_name", "raw", "key", "name", "topic", "tags", "mark", "status", "fact")
    different = [name for name in names if getattr(before, name) != getattr(after, name)]
    return f"{', '.join(different)} differ" if different or after.changes else ""


def main() -> int:
    """Print a table by format, and return 1 if a question did not come back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", default="", choices=["", *FORMATS])
    chosen = parser.parse_args()
    print("format         questions    whole  named  left out  faults  found by comparing")
    faults = 0
    for one in FORMATS.values():
        if one.can_read and one.can_write and chosen.format in ("", one.name):
            faults += _walk(one, chosen.count, Random(chosen.seed))  # noqa: S311 - no secret
    return int(faults > 0)


def _walk(one: Format, count: int, random: Random) -> int:
    tally: Counter[str] = Counter()
    for place in range(count):
        draft = make(random, list(TYPES)[place % len(TYPES)])
        loss = one.loss(draft)
        kind = "left out" if loss.is_left_out else "named" if loss.what else "whole"
        tally[kind] += 1
        tally["found"] += not FOUND_BY_COMPARING.isdisjoint(loss.what)
        if wrong := fault(one, draft):
            tally["faults"] += 1
            print(f"  {one.name}: {wrong}: {draft}")
    figures = [tally[name] for name in ("whole", "named", "left out", "faults", "found")]
    print(f"{one.name:14} {count:9}" + "".join(f"{figure:9}" for figure in figures))
    return tally["faults"]


if __name__ == "__main__":
    sys.exit(main())
