"""The expressions of response processing that are known here, evaluated on a response."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.qti2.declarations import Mapped, Response
from quizapp.formats.xml_tree import Element

#: A number that was reckoned here, as `Fraction` writes it.
_RATIO = re.compile(r"-?\d{1,1000}(?:/[1-9]\d{0,1000})?")
#: What expressions give: a truth, or values; () is QTI's null.
Value = bool | tuple[str, ...]
_COMPARED: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
}
KNOWN = {
    *("variable", "correct", "baseValue", "null", "multiple", "ordered", "mapResponse", "sum"),
    *("match", "equal", "stringMatch", "member", "contains", "and", "or", "not", "isNull"),
    *_COMPARED,
}


class Unknown(Exception):
    """An expression that is not known here."""


class Evaluator:
    """Evaluates on one response. :param given: what was given for each response.

    :param outcomes: what the outcomes are so far.
    """

    def __init__(
        self,
        responses: Mapping[str, Response],
        given: Mapping[str, Sequence[str]],
        outcomes: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._responses = responses
        self._given = given
        self._outcomes = outcomes

    def value(self, element: Element) -> Value:
        """Return what an expression gives.

        :raises Unknown: it is none that is known here.
        """
        if element.name in _LOGICAL:
            return self._logical(element)
        if element.name in _COMPARED or element.name in _TESTS:
            return self._test(element)
        return self._values(element)

    def _values(self, element: Element) -> tuple[str, ...]:
        ident, name = element.get("identifier"), element.name
        values: tuple[str, ...] = ()
        if name == "variable":
            values = tuple(self._given.get(ident, self._outcomes.get(ident, ())))
        elif name == "correct" and ident in self._responses:
            values = self._responses[ident].correct
        elif name == "baseValue":
            values = (element.text.strip(),)
        elif name in {"multiple", "ordered"}:
            values = tuple(text for one in element.elements for text in self.values(one))
        elif name == "mapResponse" and ident in self._responses:
            response = self._responses[ident]
            values = (str(map_response(response, response.mapped, self._given.get(ident, ()))),)
        elif name == "sum":
            values = (str(sum((self.number(one) for one in element.elements), Fraction(0))),)
        elif name != "null":
            raise Unknown(name)
        return values

    def values(self, element: Element) -> tuple[str, ...]:
        value = self.value(element)
        if isinstance(value, bool):
            raise Unknown(element.name)
        return value

    def truth(self, element: Element) -> bool:
        value = self.value(element)
        return value if isinstance(value, bool) else value == ("true",)

    def number(self, element: Element) -> Fraction:
        values = self.values(element)
        return as_number(values[0]) if values else Fraction(0)

    def _logical(self, element: Element) -> bool:
        inner = element.elements
        match element.name:
            case "and":
                return all(self.truth(one) for one in inner)
            case "or":
                return any(self.truth(one) for one in inner)
            case "not" if len(inner) == 1:
                return not self.truth(inner[0])
            case "isNull" if len(inner) == 1:
                values = self.values(inner[0])
                return not values or values == ("",)
        raise Unknown(element.name)

    def _test(self, element: Element) -> bool:
        if len(element.elements) != 2:
            raise Unknown(element.name)
        left, right = (self.values(one) for one in element.elements)
        if element.name in _COMPARED:
            return bool(left and right) and _COMPARED[element.name](
                as_number(left[0]), as_number(right[0])
            )
        response = self._response_in(element)
        match element.name:
            case "match":
                return _same_values(response, left, right)
            case "member":
                return len(left) == 1 and any(_same(response, left[0], one) for one in right)
            case "contains":
                return all(any(_same(response, one, held) for held in left) for one in right)
            case "stringMatch":
                is_strict = element.get("caseSensitive", "true").strip().lower() != "false"
                return len(left) == len(right) == 1 and (
                    left == right if is_strict else left[0].lower() == right[0].lower()
                )
        return bool(left and right) and _is_near(element, left[0], right[0])

    def _response_in(self, element: Element) -> Response | None:
        """Return the response that is compared, as it says what equal means."""
        named = [one.get("identifier") for one in element.elements if one.name == "variable"]
        return next((self._responses[one] for one in named if one in self._responses), None)


_LOGICAL = {"and", "or", "not", "isNull"}
_TESTS = {"match", "equal", "stringMatch", "member", "contains"}


def as_number(text: str) -> Fraction:
    """Return a number, also one that was reckoned here ("1/3"); 0 for what is none."""
    if _RATIO.fullmatch(text):
        return Fraction(text)
    return read_fraction(text) or Fraction(0)


def map_response(response: Response, mapped: Mapped | None, given: Sequence[str]) -> Fraction:
    """Return what a map gives for the values of a response, each counted once."""
    if mapped is None:
        raise Unknown("mapResponse")
    points = Fraction(0)
    for value in dict.fromkeys(given):
        points += _mapped(response, mapped, value)
    if mapped.lower is not None:
        points = max(points, mapped.lower)
    return min(points, mapped.upper) if mapped.upper is not None else points


def _mapped(response: Response, mapped: Mapped, value: str) -> Fraction:
    points = response.points.get(response.canonical(value))
    if points is None:
        points = response.folded_points.get(value.lower())
    return mapped.default if points is None else points


def tolerance_range(element: Element, number: Fraction) -> tuple[Fraction, Fraction]:
    """Return from where to where a value is `equal` to a number.

    :raises Unknown: the tolerance is none that is known here.
    """
    mode = element.get("toleranceMode", "exact")
    if mode == "exact":
        return number, number
    amounts = [read_fraction(one) for one in element.get("tolerance").split()]
    if mode not in {"absolute", "relative"} or not amounts or None in amounts:
        raise Unknown("equal")
    below, above = amounts[0] or Fraction(0), amounts[-1] or Fraction(0)
    if mode == "relative":
        below, above = abs(number) * below / 100, abs(number) * above / 100
    return number - below, number + above


def _is_near(element: Element, left: str, right: str) -> bool:
    low, high = tolerance_range(element, as_number(right))
    return low <= as_number(left) <= high


def _same(response: Response | None, value: str, other: str) -> bool:
    return response.same(value, other) if response else value == other


def _same_values(response: Response | None, left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    if not left or not right:
        return False
    return response.same_values(left, right) if response else left == right
