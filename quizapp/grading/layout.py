"""What an attempt fixed when it began: for each slot the revision, the order and the points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class LaidSlot:
    """One slot of an attempt.

    :param order: the order in which options are shown, as `QuestionType.public` takes it.
    """

    revision_id: int
    fact_id: int
    order: tuple[int, ...]
    max_mark: Fraction

    def dump(self) -> list[Any]:
        """Return the JSON-ready list that `load` reads back; short, as every attempt has many."""
        return [self.revision_id, self.fact_id, str(self.max_mark), *self.order]

    @classmethod
    def load(cls, stored: Sequence[Any]) -> LaidSlot:
        """Return the slot that `dump` stored."""
        revision_id, fact_id, max_mark, *order = stored
        return cls(revision_id, fact_id, tuple(order), _points(max_mark))

    @staticmethod
    def revision_of(stored: Sequence[Any]) -> int:
        """Return the revision of the slot that `dump` stored, and read no more of it."""
        return int(stored[0])


@lru_cache(maxsize=256)
def _points(stored: str) -> Fraction:
    return Fraction(stored)


def load_layout(stored: Iterable[Sequence[Any]]) -> tuple[LaidSlot, ...]:
    """Return the slots of a stored layout, in order."""
    return tuple(LaidSlot.load(item) for item in stored)
