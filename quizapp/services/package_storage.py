"""Storing what a package says, many notes at once: texts, facts, questions, memories, reviews."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.anchoring import anchor_at
from quizapp.bank.digest import digest
from quizapp.formats.anki_package.cards import Made
from quizapp.formats.anki_package.notes import Answer, AnswerKind
from quizapp.formats.anki_package.scheduling import Kept
from quizapp.memory.days import LearnerClock
from quizapp.memory.state import NEW_STATE
from quizapp.models import (
    ActKind,
    Base,
    Citation,
    Fact,
    Memory,
    MemoryAct,
    Origin,
    Passage,
    Question,
    Review,
    Revision,
    Source,
    Status,
    from_millis,
)
from quizapp.queries.memory_rows import Snapshot, columns_of
from quizapp.queries.queue_counts import REVIEW_ID_BITS
from quizapp.questions.registry import TYPES
from quizapp.services.question_index import index_questions
from quizapp.services.reviews import MAXIMUM_DURATION_MS, review_id
from quizapp.services.totals import count_all

_HIGHEST_POSITION = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything of one import goes.

    :param topics: ids by the names of decks. :param rules: number of those that memories are
        kept by from now on.
    """

    import_id: int
    learner_id: int
    course_id: int
    topics: Mapping[str, int]
    rules: int
    clock: LearnerClock


@dataclass(frozen=True, slots=True)
class ReadyCard:
    """A card to be stored.

    :param position: among new ones. :param kept: None where nothing is known of a memory.
    :param answers: those that rated something, oldest first.
    """

    made: Made
    deck: str
    position: int
    kept: Kept | None
    answers: tuple[Answer, ...]


def store_cards(
    session: Session,
    *,
    place: Place,
    source: Mapping[str, str],
    cards: Sequence[ReadyCard],
    first: int,
    now: datetime,
) -> None:
    """Store cards with all that belongs to them; each is a fact with one question.

    :param source: key, title and note of the text that their passages go into.
    :param first: number of the first passage in the whole package.
    """
    if not cards:
        return
    passages = _passages(session, place, source, cards, first)
    facts = _facts(session, place, cards)
    _insert(session, Citation, [_citation(card, facts, passages) for card in cards])
    questions = _returning(session, Question, [_question(c, place, facts, now) for c in cards])
    revisions = _revisions(session, cards, questions, now)
    index_questions(session, list(questions.values()))
    _remember(session, place, cards, facts, now)
    _log(session, place, cards, facts, revisions)


def _passages(
    session: Session,
    place: Place,
    source: Mapping[str, str],
    cards: Sequence[ReadyCard],
    first: int,
) -> dict[str, int]:
    """Return the ids of the passages by their text: cards of one note share it."""
    source_id = _source(session, place, source)
    texts = dict.fromkeys((card.made.passage, card.made.heading) for card in cards)
    rows = [
        {
            "source_id": source_id,
            "key": f"p{number}",
            "position": number,
            "heading": heading,
            "locator": f"Note {number}",
            "text": text,
            "note": "",
        }
        for number, (text, heading) in enumerate(texts, first)
    ]
    by_key = _returning(session, Passage, rows)
    return {text: by_key[f"p{number}"] for number, (text, _) in enumerate(texts, first)}


def _source(session: Session, place: Place, stated: Mapping[str, str]) -> int:
    """Return the id of a text of that key, which is made the first time."""
    found = sa.select(Source.id).where(
        Source.course_id == place.course_id, Source.key == stated["key"]
    )
    known = session.scalar(found)
    if known is not None:
        return known
    values = {"course_id": place.course_id, "author": "", "year": "", "licence": "", **stated}
    insert = sa.insert(Base.metadata.tables[Source.__tablename__]).values(values)
    return session.execute(insert.returning(Source.id)).scalar_one()


def _facts(session: Session, place: Place, cards: Sequence[ReadyCard]) -> dict[str, int]:
    rows = [
        {
            "course_id": place.course_id,
            "topic_id": place.topics[card.deck],
            "key": card.made.key,
            "statement": card.made.statement,
            "note": "",
            "record": "",
            "status": Status.READY,
            "position": min(max(card.position, 0), _HIGHEST_POSITION),
        }
        for card in cards
    ]
    return _returning(session, Fact, rows)


