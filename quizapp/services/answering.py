"""Answering cards in place: the response rates the fact, and its learner may say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.grading.crediting import reply_for
from quizapp.memory.credit import Reply
from quizapp.memory.state import Rating
from quizapp.models import Origin, Review
from quizapp.policy import Actor
from quizapp.queries.answered_cards import Asked, asked_card
from quizapp.questions.base import Posted
from quizapp.services.reviews import STALE, Answered, Recorded, record_review
from quizapp.services.study import undo_step


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """What a card's page sends.

    :param posted: the fields of the question. :param is_unsure: "not sure" was said instead.
    :param seen, nonce, duration_ms: as `record_review` has them.
    """

    fact_id: int
    revision_id: int
    posted: Posted
    is_unsure: bool
    seen: int
    nonce: str
    duration_ms: int


def answer_card(
    session: Session, *, actor: Actor, course_id: int, answer: CardAnswer, now: datetime
) -> Recorded | None:
    """Grade an answer and rate the fact by it; return None if it was stored before.

    :raises NotFound: the learner is not in the course, or it has no such card.
    :raises Conflict: the card was rated since it was shown.
    :raises Invalid: the response is malformed or too long, or nobody can grade it.
    """
    asked = asked_card(
        session,
        actor=actor,
        course_id=course_id,
        fact_id=answer.fact_id,
        revision_id=answer.revision_id,
    )
    if not asked.kind.is_gradable:
        raise Invalid([Problem("", "This card is for you to judge. Show the answer and rate it.")])
    if asked.seen != answer.seen:
        # Its options lie in another order by now, so that it cannot be read.
        _require_repeated(session, actor, answer)
        return None
    given = _given(asked, answer)
    credit = asked.grounds.credit(
        given.reply,
        asked.state,
        actor=actor,
        now=now,
        kind=asked.kind.name,
        duration_ms=answer.duration_ms,
    )
    recorded = record_review(
        session,
        actor=actor,
        course_id=course_id,
        fact_id=answer.fact_id,
        revision_id=answer.revision_id,
        rating=credit.rating,
        origin=Origin.FLASHCARD,
        nonce=answer.nonce,
        seen=answer.seen,
        fraction=given.fraction,
        duration_ms=answer.duration_ms,
        known=credit.known if given.reply.guess else None,
        answered=Answered(given.reply.came, given.response),
        now=now,
    )
    return None if recorded.repeated else recorded


@dataclass(frozen=True, slots=True)
class _Given:
    """An answer as it is stored, and as the memory takes it."""

    reply: Reply
    fraction: Fraction
    response: Mapping[str, Any] | None


def _given(asked: Asked, answer: CardAnswer) -> _Given:
    kind, content = asked.kind, asked.content
    response = None
    if not answer.is_unsure:
        response = kind.parse_response(content, answer.posted, asked.order)
    if response is None:
        reply = reply_for(kind, content, None, is_unsure=answer.is_unsure)
        return _Given(reply, Fraction(0), None)
    grade = kind.grade(content, response)
    reply = reply_for(kind, content, grade)
    return _Given(reply, grade.fraction, kind.dump_response(response))


def change_rating(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    nonce: str,
    rating: int,
    new_nonce: str,
    now: datetime,
    promised: Mapping[int, int] | None = None,
) -> bool:
    """Let an answered card count as something else; return whether it did not already.

    The review is taken back and written anew, both as ever: undoing takes back the new one.

    :param nonce: of the answer. :param new_nonce: of the review that takes its place.
    :param promised: as `record_review` has it.
    :raises NotFound: no such answer counts.
    :raises Conflict: something else was done since. :raises Invalid: there is no such rating, or
        not for a choice.
    """
    found = _standing(session, actor, course_id, nonce)
    if found.rating == rating:
        return False
    undo_step(session, actor=actor, course_id=course_id, step_id=found.id, now=now)
    record_review(
        session,
        actor=actor,
        course_id=course_id,
        fact_id=found.fact_id,
        revision_id=found.revision_id,
        rating=rating,
        origin=Origin.FLASHCARD,
        nonce=new_nonce,
        fraction=found.fraction,
        duration_ms=found.duration_ms,
        # Whoever says that they knew what they got wrong did not guess it right.
        known=found.known if rating > Rating.AGAIN else None,
        answered=Answered(found.came or "", found.response),
        promised=promised,
        now=now,
    )
    return True


def _standing(session: Session, actor: Actor, course_id: int, nonce: str) -> Review:
    """Return the review of an answer that counts."""
    found = session.execute(
        sa.select(Review).where(
            Review.learner_id == actor.id,
            Review.course_id == course_id,
            Review.nonce == nonce,
            Review.came.is_not(None),
            Review.undone_at.is_(None),
        )
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("That answer does not count any more.")
    return found


def _require_repeated(session: Session, actor: Actor, answer: CardAnswer) -> None:
    """Refuse an answer to a card that was rated since, unless this very answer has rated it."""
    known = session.scalar(
        sa.select(Review.id).where(Review.learner_id == actor.id, Review.nonce == answer.nonce)
    )
    if known is None:
        raise Conflict(STALE)
