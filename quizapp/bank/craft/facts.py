"""Rules about facts, passages and topics: whether each is asked, and in which forms."""

from __future__ import annotations

import re

from quizapp.bank.craft.rule import CitedText, TestedFact, TopicSize
from quizapp.bank.craft.wording import sentences, words
from quizapp.questions.base import Recall

_MOST_WORDS = 30
_LEANS = re.compile(
    r"(?:it|they|he|she|this|these|those|that|such|there(?:fore|after|by)|here|hence|thus)\b", re.I
)


def no_question(fact: TestedFact) -> str:
    """Say that nothing tests the fact."""
    return "" if fact.forms else "no ready question tests the fact; write one"


def one_form_only(fact: TestedFact) -> str:
    """Say that a single question tests the fact."""
    if len(fact.forms) != 1:
        return ""
    other = "types the key" if fact.forms[0] is Recall.RECOGNITION else "offers options"
    return f"one question alone tests the fact; write another, one that {other}"


def no_recall_form(fact: TestedFact) -> str:
    """Say that the fact is only ever recognised."""
    if len(fact.forms) < 2 or any(form > Recall.RECOGNITION for form in fact.forms):
        return ""
    return "the fact is only recognised, never recalled; add a gap or a typed text"


def no_recognition_form(fact: TestedFact) -> str:
    """Say that the fact has no easy form to meet it by."""
    if len(fact.forms) < 2 or Recall.RECOGNITION in fact.forms:
        return ""
    return "the fact has no form to recognise it by; add a choice or a statement"


def long_statement(fact: TestedFact) -> str:
    """Say that the fact is more than one."""
    count, parts = len(words(fact.statement)), len(sentences(fact.statement))
    if parts > 1:
        return f"the statement has {parts} sentences; make each a fact of its own"
    if count > _MOST_WORDS:
        return f"the statement has {count} words; cut it to {_MOST_WORDS}, or make it two facts"
    return ""


def leaning_statement(fact: TestedFact) -> str:
    """Say that the statement cannot be understood by itself."""
    found = _LEANS.match(fact.statement)
    if not found:
        return ""
    return f'the statement begins with "{found.group()}" and leans on another; name what is meant'


def passage_without_facts(passage: CitedText) -> str:
    """Say that nothing is learnt from a passage."""
    if passage.citing:
        return ""
    return f'no fact cites passage "{passage.key}"; state one, or leave the passage out'


def topic_without_facts(topic: TopicSize) -> str:
    """Say that a topic is empty."""
    return "" if topic.facts else f'topic "{topic.key}" has no facts; write some or delete it'
