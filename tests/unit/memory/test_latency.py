"""Ratings from review times, used only where past data show that they predict better."""

import pytest

from quizapp.memory.fitting import Examples
from quizapp.memory.history import History, PastReview
from quizapp.memory.latency import (
    Choice,
    Quartiles,
    choose,
    quartiles,
    refine,
    refined,
)
from quizapp.memory.state import Rating
from tests.support.forgetful import history, steady, telling

SHADES = (Rating.HARD, Rating.GOOD, Rating.GOOD, Rating.EASY)


@pytest.mark.parametrize(
    ("rating", "duration_ms", "expected"),
    [
        (Rating.GOOD, 1_999, Rating.EASY),
        (Rating.GOOD, 2_000, Rating.GOOD),
        (Rating.GOOD, 6_000, Rating.GOOD),
        (Rating.GOOD, 6_001, Rating.HARD),
        (Rating.HARD, 1_000, Rating.EASY),
        (Rating.EASY, 9_000, Rating.HARD),
        (Rating.AGAIN, 1_000, Rating.AGAIN),
        (Rating.GOOD, 0, Rating.GOOD),
    ],
)
def test_quick_is_easy_and_slow_is_hard(rating, duration_ms, expected):
    assert refine(rating, duration_ms, Quartiles(2_000, 6_000)) is expected


def test_without_quartiles_the_rating_stays():
    assert refine(Rating.HARD, 1_000, None) is Rating.HARD


def test_quartiles_need_fifty_times():
    assert quartiles(range(1, 50)) is None
    assert quartiles(range(1, 51)) == Quartiles(13, 38)


@pytest.mark.parametrize(("quick", "slow"), [(2, 1), (-1, 1)])
def test_quartiles_are_in_order(quick, slow):
    with pytest.raises(ValueError, match="order"):
        Quartiles(quick, slow)


def test_each_answer_is_judged_by_the_times_before_it_and_of_its_kind_only():
    typed = [PastReview(n, n, 3, 5_000 + n, "short_text") for n in range(50)]
    chosen = [PastReview(n, n, 3, 1_000, "single_choice") for n in range(50)]
    missed = PastReview(1, 60, 1, 90_000, "short_text")
    slow = PastReview(2, 60, 3, 9_000, "short_text")

    ratings = refined([*typed, *chosen, missed, slow, slow])

    # None of the first fifty of a kind has quartiles yet; a choice is not quick beside typing.
    assert ratings == [3] * 100 + [1, 2, 2]


def test_later_answers_change_no_earlier_rating():
    reviews = history(reviews=800, seed=2).reviews

    assert refined(reviews)[:400] == refined(reviews[:400])


def test_times_that_tell_how_well_it_came_are_used():
    log = history(reviews=4_000, seed=1, pace=telling, shades=SHADES)

    found = choose(Examples(log), Examples(log, refined(log.reviews)))

    assert found.is_better
    assert found.loss_timed < found.loss_given
    assert found.reviews == len(log.reviews[: log.trials[-1].position + 1])


def test_times_that_tell_nothing_are_not():
    log = history(reviews=4_000, seed=1, pace=steady, shades=SHADES)

    assert not choose(Examples(log), Examples(log, refined(log.reviews))).is_better


def test_fewer_than_five_hundred_timed_answers_decide_nothing():
    log = history(reviews=499, seed=1, pace=telling, shades=SHADES)

    found = choose(Examples(log), Examples(log, refined(log.reviews)))

    assert (found.trials, found.is_better) == (0, False)


def test_answers_that_nobody_timed_do_not_count():
    timed = history(reviews=800, seed=1, pace=telling, shades=SHADES)
    log = History(PastReview(one.fact, one.day, one.rating) for one in timed.reviews)

    assert choose(Examples(log), Examples(log)) == Choice(0, 0, 0.0, 0.0)


def test_a_difference_that_chance_easily_makes_decides_nothing():
    # ln 20 = 2.9957 is what the summed loss must fall by.
    assert not Choice(900, 1_000, loss_given=0.400, loss_timed=0.3971).is_better
    assert Choice(900, 1_000, loss_given=0.400, loss_timed=0.3969).is_better
