"""One document of topics, facts and questions to drafts; the layout is the bank's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from quizapp.bank.entries import Entry
from quizapp.bank.findings import Finding
from quizapp.bank.located import Value, read_yaml
from quizapp.errors import Invalid, Problem
from quizapp.formats.base import STATUSES, Draft, DraftCitation, DraftFact, LeftOut, Reading
from quizapp.questions.registry import TYPES

VERSION = 1
MARK = "footnote"
#: What a field of a type is called in files where its own name is an item's: `key` is taken.
NAMES_IN_FILES = {"key": "truth"}
MOST_BYTES = 32_000_000
_WORDS = 120
_POINTS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6}|/[1-9][0-9]{0,5})?")
_LISTS = ("topics", "facts", "questions")


@dataclass(frozen=True, slots=True)
class _Fact:
    topic: str
    stated: DraftFact


class _File:
    """The lists of one document, read one entry after another."""

    def __init__(self, data: bytes, name: str) -> None:
        findings: list[Finding] = []
        self._located = read_yaml(data, name, findings, most=MOST_BYTES)
        if self._located is None:
            found = next((one for one in findings if one.is_error), findings[0])
            raise Invalid([Problem(f"line {found.line}", _sentence(found.message))])
        # What the parser leaves out, such as a key stated twice, must not pass unseen.
        wrong = [one for one in findings if one.is_error]
        if wrong:
            raise Invalid([Problem(f"line {one.line}", _sentence(one.message)) for one in wrong])
        top = Entry(self._located, "", self._located.value, "the file", findings)
        version = top.whole(MARK, low=VERSION, high=VERSION)
        top.text("course", limit=200, required=False)
        self.lists: dict[str, list[Value]] = {}
        for list_name in _LISTS:
            taken = top.take(list_name)
            self.lists[list_name] = taken if isinstance(taken, list) else []
            if taken not in (None, "") and not isinstance(taken, list):
                top.report(list_name, f'"{list_name}" must be a list ("- …" lines)')
        top.close()
        if version is None:
            problem = f"The file must begin with “{MARK}: {VERSION}”, the version of its layout."
            raise Invalid([Problem("line 1", problem)])
        if wrong := [one for one in findings if one.is_error]:
            raise Invalid([Problem(f"line {one.line}", _sentence(one.message)) for one in wrong])

    def line(self, path: str) -> int:
        return 1 if self._located is None else self._located.where(path).line

    def entry(self, path: str, value: Value, what: str, findings: list[Finding]) -> Entry | None:
        if self._located is None or not isinstance(value, Mapping):
            return None
        return Entry(self._located, path, value, what, findings)


def read_document(data: bytes, name: str) -> Reading:
    """Return the questions of a document, each with its fact and topic.

    :raises Invalid: the document as a whole cannot be read.
    """
    file = _File(data, name or "file.yaml")
    found: list[Draft | LeftOut] = []
    topics = _topics(file, found)
    facts = _facts(file, found)
    for place, value in enumerate(file.lists["questions"]):
        found.append(_question(file, f"questions.{place}", value, facts, topics))
    used = {one.fact.key for one in found if isinstance(one, Draft) and one.fact}
    remarks = []
    if idle := [key for key in facts if key not in used]:
        shown = ", ".join(idle[:10]) + ("…" if len(idle) > 10 else "")
        remarks.append(f"Facts that no question of the file tests were left out: {shown}.")
    return Reading(tuple(found), tuple(remarks))


def _topics(file: _File, found: list[Draft | LeftOut]) -> dict[str, str]:
    titles: dict[str, str] = {}
    for place, value in enumerate(file.lists["topics"]):
        path, findings = f"topics.{place}", list[Finding]()
        entry = file.entry(path, value, "a topic", findings)
        if entry is not None:
            key, title = entry.key(), entry.text("title", limit=200)
            entry.text("summary", limit=2_000, required=False)
            entry.close()
            if not findings:
                titles[key] = title
                continue
        found.append(_left_out(file, path, value, findings, "a topic"))
    return titles


def _facts(file: _File, found: list[Draft | LeftOut]) -> dict[str, _Fact]:
    facts: dict[str, _Fact] = {}
    for place, value in enumerate(file.lists["facts"]):
        path, findings = f"facts.{place}", list[Finding]()
        entry = file.entry(path, value, "a fact", findings)
        fact = None if entry is None else _fact(entry)
        if fact is not None and fact.stated.key in facts:
            reason = f"The fact “{fact.stated.key}” is stated twice; the first one is taken."
            found.append(LeftOut(file.line(path), fact.stated.statement[:_WORDS], reason))
        elif fact is not None and not findings:
            facts[fact.stated.key] = fact
        else:
            found.append(_left_out(file, path, value, findings, "a fact"))
    return facts


def _fact(entry: Entry) -> _Fact:
    topic = entry.text("topic", limit=200, required=False)
    stated = DraftFact(
        statement=entry.text("statement", limit=1_000),
        key=entry.text("key", limit=200),
        note=entry.text("note", limit=4_000, required=False),
        citations=_citations(entry),
        record=entry.text("record", limit=2_000, required=False),
    )
    entry.close()
    return _Fact(topic, stated)


def _citations(entry: Entry) -> tuple[DraftCitation, ...]:
    # A draft of a fact may have none, so nothing is asked for where nothing is said.
    inner = entry.entries("citations", "a citation") if "citations" in entry.value else []
    found = []
    for one in inner:
        cited = DraftCitation(one.text("passage", limit=200), one.text("exact", limit=4_000))
        found.append(cited)
        one.close()
    return tuple(found)


def _question(
    file: _File, path: str, value: Value, facts: Mapping[str, _Fact], topics: Mapping[str, str]
) -> Draft | LeftOut:
    findings: list[Finding] = []
    entry = file.entry(path, value, "a question", findings)
    draft = None if entry is None else _draft(entry, facts, topics)
    if draft is None or findings:
        return _left_out(file, path, value, findings, "a question")
    return draft


def _draft(entry: Entry, facts: Mapping[str, _Fact], topics: Mapping[str, str]) -> Draft | None:
    key = entry.text("key", limit=200, required=False)
    fact_key = entry.text("fact", limit=200, required=False)
    fact = facts.get(fact_key)
    if fact_key and fact is None:
        entry.report("fact", f'there is no fact "{fact_key}" under "facts", or it cannot be read')
    own_topic = entry.text("topic", limit=200, required=False)
    topic = own_topic or (fact.topic if fact else "")
    type_name, status = entry.text("type", limit=200), _status(entry)
    name = entry.text("name", limit=1_000, required=False)
    mark = _mark(entry)
    tags = entry.keys("tags", required=False) if entry.value.get("tags") else ()
    kind = TYPES.get(type_name)
    if kind is None:
        if type_name:
            entry.report("type", f'"{type_name}" is no type; types are {", ".join(TYPES)}')
        return None
    names = {field.name: NAMES_IN_FILES.get(field.name, field.name) for field in kind.fields}
    raw: dict[str, Any] = {
        own: entry.take(name) for own, name in names.items() if name in entry.value
    }
    entry.take("tags")
    entry.close()
    title = topics.get(topic, topic)
    return Draft(
        line=entry.where.line,
        type_name=type_name,
        raw=raw,
        key=key,
        name=name,
        topic=(title,) if title else (),
        tags=tags,
        mark=mark,
        status=status,
        fact=fact.stated if fact else None,
        topic_key=topic if topic in topics else "",
    )


def _status(entry: Entry) -> str:
    status = entry.text("status", limit=20) if "status" in entry.value else ""
    if status and status not in STATUSES:
        entry.report("status", f'"status" must be {", ".join(STATUSES)}, or left out')
    return status


def _mark(entry: Entry) -> Fraction:
    """Return a mark as a whole number, a decimal or "1/3"; 1 where none is stated."""
    value = entry.take("mark")
    stated = "1" if value is None else str(value)
    if isinstance(value, bool) or not _POINTS.fullmatch(stated):
        entry.report("mark", '"mark" must be a number such as 1, 0.5 or 1/3')
        return Fraction(1)
    return Fraction(stated)


def _left_out(file: _File, path: str, value: Value, findings: list[Finding], what: str) -> LeftOut:
    words = ""
    if isinstance(value, Mapping):
        named = (value.get(name) for name in ("stem", "text", "statement", "title", "key"))
        words = " ".join(str(next((one for one in named if one), "")).split())[:_WORDS]
    reasons = [_sentence(one.message) for one in findings]
    reason = " ".join(reasons) or f'This must be {what}: a map of "key: value" lines.'
    return LeftOut(file.line(path), words, reason)


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:]}{'' if message.endswith(('.', '!', '?')) else '.'}"
