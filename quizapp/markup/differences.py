"""How two texts differ, word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Run:
    """A run of words. `kind`: "same", "gone" (before only) or "new" (after only)."""

    kind: str
    text: str


def word_differences(before: str, after: str) -> tuple[Run, ...]:
    """Return the runs in which two texts agree and differ, what is gone ahead of what is new.

    Those that are "same" or "gone" joined are `before`; "same" or "new", `after`.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    runs: list[Run] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Run("same", "".join(old[i:j])))
            continue
        if j > i:
            runs.append(Run("gone", "".join(old[i:j])))
        if m > k:
            runs.append(Run("new", "".join(new[k:m])))
    return _joined(runs)


def _joined(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return the runs, a space between two changes taken into both: whole phrases read better."""
    found: list[Run] = []
    gone = new = ""
    for place, run in enumerate(runs):
        is_gap = (
            run.kind == "same"
            and not run.text.strip()
            and bool(gone and new)
            and place + 1 < len(runs)
        )
        if run.kind == "gone" or is_gap:
            gone += run.text
        if run.kind == "new" or is_gap:
            new += run.text
        if run.kind == "same" and not is_gap:
            found += _changed(gone, new)
            gone = new = ""
            found.append(run)
    return (*found, *_changed(gone, new))


def _changed(gone: str, new: str) -> list[Run]:
    return [Run(kind, text) for kind, text in (("gone", gone), ("new", new)) if text]
