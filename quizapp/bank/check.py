"""Checking a whole bank: what its files say, and whether the items fit together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from quizapp.bank.craft.judge import Waived, judge
from quizapp.bank.findings import Finding, Where, error, in_order
from quizapp.bank.glossary_rules import check_glossary
from quizapp.bank.load import read_bank
from quizapp.bank.quiz_rules import check_quizzes
from quizapp.bank.schema import BankCitation, BankCourse, BankFact, BankPassage, Counts
from quizapp.bank.source import check_source
from quizapp.bank.text import nearest, occurrences, suggestion


@dataclass(frozen=True, slots=True)
class Report:
    """The courses of a bank, everything wrong with them, and how much there is.

    `waived` is what the craft rules find and the files waive; it is not among the findings.
    """

    courses: tuple[BankCourse, ...]
    findings: tuple[Finding, ...]
    counts: Counts
    waived: tuple[Waived, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the bank from being loaded."""
        return tuple(finding for finding in self.findings if finding.is_error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that an editor should look at."""
        return tuple(finding for finding in self.findings if not finding.is_error)


def check(root: Path, source: Path | None = None) -> Report:
    """Return the report on the bank folder `root`, findings by file and line.

    Never raises for bad content.

    :param source: a file with the text behind the passages, to hold the evidence against.
    """
    bank = read_bank(root)
    findings = list(bank.findings)
    waived: list[Waived] = []
    for course in bank.courses:
        findings.extend(check_course(course))
        judgement = judge(course)
        findings.extend(judgement.findings)
        waived.extend(judgement.waived)
    if source is not None:
        findings.extend(check_source(bank, source))
    waived.sort(key=lambda one: (one.finding.file, one.finding.line, one.finding.rule))
    return Report(bank.courses, in_order(findings), bank.counts(), tuple(waived))


def check_course(course: BankCourse) -> Iterator[Finding]:
    """Yield what is wrong between the items of one course."""
    yield from _check_not_empty(course)
    yield from _check_keys(course)
    yield from _check_passages(course)
    yield from _check_facts(course)
    yield from _check_questions(course)
    yield from check_quizzes(course)
    yield from check_glossary(course)


def format_counts(counts: Counts) -> str:
    """Return the counts in words: "1 course, 9 passages, 62 facts, …, 38 terms"."""
    return ", ".join(
        f"{number:,} {one if number == 1 else many}"
        for number, one, many in (
            (counts.courses, "course", "courses"),
            (counts.passages, "passage", "passages"),
            (counts.facts, "fact", "facts"),
            (counts.questions, "question", "questions"),
            (counts.quizzes, "quiz", "quizzes"),
            (counts.terms, "term", "terms"),
        )
    )


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...

    @property
    def where(self) -> Where: ...


def _check_not_empty(course: BankCourse) -> Iterator[Finding]:
    for found, what, file in (
        (course.passages, "passages", "reader.yaml"),
        (course.facts, "facts", "facts/….yaml"),
        (course.questions, "questions", "questions/….yaml"),
    ):
        if not found:
            yield error(course.where, f"the course has no {what}; write them in {file}")


def _check_keys(course: BankCourse) -> Iterator[Finding]:
    kinds: tuple[tuple[str, Sequence[_Keyed]], ...] = (
        ("topic", course.topics),
        ("source", course.sources),
        ("passage", course.passages),
        ("fact", sorted(course.facts, key=lambda fact: fact.where)),
        ("question", course.questions),
        ("quiz", course.quizzes),
        ("term", course.terms),
    )
    for kind, items in kinds:
        first: dict[str, Where] = {}
        for item in items:
            if item.key and item.key in first:
                message = f'the {kind} key "{item.key}" is taken, first by {first[item.key]}; '
                yield error(item.where, message + "rename one, or delete it")
            first.setdefault(item.key, item.where)


def _check_passages(course: BankCourse) -> Iterator[Finding]:
    sources = [source.key for source in course.sources]
    for passage in course.passages:
        if passage.source and passage.source not in sources:
            yield _unknown(
                passage.where, f'passage "{passage.key}"', "source", passage.source, sources
            )


def _check_facts(course: BankCourse) -> Iterator[Finding]:
    topics = [topic.key for topic in course.topics]
    passages = {passage.key: passage for passage in reversed(course.passages)}
    for fact in course.facts:
        who = f'fact "{fact.key}"'
        if fact.topic and fact.topic not in topics:
            yield _unknown(fact.where, who, "topic", fact.topic, topics)
        for citation in fact.citations:
            yield from _check_citation(fact, citation, passages)


def _check_citation(
    fact: BankFact, citation: BankCitation, passages: dict[str, BankPassage]
) -> Iterator[Finding]:
    if not citation.passage or not citation.exact:
        return  # the reader has said so
    passage = passages.get(citation.passage)
    if passage is None:
        who = f'fact "{fact.key}"'
        yield _unknown(citation.where, who, "passage", citation.passage, list(passages))
        return
    times = len(occurrences(passage.text, citation.exact))
    if times > 1:
        message = f'"{citation.exact}" is {times} times in passage "{passage.key}"; cite more words'
        yield error(citation.where, message)
    elif times == 0:
        close = nearest(passage.text, citation.exact)
        advice = f'the nearest words are "{close}"' if close else "copy the words from it"
        message = f'"{citation.exact}" is not in passage "{passage.key}"; {advice}'
        yield error(citation.where, message)


def _check_questions(course: BankCourse) -> Iterator[Finding]:
    facts = [fact.key for fact in course.facts]
    known = set(facts)
    for question in course.questions:
        if question.fact and question.fact not in known:
            who = f'question "{question.key}"'
            yield _unknown(question.where, who, "fact", question.fact, facts)


def _unknown(where: Where, who: str, kind: str, key: str, known: Sequence[str]) -> Finding:
    advice = suggestion(key, list(known)) or "; check the key, or write what it names"
    return error(where, f'{who} names the unknown {kind} "{key}"{advice}')
