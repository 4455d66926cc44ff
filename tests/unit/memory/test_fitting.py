"""Fitting the model to a learner, and adopting it only if it predicts better."""

from datetime import UTC, datetime

import pytest

from quizapp.memory import fitting
from quizapp.memory.fitting import Examples, Fit, InForce, adopt, fit, folds, is_due
from quizapp.memory.history import History, PastReview
from quizapp.memory.model import DEFAULT_WEIGHTS, outcomes, recall_after
from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating
from tests.support.forgetful import FORGETFUL, history


@pytest.fixture(scope="module")
def forgetful():
    return Examples(history(reviews=8_000, seed=1))


def test_a_fit_to_a_learner_who_forgets_faster_predicts_better_and_is_adopted(forgetful):
    found = fit(forgetful, InForce())

    assert found.is_better
    assert found.loss_fitted < found.loss_in_force - 0.005
    assert found.held_out == len(forgetful) // 2
    assert adopt(InForce(), found) == InForce(found.weights, len(forgetful), len(forgetful))


def test_the_same_history_gives_the_same_fit(forgetful):
    again = Examples(History(forgetful.history.reviews))

    assert fit(again, InForce()) == fit(forgetful, InForce())


def test_a_learner_who_is_as_the_model_says_keeps_its_own_weights():
    usual = Examples(history(reviews=2_500, seed=0, weights=DEFAULT_WEIGHTS))

    found = fit(usual, InForce())

    assert not found.is_better
    assert adopt(InForce(), found) == InForce(None, 0, tried_at=len(usual))


def test_what_is_held_out_is_the_newer_half_of_what_the_weights_in_force_have_not_seen(forgetful):
    seen = len(forgetful) - 100
    in_force = InForce(forgetful.learn(seen), learned_from=seen, tried_at=seen)

    found = fit(forgetful, in_force)

    middle = len(forgetful) - 50
    assert found.held_out == 50
    assert found.loss_in_force == forgetful.loss(middle, middle + 50, in_force.weights) / 50
    assert found.loss_fitted == (forgetful.loss(middle, middle + 50, forgetful.learn(middle)) / 50)


def test_the_judgement_does_not_depend_on_anything_that_came_later(forgetful):
    half = len(forgetful) // 2
    reviews = forgetful.history.reviews[: forgetful.history.trials[half - 1].position + 1]

    assert fit(forgetful, InForce(), until=half) == fit(Examples(History(reviews)), InForce())


def test_a_prediction_is_what_the_scheduler_would_have_said():
    reviews = [(0, 3), (0, 1), (2, 3), (9, 2), (30, 4), (41, 1), (43, 3)]
    examples = Examples(History(PastReview(7, day, rating) for day, rating in reviews))
    state, last, expected = NEW_STATE, 0, []
    for day, rating in reviews:
        if day > last:
            expected.append(recall_after(day - last, state.stability, None))
        after = outcomes(state, elapsed_days=day - last, retention=0.9, weights=None)
        made = after[Rating(rating)]
        state, last = _met(made.stability, made.difficulty), day

    # What is kept of a memory has four decimals; what is trained on has all.
    assert examples.predict(0, 5, None) == pytest.approx(expected, rel=5e-5)
    assert examples.predict(3, 5, None) == pytest.approx(expected[3:], rel=5e-5)


def test_too_little_to_learn_from_gives_the_models_own_weights():
    examples = Examples(History(PastReview(fact, day, 3) for day in (0, 2) for fact in range(5)))

    assert examples.learn(5) == DEFAULT_WEIGHTS


def test_learning_from_the_newest_counts_most():
    early = history(reviews=1_500, seed=5, weights=FORGETFUL).reviews
    offset = early[-1].day + 1
    late = [
        PastReview(one.fact + 100_000, one.day + offset, one.rating)
        for one in history(reviews=1_500, seed=6, weights=DEFAULT_WEIGHTS).reviews
    ]

    improving = Examples(History([*early, *late]))
    shifted = [PastReview(one.fact, one.day + late[-1].day + 1, one.rating) for one in early]
    declining = Examples(History([*late, *shifted]))

    # The same trials in two orders: who remembers better lately is taken to remember better.
    assert improving.learn(len(improving))[2] > declining.learn(len(declining))[2]


@pytest.mark.parametrize(
    ("trials", "tried_at", "expected"),
    [(199, 0, False), (200, 0, True), (200, 200, False), (209, 200, False), (210, 200, True)],
)
def test_a_fit_is_due_when_there_is_enough_and_five_percent_more(trials, tried_at, expected):
    assert is_due(trials, InForce(tried_at=tried_at)) is expected


def test_a_fit_that_was_not_adopted_is_tried_again_only_after_more_growth():
    worse = Fit(DEFAULT_WEIGHTS, trials=300, held_out=10, loss_in_force=0.4, loss_fitted=0.5)

    kept = adopt(InForce(FORGETFUL, learned_from=250, tried_at=250), worse)

    assert kept == InForce(FORGETFUL, learned_from=250, tried_at=300)
    assert not is_due(314, kept)


def test_nothing_new_is_nothing_to_judge_by(forgetful):
    everything = len(forgetful)

    with pytest.raises(ValueError, match="Nothing to judge by"):
        fit(forgetful, InForce(None, learned_from=everything, tried_at=everything))


def test_weights_that_no_setting_would_take_are_not_believed(forgetful, monkeypatch):
    class Broken:
        def __init__(self, _weights):
            pass

        def compute_parameters(self, _items, **_kept):
            return [float("nan")] * 21

    monkeypatch.setattr(fitting.fsrs_rs_python, "FSRS", Broken)

    assert forgetful.learn(1_000) == DEFAULT_WEIGHTS


def test_folds_are_those_of_a_time_series_split():
    # sklearn: 20 samples, 5 splits: tests 5–7, 8–10, 11–13, 14–16, 17–19.
    assert folds(20) == [(5, 8), (8, 11), (11, 14), (14, 17), (17, 20)]
    with pytest.raises(ValueError, match="cannot be cut"):
        folds(5)


def _met(stability, difficulty):
    some_day = datetime(2026, 3, 2, tzinfo=UTC)
    return MemoryState(
        phase=Phase.REVIEW,
        step=None,
        stability=stability,
        difficulty=difficulty,
        due_at=some_day,
        last_review_at=some_day,
        reps=1,
        lapses=0,
    )