def _citation(
    card: ReadyCard, facts: Mapping[str, int], passages: Mapping[str, int]
) -> dict[str, Any]:
    made = card.made
    anchor = anchor_at(made.passage, made.start, made.end)
    return {
        "fact_id": facts[made.key],
        "position": 0,
        "passage_id": passages[made.passage],
        "start": anchor.start,
        "end": anchor.end,
        "exact": anchor.exact,
        "prefix": anchor.prefix,
        "suffix": anchor.suffix,
    }


def _question(
    card: ReadyCard, place: Place, facts: Mapping[str, int], now: datetime
) -> dict[str, Any]:
    made = card.made
    return {
        "course_id": place.course_id,
        "fact_id": facts[made.key],
        "key": made.key,
        "type": made.type_name,
        "recall": int(TYPES[made.type_name].recall),
        "status": Status.READY,
        "stem": made.stem,
        "current_number": 1,
        "updated_at": now,
        "tags": list(made.tags),
    }


def _revisions(
    session: Session, cards: Sequence[ReadyCard], questions: Mapping[str, int], now: datetime
) -> dict[str, int]:
    rows = [
        {
            "question_id": questions[card.made.key],
            "number": 1,
            "type": card.made.type_name,
            "content": dict(card.made.content),
            "sha256": digest(card.made.content),
            "created_at": now,
        }
        for card in cards
    ]
    table = Base.metadata.tables[Revision.__tablename__]
    found = session.execute(sa.insert(table).returning(table.c.question_id, table.c.id), rows)
    by_question = {row.question_id: row.id for row in found}
    return {card.made.key: by_question[questions[card.made.key]] for card in cards}


def _remember(
    session: Session,
    place: Place,
    cards: Sequence[ReadyCard],
    facts: Mapping[str, int],
    now: datetime,
) -> None:
    """Store memories, and of each the act that says where it came from."""
    act_id = review_id(now, f"import {place.import_id}")
    memories, acts = [], []
    for card in cards:
        if card.kept is None:
            continue
        snapshot = Snapshot(card.kept.state, card.kept.is_suspended)
        if snapshot.is_blank:
            continue
        keys = {
            "learner_id": place.learner_id,
            "fact_id": facts[card.made.key],
            "course_id": place.course_id,
        }
        memories.append({**columns_of(snapshot), **keys, "seen": 1})
        told = {"before": None, "after": snapshot.dump(), "undone_at": None}
        acts.append({**keys, "id": act_id, "kind": ActKind.IMPORT, **told})
    _insert(session, Memory, memories)
    _insert(session, MemoryAct, acts)


def _log(
    session: Session,
    place: Place,
    cards: Sequence[ReadyCard],
    facts: Mapping[str, int],
    revisions: Mapping[str, int],
) -> None:
    """Store the reviews as the package has them, and add them to the totals."""
    rows = []
    low_bits = place.import_id & (1 << REVIEW_ID_BITS) - 1
    before = NEW_STATE.to_json()
    for card in cards:
        for number, answer in enumerate(card.answers):
            at = from_millis(answer.id)
            duration = min(max(answer.duration_ms, 0), MAXIMUM_DURATION_MS)
            rows.append(
                {
                    "learner_id": place.learner_id,
                    # No two reviews of a package share a moment, and no two imports these bits.
                    "id": answer.id << REVIEW_ID_BITS | low_bits,
                    "fact_id": facts[card.made.key],
                    "course_id": place.course_id,
                    "revision_id": revisions[card.made.key],
                    "at": at,
                    "day": place.clock.day_of(at),
                    "rating": answer.rating,
                    "origin": Origin.IMPORT,
                    "fraction": None,
                    "duration_ms": duration,
                    "before": before,
                    "is_first": number == 0,
                    "is_test": answer.kind == AnswerKind.REVIEW,
                    "rules": place.rules,
                    "nonce": f"import-{place.import_id}-{answer.id}",
                    "undone_at": None,
                    "taken_back": None,
                    # Another program does not say what it foretold.
                    "predicted": None,
                }
            )
    _insert(session, Review, rows)
    count_all(session.connection(), rows)


def _insert(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(sa.insert(Base.metadata.tables[model.__tablename__]), list(rows))


def _returning(
    session: Session, model: type[Base], rows: Iterable[Mapping[str, Any]]
) -> dict[str, int]:
    """Store rows and return their ids by their keys."""
    table = Base.metadata.tables[model.__tablename__]
    insert = sa.insert(table).returning(table.c.key, table.c.id)
    found = session.execute(insert, list(rows))
    return {row.key: row.id for row in found}
