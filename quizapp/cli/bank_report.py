"""What `quizapp bank check` prints, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from quizapp.bank.check import Report, format_counts
from quizapp.bank.findings import Finding
from quizapp.bank.summary import TopicForms, forms_by_topic, use_of_rules

#: Raised when a field of the JSON changes its meaning or goes; fields may be added.
VERSION = 1
_TOPIC_HEADS = ("topic", "facts", "questions", "recognition", "recall", "in both")
_RULE_HEADS = ("rule", "findings", "waived")


def as_text(report: Report) -> str:
    """Return the tables and the counts; the findings are printed apart."""
    topics: list[Sequence[str | int]] = [
        (f"{t.course}/{t.topic}", *_numbers(t)) for t in forms_by_topic(report)
    ]
    if topics:
        columns = zip(*map(_numbers, forms_by_topic(report)), strict=True)
        topics.append(("all", *map(sum, columns)))
    rules = [(use.rule, use.findings, use.waived) for use in use_of_rules(report)]
    parts = [*_table(_TOPIC_HEADS, topics), *_table(_RULE_HEADS, rules)]
    return "\n".join([*parts, format_counts(report.counts), _verdict(report)])


def as_json(report: Report) -> str:
    """Return everything as one JSON object; question_bank/README.md describes the fields."""
    return json.dumps(
        {
            "version": VERSION,
            "ok": not report.errors,
            "counts": asdict(report.counts),
            "findings": [_finding(finding) for finding in report.findings],
            "waived": [_finding(one.finding) | {"reason": one.reason} for one in report.waived],
            "topics": [asdict(topic) for topic in forms_by_topic(report)],
            "rules": [asdict(use) for use in use_of_rules(report)],
        },
        ensure_ascii=False,
        indent=2,
    )


def _numbers(topic: TopicForms) -> Sequence[int]:
    return topic.facts, topic.questions, topic.recognition, topic.recall, topic.in_both


def _verdict(report: Report) -> str:
    errors, warnings, waived = len(report.errors), len(report.warnings), len(report.waived)
    return f"{errors} errors, {warnings} warnings, {waived} waived"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "file": finding.file,
        "line": finding.line,
        "severity": finding.severity.value,
        "rule": finding.rule,
        "message": finding.message,
    }


def _table(heads: Sequence[str], rows: Sequence[Sequence[str | int]]) -> Iterator[str]:
    """Yield the lines of a table, the first column to the left and numbers to the right."""
    if not rows:
        return
    cells = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for first, *rest in cells:
        numbers = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        yield "  ".join((first.ljust(widths[0]), *numbers))
    yield ""
