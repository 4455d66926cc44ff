"""What is learnt of a learner at a fit: each part in a process of its own, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from quizapp.jobs.fitting import correct_apart, fit_apart, judge_times_apart
from quizapp.memory import latency
from quizapp.memory.fitting import MINIMUM_TRIALS, Fit, InForce
from quizapp.memory.history import History
from quizapp.memory.latency import Choice
from quizapp.memory.recalibration import Recalibration
from quizapp.queries.memory_fits import Ground
from quizapp.services.memory_fits import Learnt

#: Fewer new trials than this judge nothing.
LEAST_NEW = 10
#: Of each of the three parts; a job's lease is longer than all of them.
PART_SECONDS = 35.0


@dataclass(frozen=True, slots=True)
class Parts:
    """The three parts of learning; tests that need no process give them as functions."""

    judge: Callable[[History], Choice]
    fit: Callable[[History, InForce, bool], Fit]
    correct: Callable[[History, InForce, Recalibration, bool], Recalibration]


def learn(history: History, ground: Ground, parts: Parts) -> Learnt:
    """Return what a learner's reviews teach, beyond what holds already.

    Everything is judged by what it had not seen: see `memory.fitting`, `memory.latency`. The
    correction goes on from where it was, with what the weights in force, which learnt from no
    later review, say of the trials since.

    :raises FitFailed: a part came to nothing.
    """
    trials, in_force = len(history.trials), ground.in_force
    choice = None
    if ground.settings.use_answer_times and trials >= MINIMUM_TRIALS:
        timed = sum(review.duration_ms > 0 for review in history.reviews)
        choice = parts.judge(history) if timed >= latency.MINIMUM_TIMED else None
    is_timed = choice is not None and choice.is_better
    found = None
    if trials >= MINIMUM_TRIALS and trials - in_force.learned_from >= LEAST_NEW:
        found = parts.fit(history, in_force, is_timed)
    correction = ground.correction
    # What the weights have learnt from cannot judge them: the correction waits for later trials.
    if trials >= MINIMUM_TRIALS and trials > correction.trials >= in_force.learned_from:
        correction = parts.correct(history, in_force, correction, is_timed)
    return Learnt(
        reviews=len(history.reviews),
        trials=trials,
        fit=found,
        choice=choice,
        is_timed=is_timed,
        quartiles=latency.by_kind(history.reviews) if choice else {},
        correction=correction,
    )


APART = Parts(
    judge=lambda history: judge_times_apart(history, timeout_seconds=PART_SECONDS),
    fit=lambda history, in_force, is_timed: fit_apart(
        history, in_force, is_timed=is_timed, timeout_seconds=PART_SECONDS
    ),
    correct=lambda history, in_force, correction, is_timed: correct_apart(
        history, in_force, correction, is_timed=is_timed, timeout_seconds=PART_SECONDS
    ),
)
