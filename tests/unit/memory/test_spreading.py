"""Spreading what piled up over the days to come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.memory.spreading import CHOICES, default_days, is_behind, shares

LOADS = st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=1, max_size=30).filter(
    lambda loads: any(load is not None for load in loads)
)


def test_the_days_come_out_even():
    assert shares(9, [0, 4, 1]) == [5, 1, 3]
    assert shares(4, [0, 0, 0]) == [2, 1, 1]


def test_a_day_off_gets_nothing():
    assert shares(6, [None, 0, None, 0]) == [0, 3, 0, 3]


def test_days_that_are_all_off_cannot_be_spread_over():
    with pytest.raises(ValueError, match="no day"):
        shares(5, [None, None])


@given(st.integers(0, 400), LOADS)
def test_everything_is_given_out_and_no_day_overtakes_another(waiting, loads):
    found = shares(waiting, loads)

    assert sum(found) == waiting
    totals = [load + share for load, share in zip(loads, found, strict=True) if load is not None]
    given_to = [
        load + share for load, share in zip(loads, found, strict=True) if load is not None and share
    ]
    assert not given_to or max(given_to) <= min(totals) + 1


@pytest.mark.parametrize(
    ("waiting", "usual", "behind"), [(60, 20, False), (61, 20, True), (20, 1, False), (21, 1, True)]
)
def test_more_than_three_days_work_is_a_backlog(waiting, usual, behind):
    assert is_behind(waiting, usual) is behind


def test_so_many_days_are_proposed_that_none_brings_more_than_a_usual_one():
    assert [default_days(waiting, 20) for waiting in (60, 61, 140, 200, 9_999)] == [
        3,
        5,
        7,
        10,
        CHOICES[-1],
    ]
