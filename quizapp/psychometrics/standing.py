"""How a question stands over all its uses: what lists of questions say in one word."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from quizapp.psychometrics.flags import Flag
from quizapp.psychometrics.intervals import ENOUGH

#: Each flag as a bit of a number that is stored: what is here never changes, new ones follow.
BITS: Mapping[Flag, int] = MappingProxyType(
    {
        Flag.KEY_SUSPECT: 1,
        Flag.TWO_KEYS: 2,
        Flag.NEGATIVE: 4,
        Flag.ATTRACTIVE: 8,
        Flag.TOO_HARD: 16,
        Flag.LOW: 32,
        Flag.DUBIOUS: 64,
        Flag.TOO_EASY: 128,
        Flag.DEAD: 256,
    }
)


class Standing(IntEnum):
    """What is known of a question as it is asked now."""

    NEVER = 0  # nobody was asked it in a quiz yet
    FEW = 1  # too few answers in any one quiz to say anything
    FINE = 2
    FAILS = 3


@dataclass(frozen=True, slots=True)
class UseFigures:
    """One revision in one quiz. :param flags: a sum of `BITS`.

    :param marks, most: what was earned and could be, in one unit.
    """

    n: int
    marks: int
    most: int
    discrimination: float | None
    flags: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Overall:
    """A question over all its uses.

    :param facility: mean share of its points; None below `ENOUGH` answers.
    :param discrimination: correlation with the rest, −1 to 1: the mean over quizzes and
        revisions by Fisher's z, as far as each can say; None where none can.
    :param flags: a sum of `BITS`, of the revision that is asked now.
    """

    answers: int
    facility: float | None
    discrimination: float | None
    standing: Standing
    flags: int


def bits(flags: Iterable[Flag]) -> int:
    """Return flags as one number."""
    return sum({BITS[flag] for flag in flags})


def flags_in(number: int) -> tuple[Flag, ...]:
    """Return the flags of a number, the worst first."""
    return tuple(flag for flag in Flag if number & BITS[flag])


def overall(uses: Sequence[UseFigures]) -> Overall:
    """Return how a question stands; figures are of all its revisions, flags of the present one.

    What an older revision was flagged for may have been mended by the edit that followed.
    """
    answers, most = sum(use.n for use in uses), sum(use.most for use in uses)
    now = [use for use in uses if use.is_current and use.n >= ENOUGH]
    flags = 0
    for use in now:
        flags |= use.flags
    standing = Standing.FEW if answers else Standing.NEVER
    if now:
        standing = Standing.FAILS if flags else Standing.FINE
    mean, _ = mean_correlation((use.discrimination, use.n) for use in uses)
    return Overall(
        answers,
        sum(use.marks for use in uses) / most if answers >= ENOUGH and most else None,
        mean,
        standing,
        flags,
    )


def mean_correlation(known: Iterable[tuple[float | None, int]]) -> tuple[float | None, int]:
    """Return the mean of correlations by Fisher's z, each by its answers, and what it weighs.

    :param known: each with the number of answers; what has fewer than `ENOUGH` says nothing.
    """
    weighted = [
        (n - 3, math.atanh(min(max(r, -0.999_999), 0.999_999)))
        for r, n in known
        if r is not None and n >= ENOUGH
    ]
    sure = sum(weight for weight, _ in weighted)
    # Rounded once, so that the order in which the uses are read does not matter.
    mean = math.tanh(math.fsum(weight * z for weight, z in weighted) / sure) if sure else None
    return mean, sure
