"""What a sitting with flashcards is about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cards are asked: all that wait, unless something else is said.

    :param topic: only facts of the topic with this key.
    :param ahead: also what comes due within so many days after today.
    :param missed: instead, what was missed on the last so many days; 1 is today.
    :param after: of those missed, only misses after the review with this id: what was gone over
        before, as every miss is gone over once.
    """

    topic: str | None = None
    ahead: int = 0
    missed: int = 0
    after: int = 0


EVERYTHING = Scope()
