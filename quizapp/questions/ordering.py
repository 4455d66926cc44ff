"""A question in which items are put in their right order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from math import factorial
from typing import Any, ClassVar

from quizapp.errors import Invalid, Problem
from quizapp.markup import plain, plain_inline
from quizapp.questions.base import (
    Answer,
    Grade,
    Order,
    PartGrade,
    Posted,
    QuestionType,
    Raw,
    Recall,
)
from quizapp.questions.choices import EXPLANATION_FIELD, STEM_FIELD
from quizapp.questions.fields import Field, Kind
from quizapp.questions.folding import fold
from quizapp.questions.orders import alphabetical
from quizapp.questions.reading import (
    EXPLANATION_LIMIT,
    FEEDBACK_LIMIT,
    OPTION_LIMIT,
    STEM_LIMIT,
    Reader,
    posted_value,
)

MIN_ITEMS, MAX_ITEMS = 3, 10


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to place; both are inline Markdown, and the feedback says why it stands there."""

    text: str
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Ordering:
    """A stem (Markdown) and the items in their right order."""

    stem: str
    items: tuple[Item, ...]
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item as a learner may see it, and the name a form posts its position as."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class PublicOrdering:
    """The question without the right order; positions are posted as "1", "2", …"""

    stem: str
    items: tuple[ShownItem, ...]

    def clashes(self, filled: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """Return what to do about positions given twice, by the name of the item's field."""
        given = [(item, (filled.get(item.name) or ("",))[0]) for item in self.items]
        found = {}
        for item, value in given:
            others = [one for one, same in given if value and same == value and one is not item]
            if others:
                other = plain_inline(others[0].text)
                words = plain_inline(item.text)
                found[item.name] = (
                    f"“{words}” and “{other}” both have position {value}; give each its own."
                )
        return found


class OrderingType(QuestionType[Ordering, tuple[int | None, ...]]):
    """The response has a position from 1, or None, for each item; never all None, none twice."""

    name: ClassVar[str] = "ordering"
    label: ClassVar[str] = "Put in order"
    recall: ClassVar[Recall] = Recall.CUED
    fields: ClassVar[tuple[Field, ...]] = (
        STEM_FIELD,
        Field(
            "items",
            Kind.ITEMS,
            "Items, in the right order",
            help="Learners see them in another order.",
        ),
        EXPLANATION_FIELD,
    )

    def parse(self, raw: Raw) -> Ordering:
        reader = Reader(raw, [field.name for field in self.fields])
        content = Ordering(
            reader.text("stem", STEM_LIMIT, "Write the question."),
            _parse_items(reader),
            reader.text("explanation", EXPLANATION_LIMIT),
        )
        reader.finish()
        return content

    def dump(self, content: Ordering) -> dict[str, Any]:
        return asdict(content) | {"items": [asdict(item) for item in content.items]}

    def stem(self, content: Ordering) -> str:
        return plain(content.stem)

    def explanation(self, content: Ordering) -> str:
        return content.explanation

    def answer(self, content: Ordering) -> Answer:
        items = (f"{place}. {words}" for place, words in enumerate(_words(content), start=1))
        return Answer(" ".join("; ".join(items).split()))

    def shuffled(self, content: Ordering) -> int:
        return len(content.items)

    def public(self, content: Ordering, order: Order = ()) -> PublicOrdering:
        shown = alphabetical(_words(content), order)
        return PublicOrdering(
            content.stem,
            tuple(
                ShownItem(_name(place), content.items[index].text)
                for place, index in enumerate(shown)
            ),
        )

    def parse_response(
        self, content: Ordering, posted: Posted, order: Order = ()
    ) -> tuple[int | None, ...] | None:
        known = {str(number): number for number in range(1, len(content.items) + 1)}
        public = self.public(content, order)
        values: dict[str, str] = {}
        problems: list[Problem] = []
        for item in public.items:
            try:
                values[item.name] = posted_value(posted, item.name)
            except Invalid as error:
                problems += error.problems
                continue
            if values[item.name] and values[item.name] not in known:
                problems.append(Problem(item.name, "Choose a position from the list."))
        clashes = public.clashes({name: [value] for name, value in values.items()})
        problems += [Problem(name, message) for name, message in clashes.items()]
        if problems:
            raise Invalid(problems)
        positions: list[int | None] = [None] * len(content.items)
        for place, index in enumerate(alphabetical(_words(content), order)):
            positions[index] = known.get(values[_name(place)])
        return tuple(positions) if any(positions) else None

    def fill(
        self, content: Ordering, response: tuple[int | None, ...], order: Order = ()
    ) -> dict[str, list[str]]:
        shown = alphabetical(_words(content), order)
        return {_name(place): [str(response[index] or "")] for place, index in enumerate(shown)}

    def dump_response(self, response: tuple[int | None, ...]) -> dict[str, Any]:
        return {"positions": list(response)}

    def load_response(self, content: Ordering, stored: Raw) -> tuple[int | None, ...]:
        positions = stored.get("positions")
        if not isinstance(positions, (list, tuple)) or len(positions) != len(content.items):
            raise Invalid([Problem("positions", "The stored positions do not fit the items.")])
        allowed = range(1, len(content.items) + 1)
        placed = [one for one in positions if one is not None]
        are_numbers = all(type(one) is int and one in allowed for one in placed)
        if not are_numbers or len(set(placed)) < len(placed):
            raise Invalid([Problem("positions", "The stored positions are not one for each item.")])
        return tuple(positions)

    def grade(self, content: Ordering, response: tuple[int | None, ...]) -> Grade:
        """Grade a response: neighbours put side by side in the right order / (items - 1).

        An item moved alone costs two or three neighbours and not the place of all that follow.
        All are right only when the whole order is.

        Source: Moodle's ordering question, graded "relative to the next item (excluding last)".
        """
        pairs = len(content.items) - 1
        right = sum(
            before is not None and after == before + 1 for before, after in pairwise(response)
        )
        fraction = Fraction(right, pairs)
        feedback = f"{right} of {pairs} neighbours in the right order." if fraction < 1 else ""
        return Grade(fraction, self.parts(content, response), feedback)

    def guess_chance(self, content: Ordering) -> Fraction:
        """Return 1/n!: of all orders of n items one is right."""
        return Fraction(1, factorial(len(content.items)))

    def guess_score(self, content: Ordering) -> Fraction:
        """Return 1/n for n items: of n! orders (n-1)! have a given pair side by side in order."""
        return Fraction(1, len(content.items))

    def parts(
        self, content: Ordering, response: tuple[int | None, ...] | None
    ) -> tuple[PartGrade, ...]:
        given = response or (None,) * len(content.items)
        return tuple(
            PartGrade(
                given="" if position is None else f"position {position}",
                expected=f"position {place}",
                fraction=Fraction(int(position == place)),
                feedback=item.feedback,
                label=words,
            )
            for place, (position, item, words) in enumerate(
                zip(given, content.items, _words(content), strict=True), start=1
            )
        )

    def example(self) -> tuple[Ordering, Posted]:
        content = Ordering(
            "Put these journeys in the order of their years.",
            (
                Item("Columbus reaches the Bahamas", "1492"),
                Item("Magellan’s ship returns", "1522"),
                Item("Amundsen reaches the South Pole", "1911"),
                Item("Gagarin orbits the Earth", "1961"),
            ),
            "Each went farther than those before.",
        )
        return content, {"place-0": ["3"], "place-1": ["1"], "place-2": ["4"], "place-3": ["2"]}


def _name(place: int) -> str:
    return f"place-{place}"


def _words(content: Ordering) -> list[str]:
    return [plain_inline(item.text) for item in content.items]


def _parse_items(reader: Reader) -> tuple[Item, ...]:
    raw = reader.items("items", f"Give at least {MIN_ITEMS} items.")
    if raw and not MIN_ITEMS <= len(raw) <= MAX_ITEMS:
        reader.refuse("items", f"Give {MIN_ITEMS} to {MAX_ITEMS} items, not {len(raw)}.")
        raw = raw[:MAX_ITEMS]
    items = tuple(_parse_item(reader, place, item) for place, item in enumerate(raw))
    first: dict[str, int] = {}
    for place, item in enumerate(items):
        words = plain_inline(item.text)
        same = first.setdefault(fold(words) or words, place)
        if item.text and same != place:
            message = f"This says the same as item {same + 1}; change it or remove it."
            reader.refuse(f"items.{place}.text", message)
    return items


def _parse_item(reader: Reader, place: int, raw: Any) -> Item:
    one = Reader(raw, ("text", "feedback"), path=f"items.{place}", problems=reader.problems)
    text = one.text("text", OPTION_LIMIT, "Write the item or remove it.")
    return Item(text, one.text("feedback", FEEDBACK_LIMIT))
