"""What the time taken tells about a right response: slow is Hard, quick is Easy.

Quick and slow are the learner's own: the quartiles of the times of right responses to the same
kind of question. For some learners this predicts better than their own Hard and Easy, for
others worse (answers given while walking, a shared screen), so past data decide for each.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quizapp.memory.fitting import Examples, folds
from quizapp.memory.history import History, PastReview
from quizapp.memory.state import Rating

#: Fewer timed reviews than this decide nothing.
MINIMUM_TIMED = 500
#: Right responses to a kind of question from which on its quartiles are used.
MINIMUM_OF_KIND = 50
#: By how much the summed log loss must fall: odds of 20 to 1 for the times, ln 20.
_LEAST_GAIN = math.log(20)


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Of a learner's times, in ms, for right responses to one kind of question.

    :raises ValueError: they are not in order, or negative.
    """

    quick: int
    slow: int

    def __post_init__(self) -> None:
        if not 0 <= self.quick <= self.slow:
            raise ValueError(f"Quartiles out of order: {self.quick}, {self.slow}.")


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether times are to be used, and why.

    :param reviews: timed ones that there are.
    :param trials: held-out trials that both losses are of; 0 if there was too little to judge.
    :param loss_given: mean log loss with the ratings as given. :param loss_timed: with the times.
    """

    reviews: int
    trials: int
    loss_given: float
    loss_timed: float

    @property
    def is_better(self) -> bool:
        """Whether the times predicted better, by more than chance easily makes."""
        return (self.loss_given - self.loss_timed) * self.trials > _LEAST_GAIN


def refine(rating: Rating, duration_ms: int, quartiles: Quartiles | None) -> Rating:
    """Return the rating that the time makes of a response; a missed one stays missed.

    It takes the place of a Hard or Easy that the learner chose.

    :param duration_ms: 0 if nobody measured; then, as without quartiles, the rating stays.
    """
    if rating is Rating.AGAIN or quartiles is None or duration_ms <= 0:
        return rating
    if duration_ms > quartiles.slow:
        return Rating.HARD
    return Rating.EASY if duration_ms < quartiles.quick else Rating.GOOD


def quartiles(times: Sequence[int]) -> Quartiles | None:
    """Return the quartiles of times in rising order; None while there are too few."""
    if len(times) < MINIMUM_OF_KIND:
        return None
    return Quartiles(times[len(times) // 4], times[len(times) * 3 // 4])


def by_kind(reviews: Iterable[PastReview]) -> dict[str, Quartiles]:
    """Return the quartiles of each kind that has enough times, to be kept until the next fit."""
    times: dict[str, list[int]] = {}
    for review in reviews:
        if _counts(review):
            times.setdefault(review.kind, []).append(review.duration_ms)
    found = {kind: quartiles(sorted(own)) for kind, own in times.items()}
    return {kind: one for kind, one in found.items() if one is not None}


def refined(reviews: Iterable[PastReview]) -> list[int]:
    """Return the rating of each review as its time makes it, by what was known before it."""
    times: dict[str, list[int]] = {}
    ratings = []
    for review in reviews:
        own = times.setdefault(review.kind, [])
        rating = refine(Rating(review.rating), review.duration_ms, quartiles(own))
        ratings.append(int(rating))
        if _counts(review):
            insort(own, review.duration_ms)
    return ratings


def choose(given: Examples, timed: Examples, *, until: int | None = None) -> Choice:
    """Return whether the times predict better, by the first `until` trials (all, if None).

    Five times a block is predicted from all before it, with either set of ratings.

    :param given: the history as it is. :param timed: the same with the ratings of `refined`.
    """
    until = len(given) if until is None else until
    reviews = _timed(given.history, until)
    if reviews < MINIMUM_TIMED or until < 6:
        return Choice(reviews, 0, 0.0, 0.0)
    blocks = folds(until)
    trials = until - blocks[0][0]
    losses = [
        math.fsum(one.loss(start, stop, one.learn(start)) for start, stop in blocks) / trials
        for one in (given, timed)
    ]
    return Choice(reviews, trials, *losses)


def _counts(review: PastReview) -> bool:
    return review.rating > Rating.AGAIN and review.duration_ms > 0


def _timed(history: History, until: int) -> int:
    if not until:
        return 0
    last = history.trials[until - 1].position
    return sum(review.duration_ms > 0 for review in history.reviews[: last + 1])
