"""The craft rules on one question, as the editor shows them while it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from quizapp.bank.craft.registry import rules_of
from quizapp.bank.craft.rule import Item, Rule, Scope, TestedFact, view
from quizapp.questions.folding import Speller
from quizapp.questions.spellings import nothing_known

_NONE: Mapping[str, str] = MappingProxyType({})
_OF_STATEMENTS = ("long-statement", "leaning-statement")
_TYPED = ("too-many-gaps", "key-too-long")
_WITH_OPTIONS = (
    "longest-key",
    "all-of-the-above",
    "too-few-options",
    "missing-distractor-feedback",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One piece of advice, and whether the question follows it; `rule` is "" for the proof.

    :param reason: why the rule is left aside here; "" where it is not.
    :param is_error: learners are not asked the question until it is put right.
    """

    rule: str
    is_met: bool
    words: str
    reason: str = ""
    is_error: bool = False


def advise(
    type_name: str,
    content: Any,
    *,
    statement: str,
    is_cited: bool,
    language: str,
    find: Speller = nothing_known,
    is_new_fact: bool = False,
    waived: Mapping[str, str] = _NONE,
) -> tuple[Check, ...]:
    """Return what is well and what could be better about a question, in the words of the check.

    Of the rules it follows, only those are named that authors most often miss.

    :param content: what `QuestionType.parse` gave. :param statement: of its fact, or "".
    :param is_cited: a passage proves its fact.
    :param find: gives the other ways to write what a text names, as the course's glossary does.
    :param is_new_fact: the statement is written with the question, so advice on it is of use.
    :param waived: why rules are left aside, by rule.
    """
    item = view(type_name, content, statement=statement, find=find)
    words = "Linked to a passage" if is_cited else "Link it to the words that prove it"
    found = [Check("", is_cited, words, is_error=not is_cited)]
    for rule, looked_at in _rules(item, language, is_new_fact=is_new_fact):
        complaint = rule.find(looked_at)
        if complaint:
            reason = waived.get(rule.id, "").strip()
            found.append(Check(rule.id, False, _sentence(complaint), reason))
        elif waived.get(rule.id, "").strip():
            words = f"Nothing breaks “{rule.id}” any more: empty the reason"
            found.append(Check(rule.id, True, words, waived[rule.id]))
        elif rule.praise and _concerns(rule.id, item):
            found.append(Check(rule.id, True, rule.praise))
    return tuple(found)


def _rules(item: Item, language: str, *, is_new_fact: bool) -> Iterator[tuple[Rule, Any]]:
    """Yield the rules of a question with what they look at; of its fact's words, if it is new."""
    for rule in rules_of(Scope.QUESTION, language=language):
        yield rule, item
    if is_new_fact and item.statement:
        fact = TestedFact(item.statement, ())
        for rule in rules_of(Scope.FACT, language=language):
            if rule.id in _OF_STATEMENTS:
                yield rule, fact


def _concerns(rule_id: str, item: Item) -> bool:
    """Return whether a question is of a kind that could break the rule."""
    if rule_id == "too-few-options":
        return item.has_one_key
    if rule_id in _WITH_OPTIONS:
        return bool(item.options)
    if rule_id in _TYPED:
        return item.is_cloze is (rule_id == "too-many-gaps") and bool(item.gaps)
    return not (rule_id == "negative-stem" and item.is_cloze)


def _sentence(complaint: str) -> str:
    return complaint[:1].upper() + complaint[1:] + "."
