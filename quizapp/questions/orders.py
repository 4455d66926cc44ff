"""The orders in which the options of a question are shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from quizapp.questions.base import Order
from quizapp.questions.folding import fold


def order_of(count: int, order: Order) -> Sequence[int]:
    """Return `order`, or the order of writing when it is empty.

    :raises ValueError: `order` does not name each of the `count` options once.
    """
    if not order:
        return range(count)
    if sorted(order) != list(range(count)):
        raise ValueError(f"{list(order)} is no order of {count} options")
    return order


def keep_locked(order: Sequence[int], locked: Collection[int]) -> tuple[int, ...]:
    """Return an order in which locked options stand where they were written.

    The others keep the order that they have among themselves.
    """
    free = iter([index for index in order if index not in locked])
    return tuple(place if place in locked else next(free) for place in range(len(order)))


def alphabetical(texts: Sequence[str], order: Order) -> tuple[int, ...]:
    """Return an order that does not tell in which order the texts were written.

    For questions in which the order of writing is, or betrays, the key: they are sorted by
    what they say, and `order` rearranges that.
    """
    base = sorted(range(len(texts)), key=lambda index: (fold(texts[index]), texts[index]))
    return tuple(base[place] for place in order_of(len(texts), order))
