"""A small good bank on disk, and a way to break one thing in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from quizapp.bank.check import Report, check
from quizapp.bank.findings import Finding

FILES = {
    "course.yaml": """\
slug: rivers
title: Rivers of the valley
language: en
summary: >-
  Where the water comes from
  and where it goes.
topics:
  - key: springs
    title: Springs
    summary: Where rivers begin.
  - key: mouths
    title: Mouths
sources:
  - key: survey
    title: A survey of the valley
    author: The valley office
    year: 1911
    licence: Free to use, https://example.org/licence
    note: Shortened.
""",
    "reader.yaml": """\
source: survey
passages:
  - key: p1
    heading: The spring
    locator: P1
    text: >-
      The Alder rises in a chalk cave
      and is cold in every month. Its water is hard.
  - key: p2
    heading: The delta
    locator: P2
    text: The Alder ends in a delta of seven arms; the widest arm is silted.
""",
    "facts/places.yaml": """\
facts:
  - key: alder-mouth
    topic: mouths
    statement: The Alder ends in seven arms.
    note: Older maps show six.
    record: The map room, https://example.org/maps
    citations:
      - passage: p2
        exact: a delta of seven arms
  - key: alder-spring
    topic: springs
    statement: The Alder rises in a cave of chalk.
    citations:
      - {passage: p1, exact: rises in a chalk cave and is cold}
""",
    "questions/places.yaml": """\
questions:
  - key: spring-choice
    fact: alder-spring
    type: single_choice
    stem: Where does the Alder rise?
    options:
      - {text: In a chalk cave, key: true}
      - text: In a bog
        feedback: The bog drains elsewhere.
      - {text: In a lake, feedback: No lake lies above it.}
    explanation: The first passage says so.
  - key: spring-cloze
    fact: alder-spring
    type: cloze
    text: "The Alder rises in a {{chalk|limestone::a soft rock}} cave."
    explanation: The cave gives it hard water.
  - key: mouth-text
    fact: alder-mouth
    type: short_text
    stem: In how many arms does the Alder end?
    accepted: [seven, "7"]
    explanation: Older maps show six.
  - key: mouth-several
    fact: alder-mouth
    type: multiple_response
    stem: What is true of the widest arm?
    options:
      - {text: It is silted, key: true}
      - {text: It has a name, key: true}
      - {text: It is deep, feedback: Silt has filled it.}
      - {text: It is new, feedback: The oldest maps have it.}
    explanation: The second passage says so.
  - key: mouth-draft
    fact: alder-mouth
    type: short_text
    status: draft
    stem: What is silted?
    accepted: [the widest arm]
""",
    "quizzes.yaml": """\
quizzes:
  - key: first
    title: First look
    summary: Two questions, two minutes.
    settings:
      time_limit_minutes: 2
      pass_mark_percent: 60
      shuffle_options: true
      counts_for_memory: false
    slots:
      - {question: spring-choice, mark: 1}
      - {draw: {topics: [mouths], count: 1}, mark: 0.5}
""",
}


@dataclass(frozen=True)
class SmallBank:
    """One course, `rivers`, under a folder `question_bank`."""

    root: Path

    def path(self, file: str) -> Path:
        return self.root / "rivers" / file

    def change(self, file: str, old: str, new: str) -> None:
        """Replace the one place where a file says `old`."""
        text = self.path(file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
        self.path(file).write_text(text.replace(old, new), encoding="utf-8")

    def line(self, file: str, marker: str) -> int:
        """Return the line of the first place where a file says `marker`."""
        text = self.path(file).read_text(encoding="utf-8")
        return text[: text.index(marker)].count("\n") + 1

    def check(self) -> Report:
        return check(self.root)

    def only_finding(self) -> Finding:
        findings = self.check().findings
        assert len(findings) == 1, "\n".join(map(str, findings)) or "nothing was found"
        return findings[0]

    def error_saying(self, words: str) -> Finding:
        """Return the first error whose message holds `words`."""
        errors = self.check().errors
        found = [error for error in errors if words in error.message]
        assert found, "\n".join(map(str, errors)) or "no error was found"
        return found[0]


@pytest.fixture
def bank(tmp_path: Path) -> SmallBank:
    small = SmallBank(tmp_path / "question_bank")
    for file, text in FILES.items():
        small.path(file).parent.mkdir(parents=True, exist_ok=True)
        small.path(file).write_text(text, encoding="utf-8")
    return small
