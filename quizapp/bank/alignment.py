"""Which words of a text stand where in its next edition.

Tokens are words and single marks; white space is none, so that a line broken elsewhere changes
nothing. The beginning and the end that both editions share are taken off, and what is left
between them is compared by its longest common runs (Ratcliff and Obershelp, `difflib`).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate

_TOKEN = re.compile(r"\w+|[^\w\s]")
_SENTENCE_END = frozenset(".!?…؟۔。！？")
_CLOSING = frozenset("\"'”’»)]")
#: Comparisons of two tokens that one alignment may cost; a second's worth. What is not compared
#: counts as changed.
_BUDGET = 6_000_000
#: Less of the shorter edition than this stands still: the text was written anew.
_KEPT_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words and marks of a text, and where each begins and ends in it."""

    texts: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def covered(self, start: int, end: int) -> tuple[int, int]:
        """Return the first token that the characters `start`–`end` touch, and one past the last."""
        first = bisect_right(self.ends, start)
        return first, max(first, bisect_left(self.starts, end))


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens `old` to `old + length` stand in the new text from `new` on.

    `is_certain`: nothing but the position could tell them apart, and it does.
    """

    old: int
    new: int
    length: int
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two editions of a text, and the readings of what was changed: each a list of runs.

    There are more readings than one where words were added or removed beside words like them:
    of "that that", nobody can say which one went. `is_moot`: for one word it does not matter.
    """

    old: Tokens
    new: Tokens
    readings: tuple[tuple[Run, ...], ...]
    is_moot: bool = False

    def runs_around(self, first: int, last: int) -> list[Run]:
        """Return the run of each reading that holds the old tokens `first` to `last`, excluded."""
        return [
            run
            for reading in self.readings
            for run in reading
            if run.old <= first < last <= run.old + run.length
        ]

    def run_around(self, first: int, last: int) -> Run | None:
        """Return the run that holds these tokens, if every reading sees them in one place."""
        runs = self.runs_around(first, last)
        is_agreed = len(runs) == len(self.readings) and len({r.new - r.old for r in runs}) == 1
        return runs[0] if runs and (is_agreed or self.is_moot) else None


def is_word(token: str) -> bool:
    """Return whether a token is a word, not a mark."""
    return token[0].isalnum() or token[0] == "_" or len(token) > 1


@lru_cache(maxsize=16)
def tokens(text: str) -> Tokens:
    """Return the tokens of a text. Marks that combine belong to the word that they stand in."""
    spans: list[tuple[int, int]] = []
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        if spans and spans[-1][1] == start and _is_joined(text, start):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return Tokens(
        tuple(text[start:end] for start, end in spans),
        tuple(start for start, _ in spans),
        tuple(end for _, end in spans),
    )


@lru_cache(maxsize=16)
def align(old_text: str, new_text: str) -> Alignment:
    """Return where the tokens of `old_text` stand in `new_text`."""
    old, new = tokens(old_text), tokens(new_text)
    shorter = min(len(old), len(new))
    prefix = _shared(old.texts, new.texts)
    suffix = _shared(old.texts[::-1], new.texts[::-1])
    if prefix + suffix >= shorter:
        readings = tuple(_one_edit(old, new, prefix, suffix))
        return Alignment(old, new, readings, is_moot=abs(len(old) - len(new)) == 1)
    middle = _common_runs(
        old.texts, new.texts, (prefix, len(old) - suffix, prefix, len(new) - suffix)
    )
    kept = prefix + suffix + sum(run.length for run in middle)
    is_certain = kept >= _KEPT_SHARE * shorter
    ends = (
        Run(0, 0, prefix, is_certain),
        Run(len(old) - suffix, len(new) - suffix, suffix, is_certain),
    )
    return Alignment(old, new, ((*ends, *middle),))


def _is_joined(text: str, at: int) -> bool:
    """Return whether the character at `at` goes on with the word before it."""
    return any(unicodedata.category(letter)[0] == "M" for letter in text[at - 1 : at + 1])


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many tokens the two begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _one_edit(old: Tokens, new: Tokens, prefix: int, suffix: int) -> Iterator[tuple[Run, ...]]:
    """Yield the readings of an edit that only added, or only removed, tokens in one place.

    Where it could have been one token further on or back, whole sentences are what people add
    and remove, then words with their marks. Of places as good as each other, the first and the
    last say it all.
    """
    longer, shorter = (old, new) if len(old) > len(new) else (new, old)
    size = len(longer) - len(shorter)
    places = range(len(shorter) - suffix, prefix + 1)
    whole = [at for at in places if _begins(longer, at) and _begins(longer, at + size)]
    spaced = [at for at in places if _is_spaced(longer, at) and _is_spaced(longer, at + size)]
    likely = whole or (spaced if size > 1 else ()) or places
    for at in dict.fromkeys((likely[-1], likely[0])):
        rest = len(shorter) - at
        yield (
            Run(0, 0, at, is_certain=True),
            Run(len(old) - rest, len(new) - rest, rest, is_certain=True),
        )


def _begins(found: Tokens, at: int) -> bool:
    """Return whether a sentence begins with the token at `at`, or the text ends before it."""
    end = at
    while end and found.texts[end - 1] in _CLOSING:
        end -= 1
    return _is_spaced(found, at) and (end == 0 or found.texts[end - 1] in _SENTENCE_END)


def _is_spaced(found: Tokens, at: int) -> bool:
    """Return whether white space, or an end of the text, is before the token at `at`."""
    return at in (0, len(found)) or found.ends[at - 1] < found.starts[at]


def _common_runs(
    old: Sequence[str], new: Sequence[str], bounds: tuple[int, int, int, int]
) -> list[Run]:
    """Return the longest run common to the bounds, and those to both sides of it, and so on."""
    counts = Counter(new)
    costs = list(accumulate((counts[token] + 1 for token in old), initial=0))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    budget, runs, waiting = _BUDGET, [], [bounds]
    while waiting:
        low, high, new_low, new_high = waiting.pop()
        budget -= costs[high] - costs[low]
        if budget < 0:
            break
        at, new_at, size = matcher.find_longest_match(low, high, new_low, new_high)
        if size:
            runs.append(Run(at, new_at, size, is_certain=False))
            waiting.append((low, at, new_low, new_at))
            waiting.append((at + size, high, new_at + size, new_high))
    return runs
