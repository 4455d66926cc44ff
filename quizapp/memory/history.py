"""A learner's reviews as the model reads them: what came, and after how many days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quizapp.memory.state import Rating


@dataclass(frozen=True, slots=True)
class PastReview:
    """One rating of one fact.

    :param day: the learner's day that it fell on, counted from any fixed day.
    :param duration_ms: shown to rated; 0 if nobody measured.
    :param kind: of question; answer times are compared within a kind only.
    :raises ValueError: there is no such rating, or the time is negative.
    """

    fact: int
    day: int
    rating: int
    duration_ms: int = 0
    kind: str = ""

    def __post_init__(self) -> None:
        # The library takes 0 and 5 in silence and learns nonsense from them.
        if not Rating.AGAIN <= self.rating <= Rating.EASY:
            raise ValueError(f"A rating is from 1 to 4, not {self.rating}.")
        if self.duration_ms < 0:
            raise ValueError(f"A duration cannot be negative: {self.duration_ms}.")


@dataclass(frozen=True, slots=True)
class Trial:
    """One review that a prediction is scored by: its fact was last asked on an earlier day.

    Reviews of the same day shape the memory and are not scored, nor is the first of a fact.
    Review count and lapses are as srs-benchmark counts them (`features/base.py`).

    :param position: of the review in the history. :param rank: among the reviews on its fact, 0 up.
    :param elapsed_days: whole days of the learner since the fact was last asked; 1 or more.
    :param count: days on which the fact was asked so far, this one included; 2 or more.
    :param lapses: of the earlier trials, how many were failed.
    """

    position: int
    fact: int
    rank: int
    elapsed_days: int
    count: int
    lapses: int
    recalled: bool


class History:
    """The reviews of one learner in order of time, and the trials among them."""

    def __init__(self, reviews: Iterable[PastReview]) -> None:
        self.reviews = tuple(reviews)
        self._by_fact: dict[int, list[int]] = {}
        #: For each review, whole days since its fact was last asked; 0 for the first.
        self.elapsed_days: list[int] = []
        self.trials: list[Trial] = []
        seen: dict[int, tuple[int, int]] = {}
        for position, review in enumerate(self.reviews):
            self._add(position, review, seen)

    def positions(self, trial: Trial) -> Sequence[int]:
        """Return where the reviews on the trial's fact are, up to and with the trial itself."""
        return self._by_fact[trial.fact][: trial.rank + 1]

    def _add(self, position: int, review: PastReview, seen: dict[int, tuple[int, int]]) -> None:
        own = self._by_fact.setdefault(review.fact, [])
        # A clock put back counts as the same day, as it does for the scheduler.
        elapsed = max(0, review.day - self.reviews[own[-1]].day) if own else 0
        rank = len(own)
        own.append(position)
        self.elapsed_days.append(elapsed)
        if not elapsed:
            return
        count, lapses = seen.get(review.fact, (1, 0))
        count += 1
        recalled = review.rating > Rating.AGAIN
        trial = Trial(position, review.fact, rank, elapsed, count, lapses, recalled)
        self.trials.append(trial)
        seen[review.fact] = (count, lapses + (not recalled))
