"""Starting an attempt: what it asks, in which order and until when is fixed here."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.grading.layout import LaidSlot
from quizapp.grading.selection import (
    select,
)
from quizapp.grading.settings import Behaviour, QuizSettings
from quizapp.models import (
    Attempt,
    AttemptState,
    Quiz,
    Status,
    to_millis,
)
from quizapp.policy import Actor, require_learner, require_running
from quizapp.queries.allowances import own_rules
from quizapp.queries.attempt_marks import full_mark, revision_contents
from quizapp.services.attempt_layout import lay_out, places
from quizapp.services.attempt_submit import submit_attempt

_ID_BITS = 20
_NO_QUIZ = "There is no such quiz."
_WITHDRAWN = "A quiz that was withdrawn cannot be started any more."


@dataclass(frozen=True, slots=True)
class Started:
    """The attempt to go on with; `resumed` if it was open already."""

    attempt_id: int
    resumed: bool


def start_attempt(
    session: Session,
    *,
    actor: Actor,
    quiz_id: int,
    seed: int,
    now: datetime,
    access_code: str = "",
) -> Started:
    """Start an attempt at a quiz, or return the one that is open.

    :param seed: 0 to 2**63 - 1, from a random source: it draws the questions and orders options.
    :param access_code: asked for by some quizzes, and only to start.
    :raises NotFound: there is no such quiz for this learner.
    :raises Conflict: it is not open now, it has no questions yet, or no attempt is left; or it
        was withdrawn after the learner had begun an attempt.
    :raises Invalid: the access code is another one, at "access_code".
    """
    quiz = _quiz(session, actor, quiz_id)
    # One statement: between two, another request could have started the last attempt there is.
    so_far = _attempts(session, actor, quiz_id)
    found = next((one for one in so_far if one.state is AttemptState.OPEN), None)
    if found is not None:
        if not QuizSettings.parse(found.settings).is_overdue(found.due_at, now=now):
            return Started(found.id, resumed=True)
        submit_attempt(session, actor=actor, attempt_id=found.id, now=now)
    require_running(actor, quiz.course_id)
    if quiz.status is not Status.READY:
        raise (Conflict(_WITHDRAWN) if so_far else NotFound(_NO_QUIZ))
    settings = _settings(session, actor, quiz)
    number = 1 + max((one.number for one in so_far), default=0)
    _may_start(quiz, settings, number=number, access_code=access_code, now=now)
    picked = select(places(session, actor, quiz), seed=seed)
    layout = lay_out(session, picked, settings, seed=seed)
    started = NewAttempt(quiz_id, number, layout, settings, seed=seed)
    return store_attempt(session, actor=actor, new=started, now=now)


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """What an attempt begins with; `title` names what a learner chose to practise."""

    quiz_id: int
    number: int
    layout: tuple[LaidSlot, ...]
    settings: QuizSettings
    seed: int
    title: str = ""


def store_attempt(session: Session, *, actor: Actor, new: NewAttempt, now: datetime) -> Started:
    """Store an attempt; whoever lost a race goes on with the winner's."""
    attempt_id = to_millis(now) << _ID_BITS | new.seed & (1 << _ID_BITS) - 1
    values = {
        "learner_id": actor.id,
        "id": attempt_id,
        "quiz_id": new.quiz_id,
        "title": new.title,
        "number": new.number,
        "state": AttemptState.OPEN,
        "seed": new.seed,
        "layout": [laid.dump() for laid in new.layout],
        "settings": new.settings.dump(),
        "started_at": now,
        "due_at": new.settings.due_at(now),
        "max_mark": _full_mark(session, new),
    }
    return _store(session, actor, new.quiz_id, values)


def _full_mark(session: Session, new: NewAttempt) -> Fraction:
    if new.settings.behaviour is not Behaviour.CERTAINTY:
        return full_mark(new.layout, new.settings)
    # What people mark earns its plain points there, so it has to be known.
    contents = revision_contents(session, [laid.revision_id for laid in new.layout])
    return full_mark(new.layout, new.settings, contents)


def _settings(session: Session, actor: Actor, quiz: Any) -> QuizSettings:
    rules = own_rules(
        session, learner_id=actor.id, course_id=quiz.course_id, quizzes={quiz.id: quiz.settings}
    )
    return rules[quiz.id].settings


def _may_start(
    quiz: Any, settings: QuizSettings, *, number: int, access_code: str, now: datetime
) -> None:
    """Raise what keeps an attempt from starting now."""
    if settings.is_closed(now=now):
        raise Conflict("This quiz has closed.")
    if not settings.is_open(now=now):
        raise Conflict("This quiz is not open yet.")
    if settings.attempts_allowed is not None and number > settings.attempts_allowed:
        raise Conflict(f"You have used all your attempts at this quiz ({number - 1}).")
    # Codes are told aloud: capitals and spaces around one do not count.
    if quiz.access_code and not hmac.compare_digest(
        *(code.strip().casefold().encode() for code in (quiz.access_code, access_code))
    ):
        message = "Enter the access code that your instructor gave you."
        if access_code.strip():
            message = "This is not the access code. Ask your instructor for the one that holds now."
        raise Invalid([Problem("access_code", message)])


def _store(session: Session, actor: Actor, quiz_id: int, values: Mapping[str, Any]) -> Started:
    try:
        with session.begin_nested():
            session.execute(sa.insert(Attempt).values(values))
    except IntegrityError:
        for one in _attempts(session, actor, quiz_id):
            if one.state is AttemptState.OPEN:
                return Started(one.id, resumed=True)
        raise
    return Started(values["id"], resumed=False)


def _quiz(session: Session, actor: Actor, quiz_id: int) -> Any:
    row = session.execute(
        sa.select(Quiz.id, Quiz.course_id, Quiz.settings, Quiz.access_code, Quiz.status).where(
            Quiz.id == quiz_id, Quiz.is_practice.is_(False)
        )
    ).one_or_none()
    if row is None:
        raise NotFound(_NO_QUIZ)
    require_learner(actor, row.course_id)
    return row


def _attempts(session: Session, actor: Actor, quiz_id: int) -> Sequence[Any]:
    return session.execute(
        sa.select(
            Attempt.id, Attempt.number, Attempt.state, Attempt.due_at, Attempt.settings
        ).where(Attempt.learner_id == actor.id, Attempt.quiz_id == quiz_id)
    ).all()


def open_attempt(session: Session, actor: Actor, quiz_id: int) -> Any:
    """Return id and seed of the learner's open attempt at a quiz, or None."""
    return session.execute(
        sa.select(Attempt.id, Attempt.seed).where(
            Attempt.learner_id == actor.id,
            Attempt.quiz_id == quiz_id,
            Attempt.state == AttemptState.OPEN,
        )
    ).one_or_none()


def attempts_so_far(session: Session, actor: Actor, quiz_id: int) -> int:
    """Return the number of the learner's latest attempt at a quiz, 0 before the first."""
    highest = session.scalar(
        sa.select(sa.func.max(Attempt.number)).where(
            Attempt.learner_id == actor.id, Attempt.quiz_id == quiz_id
        )
    )
    return highest or 0
