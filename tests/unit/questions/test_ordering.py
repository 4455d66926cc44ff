"""Items to put in order."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.questions.ordering import OrderingType

TYPE = OrderingType()


def raw(*texts: str) -> dict[str, Any]:
    return {"stem": "In which order?", "items": [{"text": text} for text in texts]}


CONTENT = TYPE.parse(raw("delta", "*alpha*", "charlie", "bravo"))


@pytest.mark.parametrize(
    ("positions", "right"),
    [
        ((1, 2, 3, 4), 3),
        ((2, 3, 4, 1), 2),  # the last moved to the front: the rest still follow each other
        ((4, 1, 2, 3), 2),
        ((1, 2, 4, 3), 1),
        ((2, 1, 3, 4), 1),
        ((4, 3, 2, 1), 0),
        ((1, 3, 2, 4), 0),
        ((1, 2, None, None), 1),
        ((None, 2, 3, None), 1),
        ((1, None, 3, None), 0),
    ],
)
def test_the_grade_is_the_share_of_neighbours_in_order(
    positions: tuple[int | None, ...], right: int
) -> None:
    grade = TYPE.grade(CONTENT, positions)

    assert grade.fraction == Fraction(right, 3)
    assert grade.feedback == (f"{right} of 3 neighbours in the right order." if right < 3 else "")


def test_only_the_whole_order_earns_everything() -> None:
    full = [one for one in permutations(range(1, 5)) if TYPE.grade(CONTENT, one).is_right]

    assert full == [(1, 2, 3, 4)]


def test_each_item_says_where_it_was_put() -> None:
    parts = TYPE.parts(CONTENT, (1, 3, 2, None))

    assert [(part.label, part.given, part.state) for part in parts] == [
        ("delta", "position 1", "right"),
        ("alpha", "position 3", "wrong"),
        ("charlie", "position 2", "wrong"),
        ("bravo", "", "missed"),
    ]


def test_the_items_are_never_shown_as_they_were_written() -> None:
    other = TYPE.parse(raw("bravo", "charlie", "delta", "*alpha*"))

    assert [item.text for item in TYPE.public(CONTENT).items] == [
        *("*alpha*", "bravo", "charlie", "delta")
    ]
    assert TYPE.public(other, (3, 1, 0, 2)) == TYPE.public(CONTENT, (3, 1, 0, 2))


@given(st.permutations(range(4)), st.permutations([1, 2, 3, 4, None]).map(lambda p: tuple(p[:4])))
def test_a_response_does_not_depend_on_the_order_shown(
    order: list[int], response: tuple[int | None, ...]
) -> None:
    assert TYPE.parse_response(CONTENT, TYPE.fill(CONTENT, response, order), order) == response


def test_a_position_given_twice_is_told_beside_each_item_in_words() -> None:
    posted = {"place-0": ["2"], "place-1": ["1"], "place-2": ["2"], "place-3": [""]}

    with pytest.raises(Invalid) as raised:
        TYPE.parse_response(CONTENT, posted)

    problems = {problem.path: problem.message for problem in raised.value.problems}
    assert problems == {
        "place-0": "“alpha” and “charlie” both have position 2; give each its own.",
        "place-2": "“charlie” and “alpha” both have position 2; give each its own.",
    }
    assert TYPE.public(CONTENT).clashes(posted) == problems


@pytest.mark.parametrize("value", ["0", "5", "-1", "x", "1.0", "01"])
def test_a_position_that_is_not_in_the_list_is_refused(value: str) -> None:
    with pytest.raises(Invalid) as raised:
        TYPE.parse_response(CONTENT, {"place-1": [value], "place-3": ["1", "2"]})

    assert [problem.path for problem in raised.value.problems] == ["place-1", "place-3"]


@pytest.mark.parametrize(
    "positions", [None, "1234", [1, 2, 3], [1, 2, 3, 3], [0, 1, 2, 3], [1, 2, 3, True], [[1]] * 4]
)
def test_stored_positions_that_do_not_fit_are_refused(positions: Any) -> None:
    with pytest.raises(Invalid):
        TYPE.load_response(CONTENT, {"positions": positions})


@pytest.mark.parametrize(
    ("stated", "path", "words"),
    [
        (raw("a", "b"), "items", "Give 3 to 10 items, not 2."),
        (raw(*"abcdefghijk"), "items", "Give 3 to 10 items, not 11."),
        (raw("a", "", "c"), "items.1.text", "Write the item or remove it."),
        (raw("a", "b", "**A**"), "items.2.text", "This says the same as item 1"),
    ],
)
def test_items_that_cannot_be_placed_are_refused(
    stated: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(Invalid) as raised:
        TYPE.parse(stated)

    assert [problem.path for problem in raised.value.problems] == [path]
    assert words in raised.value.problems[0].message
