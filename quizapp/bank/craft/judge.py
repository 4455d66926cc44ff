"""Holding a course against the craft rules, and its waivers against what they waive."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quizapp.bank.craft.registry import RULES, UNUSED_WAIVER, rules_of
from quizapp.bank.craft.rule import CitedText, Item, Scope, TestedFact, TopicSize, view
from quizapp.bank.findings import Finding, Where, error, warning
from quizapp.bank.schema import BankCourse, BankQuestion, BankWaiver
from quizapp.bank.text import suggestion
from quizapp.questions.base import Recall
from quizapp.questions.registry import TYPES


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding that the files waive, and the reason that they give."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the craft rules find in a course, apart from what is waived."""

    findings: tuple[Finding, ...]
    waived: tuple[Waived, ...]


@dataclass(frozen=True, slots=True)
class _Complaint:
    rule: str
    where: Where
    message: str
    waivers: tuple[BankWaiver, ...]


def judge(course: BankCourse) -> Judgement:
    """Return what the craft rules find in the ready questions, facts and passages of a course."""
    findings: list[Finding] = []
    waived: list[Waived] = []
    used: set[tuple[Where, str]] = set()
    for complaint in _complaints(course):
        finding = warning(complaint.where, complaint.message, complaint.rule)
        waiver = next((w for w in complaint.waivers if w.rule == complaint.rule), None)
        if waiver is None:
            findings.append(finding)
        else:
            waived.append(Waived(finding, waiver.reason))
            used.add((waiver.where, waiver.rule))
    for waiver in _waivers(course):
        if waiver.rule not in RULES:
            advice = suggestion(waiver.rule, list(RULES)) or "; the rules are in the documents"
            findings.append(error(waiver.where, f'there is no rule "{waiver.rule}"{advice}'))
        elif (waiver.where, waiver.rule) not in used:
            message = f'nothing breaks "{waiver.rule}" here; delete the waiver'
            findings.append(warning(waiver.where, message, UNUSED_WAIVER))
    return Judgement(tuple(findings), tuple(waived))


def _complaints(course: BankCourse) -> Iterator[_Complaint]:
    statements = {fact.key: fact.statement for fact in reversed(course.facts)}
    find = course.glossary().spellings
    asked = [
        (
            question,
            view(
                question.type,
                question.content,
                statement=statements.get(question.fact, ""),
                find=find,
            ),
        )
        for question in course.questions
        if question.is_ready and question.content is not None
    ]
    yield from _of_questions(course, asked)
    yield from _of_facts(course, asked)
    yield from _of_passages_and_topics(course)
    yield from _of_many(course, asked)


def _of_questions(
    course: BankCourse, asked: Sequence[tuple[BankQuestion, Item]]
) -> Iterator[_Complaint]:
    rules = rules_of(Scope.QUESTION, language=course.language)
    for question, item in asked:
        for rule in rules:
            if message := rule.find(item):
                yield _Complaint(rule.id, question.where, message, question.waivers)
    for rule in rules_of(Scope.PAIRS, language=course.language):
        for later, earlier in rule.find([item for _, item in asked]):
            question, other = asked[later][0], asked[earlier][0]
            message = f'question "{question.key}" asks the same as the one at {other.where}; '
            message += "change one, or delete it"
            yield _Complaint(rule.id, question.where, message, question.waivers)


def _of_facts(
    course: BankCourse, asked: Sequence[tuple[BankQuestion, Item]]
) -> Iterator[_Complaint]:
    forms: dict[str, list[Recall]] = defaultdict(list)
    for question, _ in asked:
        forms[question.fact].append(TYPES[question.type].recall)
    broken = {q.fact for q in course.questions if q.is_ready and q.content is None}
    rules = rules_of(Scope.FACT, language=course.language)
    for fact in course.facts:
        if fact.key in broken:
            continue  # that a question of it is an error has been said
        tested = TestedFact(fact.statement, tuple(forms[fact.key]))
        for rule in rules:
            if fact.key and (message := rule.find(tested)):
                message = f'fact "{fact.key}": {message}'
                yield _Complaint(rule.id, fact.where, message, fact.waivers)


def _of_passages_and_topics(course: BankCourse) -> Iterator[_Complaint]:
    cited = Counter(citation.passage for fact in course.facts for citation in fact.citations)
    for rule in rules_of(Scope.PASSAGE, language=course.language):
        for passage in course.passages:
            if message := rule.find(CitedText(passage.key, cited[passage.key])):
                yield _Complaint(rule.id, passage.where, message, passage.waivers)
    topics = Counter(fact.topic for fact in course.facts)
    for rule in rules_of(Scope.TOPIC, language=course.language):
        for topic in course.topics:
            if topic.key and (message := rule.find(TopicSize(topic.key, topics[topic.key]))):
                yield _Complaint(rule.id, topic.where, message, course.waivers)


def _of_many(
    course: BankCourse, asked: Sequence[tuple[BankQuestion, Item]]
) -> Iterator[_Complaint]:
    by_file: dict[str, list[Item]] = defaultdict(list)
    for question, item in asked:
        by_file[question.where.file].append(item)
    for rule in rules_of(Scope.FILE, language=course.language):
        for file, items in by_file.items():
            if message := rule.find(items):
                waivers = tuple(w for w in course.file_waivers if w.where.file == file)
                yield _Complaint(rule.id, Where(file, 1), message, waivers)
    for rule in rules_of(Scope.COURSE, language=course.language):
        if message := rule.find([item for _, item in asked]):
            yield _Complaint(rule.id, course.where, message, course.waivers)


def _waivers(course: BankCourse) -> Iterator[BankWaiver]:
    """Yield the waivers, but for those of questions that no rule was held against."""
    yield from course.waivers
    yield from course.file_waivers
    for passage in course.passages:
        yield from passage.waivers
    for fact in course.facts:
        yield from fact.waivers
    for question in course.questions:
        if question.is_ready and question.content is not None:
            yield from question.waivers
