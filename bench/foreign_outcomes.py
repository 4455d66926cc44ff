"""What became of one foreign file, and how many of its questions fit our types."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.fitted_words import lost_in_fitting
from quizapp.formats.base import Draft, LeftOut
from quizapp.formats.fitting import fit
from quizapp.formats.interchange import Item


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that we read otherwise. :param where: which question. :param what: which field."""

    where: str
    what: str
    ours: str
    reference: str
    reason: str = ""


@dataclass(slots=True)
class Outcome:
    """One file. :param expected: how many questions the reference reads in it.

    :param same: how many we read the same, field by field. :param silent: differences that
        nothing explains; there must be none.
    :param unnamed: what a question of ours has not and does not name; there must be none.
    :param pieces: how many texts, keys, points, pictures and the like were looked for.
    """

    expected: int = 0
    same: int = 0
    changed: list[Difference] = field(default_factory=list)
    refused: list[Difference] = field(default_factory=list)
    silent: list[Difference] = field(default_factory=list)
    crashed: str = ""
    pieces: int = 0
    whole: int = 0
    named: int = 0
    left_out: int = 0
    unnamed: list[Difference] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def fit_into_types(self, found: Iterable[Item | LeftOut]) -> None:
        """Count how many questions our types take, and why not."""
        for one in found:
            if isinstance(one, LeftOut):
                continue
            draft = fit(one)
            if isinstance(draft, Draft):
                where = one.place or f"line {one.line}"
                self.unnamed += [
                    Difference(where, what.partition(":")[0], "lost in our type", what)
                    for what in lost_in_fitting(one, draft)
                ]
            if isinstance(draft, LeftOut):
                self.left_out += 1
                self.reasons[f"left out: {_common(draft.reason)}"] += 1
            elif draft.changes:
                self.named += 1
                self.reasons.update({_common(change) for change in draft.changes})
            else:
                self.whole += 1


#: Reads one file and compares it with what is expected of it (the content of its JSON file).
Comparer = Callable[[Path, Mapping[str, Any]], Outcome]


def _common(sentence: str) -> str:
    """Return a sentence without what it quotes, so that like ones are counted together."""
    return re.sub(r"[−-]?\d[\d.]*", "n", re.sub(r"“[^”]*”", "“…”", sentence))
