"""What a checked bank holds: facts and forms by topic, and findings by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from quizapp.bank.check import Report
from quizapp.bank.schema import BankCourse
from quizapp.questions.base import Recall
from quizapp.questions.registry import TYPES


@dataclass(frozen=True, slots=True)
class TopicForms:
    """One topic, with its ready questions by how much they ask of memory.

    :param recognition, recall: questions with options or true and false; with gaps or typed.
    :param in_both: facts that have at least one question of each kind.
    """

    course: str
    topic: str
    facts: int
    questions: int
    recognition: int
    recall: int
    in_both: int


@dataclass(frozen=True, slots=True)
class RuleUse:
    """How often a craft rule found something that stands, and something that is waived."""

    rule: str
    findings: int
    waived: int


def forms_by_topic(report: Report) -> tuple[TopicForms, ...]:
    """Return the topics of every course in their order."""
    return tuple(_topic(course, topic.key) for course in report.courses for topic in course.topics)


def use_of_rules(report: Report) -> tuple[RuleUse, ...]:
    """Return the rules that found anything, by id."""
    found = Counter(finding.rule for finding in report.findings if finding.rule)
    waived = Counter(one.finding.rule for one in report.waived)
    return tuple(RuleUse(rule, found[rule], waived[rule]) for rule in sorted({*found, *waived}))


def _topic(course: BankCourse, key: str) -> TopicForms:
    facts = {fact.key for fact in course.facts if fact.topic == key}
    asked = [q for q in course.questions if q.is_ready and q.type in TYPES and q.fact in facts]
    recognised = [q.fact for q in asked if TYPES[q.type].recall is Recall.RECOGNITION]
    recalled = [q.fact for q in asked if TYPES[q.type].recall is not Recall.RECOGNITION]
    return TopicForms(
        course=course.slug,
        topic=key,
        facts=len(facts),
        questions=len(asked),
        recognition=len(recognised),
        recall=len(recalled),
        in_both=len({*recognised} & {*recalled}),
    )
