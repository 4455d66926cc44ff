"""A learner's reviews as the model reads them."""

import pytest

from quizapp.memory.history import History, PastReview, Trial


def test_a_trial_is_an_answer_on_a_fact_that_was_last_asked_on_an_earlier_day():
    history = History(
        [
            PastReview(fact=1, day=10, rating=1),
            PastReview(fact=1, day=10, rating=3),  # the same day: shapes the memory, is not scored
            PastReview(fact=2, day=11, rating=3),
            PastReview(fact=1, day=12, rating=1),
            PastReview(fact=1, day=12, rating=1),
            PastReview(fact=1, day=17, rating=2),
        ]
    )

    # The Again of the first day and the second of day 12 are no lapses: nothing was predicted.
    assert history.trials == [
        Trial(3, fact=1, rank=2, elapsed_days=2, count=2, lapses=0, recalled=False),
        Trial(5, fact=1, rank=4, elapsed_days=5, count=3, lapses=1, recalled=True),
    ]
    assert history.elapsed_days == [0, 0, 0, 2, 0, 5]
    assert list(history.positions(history.trials[0])) == [0, 1, 3]


def test_a_clock_put_back_counts_as_the_same_day():
    history = History([PastReview(1, day=5, rating=3), PastReview(1, day=3, rating=3)])

    assert history.elapsed_days == [0, 0]
    assert not history.trials


@pytest.mark.parametrize("rating", [0, 5, -1])
def test_a_rating_that_the_library_would_take_in_silence_is_refused(rating):
    with pytest.raises(ValueError, match="1 to 4"):
        PastReview(1, day=1, rating=rating)


def test_a_negative_duration_is_refused():
    with pytest.raises(ValueError, match="negative"):
        PastReview(1, day=1, rating=3, duration_ms=-1)
