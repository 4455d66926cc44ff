"""How an item of QTI 2 scores: its rules are run on responses, or refused; never guessed at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizapp.formats.qti2.declarations import Response, defaults, read_responses
from quizapp.formats.qti2.expressions import KNOWN, Evaluator, Unknown, as_number, map_response
from quizapp.formats.weighing import CannotHold
from quizapp.formats.xml_tree import Element

Given = Mapping[str, Sequence[str]]
#: The end of a template's address → what it does.
_TEMPLATES = {
    "match_correct": "match",
    "cc2_match": "match",
    "cc2_match_basic": "match",
    "map_response": "map",
    "cc2_map_response": "map",
}
_RULES = {
    *("responseCondition", "responseIf", "responseElseIf", "responseElse", "setOutcomeValue"),
    "responseProcessingFragment",
}
_BRANCHES = _RULES - {"setOutcomeValue"}
#: So many steps are made for one item: rules, what stands in them, and values given.
MOST_STEPS = 40_000


class TooManyRules(Exception):
    """An item would take too long to run."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a response earns, and everything that was set beside it."""

    score: Fraction
    values: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Processing:
    """The scoring of one item.

    :param template: "match" or "map", or "" where it has rules of its own.
    """

    responses: Mapping[str, Response]
    start: Mapping[str, tuple[str, ...]]
    rules: Sequence[Element] = ()
    template: str = ""
    steps_left: int = MOST_STEPS
    #: The response that the file tells is right, once it was looked for.
    right: Given | None = None

    def run(self, given: Given) -> Outcome:
        """Return what a response earns.

        :raises CannotHold: a rule is not known here. :raises TooManyRules: it ran too often.
        """
        self._charge(1 + sum(len(values) for values in given.values()))
        outcomes = dict(self.start)
        if self.template:
            score = sum((self._by_template(one, given) for one in self._scored()), Fraction(0))
            outcomes["SCORE"] = (str(score),)
            return Outcome(score, outcomes)
        try:
            self._run(self.rules, given, outcomes)
        except Unknown as error:
            raise CannotHold(unknown(str(error))) from error
        score = as_number(outcomes["SCORE"][0]) if outcomes.get("SCORE") else Fraction(0)
        return Outcome(score, outcomes)

    def _charge(self, steps: int) -> None:
        self.steps_left -= steps
        if self.steps_left < 0:
            raise TooManyRules

    def _scored(self) -> list[Response]:
        """Return what a template scores: RESPONSE, or all of them where none has that name."""
        if "RESPONSE" in self.responses:
            return [self.responses["RESPONSE"]]
        return list(self.responses.values())

    def _by_template(self, response: Response, given: Given) -> Fraction:
        values = given.get(response.ident, ())
        if self.template == "map" and response.mapped is not None:
            return map_response(response, response.mapped, values) if values else Fraction(0)
        is_right = bool(values) and response.same_values(values, response.correct)
        return Fraction(int(is_right))

    def _run(
        self, rules: Sequence[Element], given: Given, outcomes: dict[str, tuple[str, ...]]
    ) -> None:
        for rule in rules:
            self._charge(1 + len(rule.elements))
            evaluator = Evaluator(self.responses, given, outcomes)
            if rule.name == "setOutcomeValue" and rule.elements:
                value = evaluator.value(rule.elements[0])
                if isinstance(value, bool):
                    value = (str(value).lower(),)
                outcomes[rule.get("identifier")] = value
            elif rule.name == "responseCondition":
                self._run(_chosen(rule, evaluator), given, outcomes)
            elif rule.name == "responseProcessingFragment":
                self._run(rule.elements, given, outcomes)
            else:
                raise Unknown(rule.name)


def read_processing(item: Element) -> Processing:
    """Return how an item scores.

    :raises CannotHold: in a way that is not known here.
    """
    responses, start = read_responses(item), defaults(item)
    processing = item.first("responseProcessing")
    if processing is None or not is_scoring(processing):
        has_key = any(response.correct for response in responses.values())
        return Processing(responses, start, template="match" if has_key else "map")
    if processing.elements:
        unknown_names = [
            one.name
            for one in processing.deep()
            if one.name not in _RULES and one.name not in KNOWN
        ]
        if unknown_names:
            raise CannotHold(unknown(unknown_names[0]))
        return Processing(responses, start, rules=processing.elements)
    name = processing.get("template").rstrip("/").rpartition("/")[2]
    template = _TEMPLATES.get(name.lower().removesuffix(".xml"))
    if template is None:
        raise CannotHold(unknown(name[:60]))
    return Processing(responses, start, template=template)


def is_scoring(processing: Element) -> bool:
    """Return whether rules ever set the score; some programs write rules that set nothing."""
    if not processing.elements:
        return bool(processing.get("template"))
    set_by = [one for one in processing.deep() if one.name not in KNOWN | _BRANCHES]
    return any(one.name != "setOutcomeValue" or one.get("identifier") == "SCORE" for one in set_by)


def unknown(name: str) -> str:
    """Return the reason that a rule of this name is not run."""
    return f"It has a scoring of its own that cannot be run here ({name})."


def _chosen(condition: Element, evaluator: Evaluator) -> list[Element]:
    """Return the rules of the branch whose test holds."""
    for branch in condition.elements:
        if branch.name == "responseElse":
            return branch.elements
        if not branch.elements:
            raise Unknown(branch.name)
        if evaluator.truth(branch.elements[0]):
            return branch.elements[1:]
    return []
