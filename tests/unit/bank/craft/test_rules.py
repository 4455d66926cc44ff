"""Every craft rule against its labelled examples, and against other languages."""

from __future__ import annotations

import re

import pytest

from quizapp.bank.craft.judge import judge
from quizapp.bank.craft.registry import RULES, UNUSED_WAIVER, rules_of
from quizapp.bank.craft.rule import Scope, view
from quizapp.questions.registry import TYPES
from tests.support.craft_cases import Case, course_of, labelled, score
from tests.support.repository import ROOT, read

GUIDE = ROOT / "docs/how-to/write-good-questions.md"
ENOUGH, AIM = 4, 0.9


def test_there_are_rules_to_hold_questions_against():
    assert len(RULES) >= 25
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", rule) for rule in RULES)


def test_no_example_is_of_an_unknown_rule():
    assert {case.rule for case in labelled()} == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_right_and_misses_little(rule):
    found = score(rule)

    wrong = [str(c) for c in labelled() if c.rule == rule and c.found is not c.breaks]
    assert min(found.good, found.bad) >= ENOUGH
    assert (found.precision >= AIM, found.recall >= AIM) == (True, True), wrong


@pytest.mark.parametrize("case", [case for case in labelled() if case.breaks], ids=str)
def test_a_complaint_says_what_is_wrong_and_what_to_do(case: Case):
    (message, *_) = [
        f.message for f in judge(course_of(case.stated)).findings if f.rule == case.rule
    ]

    wrong, mark, advice = message.rpartition("; ")
    assert wrong
    assert mark
    assert len(advice) > 5
    assert not message.endswith(".")


@pytest.mark.parametrize("rule", [*RULES, UNUSED_WAIVER])
def test_the_guide_describes_a_rule_with_a_bad_and_a_good_example(rule):
    text = read(GUIDE.relative_to(ROOT))

    found = re.search(rf"^### `{rule}`\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)

    assert found, f"describe {rule} under a heading of its own"
    assert re.search(r"^- Bad: \S", found[1], re.MULTILINE)
    assert re.search(r"^- Good: \S", found[1], re.MULTILINE)


def test_the_guide_describes_no_rule_that_is_gone():
    described = re.findall(r"^### `([^`]+)`$", read(GUIDE.relative_to(ROOT)), re.MULTILINE)

    assert described == [*RULES, UNUSED_WAIVER]


def test_rules_that_know_english_words_are_silent_on_other_languages():
    example = {"t": "Nie never always im Leben not.", "truth": False}

    english = {finding.rule for finding in judge(course_of(example, "en-GB")).findings}
    german = {finding.rule for finding in judge(course_of(example, "de")).findings}

    assert "absolute-words" in english
    assert not german & {rule.id for rule in RULES.values() if rule.is_english}


@pytest.mark.parametrize("type_name", TYPES)
def test_the_example_of_a_type_breaks_few_rules(type_name):
    content, _ = TYPES[type_name].example()

    item = view(type_name, content)

    broken = [rule.id for rule in rules_of(Scope.QUESTION, language="en") if rule.find(item)]
    assert len(broken) <= 1, broken
