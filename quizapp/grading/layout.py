"""What an attempt fixed when it began: for each slot the revision, the order and the points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
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

    def dump(self) -> dict[str, Any]:
        """Return the JSON-ready mapping that `load` reads back."""
        return {
            "revision": self.revision_id,
            "fact": self.fact_id,
            "order": list(self.order),
            "max_mark": f"{self.max_mark.numerator}/{self.max_mark.denominator}",
        }

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> LaidSlot:
        """Return the slot that `dump` stored."""
        return cls(
            revision_id=stored["revision"],
            fact_id=stored["fact"],
            order=tuple(stored["order"]),
            max_mark=Fraction(stored["max_mark"]),
        )


def load_layout(stored: Iterable[Mapping[str, Any]]) -> tuple[LaidSlot, ...]:
    """Return the slots of a stored layout, in order."""
    return tuple(LaidSlot.load(item) for item in stored)
