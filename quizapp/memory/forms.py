"""Which question about a fact to ask: the form grows with the memory.

Forms are ranked by how much they ask of memory: 1 recognition, 2 cued recall, 3 free
recall. Free recall teaches most, but only what can be recalled at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quizapp.errors import Invalid, Problem

RECOGNITION, CUED, FREE = 1, 2, 3
#: From this stability (days) on, a cue is enough.
CUED_FROM_DAYS = 3.0
#: From this stability (days) on, the question alone is enough.
FREE_FROM_DAYS = 14.0


def wanted_form(stability: float | None, reps: int) -> int:
    """Return the rank of the form that suits a memory.

    :param stability: days; None for a new fact.
    :param reps: reviews so far.
    """
    if not reps or stability is None or stability < CUED_FROM_DAYS:
        return RECOGNITION
    return CUED if stability < FREE_FROM_DAYS else FREE


def choose_form(stability: float | None, reps: int, available: Mapping[int, Sequence[int]]) -> int:
    """Return the id of the question to ask.

    The nearest easier form stands in for a missing one, then the nearest harder one.
    Questions of one form take turns.

    :param available: question ids by rank of their form, each in an order that stays.
    :raises Invalid: the fact has no question.
    """
    wanted = wanted_form(stability, reps)
    ranks = [rank for rank, ids in available.items() if ids]
    if not ranks:
        raise Invalid([Problem("question", "This fact has no question yet. Write one for it.")])
    easier = [rank for rank in ranks if rank <= wanted]
    ids = available[max(easier) if easier else min(ranks)]
    return ids[reps % len(ids)]
