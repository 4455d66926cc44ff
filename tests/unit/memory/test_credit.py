"""The rating that follows from a response, and how far it is to be believed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.memory.credit import (
    Came,
    Credit,
    Reply,
    credit_for,
    discounted,
    knew,
)
from quizapp.memory.latency import Quartiles
from quizapp.memory.model import Outcome, outcomes
from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating

SOME_DAY = datetime(2026, 3, 2, tzinfo=UTC)
MET = MemoryState(Phase.REVIEW, None, 1.0, 5.0, SOME_DAY, SOME_DAY, 1, 0)
QUARTILES = Quartiles(2_000, 6_000)
QUICK, USUAL, SLOW = 1_000, 4_000, 9_000


@pytest.mark.parametrize("came", [Came.WRONG, Came.SKIPPED, Came.TIMED_OUT, Came.NOT_SURE])
@pytest.mark.parametrize("guess", [0.0, 0.25])
def test_what_was_not_right_is_again_and_certain(came, guess):
    reply = Reply(came, guess, is_hinted=True)

    assert credit_for(reply, recall=0.9, duration_ms=QUICK, quartiles=QUARTILES) == Credit(
        Rating.AGAIN, 1.0
    )


@pytest.mark.parametrize(
    ("reply", "duration_ms", "expected"),
    [
        (Reply(Came.RIGHT), QUICK, Rating.EASY),
        (Reply(Came.RIGHT), USUAL, Rating.GOOD),
        (Reply(Came.RIGHT), SLOW, Rating.HARD),
        (Reply(Came.SLIP), QUICK, Rating.GOOD),
        (Reply(Came.SLIP), USUAL, Rating.GOOD),
        (Reply(Came.SLIP), SLOW, Rating.HARD),
        (Reply(Came.RIGHT, guess=0.25), QUICK, Rating.GOOD),
        (Reply(Came.RIGHT, guess=0.25), SLOW, Rating.HARD),
        (Reply(Came.RIGHT, is_hinted=True), QUICK, Rating.HARD),
        (Reply(Came.PARTLY), QUICK, Rating.HARD),
    ],
)
def test_times_refine_what_they_may(reply, duration_ms, expected):
    found = credit_for(reply, recall=0.9, duration_ms=duration_ms, quartiles=QUARTILES)

    assert found.rating is expected


@pytest.mark.parametrize("duration_ms", [QUICK, USUAL, SLOW])
def test_where_times_do_not_count_right_is_good(duration_ms):
    assert credit_for(Reply(Came.RIGHT), recall=0.9, duration_ms=duration_ms).rating is Rating.GOOD


@pytest.mark.parametrize(
    ("recall", "options", "expected"),
    [(0.3, 4, 0.63), (0.5, 4, 0.80), (0.7, 4, 0.90), (0.9, 4, 0.97), (0.5, 2, 0.67)],
)
def test_a_right_choice_may_be_a_guess(recall, options, expected):
    found = credit_for(Reply(Came.RIGHT, 1 / options), recall=recall)

    assert found == Credit(Rating.GOOD, pytest.approx(expected, abs=0.005))


def test_a_fact_never_met_is_taken_to_be_known_as_often_as_not():
    assert credit_for(Reply(Came.RIGHT, 0.25), recall=None).known == pytest.approx(0.8)


def test_what_is_typed_was_known():
    assert knew(recall=0.0, guess=0.0) == 1.0


def test_on_the_same_day_nothing_is_discounted():
    assert knew(recall=1.0, guess=0.5) == 1.0


@given(st.floats(0, 1), st.floats(0, 0.99))
def test_the_chance_of_having_known_is_above_none_and_at_most_one(recall, guess):
    assert 0 < knew(recall, guess) <= 1


@pytest.mark.parametrize("guess", [-0.1, 1.0])
def test_a_sure_guess_is_no_question(guess):
    with pytest.raises(ValueError, match="guessing"):
        Reply(Came.RIGHT, guess)


@pytest.mark.parametrize(("recall", "guess"), [(1.1, 0.5), (-0.1, 0.5), (0.5, 1.0)])
def test_chances_are_from_0_to_1(recall, guess):
    with pytest.raises(ValueError, match="from 0 to 1"):
        knew(recall, guess)


def test_stability_is_the_geometric_mean_and_difficulty_the_mean():
    known, missed = Outcome(16.0, 2.0, 16.0), Outcome(1.0, 6.0, 1.0)

    assert discounted(known, missed, 0.75) == Outcome(8.0, 3.0, 8.0)


def test_what_was_surely_known_is_not_changed_at_all():
    known = Outcome(1 / 3, 2 / 3, 1 / 7)

    assert discounted(known, Outcome(1.0, 1.0, 1.0), 1.0) is known


@given(st.floats(0.01, 1), st.floats(0.7, 0.97))
def test_the_interval_stays_that_of_the_stability(known, retention):
    met = outcomes(NEW_STATE, elapsed_days=0, retention=retention, weights=None)
    good, again = met[Rating.GOOD], met[Rating.AGAIN]

    made = discounted(good, again, known)

    # As far as the decimals go that are kept of a stability.
    assert made.interval / made.stability == pytest.approx(good.interval / good.stability, rel=1e-3)
    assert again.stability <= made.stability <= good.stability


@given(st.floats(0.01, 1), st.lists(st.sampled_from(Rating), max_size=6), st.integers(1, 200))
def test_discounted_alike_the_ratings_stay_in_their_order(known, came, days):
    state, elapsed = NEW_STATE, 0
    for rating in came:
        made = outcomes(state, elapsed_days=elapsed, retention=0.9, weights=None)[rating]
        state, elapsed = replace(MET, stability=made.stability, difficulty=made.difficulty), days
    after = outcomes(state, elapsed_days=elapsed, retention=0.9, weights=None)

    again, hard, good, easy = (
        after[Rating.AGAIN].interval,
        *(discounted(after[r], after[Rating.AGAIN], known).interval for r in list(Rating)[1:]),
    )

    assert again <= hard <= good <= easy


def test_a_discounted_outcome_has_the_decimals_of_any_other():
    met = outcomes(NEW_STATE, elapsed_days=0, retention=0.9, weights=None)

    made = discounted(met[Rating.GOOD], met[Rating.AGAIN], 0.8)

    assert (round(made.stability, 4), round(made.difficulty, 3)) == (
        made.stability,
        made.difficulty,
    )


@pytest.mark.parametrize("known", [0, -0.1, 1.1])
def test_a_chance_of_having_known_out_of_range_is_refused(known):
    with pytest.raises(ValueError, match="having known"):
        discounted(Outcome(2, 2, 2), Outcome(1, 1, 1), known)
