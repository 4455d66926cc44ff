"""What one press of a button on a question's page does, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.policy import Actor
from quizapp.questions.base import Posted
from quizapp.services.attempt_place import Outcome, Step
from quizapp.services.attempt_submit import submit_attempt
from quizapp.services.attempts import clear_response, flag_slot, save_response

_FLAGS = {"flag": True, "unflag": False}


def press_button(
    session: Session,
    *,
    actor: Actor,
    attempt_id: int,
    slot: int,
    posted: Posted,
    button: str,
    nonce: str,
    now: datetime,
    turn: int = 0,
    seen: int | None = None,
) -> Step:
    """Save what the form holds and do what the button says.

    "flag", "unflag" and "clear" are said of the slot; "grade" asks how the response did, where
    the quiz tells at once; any other button only leads somewhere.

    Whatever is pressed once the deadline has come, within the grace, hands the attempt in.
    Otherwise as `attempts.save_response`.
    """
    given = {"attempt_id": attempt_id, "slot": slot}
    if button == "clear":
        step = clear_response(session, actor=actor, **given, nonce=nonce, turn=turn, now=now)
    else:
        step = save_response(
            session,
            actor=actor,
            **given,
            posted=posted,
            nonce=nonce,
            turn=turn,
            now=now,
            seen=seen,
            check=button == "grade",
        )
    if step.outcome is Outcome.HANDED_IN:
        return step
    if button in _FLAGS:
        step = flag_slot(
            session, actor=actor, **given, is_flagged=_FLAGS[button], nonce=nonce, now=now
        )
    if step.is_due:
        submit_attempt(session, actor=actor, attempt_id=attempt_id, now=now)
        return replace(step, outcome=Outcome.TIME_UP)
    return step
