"""What comes next in a study session."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.memory.days import LearnerClock
from quizapp.memory.queue import (
    Candidate,
    Counts,
    Kind,
    is_due,
    next_kind,
    order_reviews,
)
from quizapp.memory.state import NEW_STATE, MemoryState, Phase

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLOCK = LearnerClock("UTC", 4)


def _state(*, stability=10.0, days_ago=10):
    last = NOW - timedelta(days=days_ago)
    return MemoryState(Phase.REVIEW, None, stability, 5.0, NOW, last, 2, 0)


def _waiting(minutes, phase=Phase.LEARNING):
    return MemoryState(
        phase,
        None if phase is Phase.REVIEW else 0,
        1.0,
        5.0,
        NOW + timedelta(minutes=minutes),
        NOW,
        1,
        0,
    )


def _day(reviews, new):
    """Return the kinds of a whole day, in order, when every fact is answered well."""
    counts, kinds = Counts(reviews_due=reviews, new_left=new), []
    while kind := next_kind(counts):
        kinds.append(kind)
        if kind is Kind.NEW:
            counts = replace(counts, new_left=counts.new_left - 1, new_done=counts.new_done + 1)
        else:
            counts = replace(
                counts, reviews_due=counts.reviews_due - 1, reviews_done=counts.reviews_done + 1
            )
    return kinds


class TestOrderReviews:
    def test_the_likeliest_forgotten_comes_first(self):
        safe = Candidate(1, _state(stability=500.0))
        endangered = Candidate(2, _state(stability=2.0))
        middling = Candidate(3, _state(stability=2.0, days_ago=5))

        ordered = order_reviews([safe, endangered, middling], now=NOW, clock=CLOCK)

        assert ordered == [endangered, middling, safe]

    @given(st.permutations([4, 8, 15, 16]))
    def test_equals_come_in_order_of_their_id(self, ids):
        candidates = [Candidate(fact_id, _state()) for fact_id in ids]

        ordered = order_reviews(candidates, now=NOW, clock=CLOCK)

        assert [candidate.fact_id for candidate in ordered] == [4, 8, 15, 16]


class TestNextKind:
    def test_steps_come_before_everything(self):
        counts = Counts(learning_due=1, reviews_due=50, new_left=10)

        assert next_kind(counts) is Kind.LEARNING

    def test_steps_not_yet_due_come_after_everything(self):
        assert next_kind(Counts(learning_soon=1, reviews_due=1)) is Kind.REVIEW
        assert next_kind(Counts(learning_soon=1, new_left=1)) is Kind.NEW
        assert next_kind(Counts(learning_soon=1)) is Kind.LEARNING

    def test_an_empty_queue_has_nothing_next(self):
        assert next_kind(Counts(reviews_done=30, new_done=10)) is None

    def test_a_single_new_fact_comes_in_the_middle_of_the_reviews(self):
        assert _day(10, 1).index(Kind.NEW) == 5

    def test_with_as_many_of_each_they_alternate_and_a_review_begins(self):
        assert _day(2, 2) == [Kind.REVIEW, Kind.NEW, Kind.REVIEW, Kind.NEW]

    @given(st.integers(0, 120), st.integers(0, 120))
    def test_a_whole_day_serves_everything_once(self, reviews, new):
        kinds = _day(reviews, new)

        assert (kinds.count(Kind.REVIEW), kinds.count(Kind.NEW)) == (reviews, new)

    @given(st.integers(2, 120), st.integers(1, 120))
    def test_new_facts_are_spread_over_the_day(self, reviews, new):
        kinds = _day(reviews, new)

        for done in range(1, len(kinds) + 1):
            even_share = done * new / (reviews + new)
            assert abs(kinds[:done].count(Kind.NEW) - even_share) <= 1

    @given(st.integers(2, 120), st.integers(1, 120))
    def test_neither_kind_is_left_for_one_end_of_the_day(self, reviews, new):
        kinds = _day(reviews, new)

        blocks = [Kind.NEW] * new + [Kind.REVIEW] * reviews
        assert kinds not in (blocks, blocks[::-1])

    def test_coming_back_later_goes_on_where_the_day_was_left(self):
        kinds = _day(12, 5)
        morning = kinds[:9]
        counts = Counts(
            reviews_due=12 - morning.count(Kind.REVIEW),
            new_left=5 - morning.count(Kind.NEW),
            reviews_done=morning.count(Kind.REVIEW),
            new_done=morning.count(Kind.NEW),
        )

        assert next_kind(counts) is kinds[9]

    def test_negative_counts_are_refused(self):
        with pytest.raises(ValueError, match="negative"):
            Counts(new_left=-1)


class TestDue:
    def test_is_due_from_its_moment_on(self):
        assert [is_due(_waiting(minutes), now=NOW) for minutes in (-1, 0, 1)] == [True, True, False]

    def test_a_new_fact_is_not_due(self):
        assert not is_due(NEW_STATE, now=NOW)
