"""The craft rules on one question, as the editor shows them while it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quizapp.bank.craft.registry import rules_of
from quizapp.bank.craft.rule import Item, Scope, view
from quizapp.questions.folding import Speller
from quizapp.questions.spellings import nothing_known

_TYPED = ("too-many-gaps", "key-too-long")
_WITH_OPTIONS = (
    "longest-key",
    "all-of-the-above",
    "too-few-options",
    "missing-distractor-feedback",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One piece of advice, and whether the question follows it; `rule` is "" for the proof."""

    rule: str
    is_met: bool
    words: str


def advise(
    type_name: str,
    content: Any,
    *,
    statement: str,
    is_cited: bool,
    language: str,
    find: Speller = nothing_known,
) -> tuple[Check, ...]:
    """Return what is well and what could be better about a question, in the words of the check.

    Of the rules it follows, only those are named that authors most often miss.

    :param content: what `QuestionType.parse` gave. :param statement: of its fact, or "".
    :param is_cited: a passage proves its fact.
    :param find: gives the other ways to write what a text names, as the course's glossary does.
    """
    item = view(type_name, content, statement=statement, find=find)
    words = "Linked to a passage" if is_cited else "Link it to the words that prove it"
    found = [Check("", is_cited, words)]
    for rule in rules_of(Scope.QUESTION, language=language):
        complaint = rule.find(item)
        if complaint:
            found.append(Check(rule.id, False, _sentence(complaint)))
        elif rule.praise and _concerns(rule.id, item):
            found.append(Check(rule.id, True, rule.praise))
    return tuple(found)


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
