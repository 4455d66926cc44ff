"""What a fit learns: nothing is judged by what it had seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quizapp.jobs.fitting import correct_apart
from quizapp.jobs.learning import LEAST_NEW, Parts, learn
from quizapp.memory import latency
from quizapp.memory.fitting import Examples, InForce, fit
from quizapp.memory.history import History
from quizapp.memory.model import DEFAULT_WEIGHTS
from quizapp.memory.recalibration import Recalibration, learnt_from
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import Rating
from quizapp.queries.memory_fits import Ground
from tests.support.forgetful import history, telling

GROUND = Ground("course", MemorySettings(), InForce(), Recalibration())


def _correct(log, in_force, correction, is_timed):
    examples = Examples(log, latency.refined(log.reviews) if is_timed else None)
    start = correction.trials
    predicted = examples.predict(start, len(examples), in_force.weights)
    return learnt_from(correction, predicted, [one.recalled for one in log.trials[start:]])


#: The same work without a process for each part.
HERE = Parts(
    judge=lambda log: latency.choose(Examples(log), Examples(log, latency.refined(log.reviews))),
    fit=lambda log, in_force, is_timed: fit(
        Examples(log, latency.refined(log.reviews) if is_timed else None), in_force
    ),
    correct=_correct,
)


@pytest.fixture(scope="module")
def forgetful():
    return history(reviews=900, seed=1)


def test_a_forgetful_learner_is_fitted(forgetful):
    learnt = learn(forgetful, GROUND, HERE)

    assert learnt.fit is not None
    assert learnt.fit.is_better
    assert learnt.fit.loss_fitted < learnt.fit.loss_in_force
    assert (learnt.reviews, learnt.trials) == (900, len(forgetful.trials))


def test_a_learner_like_the_model_is_not():
    usual = history(reviews=500, seed=4, weights=DEFAULT_WEIGHTS)

    learnt = learn(usual, GROUND, HERE)

    assert learnt.fit is not None
    assert not learnt.fit.is_better


def test_too_little_is_not_fitted():
    log = history(reviews=150, seed=1)

    learnt = learn(log, GROUND, HERE)

    assert learnt.fit is None
    assert learnt.correction == Recalibration()


def test_nothing_new_is_not_judged_again(forgetful):
    trials = len(forgetful.trials)
    held = replace(GROUND, in_force=InForce(DEFAULT_WEIGHTS, trials - LEAST_NEW + 1, trials))

    assert learn(forgetful, held, HERE).fit is None


def test_the_correction_goes_on_from_where_it_was(forgetful):
    part = History(forgetful.reviews[:600])
    first = learn(part, GROUND, HERE).correction

    second = learn(forgetful, replace(GROUND, correction=first), HERE).correction

    assert first.trials == len(part.trials)
    assert second == learn(forgetful, GROUND, HERE).correction


def test_what_the_weights_had_learnt_from_does_not_correct_them(forgetful):
    learned = len(forgetful.trials) - 50
    ground = replace(GROUND, in_force=InForce(DEFAULT_WEIGHTS, learned, learned))

    assert learn(forgetful, ground, HERE).correction == Recalibration()


def test_another_process_corrects_exactly_as_this_one(forgetful):
    assert correct_apart(forgetful, InForce(), Recalibration()) == _correct(
        forgetful, InForce(), Recalibration(), is_timed=False
    )


def test_times_count_where_they_tell_something_and_are_let():
    log = history(reviews=800, seed=2, pace=telling, shades=tuple(Rating)[1:])
    asked = []
    parts = replace(HERE, fit=lambda *_: None, correct=lambda *_: Recalibration())

    def judge(given):
        asked.append(len(given.reviews))
        return latency.Choice(800, 500, 0.4, 0.3)

    parts = replace(parts, judge=judge)
    let = learn(log, GROUND, parts)
    off = replace(GROUND, settings=MemorySettings(use_answer_times=False))
    kept_out = learn(log, off, parts)

    assert (let.is_timed, set(let.quartiles)) == (True, {""})
    assert (kept_out.is_timed, kept_out.quartiles, asked) == (False, {}, [800])


def test_fewer_than_five_hundred_times_are_not_judged():
    log = history(reviews=490, seed=2)
    parts = replace(HERE, fit=lambda *_: None, correct=lambda *_: Recalibration())

    assert learn(log, GROUND, parts).choice is None
