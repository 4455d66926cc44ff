"""Fitting the model to a learner: asked for, kept with what it found, taken back, taken again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.memory.fitting import Fit
from quizapp.memory.latency import Choice, Quartiles
from quizapp.memory.model import Weights
from quizapp.memory.recalibration import Recalibration
from quizapp.memory.settings import MemorySettings
from quizapp.models import FitOutcome, MemoryFit
from quizapp.policy import Actor, require_learner
from quizapp.queries.memory_fits import Ground, fits_of, grown
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.memory_rules import keep_rules

#: A try that waits longer than this was given up on by its worker: asking begins it again.
GIVEN_UP = timedelta(minutes=10)
#: So many are asked for at a look, so that letters need not wait behind them.
A_LOOK = 20
_CHANGED = "What holds for your memory was changed meanwhile. Load the page again."


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a try found.

    :param fit: None where there was too little to judge by. :param choice: None likewise.
    :param is_timed: answer times are to refine ratings; `quartiles`: by kind of question.
    """

    reviews: int
    trials: int
    fit: Fit | None
    choice: Choice | None
    is_timed: bool
    quartiles: dict[str, Quartiles]
    correction: Recalibration


def ask_fit(session: Session, *, actor: Actor, course_id: int, now: datetime) -> bool:
    """Have the model fitted to the learner; return whether it was not asked for already.

    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    return _ask(session, actor.id, course_id, now)


def ask_grown(session: Session, *, now: datetime) -> int:
    """Have it fitted to those whose reviews have grown; return how many were asked for."""
    return sum(
        _ask(session, learner_id, course_id, now)
        for learner_id, course_id in grown(session, limit=A_LOOK)
    )


def _ask(session: Session, learner_id: int, course_id: int, now: datetime) -> bool:
    fits = fits_of(session, learner_id=learner_id, course_id=course_id)
    if fits.waiting is not None:
        if now - fits.waiting.asked_at < GIVEN_UP:
            return False
        number = fits.waiting.number
        _change(session, (learner_id, course_id, number), {"asked_at": now})
    else:
        number = 1 + max((one.number for one in fits.past), default=0)
        blank = {"reviews": 0, "trials": 0, "held_out": 0, "is_timed": False}
        keys = {"learner_id": learner_id, "course_id": course_id, "number": number}
        try:
            with session.begin_nested():
                session.execute(
                    sa.insert(MemoryFit).values(
                        keys | blank | {"asked_at": now, "outcome": FitOutcome.WAITING}
                    )
                )
        except sa.exc.IntegrityError:
            return False  # Another tab, or a look, has asked just now.
    payload = {"learner_id": learner_id, "course_id": course_id, "number": number}
    enqueue(session, name=JobName.FIT_MEMORY, payload=payload, now=now)
    return True


def is_waiting(session: Session, *, learner_id: int, course_id: int, number: int) -> bool:
    """Return whether that try is still to be made."""
    waiting = fits_of(session, learner_id=learner_id, course_id=course_id).waiting
    return waiting is not None and waiting.number == number


def keep_fit(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    number: int,
    ground: Ground,
    learnt: Learnt,
    now: datetime,
) -> bool:
    """Keep what a try found, its weights in force if they are better; return whether it waited.

    What another worker has kept already stays as it is.

    :raises Conflict: the weights in force are no longer those that it was judged against.
    """
    fit = learnt.fit
    is_better = fit is not None and fit.is_better
    outcome = FitOutcome.TOO_FEW if fit is None else FitOutcome.KEPT
    values: dict[str, Any] = {
        "at": now,
        "outcome": FitOutcome.ADOPTED if is_better else outcome,
        "reviews": learnt.reviews,
        "trials": learnt.trials,
        "before": _listed(ground.in_force.weights),
        "is_timed": learnt.is_timed,
        "times": {
            "choice": None if learnt.choice is None else asdict(learnt.choice),
            "quartiles": {kind: [q.quick, q.slow] for kind, q in learnt.quartiles.items()},
        },
        "correction": learnt.correction.to_json(),
    }
    if fit is not None:
        values |= {
            "weights": _listed(fit.weights),
            "held_out": fit.held_out,
            "loss_in_force": fit.loss_in_force,
            "loss_fitted": fit.loss_fitted,
        }
    waiting = MemoryFit.outcome == FitOutcome.WAITING
    if not _change(session, (actor.id, course_id, number), values, waiting):
        return False
    if fit is not None and is_better:
        change = _weights_from(ground.in_force.weights, fit.weights)
        keep_rules(session, actor=actor, course_id=course_id, now=now, change=change)
    return True


def fail_fit(
    session: Session, *, actor: Actor, course_id: int, number: int, reviews: int, now: datetime
) -> None:
    """Keep that a try came to nothing: its learner waits no longer, and the next comes in time."""
    values = {"at": now, "outcome": FitOutcome.FAILED, "reviews": reviews}
    waiting = MemoryFit.outcome == FitOutcome.WAITING
    _change(session, (actor.id, course_id, number), values, waiting)


def undo_fit(session: Session, *, actor: Actor, course_id: int, number: int, now: datetime) -> None:
    """Let the weights hold again that held before a fit was adopted.

    :raises NotFound: there is no such fit. :raises Conflict: it does not hold (any more).
    """
    _swap(session, actor, course_id, number, now, is_undone=True)


def redo_fit(session: Session, *, actor: Actor, course_id: int, number: int, now: datetime) -> None:
    """Let the weights of a fit that was taken back hold again.

    :raises NotFound: there is no such fit. :raises Conflict: other weights hold since.
    """
    _swap(session, actor, course_id, number, now, is_undone=False)


def _swap(
    session: Session, actor: Actor, course_id: int, number: int, now: datetime, *, is_undone: bool
) -> None:
    require_learner(actor, course_id)
    fit = fits_of(session, learner_id=actor.id, course_id=course_id).adopted
    if fit is None or fit.number != number:
        raise NotFound("There is no such fit.")
    was, becomes = (fit.weights, fit.before) if is_undone else (fit.before, fit.weights)
    standing = MemoryFit.undone_at.is_(None) if is_undone else MemoryFit.undone_at.is_not(None)
    undone_at = {"undone_at": now if is_undone else None}
    if not _change(session, (actor.id, course_id, number), undone_at, standing):
        raise Conflict(_CHANGED)
    change = _weights_from(was, becomes)
    keep_rules(session, actor=actor, course_id=course_id, now=now, change=change)


def _weights_from(
    was: Weights | None, becomes: Weights | None
) -> Callable[[MemorySettings], MemorySettings]:
    """Return what puts weights in the place of others and leaves all other settings alone."""

    def change(held: MemorySettings) -> MemorySettings:
        if held.weights != was:
            raise Conflict(_CHANGED)
        return replace(held, weights=becomes)

    return change


def _change(
    session: Session,
    key: tuple[int, int, int],
    values: dict[str, Any],
    *still: sa.ColumnElement[bool],
) -> bool:
    """Change one row if it is `still` so; return whether it was."""
    learner_id, course_id, number = key
    statement = sa.update(MemoryFit).where(
        MemoryFit.learner_id == learner_id,
        MemoryFit.course_id == course_id,
        MemoryFit.number == number,
        *still,
    )
    done: Any = session.execute(
        statement.values(values), execution_options={"synchronize_session": False}
    )
    return bool(done.rowcount)


def _listed(weights: Weights | None) -> list[float] | None:
    return None if weights is None else list(weights)
