"""Answering: every step of an open attempt is one appended row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Action, Response
from quizapp.policy import Actor
from quizapp.queries.attempt_marks import revision_contents
from quizapp.queries.responses import after_step
from quizapp.questions.base import Posted
from quizapp.services.attempt_place import Outcome, Place, Step, find_place


def save_response(
    session: Session,
    *,
    actor: Actor,
    attempt_id: int,
    slot: int,
    posted: Posted,
    nonce: str,
    now: datetime,
    turn: int = 0,
    seen: int | None = None,
) -> Step:
    """Keep what a form holds for one slot; an empty form clears it.

    :param slot: from 0. :param nonce: names the page that the form stands on; what it sends
        again changes nothing.
    :param turn: counts what the page sends, where a script does: of two requests that overtook
        each other, the one sent later stands.
    :param seen: `SlotState.seen` as the page showed it; None does not ask.
    :raises NotFound: the learner has no such attempt, or it no such slot.
    :raises Invalid: the response is malformed or too long; nothing was saved.
    """
    place = find_place(session, actor, attempt_id, slot, nonce=nonce, turn=turn, now=now)
    if not place.is_open:
        return place.step(Outcome.HANDED_IN)
    kind, content = revision_contents(session, [place.laid.revision_id])[place.laid.revision_id]
    response = kind.parse_response(content, posted, place.laid.order)
    stored = None if response is None else kind.dump_response(response)
    return _keep(session, place, stored, seen=seen, now=now)


def clear_response(
    session: Session, *, actor: Actor, attempt_id: int, slot: int, nonce: str, now: datetime
) -> Step:
    """Leave a slot unanswered again; parameters and errors as for `save_response`."""
    place = find_place(session, actor, attempt_id, slot, nonce=nonce, now=now)
    if not place.is_open:
        return place.step(Outcome.HANDED_IN)
    return _keep(session, place, None, seen=None, now=now)


def flag_slot(
    session: Session,
    *,
    actor: Actor,
    attempt_id: int,
    slot: int,
    is_flagged: bool,
    nonce: str,
    now: datetime,
) -> Step:
    """Mark a slot to come back to, or take the mark off; otherwise as `save_response`."""
    place = find_place(session, actor, attempt_id, slot, nonce=nonce, now=now)
    if not place.is_open:
        return place.step(Outcome.HANDED_IN)
    action = Action.FLAG if is_flagged else Action.UNFLAG
    if place.state.is_flagged == is_flagged:
        return place.step(Outcome.UNCHANGED)
    if not place.wrote(place.state.flag_writer) and _came_before(session, place, action, None):
        return place.step(Outcome.UNCHANGED)
    return _append(session, place, action, None, now=now)


def _keep(
    session: Session,
    place: Place,
    content: Mapping[str, Any] | None,
    *,
    seen: int | None,
    now: datetime,
) -> Step:
    """Append a response, or say why there is nothing to append."""
    state, action = place.state, Action.CLEAR if content is None else Action.SAVE
    if content == state.content or place.is_overtaken():
        return place.step(Outcome.UNCHANGED)
    # One page may say A, then B, then A again. Once another page has written, though, what this
    # one has said before is an old request that arrives late, and what it says anew was chosen
    # without knowing what stands there now.
    if state.writer and not place.wrote(state.writer):
        if _came_before(session, place, action, content):
            return place.step(Outcome.UNCHANGED)
        if seen is not None and seen != state.seen:
            return place.step(Outcome.ELSEWHERE)
    return _append(session, place, action, content, now=now)


def _came_before(
    session: Session, place: Place, action: Action, content: Mapping[str, Any] | None
) -> bool:
    """Return whether the same page has written the same before."""
    rows = session.execute(
        sa.select(Response.content).where(
            Response.learner_id == place.learner_id,
            Response.attempt_id == place.attempt_id,
            Response.slot == place.slot,
            Response.action == action,
            Response.nonce.startswith(place.page),
        )
    )
    return any(row.content == content for row in rows)


def _append(
    session: Session,
    place: Place,
    action: Action,
    content: Mapping[str, Any] | None,
    *,
    now: datetime,
) -> Step:
    number = place.state.last + 1
    row = Response(
        learner_id=place.learner_id,
        attempt_id=place.attempt_id,
        slot=place.slot,
        seq=number,
        at=now,
        action=action,
        nonce=f"{place.page}{place.turn}.{number}",
        content=content,
    )
    session.add(row)
    session.flush()  # a row that cannot be stored is no step
    return place.step(Outcome.SAVED, after_step(place.state, row))
