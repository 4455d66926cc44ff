"""What a response tells about a memory: a rating, and how sure it is that the learner knew.

The learner need not grade: the rating follows from the response. A right choice may have been a
guess. By Bayes, with chance of recall R and a chance g of being right without knowing,

    P(knew | right) = R / (R + (1 − R) · g)

so that a choice counts as known with that weight and as missed with the rest: the stability
after it is the geometric mean of the two, the difficulty their mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from quizapp.memory.latency import Quartiles, refine
from quizapp.memory.model import Outcome, kept, single
from quizapp.memory.state import Rating

#: Chance of recall where nothing is known of it: a fact never met.
UNKNOWN_RECALL = 0.5
#: A right choice of what was surely forgotten still says a little.
_LEAST_KNOWN = 0.01


class Came(StrEnum):
    """What came of asking. "Not sure" is offered beside the options, so that nobody must guess."""

    WRONG = "wrong"
    SKIPPED = "skipped"
    TIMED_OUT = "timed_out"
    NOT_SURE = "not_sure"
    PARTLY = "partly"
    SLIP = "slip"
    RIGHT = "right"


_MISSED = frozenset({Came.WRONG, Came.SKIPPED, Came.TIMED_OUT, Came.NOT_SURE})


@dataclass(frozen=True, slots=True)
class Reply:
    """A response as far as the memory cares.

    :param guess: chance, 0 to 1, of being right without knowing; 0 for what is typed.
    :param is_hinted: a hint was looked at first.
    :raises ValueError: `guess` is not a chance below 1.
    """

    came: Came
    guess: float = 0.0
    is_hinted: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.guess < 1:
            raise ValueError(f"A chance of guessing is from 0 to below 1, not {self.guess}.")


@dataclass(frozen=True, slots=True)
class Credit:
    """What the memory takes from a response.

    :param known: above 0 up to 1: how likely the learner knew; 1 unless it may be a guess. It
        is stored with the review, so that a replay does not work it out anew.
    """

    rating: Rating
    known: float = 1.0


def credit_for(
    reply: Reply,
    *,
    recall: float | None,
    duration_ms: int = 0,
    quartiles: Quartiles | None = None,
) -> Credit:
    """Return the rating of a response and how far it is to be believed.

    Missed, skipped, out of time and "not sure" are Again. Right is Good; partly right, or with
    a hint, Hard; a slip of spelling at most Good. Where the learner's times count, a slow
    response is Hard and a quick one Easy, but no choice, slip or hinted response is.

    :param recall: chance of recall before the response; None for a fact never met.
    :param quartiles: of the learner's times for this kind of question; None if times do not count.
    :raises ValueError: `recall` is not a chance.
    """
    if reply.came in _MISSED:
        return Credit(Rating.AGAIN)
    known = knew(UNKNOWN_RECALL if recall is None else recall, reply.guess)
    if reply.is_hinted or reply.came is Came.PARTLY:
        return Credit(Rating.HARD, known)
    rating = refine(Rating.GOOD, duration_ms, quartiles)
    if reply.guess or reply.came is Came.SLIP:
        rating = min(rating, Rating.GOOD)
    return Credit(rating, known)


def knew(recall: float, guess: float) -> float:
    """Return the chance that somebody who was right knew; never quite 0, for they were right.

    :param recall: chance of recall before. :param guess: chance of being right without it.
    :raises ValueError: one of them is not a chance.
    """
    if not (0 <= recall <= 1 and 0 <= guess < 1):
        raise ValueError(f"Chances are from 0 to 1: {recall}, {guess}.")
    if not guess:
        return 1.0
    return max(recall / (recall + (1 - recall) * guess), _LEAST_KNOWN)


def discounted(met: Outcome, missed: Outcome, known: float) -> Outcome:
    """Return what is made of a memory whose learner knew with chance `known`, else guessed.

    Stability, and with it the interval, which is in proportion, is the geometric mean of both
    outcomes; difficulty the mean. Where the learner surely knew it is `met`, exactly.

    It is for every rating but Again, all by the same `known`, before steps, order and limits are
    applied: these keep Good above Hard, and would undo a discount of Good alone.

    :param met: the outcome of the rating. :param missed: the outcome of Again.
    :raises ValueError: `known` is not above 0 and at most 1.
    """
    if not 0 < known <= 1:
        raise ValueError(f"A chance of having known is above 0 and at most 1, not {known}.")
    if known == 1:
        return met
    return kept(
        stability=_geometric(met.stability, missed.stability, known),
        difficulty=known * met.difficulty + (1 - known) * missed.difficulty,
        interval=_geometric(met.interval, missed.interval, known),
    )


def _geometric(met: float, missed: float, known: float) -> float:
    # Powers may differ in their last bit between machines; a replay must not.
    return single(math.pow(met, known) * math.pow(missed, 1 - known))
