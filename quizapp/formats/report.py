"""What became of a file: counts of what was kept, changed and left out, each with examples."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

#: So many of each are shown; the rest are only counted.
EXAMPLES = 3
_LONGEST = 160
#: What no text may hold that is stored or shown.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Part(StrEnum):
    """What became of something. SAME, DIFFERS and UNKNOWN are said of what was compared."""

    KEPT = "kept"
    CHANGED = "changed"
    LEFT_OUT = "left_out"
    SAME = "same"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the report: what, how many, and the first of them."""

    what: str
    count: int
    examples: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """Counts while a file is read; `dump` and `load` keep it between batches."""

    parts: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def add(self, part: Part, what: str, count: int = 1, example: str = "") -> None:
        """Count something; nothing is noted of none.

        :param what: in plain words, in the plural. :param example: one of them.
        """
        if not count:
            return
        entry = self.parts.setdefault(part.value, {}).setdefault(what, {"count": 0, "examples": []})
        entry["count"] += count
        if example and len(entry["examples"]) < EXAMPLES:
            shown = " ".join(UNPRINTABLE.sub(" ", example).split())
            entry["examples"].append(shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…")

    def lines(self, part: Part) -> tuple[Line, ...]:
        """Return the rows of a part in the order in which they came up."""
        return tuple(
            Line(what, entry["count"], tuple(entry["examples"]))
            for what, entry in self.parts.get(part.value, {}).items()
        )

    def total(self, part: Part) -> int:
        return sum(line.count for line in self.lines(part))

    def dump(self) -> dict[str, Any]:
        return {"parts": self.parts}

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> Tally:
        """Return the tally that `dump` gave; of {} an empty one."""
        return cls(
            {
                part: {
                    what: {"count": entry["count"], "examples": list(entry["examples"])}
                    for what, entry in rows.items()
                }
                for part, rows in stored.get("parts", {}).items()
            }
        )
