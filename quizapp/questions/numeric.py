"""A question answered by a number."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar

from quizapp.markup import plain
from quizapp.questions.base import (
    Answer,
    Grade,
    Order,
    PartGrade,
    Posted,
    Raw,
    Recall,
)
from quizapp.questions.choices import EXPLANATION_FIELD, STEM_FIELD
from quizapp.questions.credit import FULL
from quizapp.questions.fields import Field, Kind
from quizapp.questions.folding import MatchKind, matches
from quizapp.questions.foreseen import (
    FORESEEN_FIELD,
    Foreseen,
    any_other,
    dump_foreseen,
    find_foreseen,
    partly_right,
    said_of,
)
from quizapp.questions.numbers import read_number, read_span, show_number
from quizapp.questions.numeric_reading import NUMBER_FIELDS, Numeric, parse_numeric, without_unit
from quizapp.questions.reading import RESPONSE_LIMIT
from quizapp.questions.typed import TypedType


@dataclass(frozen=True, slots=True)
class PublicNumeric:
    """The question without the key.

    :param unit: stands after the box, or "".
    :param limit: the most characters a response may have.
    """

    stem: str
    unit: str
    limit: int


class NumericType(TypedType[Numeric]):
    """The response is the text typed, never empty; what is no number is wrong, not refused."""

    name: ClassVar[str] = "numeric"
    label: ClassVar[str] = "Number"
    recall: ClassVar[Recall] = Recall.FREE
    fields: ClassVar[tuple[Field, ...]] = (
        STEM_FIELD,
        *NUMBER_FIELDS,
        Field(
            "accepted",
            Kind.LINES,
            "Words that count as right",
            help="One a line, such as “a week” for 7 days. Numbers need not be listed.",
            required=False,
        ),
        replace(
            FORESEEN_FIELD,
            help="A number, or several as “1820 to 1824”: what they earn, and what to tell who "
            "gives one. A * stands for any other answer.",
        ),
        EXPLANATION_FIELD,
    )

    def parse(self, raw: Raw) -> Numeric:
        return parse_numeric(raw, [field.name for field in self.fields])

    def dump(self, content: Numeric) -> dict[str, Any]:
        dumped = asdict(content)
        del dumped["foreseen"]
        return (
            dumped
            | {"units": list(content.units), "accepted": list(content.accepted)}
            | dump_foreseen(content.foreseen)
        )

    def stem(self, content: Numeric) -> str:
        return plain(content.stem)

    def explanation(self, content: Numeric) -> str:
        return content.explanation

    def answer(self, content: Numeric) -> Answer:
        low, high = content.bounds
        span = (f"{show_number(low)} to {_with_unit(show_number(high), content)}",)
        also = (span if low != high else ()) + content.accepted
        return Answer(_key(content), also, partly=partly_right(content.foreseen))

    def public(self, content: Numeric, order: Order = ()) -> PublicNumeric:
        return PublicNumeric(content.stem, content.unit, RESPONSE_LIMIT)

    def grade(self, content: Numeric, response: str) -> Grade:
        """Grade a response: 1 within the bounds (both included) or for accepted words, else what it
        is foreseen to earn, or 0.

        Numbers are compared as exact fractions: 0.1 + 0.2 is 0.3 here.
        """
        part = _grade(content, response)
        return Grade(part.fraction, (part,), part.feedback)

    def parts(self, content: Numeric, response: str | None) -> tuple[PartGrade, ...]:
        return (_grade(content, response or ""),)

    def example(self) -> tuple[Numeric, Posted]:
        content = Numeric(
            "How high is Mont Blanc?",
            number="4,806",
            tolerance="4",
            unit="m",
            units=("metres", "meters"),
            accepted=("about four thousand eight hundred metres",),
            explanation="The ice on its top makes the height vary by a few metres.",
        )
        return content, {"text": ["4 807"]}


def _grade(content: Numeric, response: str) -> PartGrade:
    """Grade one response; "" is nothing given. What the author says of it is told, else ours."""
    part = _by_key(content, response)
    told = _find(content, response, part.fraction == FULL)
    if told is None:
        return part
    return replace(
        part,
        fraction=part.fraction or told.fraction,
        feedback=told.feedback or part.feedback,
        is_foreseen=bool(told.feedback),
    )


def _find(content: Numeric, response: str, is_right: bool) -> Foreseen | None:
    """Return the entry for a response: the first whose numbers or words it is."""
    if not response:
        return None
    bare = without_unit(response, content)
    value = read_number(bare)
    if value is None:
        words = tuple(one for one in content.foreseen if read_span(one.text) is None)
        return said_of(response, words) if is_right else find_foreseen(response, words)
    for one in content.foreseen:
        span = read_span(one.text)
        if span is not None and span[0] <= value <= span[1]:
            return one
    return None if is_right else any_other(content.foreseen)


def _by_key(content: Numeric, response: str) -> PartGrade:
    key, bare = _key(content), without_unit(response, content)
    value = read_number(bare)
    if value is not None:
        low, high = content.bounds
        is_right = low <= value <= high
        return PartGrade(response, key, Fraction(int(is_right)), _distance(content, value))
    for words in (response, bare):
        match = matches(words, content.accepted)
        if match.kind is not MatchKind.NONE:
            is_slip = match.kind is MatchKind.SLIP
            told = "Counted as right, with a spelling slip." if is_slip else ""
            expected = match.accepted if is_slip else key
            return PartGrade(response, expected, Fraction(1), told, slip=is_slip)
    unit = f"; its unit is {content.unit}" if content.unit else ""
    told = f"This was not read as a number{unit}." if response else ""
    return PartGrade(response, key, Fraction(0), told)


def _distance(content: Numeric, value: Fraction) -> str:
    """Return how far a number is from the key, where the number is a quantity.

    Without unit and tolerance it may be a label, such as the number of an article: how far
    another label is means nothing.
    """
    away = value - content.key
    low, high = content.bounds
    if not away or not (content.unit or low != high):
        return ""
    if low <= value <= high:
        return f"Close enough: exactly it is {_key(content)}."
    direction = "high" if away > 0 else "low"
    by = show_number(abs(away))
    return f"Too {direction} by {by}." if by else f"Too {direction}."


def _key(content: Numeric) -> str:
    return _with_unit(content.number, content)


def _with_unit(number: str, content: Numeric) -> str:
    return f"{number} {content.unit}".strip()
