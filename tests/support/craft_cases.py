"""The labelled examples of the craft rules: small courses that break a rule, or do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from quizapp.bank.craft.judge import judge
from quizapp.bank.findings import Where
from quizapp.bank.schema import (
    BankCitation,
    BankCourse,
    BankFact,
    BankPassage,
    BankQuestion,
    BankTerm,
    BankTopic,
)
from quizapp.bank.terms import GlossaryTerm
from quizapp.questions.registry import TYPES
from tests.support.repository import ROOT

FILE = ROOT / "tests/unit/bank/craft/cases.yaml"
_HERE = Where("cases.yaml", 1)
_OPTIONS = ("The miller", "The smith", "The baker", "The envoy")
_EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "single_choice": {"s": "Who opened the gate?", "o": ["*The miller", "The smith", "The baker"]},
    "multiple_response": {"s": "Who fled?", "o": ["*The miller", "*The smith", "A king", "A pope"]},
    "true_false": {"t": "The gate was shut.", "truth": True},
    "short_text": {"s": "What was opened by them?", "a": ["The gate"]},
    "cloze": {"c": "The miller opened the {{gate}} of the town."},
}


@dataclass(frozen=True, slots=True)
class Case:
    """One example for `rule`; `breaks` is what a person says of it."""

    rule: str
    breaks: bool
    stated: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.rule}: {dict(self.stated)}"

    @property
    def found(self) -> bool:
        """Return whether the rule finds fault with it."""
        return any(finding.rule == self.rule for finding in judge(course_of(self.stated)).findings)


@dataclass(frozen=True, slots=True)
class Score:
    """How well a rule does on its examples.

    :param precision: the share of its complaints that are right. :param recall: the share of
        the bad examples that it complains of. Both from 0 to 1.
    """

    rule: str
    good: int
    bad: int
    precision: float
    recall: float


@cache
def labelled(path: Path = FILE) -> tuple[Case, ...]:
    """Return every example, by rule."""
    stated = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        Case(rule, label == "bad", example)
        for rule, sides in stated.items()
        for label, examples in sides.items()
        for example in examples
    )


def score(rule: str) -> Score:
    """Return how well a rule does on its own examples."""
    cases = [case for case in labelled() if case.rule == rule]
    bad = [case for case in cases if case.breaks]
    complaints = [case for case in cases if case.found]
    right = sum(case.breaks for case in complaints)
    return Score(
        rule,
        good=len(cases) - len(bad),
        bad=len(bad),
        precision=right / len(complaints) if complaints else 0.0,
        recall=right / len(bad) if bad else 0.0,
    )


def course_of(stated: Mapping[str, Any], language: str = "en") -> BankCourse:
    """Return a course that holds the example and as little else as may be."""
    facts = list(_facts(stated))
    return BankCourse(
        slug="example",
        title="Example",
        language=language,
        summary="",
        topics=tuple(BankTopic(f"t{n}", "", "", _HERE) for n in range(len(_sizes(stated)))),
        sources=(),
        passages=tuple(
            BankPassage(f"p{n}", "s", "", "", "", "", _HERE)
            for n in range(stated.get("passages", 0))
        ),
        facts=tuple(facts),
        questions=tuple(_questions(stated)),
        quizzes=(),
        where=Where("course.yaml", 1),
        terms=tuple(_term(n, forms) for n, forms in enumerate(stated.get("terms", ()))),
    )


def _term(number: int, names: list[str]) -> BankTerm:
    stated = GlossaryTerm(f"term-{number}", "term", names[0], "A definition.", tuple(names))
    return BankTerm(stated, _HERE, (_HERE,) * len(names))


def _sizes(stated: Mapping[str, Any]) -> list[int]:
    return list(stated.get("topics", []))


def _facts(stated: Mapping[str, Any]) -> Iterator[BankFact]:
    for n in range(stated.get("cited", 0)):
        yield _fact(f"cites-{n}", "The Alder is cold.", (BankCitation(f"p{n}", "x", _HERE),))
    for n, size in enumerate(_sizes(stated)):
        for place in range(size):
            yield _fact(f"t{n}-{place}", "The Alder is cold.", topic=f"t{n}")
    if "fact" in stated:
        yield _fact("fact", stated["fact"])


def _fact(
    key: str, statement: str, citations: tuple[BankCitation, ...] = (), topic: str = ""
) -> BankFact:
    return BankFact(key, topic, statement, "", "", citations, _HERE)


def _questions(stated: Mapping[str, Any]) -> Iterator[BankQuestion]:
    for n, example in enumerate(_examples(stated)):
        type_name = _type_of(example)
        content = TYPES[type_name].parse(_raw(type_name, example))
        status = "draft" if example.get("draft") else "ready"
        yield BankQuestion(f"q{n}", "fact", type_name, status, {}, content, Where("q.yaml", n + 1))


def _examples(stated: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if stated.keys() & {"s", "t", "c"}:
        yield stated
    yield from stated.get("items", ())
    for form in stated.get("forms", ()):
        is_draft = form == "draft"
        yield {**_EXAMPLES["cloze" if is_draft else form], "draft": is_draft}
    for n, place in enumerate(stated.get("keys", ())):
        options = ["*" * (place == at) + text for at, text in enumerate(_OPTIONS)]
        yield {"s": f"Who opened gate number {n}?", "o": options}
    for n, truth in enumerate(stated.get("truths", ())):
        yield {"t": f"Gate number {n} was shut.", "truth": truth}
    for n in range(stated.get("of", 0)):
        key = "*The mill by the ford" if n < stated["longest"] else "*Mill"
        yield {"s": f"What burnt in year {n}?", "o": [key, "The old house", "A barn", "The hall"]}


def _type_of(example: Mapping[str, Any]) -> str:
    if "t" in example:
        return "true_false"
    if "c" in example:
        return "cloze"
    if "a" in example:
        return "short_text"
    keys = sum(text.startswith("*") for text in example["o"])
    is_single = keys == 1 and not example.get("several")
    return "single_choice" if is_single else "multiple_response"


def _raw(type_name: str, example: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `parse` reads; explanation and feedback are there unless the example says."""
    explanation = example.get("e", "That is how it was told.")
    feedback = example.get("f", "Nobody told it so.")
    if type_name == "true_false":
        own = {"stem": example["t"], "key": example["truth"], "feedback": feedback}
    elif type_name == "cloze":
        own = {"text": example["c"]}
    elif type_name == "short_text":
        own = {"stem": example["s"], "accepted": [str(text) for text in example["a"]]}
    else:
        own = {"stem": example["s"], "options": [_option(o, feedback) for o in example["o"]]}
    return own | {"explanation": explanation}


def _option(text: str, feedback: str) -> dict[str, Any]:
    is_key = text.startswith("*")
    said, _, share = text.removeprefix("*").removesuffix("%").partition(" %")
    option = {"text": said, "key": is_key, "feedback": "" if is_key else feedback}
    return option | ({"credit": share} if share else {})
