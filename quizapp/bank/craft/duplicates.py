"""Finding questions that ask the same in nearly the same words, without comparing all pairs."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from quizapp.bank.craft.rule import Item
from quizapp.bank.craft.wording import content_words, numbers, words

#: The share of content words that two stems have in common, from which they ask the same.
_ALIKE = 0.85


def near_duplicate_stems(items: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Yield the places of two questions of one type that ask the same, the later one first.

    Two stems are alike when their sets of content words have a Jaccard similarity of at
    least 0.85 and they state the same numbers. Each question is paired with the earliest like it.

    Exact, and far below quadratic: two sets that similar share a word among the first few of
    each, the rarest first, so only questions that do are compared.
    Source: Chaudhuri, Ganti & Kaushik (2006), the prefix filter for similarity joins.
    """
    shingles = [_shingles(item) for item in items]
    rarity = Counter(word for found in shingles for word in found)
    buckets: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, found in enumerate(shingles):
        ranked = sorted(found, key=lambda word: (rarity[word], word))
        prefix = ranked[: len(ranked) - math.ceil(_ALIKE * len(ranked)) + 1]
        keys = [(items[place].type, word) for word in prefix]
        candidates = sorted({other for key in keys for other in buckets[key]})
        for other in candidates:
            if _are_alike(found, shingles[other]):
                yield place, other
                break
        for key in keys:
            buckets[key].append(place)


def _shingles(item: Item) -> frozenset[str]:
    found = content_words(item.stem)
    return found or frozenset(item.stem_words)


@dataclass(frozen=True, slots=True)
class StemWords:
    """The words of a stem that carry meaning, and those by which stems like it are found.

    :param prefix: whole numbers of 63 bits, one for each word of the prefix.
    """

    words: frozenset[str]
    prefix: tuple[int, ...]

    @property
    def size(self) -> int:
        return len(self.words)

    def sizes(self) -> tuple[int, int]:
        """Return the least and the largest size of a stem that may be like this one."""
        return math.ceil(_ALIKE * self.size), math.floor(self.size / _ALIKE)

    def is_like(self, other: StemWords) -> bool:
        """Return whether both ask the same, as `near_duplicate_stems` says."""
        return _are_alike(self.words, other.words)


def stem_words(type_name: str, stem: str) -> StemWords:
    """Return what a stem is compared by.

    Two stems of a type that are alike have a word of their prefixes in common: the same filter
    as above, with an order of words that is the same for every question, so that it can be
    stored. The longest words go first, for they are rare.
    """
    found = content_words(stem) or frozenset(words(stem))
    ranked = sorted(found, key=lambda word: (-len(word), word))
    first = ranked[: len(ranked) - math.ceil(_ALIKE * len(ranked)) + 1]
    return StemWords(found, tuple(_hashed(f"{type_name} {word}") for word in first))


def _hashed(text: str) -> int:
    digest = blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shorter, longer = sorted((len(one), len(other)))
    if shorter < _ALIKE * longer:
        return False
    if len(one & other) < _ALIKE * len(one | other):
        return False
    return sorted(numbers(" ".join(one))) == sorted(numbers(" ".join(other)))
