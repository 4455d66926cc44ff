"""Which review comes first: SQL for each order that a learner can choose."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.settings import Order
from quizapp.models import Fact, Memory, Topic, to_millis
from quizapp.queries.queue_counts import IN_TOPIC, MET, REVIEW_NOW

_DAY = 24 * 60 * 60 * 1000
_DAY_END = sa.bindparam("day_end", type_=sa.BigInteger)
_LOT = sa.bindparam("lot", type_=sa.BigInteger)
#: A prime above all ids; squares of what is below it stay within 64 bits.
_PRIME = 2**31 - 1


def _danger() -> Any:
    """Return SQL that grows as the chance of recall falls: days since the review by stability.

    The curve is the same for all of a learner's facts, so it need not be worked out. Whole days
    count, as for the model; a change of clocks moves them by an hour, which decides nothing.
    """
    reviewed_at = sa.type_coerce(Memory.last_review_at, sa.BigInteger)
    days = (_DAY_END - reviewed_at) // _DAY
    return sa.cast(days, sa.Double) / Memory.stability


def _by_lot() -> Any:
    """Return SQL for a number drawn for each fact: the same all day, and on no other day."""
    drawn = (sa.cast(Memory.fact_id, sa.BigInteger) * _LOT) % _PRIME
    return (drawn * drawn + _LOT) % _PRIME


def _select(*order: Any, by_topic: bool = False) -> Any:
    reviews = sa.select(Memory.fact_id).join(Fact, Fact.id == Memory.fact_id)
    if by_topic:
        reviews = reviews.join(Topic, Topic.id == Fact.topic_id)
    return reviews.where(MET, IN_TOPIC, REVIEW_NOW).order_by(*order, Memory.fact_id).limit(1)


_NEXT: Mapping[Order, Any] = {
    Order.RECALL: _select(_danger().desc()),
    Order.DUE: _select(Memory.due_at),
    Order.RANDOM: _select(_by_lot()),
    Order.TOPIC: _select(Topic.position, Topic.id, _danger().desc(), by_topic=True),
}


def next_review(
    session: Session, bound: Mapping[str, Any], order: Order, clock: LearnerClock
) -> int | None:
    """Return the fact to ask first of the reviews that are to be asked.

    :param bound: what `queue_counts.parameters` gave.
    """
    today = bound["today"]
    day_end = clock.start_of(today + timedelta(days=1)) - timedelta(milliseconds=1)
    given = {"day_end": to_millis(day_end), "lot": _lot(bound, today)}
    found: int | None = session.execute(_NEXT[order], {**bound, **given}).scalar_one_or_none()
    return found


def _lot(bound: Mapping[str, Any], today: date) -> int:
    """Return the number that the draw of a learner's day hangs on, 1 to the prime."""
    digest = hashlib.sha256(f"{bound['learner_id']} {today}".encode()).digest()
    return 1 + int.from_bytes(digest[:4], "big") % (_PRIME - 1)
