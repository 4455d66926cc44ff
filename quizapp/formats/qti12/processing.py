"""How an item of QTI 1.2 scores: its conditions are run on responses, never guessed at."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.qti12.presentation import Field
from quizapp.formats.xml_tree import Element

#: What was given in each field, by its name.
Given = Mapping[str, Sequence[str]]
_COMPARISONS = {
    "vargt": lambda given, limit: given > limit,
    "vargte": lambda given, limit: given >= limit,
    "varlt": lambda given, limit: given < limit,
    "varlte": lambda given, limit: given <= limit,
}
#: Tests that can be run; whoever meets another one refuses the item.
_KNOWN = {"varequal", "and", "or", "not", "other", "unanswered", "conditionvar", *_COMPARISONS}
#: So many tests and values given are gone through for one item; beyond them it is refused.
MOST_TESTS = 50_000


class TooManyTests(Exception):
    """An item would take too long to run."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a response earns, and the names of the feedback that is shown for it."""

    score: Fraction
    shown: tuple[str, ...]


@dataclass(slots=True)
class Processing:
    """The conditions of one item. :param fields: its fields by name.

    :param variable: the one in which the score is kept. :param least: below which it never is.
    """

    conditions: tuple[Element, ...]
    fields: Mapping[str, Field]
    variable: str = "score"
    least: Fraction | None = None
    tests_left: int = MOST_TESTS
    #: The best response and its score, once they were looked for.
    best: tuple[Given, Fraction] | None = None

    def run(self, given: Given) -> Outcome:
        """Return what a response earns.

        :raises TooManyTests: the item has been run too often already.
        """
        self._charge(len(self.conditions))
        score = Fraction(0)
        shown: list[str] = []
        for condition in self.conditions:
            if not self._holds_all(condition.all("conditionvar"), given):
                continue
            for setting in condition.all("setvar"):
                if setting.get("varname", "SCORE").strip().lower() == self.variable:
                    score = _applied(score, setting)
            shown.extend(one.get("linkrefid") for one in condition.all("displayfeedback"))
            if condition.get("continue").strip().lower() == "no":
                break
        if self.least is not None:
            score = max(score, self.least)
        return Outcome(score, tuple(dict.fromkeys(shown)))

    def _holds_all(self, tests: Sequence[Element], given: Given) -> bool:
        """Return whether tests beside each other hold.

        Several texts of which a field can have only one are alternatives: together they could
        never hold, and programs list a text's spellings so. In an ordered field they are the order.
        """
        self._charge(len(tests))
        plain: dict[str, list[Element]] = {}
        others = []
        for test in tests:
            if test.name == "varequal":
                plain.setdefault(test.get("respident"), []).append(test)
            else:
                others.append(test)
        return all(self._equal(name, tests, given) for name, tests in plain.items()) and all(
            self._holds(test, given) for test in others
        )

    def _charge(self, tests: int) -> None:
        self.tests_left -= tests
        if self.tests_left < 0:
            raise TooManyTests

    def _equal(self, name: str, tests: list[Element], given: Given) -> bool:
        cardinality = self.fields[name].cardinality if name in self.fields else "single"
        if cardinality == "ordered":
            return tuple(given.get(name, ())) == ordered_values(tests)
        held = [self._holds(test, given) for test in tests]
        return all(held) if cardinality == "multiple" else any(held)

    def _holds(self, test: Element, given: Given) -> bool:
        match test.name:
            case "conditionvar" | "and":
                return self._holds_all(test.elements, given)
            case "or":
                self._charge(len(test.elements))
                return any(self._holds(inner, given) for inner in test.elements)
            case "not":
                return not self._holds_all(test.elements, given)
        values = given.get(test.get("respident"), ())
        self._charge(1 + len(values))
        return test.name == "other" or self._compare(test, values)

    def _compare(self, test: Element, values: Sequence[str]) -> bool:
        if test.name == "varequal":
            field = self.fields.get(test.get("respident"))
            return any(_is_same(value, test, field) for value in values)
        if test.name == "unanswered":
            return not values
        limit = read_fraction(test.text)
        numbers = [read_fraction(value) for value in values]
        return limit is not None and any(
            _COMPARISONS[test.name](number, limit) for number in numbers if number is not None
        )


def read_processing(item: Element, fields: Mapping[str, Field]) -> Processing | str:
    """Return how an item scores, or in words why that cannot be run."""
    areas = item.all("resprocessing")
    conditions = tuple(one for area in areas for one in area.all("respcondition"))
    for condition in conditions:
        for area in condition.all("conditionvar"):
            unknown = [test.name for test in area.deep() if test.name not in _KNOWN]
            if unknown:
                return f"its scoring has a test that is not known here ({unknown[0]})"
        for setting in condition.all("setvar"):
            if setting.get("action", "Set").strip().lower() not in {"set", "add", "subtract"}:
                return "its scoring multiplies points"
    variables = [
        setting.get("varname", "SCORE").strip().lower()
        for condition in conditions
        for setting in condition.all("setvar")
    ]
    named = list(dict.fromkeys(variables))
    if len(named) > 1 and "score" not in named:
        return "it scores on several scales"
    variable = "score" if "score" in named or not named else named[0]
    declared = [one for area in areas for one in area.deep("decvar")]
    least = [
        read_fraction(one.get("minvalue"))
        for one in declared
        if one.get("varname", "SCORE").strip().lower() == variable
    ]
    return Processing(conditions, fields, variable, least[0] if least else None)


def tests_of(condition: Element, name: str) -> Iterator[Element]:
    """Yield the tests of this kind in a condition that must hold, not those that must not."""
    waiting = deque(condition.all("conditionvar"))
    while waiting:
        element = waiting.popleft()
        for child in element.elements:
            if child.name == name:
                yield child
            elif child.name != "not":
                waiting.append(child)


def ordered_values(tests: Sequence[Element]) -> tuple[str, ...]:
    """Return the values of tests on an ordered field, by their `index` where all have one."""
    if all(test.get("index").strip().isdecimal() for test in tests):
        tests = sorted(tests, key=lambda test: int(test.get("index").strip()[:9]))
    return tuple(test.text.strip() for test in tests)


def _is_same(value: str, test: Element, field: Field | None) -> bool:
    wanted = test.text.strip()
    if value == wanted or field is None or field.kind == "lid":
        return value == wanted
    if field.kind == "num":
        given = read_fraction(value)
        return given is not None and given == read_fraction(wanted)
    return test.get("case").strip().lower() != "yes" and value.lower() == wanted.lower()


def _applied(score: Fraction, setting: Element) -> Fraction:
    amount = read_fraction(setting.text)
    if amount is None:
        return score
    match setting.get("action", "Set").strip().lower():
        case "add":
            return score + amount
        case "subtract":
            return score - amount
    return amount
