"""Log loss, RMSE(bins) and AUC: values reckoned by hand, and the library's own."""

import math
from collections import defaultdict

import fsrs_rs_python
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.memory import measures
from quizapp.memory.fitting import Examples
from quizapp.memory.history import Trial
from quizapp.memory.measures import Measures, auc, bin_of, log_loss, loss, mean, measure, rmse_bins
from quizapp.memory.model import DEFAULT_WEIGHTS
from tests.support.forgetful import history


def trial(*, days=1, count=2, lapses=0, recalled=True):
    return Trial(
        0, fact=1, rank=1, elapsed_days=days, count=count, lapses=lapses, recalled=recalled
    )


def test_log_loss_is_the_mean_surprise():
    # −ln 0.9 = 0.1053605, −ln 0.5 = 0.6931472, −ln(1 − 0.8) = 1.6094379
    assert log_loss([True, True, False], [0.9, 0.5, 0.8]) == pytest.approx(0.8026485, abs=1e-7)


def test_a_certainty_that_was_wrong_costs_much_but_not_infinitely_much():
    assert loss(False, 1.0) == pytest.approx(-math.log(2.0**-52))
    assert loss(True, 0.0) == loss(False, 1.0)
    assert loss(True, 1.0) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("days", "expected"),
    # 3.62, 13.1044, 47.438 and 171.7 days begin a new bin.
    [
        (1, 2.48),
        (3, 2.48),
        (4, 8.98),
        (13, 8.98),
        (14, 32.5),
        (47, 32.5),
        (48, 117.65),
        (172, 425.88),
    ],
)
def test_intervals_are_binned_by_powers_of_3_62(days, expected):
    assert bin_of(trial(days=days))[0] == expected


@pytest.mark.parametrize(
    ("count", "expected"), [(2, 4), (3, 4), (4, 7), (6, 7), (7, 13), (12, 13), (13, 25), (25, 48)]
)
def test_reviews_are_binned_by_powers_of_1_89(count, expected):
    assert bin_of(trial(count=count))[1] == expected


@pytest.mark.parametrize(
    ("lapses", "expected"), [(0, 0), (1, 2), (2, 3), (3, 5), (5, 5), (6, 9), (8, 9), (9, 15)]
)
def test_lapses_are_binned_by_powers_of_1_73_and_none_is_a_bin_of_its_own(lapses, expected):
    assert bin_of(trial(lapses=lapses))[2] == expected


def test_rmse_weighs_each_bin_by_its_size():
    near = [trial(days=1, recalled=True), trial(days=2, recalled=False), trial(days=3)]
    far = [trial(days=30, recalled=False)]

    # near: mean predicted 0.8, recalled 2/3; far: 0.5 and 0.
    found = rmse_bins(near + far, [0.9, 0.8, 0.7, 0.5])

    assert found == pytest.approx(math.sqrt((3 * (0.8 - 2 / 3) ** 2 + 0.5**2) / 4))


def test_auc_counts_pairs_in_the_right_order_and_ties_as_half():
    # Recalled 0.9, 0.6, 0.5; forgotten 0.6, 0.4: of six pairs 4 right, 1 tied, 1 wrong.
    recalled = [True, True, True, False, False]

    assert auc(recalled, [0.9, 0.6, 0.5, 0.6, 0.4]) == pytest.approx(4.5 / 6)


@pytest.mark.parametrize("recalled", [[True, True], [False, False]])
def test_auc_is_not_defined_when_only_one_of_the_two_came(recalled):
    assert auc(recalled, [0.3, 0.8]) is None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=30))
def test_auc_equals_counting_every_pair(pairs):
    recalled = [came for came, _ in pairs]
    predicted = [chance / 5 for _, chance in pairs]
    up = [chance for came, chance in zip(recalled, predicted, strict=True) if came]
    down = [chance for came, chance in zip(recalled, predicted, strict=True) if not came]
    counted = [(one > other) + (one == other) / 2 for one in up for other in down]

    expected = sum(counted) / len(counted) if counted else None
    assert auc(recalled, predicted) == (None if expected is None else pytest.approx(expected))


def test_log_loss_and_bins_are_those_of_the_library():
    # The library weighs trials by recency, 0.25 + 0.75·x³; ours do not, so it is done here.
    examples = Examples(history(reviews=1_500, seed=3))
    trials = examples.history.trials
    predicted = examples.predict(0, len(trials), None)
    last = len(trials) - 1
    weights = [0.25 + 0.75 * (rank / last) ** 3 for rank in range(len(trials))]
    surprises = measures.losses([one.recalled for one in trials], predicted)
    bins = defaultdict(list)
    for one, chance, weight in zip(trials, predicted, weights, strict=True):
        bins[bin_of(one)].append((chance - one.recalled, weight))

    theirs = fsrs_rs_python.FSRS(list(DEFAULT_WEIGHTS)).evaluate(examples._items)

    total = sum(weights)
    weighed = sum(w * s for w, s in zip(weights, surprises, strict=True)) / total
    squares = [
        (sum(off for off, _ in own) / len(own)) ** 2 * sum(w for _, w in own)
        for own in bins.values()
    ]
    assert theirs.log_loss == pytest.approx(weighed, rel=1e-5)
    assert theirs.rmse_bins == pytest.approx(math.sqrt(sum(squares) / total), rel=1e-4)


def test_measuring_gives_all_three():
    trials = [trial(recalled=True), trial(recalled=False)]

    assert measure(trials, [0.8, 0.8]) == Measures(
        trials=2,
        log_loss=pytest.approx(-(math.log(0.8) + math.log(0.2)) / 2),
        rmse_bins=pytest.approx(0.3),
        auc=0.5,
    )


def test_the_mean_over_learners_counts_each_alike():
    found = mean([Measures(10, 0.2, 0.1, 0.7), Measures(90, 0.4, 0.3, None)])

    assert found == Measures(100, pytest.approx(0.3), pytest.approx(0.2), 0.7)


@pytest.mark.parametrize("act", [log_loss, auc])
@pytest.mark.parametrize(("given_", "predicted"), [([], []), ([True], []), ([True], [0.5, 0.5])])
def test_there_must_be_one_prediction_for_each(act, given_, predicted):
    with pytest.raises(ValueError, match="one prediction for each"):
        act(given_, predicted)
