"""Fitting the model to one learner, and deciding by what it had not seen whether that helps.

The library holds the interpreter lock while it learns: call this in a process of its own
(`quizapp/jobs/fitting.py`), never in a request.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import fsrs_rs_python

from quizapp.memory.history import History
from quizapp.memory.measures import losses
from quizapp.memory.model import DEFAULT_WEIGHTS, Weights, recall_after
from quizapp.memory.settings import MAXIMUM_WEIGHT, WEIGHT_COUNT

#: Trials from which on a fit is tried. The library moves all weights from 64 on; what it makes
#: of fewer than this many seldom holds.
MINIMUM_TRIALS = 200
#: A fit is tried again when there are this many times as many trials.
GROWTH = 1.05
#: The library's own default, named here so that the same history gives the same weights for good.
_SEED = 2023
#: Longer series are left out by the library; nobody is asked the same on more days.
_LONGEST_SERIES = 256


@dataclass(frozen=True, slots=True)
class InForce:
    """The weights that a learner's facts are scheduled with.

    :param weights: None for the model's own.
    :param learned_from: how many trials, the oldest, they were learnt from.
    :param tried_at: how many trials there were when a fit was last tried, adopted or not.
    """

    weights: Weights | None = None
    learned_from: int = 0
    tried_at: int = 0


@dataclass(frozen=True, slots=True)
class Fit:
    """What a fit found.

    :param weights: learnt from all trials.
    :param trials: how many those are.
    :param held_out: how many trials the two losses are of: the newer half of those that the
        weights in force had not learnt from.
    :param loss_in_force: mean log loss there of the weights in force.
    :param loss_fitted: the same of weights learnt from nothing but the trials before.
    """

    weights: Weights
    trials: int
    held_out: int
    loss_in_force: float
    loss_fitted: float

    @property
    def is_better(self) -> bool:
        """Whether a fit predicted the held-out trials better, so that it is to be adopted."""
        return self.loss_fitted < self.loss_in_force


class Examples:
    """The trials of a history as the library takes them, ready to learn from and to predict.

    :param ratings: stand in for those of the history, one for each review.
    """

    def __init__(self, history: History, ratings: Sequence[int] | None = None) -> None:
        if ratings is None:
            ratings = [review.rating for review in history.reviews]
        self.history = history
        given = [
            fsrs_rs_python.FSRSReview(rating, elapsed)
            for rating, elapsed in zip(ratings, history.elapsed_days, strict=True)
        ]
        self._items = [
            fsrs_rs_python.FSRSItem([given[at] for at in history.positions(trial)])
            for trial in history.trials
        ]

    def __len__(self) -> int:
        return len(self._items)

    def learn(self, until: int) -> Weights:
        """Return the weights that fit the first `until` trials, later ones counting more.

        The library weighs them by 0.25 + 0.75·x³, x from 0 for the oldest to 1 for the newest.
        The model's own weights are what is left where there is too little to learn from. The
        same trials give the same weights.
        """
        engine = fsrs_rs_python.FSRS(list(DEFAULT_WEIGHTS))
        config = fsrs_rs_python.TrainingConfig(seed=_SEED, max_seq_len=_LONGEST_SERIES)
        learnt = tuple(engine.compute_parameters(self._items[:until], training_config=config))
        return learnt if _is_sound(learnt) else DEFAULT_WEIGHTS

    def predict(self, start: int, stop: int, weights: Weights | None) -> list[float]:
        """Return the chance of recall, 0 to 1, of each of the trials from `start` up to `stop`.

        Each is told from what came before it, and from `weights`.
        """
        weights = weights or DEFAULT_WEIGHTS
        trials = self.history.trials[start:stop]
        # The states along a series that ends with a fact's last trial hold those of its others.
        last = {
            trial.fact: item for trial, item in zip(trials, self._items[start:stop], strict=True)
        }
        engine = fsrs_rs_python.FSRS(list(weights))
        series = engine.historical_memory_state_batch(list(last.values()))
        states = dict(zip(last, series, strict=True))
        return [
            recall_after(trial.elapsed_days, states[trial.fact][trial.rank - 1].stability, weights)
            for trial in trials
        ]

    def loss(self, start: int, stop: int, weights: Weights | None) -> float:
        """Return the summed log loss of what `weights` predict from `start` up to `stop`."""
        recalled = [trial.recalled for trial in self.history.trials[start:stop]]
        return math.fsum(losses(recalled, self.predict(start, stop, weights)))


def is_due(trials: int, in_force: InForce) -> bool:
    """Return whether there is enough, and enough that is new, to try a fit."""
    return trials >= MINIMUM_TRIALS and trials >= GROWTH * in_force.tried_at


def fit(examples: Examples, in_force: InForce, *, until: int | None = None) -> Fit:
    """Return what learning from the first `until` trials (all, if None) gives, and its worth.

    Both sides are judged by the newer half of what the weights in force had not learnt from.
    Neither has seen it: for the judgement, a fit learns only from what came before.

    :raises ValueError: there are too few new trials to hold any out.
    """
    until = len(examples) if until is None else until
    middle = until - (until - in_force.learned_from) // 2
    if not 0 < middle < until:
        raise ValueError(f"Nothing to judge by: {until} trials, {in_force.learned_from} learnt.")
    held_out = until - middle
    return Fit(
        weights=examples.learn(until),
        trials=until,
        held_out=held_out,
        loss_in_force=examples.loss(middle, until, in_force.weights) / held_out,
        loss_fitted=examples.loss(middle, until, examples.learn(middle)) / held_out,
    )


def adopt(in_force: InForce, found: Fit) -> InForce:
    """Return what is in force after a fit: its weights if they are better, else the old ones."""
    if found.is_better:
        return InForce(found.weights, learned_from=found.trials, tried_at=found.trials)
    return InForce(in_force.weights, in_force.learned_from, tried_at=found.trials)


def folds(trials: int, count: int = 5) -> list[tuple[int, int]]:
    """Return where each of `count` equal blocks begins and ends; what is over comes before them.

    As sklearn's TimeSeriesSplit: a block is predicted from all before it, and the trials before
    the first block are only learnt from.

    :raises ValueError: there are not enough trials.
    """
    size = trials // (count + 1)
    if not size:
        raise ValueError(f"{trials} trials cannot be cut into {count + 1} blocks.")
    return [(trials - left * size, trials - (left - 1) * size) for left in range(count, 0, -1)]


def _is_sound(weights: Weights) -> bool:
    return len(weights) == WEIGHT_COUNT and all(0 <= one <= MAXIMUM_WEIGHT for one in weights)
