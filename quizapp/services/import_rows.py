"""What an import is worked on with: the import, its plan, and one row of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from quizapp.formats.base import LeftOut
from quizapp.models import ImportOutcome, QuestionImportState, Status
from quizapp.policy import Actor
from quizapp.queries.import_ground import KnownQuestion
from quizapp.questions.registry import TYPES
from quizapp.services.import_facts import PlannedFact
from quizapp.services.import_reading import Stateable


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What becomes of one part of a file; see `models.QuestionImportRow`."""

    outcome: ImportOutcome
    line: int
    place: str
    words: str
    notes: tuple[str, ...]
    question_id: int | None = None
    seen_number: int | None = None
    seen_at: datetime | None = None
    key: str = ""
    origin: str = ""
    origin_sha256: str = ""
    fact_key: str = ""
    type: str = ""
    recall: int = 0
    status: Status = Status.DRAFT
    stem: str = ""
    tags: tuple[str, ...] = ()
    content: dict[str, Any] | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do. :param topics: key → title of those to be made.

    :param media: how many pictures and sounds come along.
    """

    rows: tuple[PlannedRow, ...]
    facts: tuple[PlannedFact, ...]
    topics: dict[str, str]
    remarks: tuple[str, ...]
    media: int = 0

    def count(self, outcome: ImportOutcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def altered(self) -> int:
        """Return how many new ones are not quite what the file says."""
        return sum(row.outcome is ImportOutcome.NEW and bool(row.notes) for row in self.rows)


@dataclass(frozen=True, slots=True)
class WantedQuestions:
    """A file that an instructor brings. :param file: its name in the folder of imports.
    :param name: what it was called before. :param topic_id: where its questions go; None: where
        the file says.
    """

    file: str
    name: str
    format: str
    topic_id: int | None = None


@dataclass(frozen=True, slots=True)
class Importing:
    """An import that somebody works on. :param run: an earlier one writes nothing more."""

    id: int
    course_id: int
    wanted: WantedQuestions
    state: QuestionImportState
    run: int


def author_of(actor: Actor) -> int | None:
    """Return whom a revision names; the site itself, for which commands act, is nobody."""
    return actor.id or None


def row_of(
    one: Stateable,
    *,
    outcome: ImportOutcome,
    notes: Sequence[str],
    key: str,
    fact_key: str,
    status: Status,
) -> PlannedRow:
    """Return a row that states all of a question."""
    draft = one.draft
    return PlannedRow(
        outcome=outcome,
        line=draft.line,
        place=draft.place[:200],
        words=one.words,
        notes=tuple(notes),
        key=key,
        origin=one.origin,
        origin_sha256=one.origin_sha256,
        fact_key=fact_key,
        type=draft.type_name,
        recall=int(TYPES[draft.type_name].recall),
        status=status,
        stem=one.stem,
        tags=one.tags,
        content=one.content,
        sha256=one.sha256,
    )


def about(
    row: PlannedRow, known: KnownQuestion, *, tags: tuple[str, ...], keeps_content: bool
) -> PlannedRow:
    """Return the row as one about a question that is here."""
    return replace(
        row,
        question_id=known.id,
        seen_number=known.number,
        seen_at=known.updated_at,
        tags=tags,
        content=None if keeps_content else row.content,
    )


def unchanged(one: Stateable, known: KnownQuestion, notes: Sequence[str]) -> PlannedRow:
    """Return a row that changes nothing."""
    return PlannedRow(
        outcome=ImportOutcome.UNCHANGED,
        line=one.draft.line,
        place=one.draft.place[:200],
        words=one.words,
        notes=tuple(notes),
        question_id=known.id,
        key=known.key,
    )


def left_out(one: LeftOut, reason: str) -> PlannedRow:
    """Return a row of which no question comes."""
    return PlannedRow(
        outcome=ImportOutcome.LEFT_OUT,
        line=one.line,
        place=one.place[:200],
        words=" ".join(one.words.split())[:200],
        notes=(reason,),
    )


def as_left_out(one: Stateable) -> LeftOut:
    """Return a question that could be stored as one that is not."""
    return LeftOut(one.draft.line, one.words, "", one.draft.place)
