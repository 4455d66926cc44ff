"""Comparing ways to predict, with nothing but what came before each prediction."""

from dataclasses import replace

import pytest

from quizapp.memory.evaluation import WAYS, score, scored_from
from quizapp.memory.history import History
from quizapp.memory.state import Rating
from tests.support.forgetful import history, telling


@pytest.fixture(scope="module")
def forgetful():
    return history(reviews=1_600, seed=1)


@pytest.fixture(scope="module")
def measured(forgetful):
    return {name: score(forgetful, name) for name in WAYS}


def test_every_way_is_scored_on_the_same_trials(forgetful, measured):
    expected = len(forgetful.trials) - scored_from(forgetful)

    assert {one.measures.trials for one in measured.values()} == {expected}
    assert expected == len(forgetful.trials) // 6 * 5


def test_fitting_helps_a_learner_who_forgets_faster_than_the_model_says(measured):
    plain = measured["defaults"].measures.log_loss

    assert measured["fitted, 5 blocks"].measures.log_loss < plain - 0.002
    assert measured["refitted at +5 %"].measures.log_loss < plain
    assert measured["full stack"].measures.log_loss < plain
    assert measured["refitted at +5 %"].predicted.adopted > 0


def test_answer_times_are_used_where_they_tell(measured):
    shades = (Rating.HARD, Rating.GOOD, Rating.GOOD, Rating.EASY)
    told = score(history(reviews=2_000, seed=1, pace=telling, shades=shades), "full stack")

    assert told.predicted.timed > 300
    assert measured["full stack"].predicted.timed == 0


@pytest.mark.parametrize("name", WAYS)
def test_no_prediction_knows_what_came_later(forgetful, measured, name):
    """The last quarter is made to come out otherwise; all predictions before it are the same."""
    cut = forgetful.trials[len(forgetful.trials) * 3 // 4]
    changed = History(
        replace(review, rating=4 - review.rating, duration_ms=100_000 - review.duration_ms)
        if position >= cut.position
        else review
        for position, review in enumerate(forgetful.reviews)
    )
    before = len(forgetful.trials) * 3 // 4 - scored_from(forgetful) + 1

    told, retold = measured[name].predicted.recall, WAYS[name](changed).recall

    assert told[:before] == retold[:before]
    assert name == "defaults" or told != retold


def test_the_same_reviews_give_the_same_figures(forgetful, measured):
    assert score(History(forgetful.reviews), "full stack") == measured["full stack"]


def test_too_few_trials_cannot_be_scored(forgetful):
    with pytest.raises(ValueError, match="cannot be cut"):
        score(History(forgetful.reviews[:7]), "defaults")
