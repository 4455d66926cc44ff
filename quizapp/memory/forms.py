"""Which question about a fact to ask: the form grows with the memory.

Forms are ranked by how much they ask of memory: 1 recognition (choose among what is shown), 2 cued
recall (fill a gap, put in order), 3 free recall (the question alone). Free recall teaches most,
but only what can be recalled at all. So a fact is met by recognition; once its memory lasts some
days a cue has to do, and later the question alone. A course says from how many days on, or that
all forms take turns from the beginning: `FormPolicy`. `choose_form` is all of it in one function.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from quizapp.errors import Invalid, Problem

RECOGNITION, CUED, FREE = 1, 2, 3
RANKS = (RECOGNITION, CUED, FREE)
MAXIMUM_DAYS = 365


@dataclass(frozen=True, slots=True)
class FormPolicy:
    """How the form of questions grows in a course.

    :param cued_from_days: from this stability (whole days) on, a cue is enough; 0 from the second
        meeting on.
    :param free_from_days: from this stability on, the question alone is enough; the same number as
        for a cue leaves the cue out.
    :param is_mixed: all forms take turns whatever the stability; the days mean nothing then.
    :param rotates: questions of one form take turns; otherwise the first is always asked.
    :raises Invalid: with a problem for every value that is wrong.
    """

    cued_from_days: int = 3
    free_from_days: int = 14
    is_mixed: bool = False
    rotates: bool = True

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise Invalid(problems)

    def dump(self) -> dict[str, Any]:
        """Return a JSON-ready mapping that `parse` reads back exactly."""
        return asdict(self)

    @classmethod
    def parse(cls, stored: Mapping[str, Any] | None) -> FormPolicy:
        """Return the policy that `dump` wrote; None is the usual one.

        :raises Invalid: a value is unknown or wrong.
        """
        if stored is None:
            return USUAL
        unknown = stored.keys() - {field.name for field in fields(cls)}
        if unknown:
            raise Invalid([Problem(name, "There is no such setting.") for name in sorted(unknown)])
        return cls(**stored)


def wanted_form(stability: float | None, reps: int, policy: FormPolicy | None = None) -> int:
    """Return the rank of the form that suits a memory where forms grow with it.

    :param stability: days; None for a new fact.
    :param reps: reviews so far.
    """
    policy = policy or USUAL
    if not reps or stability is None:
        return RECOGNITION
    if stability >= policy.free_from_days:
        return FREE
    return CUED if stability >= policy.cued_from_days else RECOGNITION


def form_of(
    stability: float | None, reps: int, ranks: Sequence[int], policy: FormPolicy | None = None
) -> int:
    """Return the rank to ask among those that there are questions of.

    Where forms grow, the nearest easier one stands in for a missing one, then the nearest harder
    one. Where they are mixed they take turns, the easiest first: what was never met is recognised.

    :param ranks: without repeats; at least one.
    """
    policy = policy or USUAL
    there = sorted(ranks)
    if policy.is_mixed:
        return there[reps % len(there)]
    wanted = wanted_form(stability, reps, policy)
    return max((rank for rank in there if rank <= wanted), default=there[0])


def choose_form(
    stability: float | None,
    reps: int,
    available: Mapping[int, Sequence[int]],
    policy: FormPolicy | None = None,
) -> int:
    """Return the id of the question to ask: of the form that `form_of` says, the one whose turn is.

    :param available: question ids by rank of their form, each in an order that stays.
    :param policy: of the course; None is the usual one.
    :raises Invalid: the fact has no question.
    """
    policy = policy or USUAL
    ranks = [rank for rank, ids in available.items() if ids]
    if not ranks:
        raise Invalid([Problem("question", "This fact has no question yet. Write one for it.")])
    ids = available[form_of(stability, reps, ranks, policy)]
    if not policy.rotates:
        return ids[0]
    # Where forms take turns, each is met once in so many reviews.
    turn = reps // len(ranks) if policy.is_mixed else reps
    return ids[turn % len(ids)]


def _problems(policy: FormPolicy) -> Iterator[Problem]:
    for name in ("is_mixed", "rotates"):
        if not isinstance(getattr(policy, name), bool):
            yield Problem(name, "Choose on or off.")
    cued, free = policy.cued_from_days, policy.free_from_days
    wrong = [name for name in ("cued_from_days", "free_from_days") if not _is_days(policy, name)]
    for name in wrong:
        yield Problem(name, f"Enter a whole number of days from 0 to {MAXIMUM_DAYS}.")
    if not wrong and free < cued:
        message = f"Enter {cued} or more: nobody is asked to recall freely before with a cue."
        yield Problem("free_from_days", message)


def _is_days(policy: FormPolicy, name: str) -> bool:
    days = getattr(policy, name)
    return isinstance(days, int) and not isinstance(days, bool) and 0 <= days <= MAXIMUM_DAYS


USUAL = FormPolicy()
