"""Correcting predicted recall by how past predictions turned out."""

import json
import math
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.memory.measures import loss
from quizapp.memory.recalibration import Recalibration, Spread

chances = st.floats(0, 1)
trials = st.lists(st.tuples(chances, st.booleans()), max_size=200)


def learnt(pairs, start=None):
    state = start or Recalibration()
    for predicted, recalled in pairs:
        state = state.after(predicted, recalled)
    return state


def overconfident(count, seed=1):
    """Predictions whose true log odds are half as large and a little lower."""
    chance = Random(seed)  # noqa: S311
    for _ in range(count):
        odds = chance.uniform(0, 4)
        yield 1 / (1 + math.exp(-odds)), chance.random() < 1 / (1 + math.exp(0.3 - odds / 2))


def calibrated(count, seed=1):
    chance = Random(seed)  # noqa: S311
    for _ in range(count):
        predicted = chance.uniform(0.5, 0.99)
        yield predicted, chance.random() < predicted


def test_nothing_known_corrects_nothing():
    assert Recalibration().recall(0.83) == 0.83
    assert Recalibration().corrected(0.83) == pytest.approx(0.83)


def test_one_step_is_that_of_a_kalman_filter():
    # Log odds of 0.8 are 1.3863. Ahead: (0.05, 0.05 · 1.3863, 0); weight 0.16;
    # scale 1 + 0.16 · (0.05 + 0.06931 · 1.3863) = 1.02337; missed, so −0.8 each.
    after = Recalibration().after(0.8, recalled=False)

    assert after.intercept == pytest.approx(-0.8 * 0.05 / 1.023374, rel=1e-5)
    assert after.slope == pytest.approx(1 - 0.8 * 0.0693147 / 1.023374, rel=1e-5)
    assert after.lift == 0
    assert after.spread.aa == pytest.approx(0.05 - 0.16 / 1.023374 * 0.05**2, rel=1e-5)
    assert after.spread.ab == pytest.approx(-0.16 / 1.023374 * 0.05 * 0.0693147, rel=1e-5)
    assert after.spread.cc == 0.5
    assert after.drift == pytest.approx(0.05 * -0.8)
    assert (after.trials, after.is_adopted) == (1, False)


def test_overconfidence_is_found_and_corrected():
    state = learnt(overconfident(3_000))

    later = list(overconfident(2_000, seed=2))
    plain = math.fsum(loss(came, predicted) for predicted, came in later)
    corrected = math.fsum(loss(came, state.recall(predicted)) for predicted, came in later)
    assert state.is_adopted
    assert corrected < plain - 40
    # True: 1 / (1 + e^(0.3 − 1.5)) = 0.769
    assert state.recall(1 / (1 + math.exp(-3))) == pytest.approx(0.769, abs=0.05)


def test_predictions_that_are_right_are_left_as_they_are():
    state = learnt(calibrated(3_000))

    assert not state.is_adopted
    assert state.recall(0.7) == 0.7


def test_a_run_of_misses_lowers_what_comes_next():
    # Ten days of twenty, good and bad in turn; nobody told the model.
    state = Recalibration()
    for day in range(80):
        for index in range(20):
            state = state.after(0.8, recalled=(index % 20) < (19 if day % 2 else 11))

    assert state.lift > 0
    bad_run = learnt([(0.8, False)] * 5, start=state)
    assert bad_run.corrected(0.8) < state.corrected(0.8)


def test_it_is_used_from_odds_of_twenty_to_one_until_its_gain_is_lost():
    # Lower than predicted: each miss gains, each recall costs.
    low = Recalibration(intercept=-1.0)

    assert not replace(low, gain=1.0).after(0.9, recalled=False).is_adopted
    assert replace(low, gain=2.5).after(0.9, recalled=False).is_adopted
    assert replace(low, gain=1.0, is_adopted=True).after(0.9, recalled=True).is_adopted
    assert not replace(low, gain=0.1, is_adopted=True).after(0.9, recalled=True).is_adopted


def test_what_was_gained_long_ago_does_not_keep_it_for_ever():
    assert learnt(overconfident(3_000)).gain == 20.0


@given(trials, chances, chances)
def test_it_never_makes_nonsense_whatever_comes(pairs, one, other):
    state = replace(learnt(pairs), is_adopted=True)

    low, high = sorted((one, other))
    assert 0 <= state.recall(low) <= state.recall(high) <= 1
    for chance in (low, high):
        if 0.001 < chance < 0.999:
            moved = math.log(state.recall(chance) / (1 - state.recall(chance)))
            assert abs(moved - math.log(chance / (1 - chance))) <= 1.5 + 1e-9


@given(trials)
def test_it_is_stored_exactly(pairs):
    state = learnt(pairs)

    assert Recalibration.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_what_is_certain_stays_certain():
    state = replace(learnt(overconfident(500)), is_adopted=True)

    assert (state.recall(0.0), state.recall(1.0)) == (0.0, 1.0)


@pytest.mark.parametrize(
    "damage",
    [
        {"slope": -1.0},
        {"slope": math.nan},
        {"lift": 7.0},
        {"drift": 1.5},
        {"gain": math.inf},
        {"spread": [0.05, 0.0, 0.0, 0.05, 0.0]},
        {"spread": [-0.05, 0.0, 0.0, 0.05, 0.0, 0.5]},
        {"spread": [0.05, math.nan, 0.0, 0.05, 0.0, 0.5]},
        {"trials": -1},
        {"intercept": "0"},
    ],
)
def test_a_damaged_state_is_refused(damage):
    with pytest.raises(ValueError, match=r"bounds|damaged"):
        Recalibration.from_json(Recalibration().to_json() | damage)


def test_a_missing_number_is_told():
    stored = Recalibration().to_json()
    del stored["gain"]

    with pytest.raises(ValueError, match="damaged"):
        Recalibration.from_json(stored)


@pytest.mark.parametrize("predicted", [-0.1, 1.1, math.nan])
def test_only_a_chance_can_be_corrected(predicted):
    with pytest.raises(ValueError, match="from 0 to 1"):
        Recalibration().recall(predicted)
    with pytest.raises(ValueError, match="from 0 to 1"):
        Recalibration().after(predicted, recalled=True)


def test_the_spread_of_the_beginning_is_the_prior():
    assert Recalibration().spread == Spread(0.05, 0.0, 0.0, 0.05, 0.0, 0.5)
