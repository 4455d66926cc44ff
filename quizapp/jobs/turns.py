"""Whose turn it is: kinds of jobs are served in rotation, so that many of one hold up no other."""

from __future__ import annotations

from collections.abc import Sequence


class Turns:
    """What one worker has served; another, or the next, begins with what has waited longest."""

    def __init__(self) -> None:
        self._served: dict[str, int] = {}

    def next_of(self, kinds: Sequence[str]) -> str:
        """Return the kind that was served longest ago; of those never served, the first.

        :param kinds: at least one.
        """
        return min(kinds, key=lambda name: self._served.get(name, 0))

    def note(self, kind: str) -> None:
        """Remember that a kind was served just now."""
        self._served[kind] = max(self._served.values(), default=0) + 1
