"""How much of a course's texts a learner would recall now, stretch by stretch."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Citation, Passage, Source
from quizapp.queries.queue_counts import COURSE

#: A text is shown in no more pieces than this; of a longer one, neighbours are taken together.
MAXIMUM_PIECES = 240


@dataclass(frozen=True, slots=True)
class FactNow:
    """A fact of the course as a learner remembers it now.

    :param recall: chance of recall now, 0 to 1; 0 if it was never met.
    """

    recall: float = 0.0
    is_met: bool = False


@dataclass(frozen=True, slots=True)
class KnownSpan:
    """Words that prove a fact: from and to which character of their piece."""

    start: int
    end: int
    fact: FactNow


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph of a text, or a few neighbours, with the facts that rest on it.

    :param key: of its first paragraph, its anchor in the reader. :param length: in characters.
    :param facts: each once. :param spans: of facts whose words are known; a fact may have many.
    """

    key: str
    locator: str
    length: int
    facts: tuple[FactNow, ...]
    spans: tuple[KnownSpan, ...] = ()

    @property
    def recall(self) -> float | None:
        """Return the share of its facts to be expected now; None if no fact rests on it."""
        return _expected(self.facts)

    @property
    def met(self) -> int:
        return sum(fact.is_met for fact in self.facts)


@dataclass(frozen=True, slots=True)
class KnownSection:
    """Neighbouring pieces under one heading, and the facts that rest on them, each once."""

    heading: str
    pieces: tuple[Piece, ...]
    facts: tuple[FactNow, ...]


@dataclass(frozen=True, slots=True)
class KnownText:
    """A text of the course, and the facts that rest on it: each once, however often it is cited."""

    source_id: int
    title: str
    sections: tuple[KnownSection, ...]
    facts: tuple[FactNow, ...]

    @property
    def recall(self) -> float | None:
        """Return the share of its facts to be expected now; None if no fact rests on it."""
        return _expected(self.facts)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(piece for section in self.sections for piece in section.pieces)

    @property
    def has_started(self) -> bool:
        return any(piece.met for piece in self.pieces)


#: What is asked of a paragraph to tell what is known of it.
PASSAGE: tuple[Any, ...] = (
    Passage.id,
    Passage.source_id,
    Source.title,
    Passage.key,
    Passage.heading,
    Passage.locator,
    sa.func.length(Passage.text).label("length"),
)
_PASSAGES = (
    sa.select(*PASSAGE)
    .join(Source, Source.id == Passage.source_id)
    .where(Source.course_id == COURSE)
    .order_by(Source.id, Passage.position, Passage.id)
)
_CITED = (
    sa.select(Citation.passage_id, Citation.fact_id, Citation.start, Citation.end, Citation.lost_at)
    .join(Passage, Passage.id == Citation.passage_id)
    .join(Source, Source.id == Passage.source_id)
    .where(Source.course_id == COURSE)
    .order_by(Citation.passage_id, Citation.start, Citation.fact_id)
)


def known_texts(
    session: Session, *, course_id: int, facts: Mapping[int, FactNow]
) -> tuple[KnownText, ...]:
    """Return the texts that facts rest on, in the order of the course.

    :param facts: those that the learner can be asked; others rest on nothing here.
    """
    cited: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(_CITED, {"course_id": course_id}):
        if row.fact_id in facts:
            cited[row.passage_id].append(row)
    rows = session.execute(_PASSAGES, {"course_id": course_id}).all()
    texts = (_text(list(group), cited, facts) for _, group in groupby(rows, lambda r: r.source_id))
    return tuple(text for text in texts if text.facts)


def known_text(
    rows: Sequence[Any], cited: Mapping[int, Sequence[Any]], facts: Mapping[int, FactNow]
) -> KnownText | None:
    """Return one text with a piece for each of its paragraphs; None where no fact rests on it.

    :param rows: its paragraphs in their order: id, key, heading, locator, length, and the id and
        title of the text. :param cited: by paragraph, the citations of `facts` and of no others.
    """
    text = _text(rows, cited, facts, together=1) if rows else None
    return text if text and text.facts else None


def _text(
    rows: Sequence[Any],
    cited: Mapping[int, Sequence[Any]],
    facts: Mapping[int, FactNow],
    *,
    together: int = 0,
) -> KnownText:
    together = together or math.ceil(len(rows) / MAXIMUM_PIECES)
    sections = []
    for heading, group in groupby(rows, lambda row: row.heading):
        passages = list(group)
        starts = range(0, len(passages), together)
        pieces = (_piece(passages[at : at + together], cited, facts) for at in starts)
        own = tuple(facts[fact_id] for fact_id in _facts_of(passages, cited))
        sections.append(KnownSection(heading, tuple(pieces), own))
    return KnownText(
        source_id=rows[0].source_id,
        title=rows[0].title,
        sections=tuple(sections),
        facts=tuple(facts[fact_id] for fact_id in _facts_of(rows, cited)),
    )


def _piece(
    rows: Sequence[Any], cited: Mapping[int, Sequence[Any]], facts: Mapping[int, FactNow]
) -> Piece:
    spans, before = [], 0
    for row in rows:
        spans += [
            KnownSpan(before + one.start, before + one.end, facts[one.fact_id])
            for one in cited.get(row.id, ())
            if one.lost_at is None
        ]
        before += row.length
    return Piece(
        key=rows[0].key,
        locator=rows[0].locator if len(rows) == 1 else f"{rows[0].locator}–{rows[-1].locator}",
        length=before,
        facts=tuple(facts[fact_id] for fact_id in _facts_of(rows, cited)),
        spans=tuple(spans),
    )


def _facts_of(rows: Iterable[Any], cited: Mapping[int, Sequence[Any]]) -> list[int]:
    """Return the facts that rest on the passages, each once."""
    return list(dict.fromkeys(one.fact_id for row in rows for one in cited.get(row.id, ())))


def _expected(facts: Sequence[FactNow]) -> float | None:
    return math.fsum(fact.recall for fact in facts) / len(facts) if facts else None
