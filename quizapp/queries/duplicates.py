"""Questions of a course that ask the same: looking for them, and showing what was found."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.bank.craft.duplicates import near_duplicate_stems, stem_words
from quizapp.bank.craft.rule import Item
from quizapp.bank.craft.wording import words
from quizapp.models import (
    DuplicateSearch,
    Fact,
    Question,
    QuestionPair,
    QuestionText,
    Revision,
    Status,
    StemWord,
    Topic,
)
from quizapp.policy import Actor, require_instructor
from quizapp.questions.folding import fold
from quizapp.questions.registry import TYPES

PAGE_SIZE = 10
#: Whoever has more will not look at them one by one.
MOST_PAIRS = 5_000
#: While somebody types: so many are looked up, compared, and named.
_MOST_SHARING, _MOST_COMPARED, _MOST_ALIKE = 5_000, 200, 3


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions by their ids, the earlier one first; `is_same`: in everything they say."""

    first_id: int
    second_id: int
    is_same: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One of two questions, in plain words; `options` are (text, is_key)."""

    id: int
    stem: str
    type: str
    status: Status
    topic: str
    updated_at: datetime
    answer: str
    options: tuple[tuple[str, bool], ...]
    was_edited: bool


@dataclass(frozen=True, slots=True)
class ShownPair:
    """Two questions side by side."""

    is_same: bool
    first: Side
    second: Side


@dataclass(frozen=True, slots=True)
class Duplicates:
    """One page of the pairs; `asked_at` is None where nobody has looked yet."""

    asked_at: datetime | None
    ended_at: datetime | None
    questions: int
    pairs: tuple[ShownPair, ...]
    total: int
    page: int
    pages: int

    @property
    def is_running(self) -> bool:
        return self.asked_at is not None and self.ended_at is None


def find_pairs(session: Session, *, course_id: int) -> tuple[list[Pair], int]:
    """Return the pairs among the questions that are not retired, and how many questions there are.

    A question is paired with the earliest one like it. The same: all that they say is equal once
    folded. Nearly the same: of one type, with stems that share 85 % of the words that carry
    meaning, and all numbers (`near_duplicate_stems`). What says the same in other words is not
    found. It takes seconds where there are very many; nothing is written.
    """
    rows = session.execute(
        sa.select(Question.id, Question.key, Question.type, Question.stem, QuestionText.text)
        .join(QuestionText, QuestionText.question_id == Question.id)
        .where(QuestionText.course_id == course_id, Question.status != Status.RETIRED)
        .order_by(Question.id)
    )
    ids: list[int] = []
    items: list[Item] = []
    first_of: dict[bytes, int] = {}
    same: dict[int, Pair] = {}
    for row in rows:
        said = row.text.removesuffix(f"{fold(row.key)} #{row.id} ")
        seen = sha256(f"{row.type} {said}".encode()).digest()
        first = first_of.setdefault(seen, row.id)
        if first != row.id:
            same[row.id] = Pair(first, row.id, is_same=True)
        ids.append(row.id)
        items.append(Item(row.type, row.stem, "", words(row.stem)))
    near = [
        Pair(ids[earlier], ids[later], is_same=False)
        for later, earlier in near_duplicate_stems(items)
        if ids[later] not in same
    ]
    return [*same.values(), *near][:MOST_PAIRS], len(ids)


@dataclass(frozen=True, slots=True)
class Alike:
    """A question that asks nearly the same as another."""

    id: int
    stem: str
    status: Status


def alike_questions(
    session: Session, *, course_id: int, type_name: str, stem: str, besides: int | None
) -> tuple[Alike, ...]:
    """Return the earliest questions that ask nearly the same, while one is being typed.

    By the rule of `find_pairs`, but quick: those that share one of the few words by which stems
    are looked up, and are about as long, are compared. Of words that very many share, not all:
    it may miss one there, where `find_pairs` does not.

    :param besides: the question that is edited; what an instructor called distinct from it is
        left out, as are those retired.
    """
    typed = stem_words(type_name, stem)
    least, largest = typed.sizes()
    sharing = (
        sa.select(StemWord.question_id)
        .where(
            StemWord.course_id == course_id,
            StemWord.word.in_(typed.prefix),
            StemWord.size.between(least, largest),
        )
        .limit(_MOST_SHARING)
        .subquery()
    )
    # Those that share most of them first: what says the very same is among them.
    nearest = (
        sa.select(sharing.c.question_id)
        .group_by(sharing.c.question_id)
        .order_by(sa.func.count().desc(), sharing.c.question_id)
        .limit(_MOST_COMPARED)
    )
    found = sa.select(Question.id, Question.stem, Question.status).where(
        Question.id.in_(nearest), Question.type == type_name, Question.status != Status.RETIRED
    )
    if besides is not None:
        found = found.where(Question.id != besides, ~_is_distinct(besides))
    rows = session.execute(found.order_by(Question.id))
    alike = (row for row in rows if typed.is_like(stem_words(type_name, row.stem)))
    return tuple(Alike(*row) for row in itertools.islice(alike, _MOST_ALIKE))


def _is_distinct(question_id: int) -> sa.ColumnElement[bool]:
    first, second = QuestionPair.first_id, QuestionPair.second_id
    return sa.exists().where(
        QuestionPair.is_distinct,
        sa.or_(
            sa.and_(first == question_id, second == Question.id),
            sa.and_(second == question_id, first == Question.id),
        ),
    )


def duplicates(session: Session, *, actor: Actor, course_id: int, page: int) -> Duplicates:
    """Return one page of the pairs that were found and still wait, the same ones first.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    looked = session.get(DuplicateSearch, course_id)
    if looked is None:
        return Duplicates(None, None, 0, (), 0, 1, 1)
    first, second = aliased(Question), aliased(Question)
    waiting = (
        sa.select(QuestionPair.first_id, QuestionPair.second_id, QuestionPair.is_same)
        .join(first, first.id == QuestionPair.first_id)
        .join(second, second.id == QuestionPair.second_id)
        .where(QuestionPair.course_id == course_id, ~QuestionPair.is_distinct)
        .where(first.status != Status.RETIRED, second.status != Status.RETIRED)
    )
    total = session.scalar(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    order = (QuestionPair.is_same.desc(), QuestionPair.first_id, QuestionPair.second_id)
    found = session.execute(
        waiting.order_by(*order).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    ).all()
    sides = _sides(session, {one for row in found for one in row[:2]}, looked.ended_at)
    pairs = tuple(
        ShownPair(row.is_same, sides[row.first_id], sides[row.second_id]) for row in found
    )
    return Duplicates(looked.asked_at, looked.ended_at, looked.questions, pairs, total, page, pages)


def _sides(session: Session, ids: set[int], looked_at: datetime | None) -> dict[int, Side]:
    rows = session.execute(
        sa.select(Question.id, Question.stem, Question.type, Question.status, Question.updated_at)
        .add_columns(Topic.title, Revision.content)
        .join(Fact, Fact.id == Question.fact_id)
        .join(Topic, Topic.id == Fact.topic_id)
        .join(
            Revision,
            sa.and_(
                Revision.question_id == Question.id, Revision.number == Question.current_number
            ),
        )
        .where(Question.id.in_(ids))
    )
    return {row.id: _side(row, looked_at) for row in rows}


def _side(row: Any, looked_at: datetime | None) -> Side:
    kind = TYPES[row.type]
    return Side(
        id=row.id,
        stem=row.stem,
        type=kind.label,
        status=row.status,
        topic=row.title,
        updated_at=row.updated_at,
        answer=kind.answer(kind.parse(row.content)).text,
        options=tuple(_options(row.content)),
        was_edited=looked_at is not None and row.updated_at > looked_at,
    )


def _options(content: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    for option in content.get("options", ()):
        yield option["text"], bool(option["key"])
