"""A learner's cards of a course: all facts that can be asked, with what is remembered of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.scheduler import retrievability
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import MemoryState, Phase
from quizapp.models import Fact, Memory, Origin, Review, Topic, to_millis
from quizapp.policy import Actor, require_learner
from quizapp.queries.card_history import attempt_of
from quizapp.queries.memory_rows import STATE_COLUMNS, state_of
from quizapp.queries.memory_rules import rules_in_force
from quizapp.queries.passages import CitedPassage, citations_for
from quizapp.queries.queue_counts import ASKABLE

PAGE_SIZE = 25
_DAY_MS = timedelta(days=1) // timedelta(milliseconds=1)


class Which(StrEnum):
    """Which cards are listed; a card may be of several kinds."""

    ALL = "all"
    DUE = "due"
    LEECHES = "leeches"
    ASIDE = "suspended"
    NEW = "new"


class Order(StrEnum):
    """The orders of the list. Cards never met come last where what is sorted by is unknown."""

    COURSE = "course"
    DUE = "due"
    RECALL = "recall"
    LAPSES = "lapses"


@dataclass(frozen=True, slots=True)
class CardFilter:
    """What to list.

    :param text: words in the statement, whatever their case; "" for all.
    :param page: 1 for the first; one beyond the last gives the last.
    """

    which: Which = Which.ALL
    order: Order = Order.COURSE
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class ListedCard:
    """One card.

    :param recall: chance of recall now, 0 to 1; None while it was never rated.
    :param citation: of a leech, what could be read; None if it cites nothing, and for others.
    :param attempt_id: of a leech, the last quiz that asked it, where it can be challenged.
    """

    fact_id: int
    statement: str
    topic: str
    state: MemoryState
    is_suspended: bool
    is_put_off: bool
    is_leech: bool
    recall: float | None
    citation: CitedPassage | None = None
    attempt_id: int | None = None


@dataclass(frozen=True, slots=True)
class CardList:
    """One page of the list; `counts` are of all kinds, by the words that are searched for."""

    rows: tuple[ListedCard, ...]
    counts: dict[Which, int]
    total: int
    page: int
    pages: int
    settings: MemorySettings
    clock: LearnerClock


def list_cards(
    session: Session, *, actor: Actor, course_id: int, wanted: CardFilter, now: datetime
) -> CardList:
    """Return one page of the learner's cards and how many there are of each kind.

    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    rules = rules_in_force(session, learner_id=actor.id, course_id=course_id)
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    kinds = _kinds(now, rules.settings.leech_threshold)
    conditions = [Fact.course_id == course_id, ASKABLE]
    if wanted.text:
        # Escaped: who looks for "100 %" means the sign.
        conditions.append(Fact.statement.icontains(wanted.text, autoescape=True))
    counts = _counts(session, actor, conditions, kinds)
    total = counts[wanted.which]
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(wanted.page, 1), pages)
    start = to_millis(clock.start_of(clock.day_of(now)))
    found = (
        _cards(actor, Fact.id, Fact.statement, Topic.title, *_FLAGS, *STATE_COLUMNS)
        .join(Topic, Topic.id == Fact.topic_id)
        .add_columns(kinds[Which.LEECHES].label("is_leech"))
        .where(*conditions, kinds[wanted.which])
        .order_by(*_order(wanted.order, start), Fact.position, Fact.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    cards = tuple(_card(row, clock, rules.settings, now) for row in session.execute(found))
    if wanted.which is Which.LEECHES:
        cards = _with_advice(session, actor, cards)
    return CardList(cards, counts, total, page, pages, rules.settings, clock)


_FLAGS = (Memory.is_suspended, Memory.buried_until)


def _cards(actor: Actor, *columns: Any) -> sa.Select[Any]:
    mine = sa.and_(Memory.learner_id == actor.id, Memory.fact_id == Fact.id)
    return sa.select(*columns).select_from(Fact).outerjoin(Memory, mine)


def _kinds(now: datetime, threshold: int) -> dict[Which, Any]:
    met = sa.and_(Memory.phase.is_not(None), Memory.phase != Phase.NEW.value)
    aside = sa.func.coalesce(Memory.is_suspended, sa.false())
    in_play = sa.and_(
        sa.not_(aside), sa.or_(Memory.buried_until.is_(None), Memory.buried_until <= now)
    )
    often = sa.func.coalesce(Memory.lapses, 0) >= threshold if threshold else sa.false()
    return {
        Which.ALL: sa.true(),
        Which.DUE: sa.and_(met, in_play, Memory.due_at <= now),
        Which.LEECHES: sa.and_(often, sa.not_(aside)),
        Which.ASIDE: aside,
        Which.NEW: sa.and_(sa.not_(aside), sa.func.coalesce(Memory.phase, "new") == "new"),
    }


def _counts(
    session: Session, actor: Actor, conditions: list[Any], kinds: dict[Which, Any]
) -> dict[Which, int]:
    sums = [
        sa.func.coalesce(sa.func.sum(sa.case((kind, 1), else_=0)), 0) for kind in kinds.values()
    ]
    row = session.execute(_cards(actor, *sums).where(*conditions)).one()
    return dict(zip(kinds, row, strict=True))


def _order(order: Order, day_start: int) -> tuple[Any, ...]:
    met = sa.case((Memory.stability.is_(None), 1), else_=0)
    if order is Order.DUE:
        return met, Memory.due_at
    if order is Order.RECALL:
        return met, _age(day_start).desc()
    if order is Order.LAPSES:
        return (sa.func.coalesce(Memory.lapses, 0).desc(),)
    return ()


def _age(day_start: int) -> Any:
    """Return how old a memory is for its strength: recall falls as this grows, and only then.

    Days since the review are counted as `retrievability` counts them, but for days on which
    clocks change.
    """
    last = sa.type_coerce(Memory.last_review_at, sa.BigInteger)
    days = sa.case((last >= day_start, 0), else_=(day_start - last - 1) // _DAY_MS + 1)
    return days / Memory.stability


def _card(row: Any, clock: LearnerClock, settings: MemorySettings, now: datetime) -> ListedCard:
    state = state_of(row)
    recall = None
    if state.phase is not Phase.NEW:
        recall = retrievability(state, now=now, clock=clock, weights=settings.weights)
    return ListedCard(
        fact_id=row.id,
        statement=row.statement,
        topic=row.title,
        state=state,
        is_suspended=bool(row.is_suspended),
        is_put_off=row.buried_until is not None and row.buried_until > now,
        is_leech=bool(row.is_leech),
        recall=recall,
    )


def _with_advice(
    session: Session, actor: Actor, cards: tuple[ListedCard, ...]
) -> tuple[ListedCard, ...]:
    ids = [card.fact_id for card in cards]
    citations = citations_for(session, ids)
    attempts = _last_attempts(session, actor, ids)
    return tuple(
        replace(
            card,
            citation=next(iter(citations.get(card.fact_id, ())), None),
            attempt_id=attempts.get(card.fact_id),
        )
        for card in cards
    )


def _last_attempts(session: Session, actor: Actor, fact_ids: list[int]) -> dict[int, int | None]:
    """Return the newest attempt that asked each fact."""
    newest = (
        sa.select(sa.func.max(Review.id))
        .where(
            Review.learner_id == actor.id,
            Review.fact_id.in_(fact_ids),
            Review.origin == Origin.QUIZ,
        )
        .group_by(Review.fact_id)
    )
    rows = session.execute(
        sa.select(Review.fact_id, Review.nonce).where(
            Review.learner_id == actor.id, Review.id.in_(newest)
        )
    )
    return {row.fact_id: attempt_of(row.nonce) for row in rows}
