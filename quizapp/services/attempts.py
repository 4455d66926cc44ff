"""Answering: every step of an open attempt is one appended row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.behaviour import CERTAINTIES
from quizapp.models import Action, Response
from quizapp.policy import Actor
from quizapp.queries.attempt_marks import revision_contents, settle_slot
from quizapp.queries.responses import RESPONSES, after_step
from quizapp.questions.base import Posted
from quizapp.services.attempt_place import Outcome, Place, Step, find_place, turn_of


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
    check: bool = False,
) -> Step:
    """Keep what a form holds for one slot; an empty form clears it.

    :param slot: from 0. :param nonce: names the page that the form stands on; what it sends
        again changes nothing.
    :param turn: counts what the page sends, where a script does: of two requests that overtook
        each other, the one sent later stands.
    :param seen: `SlotState.seen` as the page showed it; None does not ask. What is chosen on an
        older page is saved as a later step, and the outcome says that it replaced another.
    :param check: grade the response at once, where the quiz does that. The same response
        again is no second try, and an empty form is none at all; what a person marks is saved.
    :raises NotFound: the learner has no such attempt, or it no such slot.
    :raises Invalid: the response is malformed or too long; nothing was saved.
    """
    place = find_place(session, actor, attempt_id, slot, nonce=nonce, turn=turn, now=now)
    if not place.is_open:
        return place.step(Outcome.HANDED_IN)
    kind, content = revision_contents(session, [place.laid.revision_id])[place.laid.revision_id]
    settled = settle_slot(place.settings, place.state, kind, content, is_submitted=False)
    if settled.is_final:
        return place.step(Outcome.FINAL)
    response = kind.parse_response(content, posted, place.laid.order)
    stored = None if response is None else kind.dump_response(response)
    certainty = _certainty(posted) if kind.is_gradable else None
    given = _Given(Action.CLEAR if stored is None else Action.SAVE, stored, certainty)
    checks = check and place.settings.behaviour.checks and stored is not None and kind.is_gradable
    if checks and stored not in place.state.checked:
        given = _Given(Action.CHECK, stored)
    return _keep(session, place, given, seen=seen, now=now)


def clear_response(
    session: Session,
    *,
    actor: Actor,
    attempt_id: int,
    slot: int,
    nonce: str,
    now: datetime,
    turn: int = 0,
) -> Step:
    """Leave a slot unanswered again; parameters and errors as for `save_response`."""
    return save_response(
        session,
        actor=actor,
        attempt_id=attempt_id,
        slot=slot,
        posted={},
        nonce=nonce,
        now=now,
        turn=turn,
    )


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
    given = _Given(Action.FLAG if is_flagged else Action.UNFLAG)
    if place.state.is_flagged == is_flagged:
        return place.step(Outcome.UNCHANGED)
    if not place.wrote(place.state.flag_writer) and _was_flagged(session, place, given):
        return place.step(Outcome.UNCHANGED)
    return _append(session, place, given, now=now)


@dataclass(frozen=True, slots=True)
class _Given:
    """What a step says about its slot."""

    action: Action
    content: Mapping[str, Any] | None = None
    certainty: int | None = None


def _certainty(posted: Posted) -> int | None:
    """Return how sure the learner says to be; None for nothing that can be read."""
    value = next(iter(posted.get("certainty", ())), "")
    known = {str(certainty): certainty for certainty in CERTAINTIES}
    return known.get(value)


def _keep(
    session: Session, place: Place, given: _Given, *, seen: int | None, now: datetime
) -> Step:
    """Append a response, or say why there is nothing to append."""
    state = place.state
    # One page may say A, then B, then A again. Once another page has written, though, what this
    # one sends is looked at closely: an old request may have come late, or nothing was chosen.
    is_other = bool(state.writer) and not place.wrote(state.writer)
    is_stale = is_other and seen is not None and seen != state.seen
    stands = (given.content, given.certainty) == (state.content, state.certainty)
    stands = stands and given.action is not Action.CHECK
    if place.is_overtaken() or (stands and not is_stale):
        return place.step(Outcome.UNCHANGED)
    if is_other and _was_said(session, place, given):
        return place.step(Outcome.UNCHANGED)
    if not is_stale:
        return _append(session, place, given, now=now)
    if _was_shown(session, place, given, seen):
        return place.step(Outcome.UNCHANGED)
    # Two pages that chose alike are both in the log: either may send its request again.
    outcome = Outcome.SAVED if stands else Outcome.REPLACED
    return _append(session, place, given, now=now, outcome=outcome)


def _was_said(session: Session, place: Place, given: _Given) -> bool:
    """Return whether a page has said this before, or something later."""
    rows = [row for row in _log(session, place, RESPONSES) if place.wrote(row.nonce)]
    if not rows:
        return False
    turn = max(turn_of(row.nonce) for row in rows)
    if place.turn != turn or given.action is Action.CHECK:
        # A new turn counts if it changes the page's mind; a check is asked for on purpose.
        is_told = given.action is not Action.CHECK and _is_same(rows[-1], given)
        return place.turn < turn or is_told
    return any(turn_of(row.nonce) == turn and _is_same(row, given) for row in rows)


def _was_flagged(session: Session, place: Place, given: _Given) -> bool:
    """Return whether the same page has set the same flag before, or taken it off."""
    return any(place.wrote(row.nonce) for row in _log(session, place, (given.action,)))


def _log(session: Session, place: Place, actions: Sequence[Action]) -> Sequence[Any]:
    """Return the rows of such actions in the slot's log, in order."""
    return session.execute(
        sa.select(Response.nonce, Response.content, Response.certainty)
        .where(
            Response.learner_id == place.learner_id,
            Response.attempt_id == place.attempt_id,
            Response.slot == place.slot,
            Response.action.in_(actions),
        )
        .order_by(Response.seq)
    ).all()


def _is_same(row: Any, given: _Given) -> bool:
    return (row.content, row.certainty) == (given.content, given.certainty)


def _was_shown(session: Session, place: Place, given: _Given, seen: int | None) -> bool:
    """Return whether an older page sends only what it was shown: its reader chose nothing."""
    row = session.execute(
        sa.select(Response.content, Response.certainty).where(
            Response.learner_id == place.learner_id,
            Response.attempt_id == place.attempt_id,
            Response.slot == place.slot,
            Response.seq == seen,
        )
    ).one_or_none()
    if given.action is Action.CHECK:
        return False
    return _is_same(row or _Given(Action.CLEAR), given)


def _append(
    session: Session,
    place: Place,
    given: _Given,
    *,
    now: datetime,
    outcome: Outcome = Outcome.SAVED,
) -> Step:
    number = place.state.last + 1
    row = Response(
        learner_id=place.learner_id,
        attempt_id=place.attempt_id,
        slot=place.slot,
        seq=number,
        at=now,
        action=given.action,
        nonce=f"{place.page}{place.turn}.{number}",
        content=given.content,
        certainty=given.certainty,
    )
    session.add(row)
    session.flush()  # a row that cannot be stored is no step
    return place.step(outcome, after_step(place.state, row))
