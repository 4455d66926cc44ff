"""Questions of a course as drafts, for a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.formats.base import Draft, DraftCitation, DraftFact, Format
from quizapp.formats.media import names_in
from quizapp.models import (
    Citation,
    Fact,
    Passage,
    Question,
    Revision,
    Source,
    Status,
    Topic,
)
from quizapp.policy import Actor, require_instructor
from quizapp.queries.question_filters import QuestionFilter, chosen
from quizapp.questions.registry import TYPES

_CHUNK = 500
#: So many questions of each loss are named.
_NAMED = 5
_GONE = "It shows a picture or sound that this course does not have any more."


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """Which questions to export. :param ids: those alone, whatever else is said; () for all.
    :param statuses: () for all of them. :param all_of: what the list's address says, in place of
        topic and statuses.
    """

    ids: tuple[int, ...] = ()
    topic_id: int | None = None
    statuses: tuple[Status, ...] = ()
    all_of: QuestionFilter | None = None


@dataclass(frozen=True, slots=True)
class LossLine:
    """Something that a format cannot hold, of how many questions, and the first of them."""

    what: str
    count: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Losses:
    """What a file of a format would not hold. :param left_out: those not in it at all."""

    total: int
    left_out: tuple[LossLine, ...]
    changed: tuple[LossLine, ...]

    @property
    def written(self) -> int:
        return self.total - sum(line.count for line in self.left_out)


def exported_drafts(
    session: Session, *, actor: Actor, course_id: int, choice: ExportChoice
) -> list[Draft]:
    """Return questions as drafts, by topic, fact and age.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    rows = _rows(session, course_id, choice)
    cited = _citations(session, {row.fact_id for row in rows})
    return [_draft(row, cited.get(row.fact_id, ())) for row in rows]


def count_exported(session: Session, *, course_id: int, choice: ExportChoice) -> int:
    """Return how many questions would be exported."""
    found = _select(course_id, choice, sa.func.count())
    return int(session.scalar(found) or 0)


def losses_of(form: Format, drafts: Sequence[Draft], gone: Collection[str] = frozenset()) -> Losses:
    """Return what a format cannot hold of the questions, each thing once.

    :param gone: the names of pictures and sounds that the course has no file for.
    """
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    named: dict[tuple[bool, str], list[str]] = {}
    for draft in drafts:
        loss = form.loss(draft)
        what = (" ".join(loss.what),) if loss.is_left_out else loss.what
        if form.most_media and not loss.is_left_out and _shows_any(draft, gone):
            what = (*what, _GONE)
        for one in what:
            counts[loss.is_left_out][one] += 1
            words = named.setdefault((loss.is_left_out, one), [])
            if len(words) < _NAMED:
                words.append(draft_words(draft))
    lines = {
        is_out: tuple(
            LossLine(what, number, tuple(named[is_out, what]))
            for what, number in found.most_common()
        )
        for is_out, found in counts.items()
    }
    return Losses(len(drafts), lines[True], lines[False])


def _shows_any(draft: Draft, names: Collection[str]) -> bool:
    return bool(names) and any(name in names for name in names_in(draft.raw))


def draft_words(draft: Draft) -> str:
    """Return the beginning of a question, to know it by."""
    kind = TYPES[draft.type_name]
    shown = " ".join(kind.stem(kind.parse(draft.raw)).split())
    return shown if len(shown) <= 100 else f"{shown[:100].rstrip()}…"


def _select(course_id: int, choice: ExportChoice, *columns: Any) -> Any:
    conditions: list[sa.ColumnElement[bool]] = [Question.course_id == course_id]
    if choice.ids:
        conditions.append(Question.id.in_(choice.ids))
    elif choice.all_of is not None:
        conditions = chosen(course_id, choice.all_of)
    else:
        if choice.topic_id is not None:
            conditions.append(Fact.topic_id == choice.topic_id)
        if choice.statuses:
            conditions.append(Question.status.in_(choice.statuses))
    joined = sa.select(*columns).select_from(Question).join(Fact, Fact.id == Question.fact_id)
    return joined.where(*conditions)


def _rows(session: Session, course_id: int, choice: ExportChoice) -> Sequence[Any]:
    current = sa.and_(
        Revision.question_id == Question.id, Revision.number == Question.current_number
    )
    found = (
        _select(course_id, choice, Question.key, Question.status, Question.tags, Question.fact_id)
        .add_columns(Revision.type, Revision.content, Fact.key.label("fact_key"))
        .add_columns(Fact.statement, Fact.note, Fact.record)
        .add_columns(Topic.title.label("topic"), Topic.key.label("topic_key"))
        .join(Revision, current)
        .join(Topic, Topic.id == Fact.topic_id)
        .order_by(Topic.position, Topic.id, Fact.position, Fact.id, Question.id)
    )
    return session.execute(found).all()


def _citations(session: Session, facts: Collection[int]) -> dict[int, tuple[DraftCitation, ...]]:
    """Return what proves the facts; a passage whose key another text has too is named with it."""
    found: dict[int, list[Any]] = {}
    listed = sorted(facts)
    for start in range(0, len(listed), _CHUNK):
        rows = session.execute(
            sa.select(Citation.fact_id, Citation.exact, Passage.key)
            .add_columns(Source.key.label("source"), Source.course_id)
            .join(Passage, Passage.id == Citation.passage_id)
            .join(Source, Source.id == Passage.source_id)
            .where(Citation.fact_id.in_(listed[start : start + _CHUNK]))
            .where(Citation.lost_at.is_(None))
            .order_by(Citation.fact_id, Citation.position)
        )
        for row in rows:
            found.setdefault(row.fact_id, []).append(row)
    course = next((rows[0].course_id for rows in found.values()), None)
    shared = _shared_keys(session, course)
    return {
        fact_id: tuple(
            DraftCitation(f"{r.source}/{r.key}" if r.key in shared else r.key, r.exact)
            for r in rows
        )
        for fact_id, rows in found.items()
    }


def _shared_keys(session: Session, course_id: int | None) -> frozenset[str]:
    found = (
        sa.select(Passage.key)
        .join(Source, Source.id == Passage.source_id)
        .where(Source.course_id == course_id)
        .group_by(Passage.key)
        .having(sa.func.count() > 1)
    )
    return frozenset(session.scalars(found))


def _draft(row: Any, cited: tuple[DraftCitation, ...]) -> Draft:
    # What the glossary accepts besides is worked out anew wherever the question is read.
    raw = {name: value for name, value in row.content.items() if name != "spellings"}
    return Draft(
        line=0,
        type_name=row.type,
        raw=raw,
        key=row.key,
        topic=(row.topic,),
        tags=tuple(row.tags),
        status=row.status.value,
        fact=DraftFact(row.statement, row.fact_key, row.note, cited, row.record),
        topic_key=row.topic_key,
    )
