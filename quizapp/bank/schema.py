"""What a bank says, as values: every item knows the line it stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from quizapp.bank.findings import Finding, Where
from quizapp.bank.located import Located
from quizapp.bank.terms import Glossary, GlossaryTerm


@dataclass(frozen=True, slots=True)
class BankWaiver:
    """A craft rule that may be broken here, and why."""

    rule: str
    reason: str
    where: Where


@dataclass(frozen=True, slots=True)
class BankEvidence:
    """A few words of the text behind a source, exactly as they stand there."""

    words: str
    where: Where


@dataclass(frozen=True, slots=True)
class BankTopic:
    """A named group of facts."""

    key: str
    title: str
    summary: str
    where: Where


@dataclass(frozen=True, slots=True)
class BankSource:
    """A text that the course cites; only `licence` may hold a web address."""

    key: str
    title: str
    author: str
    year: str
    licence: str
    note: str
    where: Where


@dataclass(frozen=True, slots=True)
class BankPassage:
    """One paragraph of a source; `text` is normalised, as it is stored."""

    key: str
    source: str
    heading: str
    locator: str
    text: str
    note: str
    where: Where
    evidence: tuple[BankEvidence, ...] = ()
    waivers: tuple[BankWaiver, ...] = ()


@dataclass(frozen=True, slots=True)
class BankCitation:
    """The words of a passage that prove a fact; `exact` is normalised."""

    passage: str
    exact: str
    where: Where


@dataclass(frozen=True, slots=True)
class BankFact:
    """One statement worth remembering; `record` is where an outside record was read, or ""."""

    key: str
    topic: str
    statement: str
    note: str
    record: str
    citations: tuple[BankCitation, ...]
    where: Where
    evidence: tuple[BankEvidence, ...] = ()
    waivers: tuple[BankWaiver, ...] = ()


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """One question form of a fact.

    :param status: "ready" or "draft".
    :param raw: the content mapping as `TYPES[type].parse` reads it.
    :param content: what it parsed to; None when the type is unknown or the content wrong,
        and then a finding says so.
    """

    key: str
    fact: str
    type: str
    status: str
    raw: Mapping[str, Any]
    content: Any
    where: Where
    waivers: tuple[BankWaiver, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        return self.status == "ready"


@dataclass(frozen=True, slots=True)
class BankTerm:
    """One term of the glossary, with the place of each of its forms, in the order of `forms`."""

    stated: GlossaryTerm
    where: Where
    places: tuple[Where, ...]

    @property
    def key(self) -> str:
        return self.stated.key


@dataclass(frozen=True, slots=True)
class BankSettings:
    """How a quiz runs, as `grading.settings` means it; None means no limit, no pass mark.

    :param opens_at: ISO times; :param disclosure: and :param bands: as `QuizSettings.dump` gives
        them; {} and () where nothing is stated.
    """

    time_limit_minutes: int | None = None
    pass_mark_percent: int | None = None
    shuffle_options: bool = True
    counts_for_memory: bool = True
    attempts_allowed: int | None = None
    shuffle_questions: bool = False
    counting: str = "highest"
    behaviour: str = "deferred"
    tries: int = 3
    penalty_percent: int = 25
    grace_seconds: int = 30
    opens_at: str | None = None
    closes_at: str | None = None
    disclosure: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bands: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class BankDraw:
    """`count` questions drawn by lot from the ready ones of these topics, types and tags.

    An empty list means any; of the tags a question needs one.
    """

    topics: tuple[str, ...]
    count: int
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BankSlot:
    """One place in a quiz: either `question` (a key) or `draw` is set; `mark` is in points."""

    mark: Fraction
    question: str
    draw: BankDraw | None
    where: Where


@dataclass(frozen=True, slots=True)
class BankQuiz:
    """Settings and an ordered list of slots.

    :param access_code: "" where the file states none; the site may.
    """

    key: str
    title: str
    summary: str
    settings: BankSettings
    slots: tuple[BankSlot, ...]
    where: Where
    access_code: str = ""


@dataclass(frozen=True, slots=True)
class BankCourse:
    """One folder of the bank.

    Passages are in reading order; facts in the order in which learners should meet them
    (by topic, then as written); everything else as written. `file_waivers` are those that
    stand at the head of a file of questions and hold for the file as a whole.
    """

    slug: str
    title: str
    language: str
    summary: str
    topics: tuple[BankTopic, ...]
    sources: tuple[BankSource, ...]
    passages: tuple[BankPassage, ...]
    facts: tuple[BankFact, ...]
    questions: tuple[BankQuestion, ...]
    quizzes: tuple[BankQuiz, ...]
    where: Where
    waivers: tuple[BankWaiver, ...] = ()
    file_waivers: tuple[BankWaiver, ...] = ()
    terms: tuple[BankTerm, ...] = ()

    def glossary(self) -> Glossary:
        """Return the terms made ready to be found; keep it, for making it takes a while."""
        return Glossary(term.stated for term in self.terms)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a bank holds."""

    courses: int
    passages: int
    facts: int
    questions: int
    quizzes: int
    terms: int


@dataclass(frozen=True, slots=True)
class Bank:
    """Every course that could be read, what was wrong while reading, and the files' texts."""

    courses: tuple[BankCourse, ...]
    findings: tuple[Finding, ...]
    files: tuple[Located, ...] = ()

    def counts(self) -> Counts:
        """Return how many courses, passages, facts, questions, quizzes and terms there are."""
        return Counts(
            courses=len(self.courses),
            passages=sum(len(course.passages) for course in self.courses),
            facts=sum(len(course.facts) for course in self.courses),
            questions=sum(len(course.questions) for course in self.courses),
            quizzes=sum(len(course.quizzes) for course in self.courses),
            terms=sum(len(course.terms) for course in self.courses),
        )
