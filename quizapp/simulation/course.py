"""What a demo year is about: the elements first, then numerals, for as many facts as wanted.

Everything that it says is true and worked out here, so that a course of any size can be made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from quizapp.simulation.elements import ELEMENTS, FAMILIES, Element

#: The most that the numerals are good for.
MAXIMUM_FACTS = 5_000
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_A_PARAGRAPH, _A_CHAPTER = 8, 120
_OPTIONS = 4


@dataclass(frozen=True, slots=True)
class TopicText:
    """A topic of the course."""

    key: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class FactText:
    """A fact with the two questions that ask for it.

    :param sentence: of the reader, that proves it. :param wrong: other options, never right.
    """

    key: str
    topic: str
    statement: str
    sentence: str
    stem: str
    right: str
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A passage of the reader; its sentences stand in `text`, one space between them."""

    heading: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


@dataclass(frozen=True, slots=True)
class CourseText:
    """A course, in the order in which its facts are met."""

    topics: tuple[TopicText, ...]
    facts: tuple[FactText, ...]
    paragraphs: tuple[Paragraph, ...]


def course_text(facts: int) -> CourseText:
    """Return a course of so many facts, 1 to `MAXIMUM_FACTS`; always the same."""
    found = tuple(islice(_all_facts(), facts))
    titles = {key: title for key, title, _ in FAMILIES}
    keys = dict.fromkeys(fact.topic for fact in found)
    topics = tuple(_topic(key, titles.get(key)) for key in keys)
    return CourseText(topics, found, tuple(_paragraphs(found, topics)))


def roman(number: int) -> str:
    """Return a number, 1 to 3999, in Roman numerals."""
    written = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        written += letters * times
    return written


def _topic(key: str, title: str | None) -> TopicText:
    if title:
        return TopicText(key, title, f"Names, symbols and atomic numbers: {title.lower()}.")
    first = int(key.removeprefix("numerals-"))
    last = first + _A_CHAPTER - 1
    title = f"Roman numerals from {first:,} to {last:,}"
    return TopicText(key, title, "Reading numbers as they stand on clocks, kings and cornerstones.")


def _all_facts() -> Iterator[FactText]:
    for key, _, members in FAMILIES:
        family = [element for element in ELEMENTS if element.number in members]
        for element in family:
            yield from _of_element(element, key)
    for number in range(1, 4_000):
        yield _of_numeral(number)


def _of_element(element: Element, topic: str) -> Iterator[FactText]:
    name, symbol, number = element.name, element.symbol, element.number
    near = sorted(ELEMENTS, key=lambda one: (abs(one.number - number), one.number))[1:9]
    chance = Random(number)  # noqa: S311
    named = f"The symbol of {name.lower()} is {symbol}."
    counted = f"The atomic number of {name.lower()} is {number}."
    symbols = [one.symbol for one in chance.sample(near, _OPTIONS - 1)]
    names = [one.name for one in chance.sample(near, _OPTIONS - 1)]
    numbers = [str(one.number) for one in chance.sample(near, _OPTIONS - 1)]
    key = name.lower()
    yield FactText(
        f"{key}-symbol", topic, named, named, f"What is the symbol of {key}?", symbol, (*symbols,)
    )
    stem = f"Which element has the symbol {symbol}?"
    yield FactText(
        f"{key}-name", topic, f"{symbol} stands for {key}.", named, stem, name, (*names,)
    )
    stem = f"What is the atomic number of {key}?"
    yield FactText(f"{key}-number", topic, counted, counted, stem, str(number), (*numbers,))


def _of_numeral(number: int) -> FactText:
    begun = (number - 1) // _A_CHAPTER * _A_CHAPTER + 1
    said = f"The Roman numeral {roman(number)} stands for {number:,}."
    others = [other for other in (number + 1, number + 10, number - 1, number + 5) if other > 0]
    wrong = tuple(str(other) for other in others[: _OPTIONS - 1])
    stem = f"Which number is {roman(number)}?"
    return FactText(f"numeral-{number}", f"numerals-{begun}", said, said, stem, str(number), wrong)


def _paragraphs(facts: Sequence[FactText], topics: Sequence[TopicText]) -> Iterator[Paragraph]:
    for topic in topics:
        own = dict.fromkeys(fact.sentence for fact in facts if fact.topic == topic.key)
        sentences = list(own)
        for start in range(0, len(sentences), _A_PARAGRAPH):
            yield Paragraph(topic.title, tuple(sentences[start : start + _A_PARAGRAPH]))
