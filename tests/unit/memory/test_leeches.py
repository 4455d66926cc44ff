"""When a fact counts as one that only takes time."""

import pytest

from quizapp.errors import Invalid
from quizapp.memory.leeches import became_leech, is_leech, is_told
from quizapp.memory.state import NEW_STATE


def _with_lapses(lapses):
    return NEW_STATE.__class__.from_json(NEW_STATE.to_json() | {"lapses": lapses})


@pytest.mark.parametrize(
    ("threshold", "told"),
    [
        (8, [8, 12, 16, 20]),
        (5, [5, 8, 11, 14, 17, 20]),
        (1, list(range(1, 21))),
        (2, list(range(2, 21))),
        (0, []),
    ],
)
def test_is_told_at_the_threshold_and_at_every_half_of_it_rounded_up(threshold, told):
    assert [n for n in range(21) if is_told(n, threshold=threshold)] == told


def test_is_one_from_the_threshold_on_between_tellings_too():
    assert [n for n in range(12) if is_leech(n, threshold=8)] == [8, 9, 10, 11]


@pytest.mark.parametrize(
    ("before", "after", "told"), [(7, 8, True), (8, 8, False), (8, 9, False), (11, 12, True)]
)
def test_only_a_review_that_is_a_lapse_tells(before, after, told):
    states = _with_lapses(before), _with_lapses(after)

    assert became_leech(*states, threshold=8) is told


@pytest.mark.parametrize(("lapses", "threshold"), [(-1, 8), (8, -1), (True, 8), (8, 8.0)])
def test_what_is_no_count_is_refused(lapses, threshold):
    with pytest.raises(Invalid):
        is_leech(lapses, threshold=threshold)
