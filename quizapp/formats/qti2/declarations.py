"""What an item of QTI 2 declares: its responses with their keys and maps, and its outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.xml_tree import Element


@dataclass(frozen=True, slots=True)
class Mapped:
    """What values of a response earn. :param minds_case: the keys for which capitals count."""

    entries: Mapping[str, Fraction]
    default: Fraction = Fraction(0)
    lower: Fraction | None = None
    upper: Fraction | None = None
    minds_case: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Response:
    """One response. :param cardinality: "single", "multiple", "ordered" or "record".

    :param base_type: "identifier", "string", "integer", "float", "pair", "directedPair", ….
    """

    ident: str
    cardinality: str
    base_type: str
    correct: tuple[str, ...]
    mapped: Mapped | None

    @property
    def is_number(self) -> bool:
        return self.base_type in {"integer", "float"}

    @property
    def positive(self) -> tuple[str, ...]:
        """Return the values that the map gives points for."""
        entries = self.mapped.entries if self.mapped else {}
        return tuple(value for value, points in entries.items() if points > 0)

    def canonical(self, value: str) -> str:
        """Return a value in the form that all equal values of this response share."""
        if self.is_number:
            number = read_fraction(value)
            return value if number is None else str(number)
        return " ".join(sorted(value.split())) if self.base_type == "pair" else value

    def same(self, value: str, other: str) -> bool:
        """Return whether two values of this response are equal."""
        return self.canonical(value) == self.canonical(other)

    def same_values(self, values: Sequence[str], others: Sequence[str]) -> bool:
        """Return whether two lists of values are equal, in any order unless it is ordered."""
        left, right = map(self.canonical, values), map(self.canonical, others)
        if self.cardinality == "multiple":
            return Counter(left) == Counter(right)
        return list(left) == list(right)

    @cached_property
    def points(self) -> Mapping[str, Fraction]:
        """Return what the map gives, by canonical value."""
        entries = self.mapped.entries if self.mapped else {}
        return {self.canonical(value): points for value, points in entries.items()}

    @cached_property
    def folded_points(self) -> Mapping[str, Fraction]:
        """Return what the map gives for texts whose capitals do not count, in small letters."""
        if self.mapped is None or self.base_type != "string":
            return {}
        return {
            value.lower(): points
            for value, points in reversed(list(self.mapped.entries.items()))
            if value not in self.mapped.minds_case
        }


def read_responses(item: Element) -> dict[str, Response]:
    """Return the responses that an item declares, by name."""
    found = [_response(one) for one in item.all("responseDeclaration")]
    return {one.ident: one for one in found}


def most_points(item: Element) -> Fraction | None:
    """Return the points that an item says it is worth, or None."""
    for outcome in item.all("outcomeDeclaration"):
        if outcome.get("identifier") == "MAXSCORE":
            value = next(iter(outcome.deep("value")), None)
            points = read_fraction(value.text) if value else None
            if points is not None and points > 0:
                return points
    for outcome in item.all("outcomeDeclaration"):
        if outcome.get("identifier") == "SCORE":
            points = read_fraction(outcome.get("normalMaximum"))
            if points is not None and points > 0:
                return points
    return None


def defaults(item: Element) -> dict[str, tuple[str, ...]]:
    """Return the values that outcomes have before anything is given."""
    found: dict[str, tuple[str, ...]] = {}
    for outcome in item.all("outcomeDeclaration"):
        values = [value.text.strip() for value in outcome.deep("value")]
        if not values and outcome.get("baseType") in {"float", "integer"}:
            values = ["0"]
        found[outcome.get("identifier")] = tuple(values)
    found.setdefault("SCORE", ("0",))
    return found


def _response(element: Element) -> Response:
    correct = element.first("correctResponse")
    mapping = element.first("mapping")
    return Response(
        ident=element.get("identifier"),
        cardinality=element.get("cardinality", "single"),
        base_type=element.get("baseType", "identifier"),
        correct=tuple(
            " ".join(value.text.split()) if "air" in element.get("baseType") else value.text.strip()
            for value in (correct.all("value") if correct else [])
        ),
        mapped=None if mapping is None else _mapping(mapping),
    )


def _mapping(element: Element) -> Mapped:
    entries = element.all("mapEntry")
    points = {
        " ".join(one.get("mapKey").split()): read_fraction(one.get("mappedValue")) or Fraction(0)
        for one in entries
    }
    return Mapped(
        entries=points,
        default=read_fraction(element.get("defaultValue")) or Fraction(0),
        lower=read_fraction(element.get("lowerBound")),
        upper=read_fraction(element.get("upperBound")),
        minds_case=frozenset(
            " ".join(one.get("mapKey").split())
            for one in entries
            if one.get("caseSensitive").strip().lower() in {"true", "1"}
        ),
    )
