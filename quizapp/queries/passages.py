"""The words that prove facts, cut so that a page can mark them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Citation, Passage, Source

#: A sentence ends at one of these marks, perhaps in quotes or brackets, before a space.
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+")
#: A card shows the sentence of the cited words, and more of the passage while it is this short.
_EXCERPT_CHARACTERS = 160
_OMITTED = "… "


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """A passage cut at the cited words: `before + exact + after` is its whole text.

    `is_lost`: the words were not found again when the text changed, and all of it is `before`.

    :param key: of the passage; its anchor on the source's page. :param note: on the passage.
    """

    # None for words that prove no stored fact yet.
    fact_id: int | None = field(default=None, kw_only=True)
    passage_id: int
    source_id: int
    source_title: str
    key: str
    locator: str
    heading: str
    before: str
    exact: str
    after: str
    note: str
    is_lost: bool = False

    def excerpt(self) -> CitedPassage:
        """Return whole sentences around the cited words, with dots where text is left out.

        The note on the passage stays with the whole of it, one click away: it would be as
        long as the proof, and mostly about other sentences. A text without its words is whole.
        """
        if self.is_lost:
            return replace(self, note="")
        return replace(self, before=_end_of(self.before), after=_start_of(self.after), note="")


_SELECT = (
    sa.select(
        Citation.fact_id,
        Citation.start,
        Citation.end,
        Citation.lost_at,
        Passage.id,
        Passage.source_id,
        Source.title,
        Passage.key,
        Passage.locator,
        Passage.heading,
        Passage.text,
        Passage.note,
    )
    .join(Passage, Passage.id == Citation.passage_id)
    .join(Source, Source.id == Passage.source_id)
    .where(Citation.fact_id.in_(sa.bindparam("fact_ids", expanding=True)))
    .order_by(Citation.fact_id, Citation.position)
)


def citations_for(
    session: Session, fact_ids: Collection[int]
) -> dict[int, tuple[CitedPassage, ...]]:
    """Return the citations of each fact in their order; a fact without any is left out."""
    found: defaultdict[int, list[CitedPassage]] = defaultdict(list)
    for row in session.execute(_SELECT, {"fact_ids": list(fact_ids)}):
        is_lost = row.lost_at is not None
        start, end = (len(row.text),) * 2 if is_lost else (row.start, row.end)
        found[row.fact_id].append(
            CitedPassage(
                fact_id=row.fact_id,
                passage_id=row.id,
                source_id=row.source_id,
                source_title=row.title,
                key=row.key,
                locator=row.locator,
                heading=row.heading,
                before=row.text[:start],
                exact=row.text[start:end],
                after=row.text[end:],
                note=row.note,
                is_lost=is_lost,
            )
        )
    return {fact_id: tuple(passages) for fact_id, passages in found.items()}


def _end_of(text: str) -> str:
    """Return the last sentences of what stands before the cited words, the begun one included."""
    starts = [0, *(found.end() for found in _SENTENCE_END.finditer(text))]
    start = next((at for at in starts if len(text) - at <= _EXCERPT_CHARACTERS), starts[-1])
    return f"{_OMITTED}{text[start:]}" if start else text


def _start_of(text: str) -> str:
    """Return the first sentences of what stands after the cited words, the begun one included."""
    ends = [*(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    short = [at for at in ends if at <= _EXCERPT_CHARACTERS]
    end = short[-1] if short else ends[0]
    return f"{text[:end].rstrip()} {_OMITTED.strip()}" if end < len(text) else text
