"""The orders in which options are shown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.questions.orders import alphabetical, keep_locked, order_of


@given(st.permutations(range(7)), st.sets(st.integers(0, 6)))
def test_locked_options_stay_and_the_others_keep_their_order(
    order: list[int], locked: set[int]
) -> None:
    kept = keep_locked(order, locked)

    assert sorted(kept) == list(range(7))
    assert all(kept[place] == place for place in locked)
    free = [index for index in order if index not in locked]
    assert [index for index in kept if index not in locked] == free


def test_without_locks_an_order_stays_as_it_is() -> None:
    assert keep_locked((2, 0, 1), ()) == (2, 0, 1)
    assert keep_locked((), ()) == ()


@given(st.permutations(["Volga", "rhine", "the Danube", "Elbe"]), st.permutations(range(4)))
def test_the_alphabet_does_not_tell_how_texts_were_written(
    texts: list[str], order: list[int]
) -> None:
    for one in ((), order):
        shown = [texts[index] for index in alphabetical(texts, one)]
        base = ["the Danube", "Elbe", "rhine", "Volga"]
        assert shown == [base[place] for place in one or range(4)]


@pytest.mark.parametrize("order", [(0,), (0, 0, 1), (0, 1, 3), (1, 2, 3)])
def test_what_is_no_order_is_refused(order: Any) -> None:
    with pytest.raises(ValueError, match="no order of 3 options"):
        order_of(3, order)
