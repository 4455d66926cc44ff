"""Starting an attempt: what it asks, in which order and until when is fixed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.grading.layout import LaidSlot
from quizapp.grading.selection import Candidate, Picked, Place, option_order, select
from quizapp.grading.settings import QuizSettings
from quizapp.models import (
    Attempt,
    AttemptState,
    Fact,
    Question,
    Quiz,
    Revision,
    Slot,
    Status,
    to_millis,
)
from quizapp.policy import Actor, require_learner
from quizapp.questions.registry import GRADABLE, TYPES
from quizapp.services.attempt_submit import submit_attempt

_ID_BITS = 20


@dataclass(frozen=True, slots=True)
class Started:
    """The attempt to go on with; `resumed` if it was open already."""

    attempt_id: int
    resumed: bool


def start_attempt(
    session: Session, *, actor: Actor, quiz_id: int, seed: int, now: datetime
) -> Started:
    """Start an attempt at a quiz, or return the one that is open.

    :param seed: 0 to 2**63 - 1, from a random source: it draws the questions and orders options.
    :raises NotFound: there is no such quiz for this learner.
    :raises Conflict: the quiz has no questions yet, or no attempt is left.
    """
    quiz = _quiz(session, actor, quiz_id)
    found = _open_attempt(session, actor, quiz_id)
    if found is not None:
        if not QuizSettings.parse(found.settings).is_overdue(found.due_at, now=now):
            return Started(found.id, resumed=True)
        submit_attempt(session, actor=actor, attempt_id=found.id, now=now)
    settings = QuizSettings.parse(quiz.settings)
    number = 1 + _attempts_so_far(session, actor, quiz_id)
    if settings.attempts_allowed is not None and number > settings.attempts_allowed:
        raise Conflict(f"You have used all your attempts at this quiz ({number - 1}).")
    layout = _lay_out(session, quiz, settings, seed=seed)
    attempt_id = to_millis(now) << _ID_BITS | seed & (1 << _ID_BITS) - 1
    values = {
        "learner_id": actor.id,
        "id": attempt_id,
        "quiz_id": quiz_id,
        "number": number,
        "state": AttemptState.OPEN,
        "seed": seed,
        "layout": [laid.dump() for laid in layout],
        "settings": settings.dump(),
        "started_at": now,
        "due_at": settings.due_at(now),
        "max_mark": sum(laid.max_mark for laid in layout),
    }
    return _store(session, actor, quiz_id, values)


def _store(session: Session, actor: Actor, quiz_id: int, values: Mapping[str, Any]) -> Started:
    """Insert the attempt; whoever lost a race goes on with the winner's."""
    try:
        with session.begin_nested():
            session.execute(sa.insert(Attempt).values(values))
    except IntegrityError:
        winner = _open_attempt(session, actor, quiz_id)
        if winner is None:
            raise
        return Started(winner.id, resumed=True)
    return Started(values["id"], resumed=False)


def _quiz(session: Session, actor: Actor, quiz_id: int) -> Any:
    row = session.execute(
        sa.select(Quiz.id, Quiz.course_id, Quiz.settings).where(
            Quiz.id == quiz_id, Quiz.status == Status.READY
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such quiz.")
    require_learner(actor, row.course_id)
    return row


def _open_attempt(session: Session, actor: Actor, quiz_id: int) -> Any:
    return session.execute(
        sa.select(Attempt.id, Attempt.due_at, Attempt.settings).where(
            Attempt.learner_id == actor.id,
            Attempt.quiz_id == quiz_id,
            Attempt.state == AttemptState.OPEN,
        )
    ).one_or_none()


def _attempts_so_far(session: Session, actor: Actor, quiz_id: int) -> int:
    highest = session.scalar(
        sa.select(sa.func.max(Attempt.number)).where(
            Attempt.learner_id == actor.id, Attempt.quiz_id == quiz_id
        )
    )
    return highest or 0


def _lay_out(
    session: Session, quiz: Any, settings: QuizSettings, *, seed: int
) -> tuple[LaidSlot, ...]:
    picked = select(_places(session, quiz), seed=seed)
    if not picked:
        raise Conflict("This quiz has no questions yet.")
    rows = session.execute(
        sa.select(Question.id.label("question_id"), Revision.id, Revision.type, Revision.content)
        .join(Question, _is_current())
        .where(Question.id.in_([one.question_id for one in picked]))
    )
    revisions = {row.question_id: row for row in rows}
    return tuple(
        _lay_slot(one, revisions[one.question_id], settings, seed=seed, position=position)
        for position, one in enumerate(picked)
    )


def _lay_slot(
    picked: Picked, revision: Any, settings: QuizSettings, *, seed: int, position: int
) -> LaidSlot:
    kind = TYPES[revision.type]
    content = kind.parse(revision.content)
    count = kind.shuffled(content) if settings.shuffle_options else 0
    order = option_order(count, seed=seed, slot=position, locked=kind.locked(content))
    return LaidSlot(revision.id, picked.fact_id, order, picked.max_mark)


def _is_current() -> Any:
    return sa.and_(Revision.question_id == Question.id, Revision.number == Question.current_number)


def _places(session: Session, quiz: Any) -> list[Place]:
    """Return the quiz's slots with the questions that are ready for each and can be graded."""
    slots = session.execute(
        sa.select(Slot.max_mark, Slot.question_id, Slot.draw)
        .where(Slot.quiz_id == quiz.id)
        .order_by(Slot.position)
    ).all()
    ready = _ready_questions(session, quiz.course_id, slots)
    return [_place(slot, ready) for slot in slots]


def _ready_questions(session: Session, course_id: int, slots: Sequence[Any]) -> Sequence[Any]:
    fixed = [slot.question_id for slot in slots if slot.question_id is not None]
    topics = {topic for slot in slots if slot.draw for topic in slot.draw["topics"]}
    return session.execute(
        sa.select(Question.id, Question.fact_id, Fact.topic_id)
        .join(Fact, Fact.id == Question.fact_id)
        .where(
            Question.course_id == course_id,
            Question.status == Status.READY,
            Question.type.in_(GRADABLE),
            Fact.status == Status.READY,
            sa.or_(Question.id.in_(fixed), Fact.topic_id.in_(sorted(topics))),
        )
        .order_by(Question.id)
    ).all()


def _place(slot: Any, ready: Sequence[Any]) -> Place:
    draw = slot.draw or {"topics": (), "count": 1}
    candidates = tuple(
        Candidate(row.id, row.fact_id)
        for row in ready
        if (row.topic_id in draw["topics"] if slot.draw else row.id == slot.question_id)
    )
    return Place(candidates, draw["count"], slot.max_mark, is_fixed=slot.draw is None)
