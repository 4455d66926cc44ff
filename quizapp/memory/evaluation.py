"""How well a learner's own reviews would have been predicted, with nothing but what came before.

Four ways to predict are compared on the same trials: those of the last five of six blocks in
order of time, as srs-benchmark scores them (its filter of rare first intervals is not applied).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from quizapp.memory import fitting, latency
from quizapp.memory.fitting import Examples, InForce
from quizapp.memory.history import History
from quizapp.memory.measures import Measures, measure
from quizapp.memory.recalibration import Recalibration

#: Blocks of equal size; the first is only learnt from.
BLOCKS = 6
#: Times are judged anew when there are this many times as many trials.
_JUDGE_AGAIN = 1.2


@dataclass(frozen=True, slots=True)
class Predicted:
    """Chances of recall for the scored trials, and what was done to get them.

    :param fits: tried. :param adopted: of them, how many were better.
    :param timed: of the scored trials, how many were predicted with ratings from answer times.
    :param recalibrated: of them, how many with a correction.
    """

    recall: list[float]
    fits: int = 0
    adopted: int = 0
    timed: int = 0
    recalibrated: int = 0


@dataclass(frozen=True, slots=True)
class Scored:
    """How well one way to predict did."""

    name: str
    measures: Measures
    predicted: Predicted


Way = Callable[[History], Predicted]


def scored_from(history: History) -> int:
    """Return which trial is the first to be scored.

    :raises ValueError: there are fewer trials than blocks.
    """
    return fitting.folds(len(history.trials), BLOCKS - 1)[0][0]


def score(history: History, name: str) -> Scored:
    """Return how well a way to predict does on a history.

    :param name: a key of `WAYS`.
    :raises ValueError: there are fewer trials than blocks.
    """
    predicted = WAYS[name](history)
    trials = history.trials[scored_from(history) :]
    return Scored(name, measure(trials, predicted.recall), predicted)


def with_defaults(history: History) -> Predicted:
    """Return what the model says without any fitting."""
    examples = Examples(history)
    return Predicted(examples.predict(scored_from(history), len(examples), None))


def fitted_in_blocks(history: History) -> Predicted:
    """Return what it says when each block is predicted by a fit to all before it."""
    examples = Examples(history)
    recall = []
    blocks = fitting.folds(len(examples), BLOCKS - 1)
    for start, stop in blocks:
        recall += examples.predict(start, stop, examples.learn(start))
    return Predicted(recall, fits=len(blocks), adopted=len(blocks))


def refitted(history: History) -> Predicted:
    """Return what it says when a fit is tried at every growth, and adopted if it is better."""
    course = _Course([Examples(history)])
    first = scored_from(history)
    recall = [
        chance
        for start, stop in course.spans()
        for chance in course.predict(start, stop)[max(0, first - start) :]
    ]
    return Predicted(recall, fits=course.fits, adopted=course.adopted)


def full_stack(history: History) -> Predicted:
    """Return what it says when refitted, with answer times and a correction where they help."""
    timed = Examples(history, latency.refined(history.reviews))
    course = _Course([Examples(history), timed])
    first = scored_from(history)
    recall: list[float] = []
    times_used = corrected = 0
    correction = Recalibration()
    for start, stop in course.spans():
        for at, chance in enumerate(course.predict(start, stop), start):
            if at >= first:
                recall.append(correction.recall(chance))
                times_used += course.examples is timed
                corrected += correction.is_adopted
            correction = correction.after(chance, history.trials[at].recalled)
    return Predicted(recall, course.fits, course.adopted, times_used, corrected)


WAYS: dict[str, Way] = {
    "defaults": with_defaults,
    "fitted, 5 blocks": fitted_in_blocks,
    "refitted at +5 %": refitted,
    "full stack": full_stack,
}


@dataclass(slots=True)
class _Course:
    """One learner's time with the product: fits are tried as trials come in.

    :param versions: the history with its ratings as given, and, if times may count, with them.
    """

    versions: Sequence[Examples]
    in_force: InForce = field(default_factory=InForce)
    fits: int = 0
    adopted: int = 0
    judged_at: int = 0
    examples: Examples = field(init=False)

    def __post_init__(self) -> None:
        self.examples = self.versions[0]

    def spans(self) -> Iterator[tuple[int, int]]:
        """Give all trials in stretches of one state: it is changed between two of them."""
        trials, start = len(self.examples), 0
        while start < trials:
            if fitting.is_due(start, self.in_force):
                self._judge_times(start)
                self._fit(start)
            # The least number at which the next fit is due.
            stop = max(start + 1, fitting.MINIMUM_TRIALS)
            while stop < trials and not fitting.is_due(stop, self.in_force):
                stop += 1
            yield start, min(stop, trials)
            start = stop

    def predict(self, start: int, stop: int) -> list[float]:
        return self.examples.predict(start, stop, self.in_force.weights)

    def _fit(self, until: int) -> None:
        found = fitting.fit(self.examples, self.in_force, until=until)
        self.in_force = fitting.adopt(self.in_force, found)
        self.fits += 1
        self.adopted += found.is_better

    def _judge_times(self, until: int) -> None:
        if len(self.versions) < 2 or until < _JUDGE_AGAIN * self.judged_at:
            return
        choice = latency.choose(*self.versions, until=until)
        if choice.trials:
            self.judged_at = until
        chosen = self.versions[choice.is_better]
        if chosen is not self.examples:
            # Weights learnt from other ratings mean nothing for these.
            self.examples, self.in_force = chosen, InForce(tried_at=self.in_force.tried_at)
