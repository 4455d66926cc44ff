"""What a demo year is about is true, and as large as wanted."""

from __future__ import annotations

import pytest

from quizapp.simulation.course import MAXIMUM_FACTS, course_text, roman
from quizapp.simulation.elements import ELEMENTS


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "I"), (4, "IV"), (9, "IX"), (40, "XL"), (1944, "MCMXLIV"), (3999, "MMMCMXCIX")],
)
def test_numbers_are_written_as_romans_wrote_them(number: int, written: str) -> None:
    assert roman(number) == written


@pytest.mark.parametrize(
    ("number", "symbol", "name"),
    [(1, "H", "Hydrogen"), (26, "Fe", "Iron"), (80, "Hg", "Mercury"), (118, "Og", "Oganesson")],
)
def test_elements_stand_at_their_numbers(number: int, symbol: str, name: str) -> None:
    element = ELEMENTS[number - 1]

    assert (element.number, element.symbol, element.name) == (number, symbol, name)


@pytest.mark.parametrize("facts", [20, 600, 2_000, 4_000])
def test_every_fact_is_asked_once_proved_by_the_reader_and_has_wrong_options(facts: int) -> None:
    text = course_text(facts)
    said = " ".join(paragraph.text for paragraph in text.paragraphs)

    assert facts <= MAXIMUM_FACTS
    assert len({one.key for one in text.facts}) == len({one.stem for one in text.facts}) == facts
    assert all(one.sentence in said for one in text.facts)
    assert all(len({*one.wrong} - {one.right}) == 3 for one in text.facts)
    assert {one.topic for one in text.facts} == {topic.key for topic in text.topics}
