"""What a slot draws its questions from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from quizapp.questions.registry import GRADABLE


@dataclass(frozen=True, slots=True)
class Draw:
    """`count` questions of these topics, types and tags; an empty list means any.

    Any type means any that grades itself: what a person has to mark is drawn where it is named.

    :param topics: ids. :param types: names of question types. :param tags: a question needs one.
    """

    count: int
    topics: tuple[int, ...] = ()
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> Draw:
        """Return the draw that `dump` stored."""
        lists = {name: tuple(stored.get(name, ())) for name in ("topics", "types", "tags")}
        return cls(stored["count"], **lists)

    def dump(self) -> dict[str, Any]:
        """Return the JSON-ready mapping that `load` reads back."""
        lists = {"topics": self.topics, "types": self.types, "tags": self.tags}
        return {"count": self.count} | {name: list(some) for name, some in lists.items() if some}

    def takes(self, *, topic_id: int, type_name: str, tags: Collection[str]) -> bool:
        """Return whether a question may be drawn."""
        return (
            (not self.topics or topic_id in self.topics)
            and type_name in (self.types or GRADABLE)
            and (not self.tags or any(tag in self.tags for tag in tags))
        )
