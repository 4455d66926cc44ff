"""What a new attempt asks: the questions its slots pick, pinned, with their options in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict
from quizapp.grading.draws import Draw
from quizapp.grading.layout import LaidSlot, load_layout
from quizapp.grading.selection import (
    Candidate,
    Picked,
    Place,
    option_order,
    question_order,
)
from quizapp.grading.settings import QuizSettings
from quizapp.models import Attempt, Fact, Question, Revision, Slot
from quizapp.policy import Actor
from quizapp.queries.quiz_pool import CAN_BE_ASKED
from quizapp.questions.registry import TYPES


def lay_out(
    session: Session, picked: Sequence[Picked], settings: QuizSettings, *, seed: int
) -> tuple[LaidSlot, ...]:
    """Return the slots of an attempt: each question's current revision, its options in order.

    :raises Conflict: there is nothing to ask.
    """
    if not picked:
        raise Conflict("This quiz has no questions yet.")
    if settings.shuffle_questions:
        picked = question_order(picked, seed=seed)
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


def places(session: Session, actor: Actor, quiz: Any) -> list[Place]:
    """Return the slots of a quiz (`id`, `course_id`) with the questions that are ready for each."""
    slots = session.execute(
        sa.select(Slot.max_mark, Slot.question_id, Slot.draw)
        .where(Slot.quiz_id == quiz.id)
        .order_by(Slot.position)
    ).all()
    ready = _ready_questions(session, quiz.course_id, slots)
    draws = any(slot.draw for slot in slots)
    met = _questions_met(session, actor, quiz.id) if draws else frozenset()
    return [_place(slot, ready, met) for slot in slots]


def _ready_questions(session: Session, course_id: int, slots: Sequence[Any]) -> Sequence[Any]:
    fixed = [slot.question_id for slot in slots if slot.question_id is not None]
    draws = [Draw.load(slot.draw) for slot in slots if slot.draw]
    topics = {topic for draw in draws for topic in draw.topics}
    drawn: Any = Fact.topic_id.in_(sorted(topics))
    if not all(draw.topics for draw in draws):
        drawn = sa.true()
    return session.execute(
        sa.select(Question.id, Question.fact_id, Question.type, Question.tags, Fact.topic_id)
        .join(Fact, Fact.id == Question.fact_id)
        .where(
            Question.course_id == course_id,
            CAN_BE_ASKED,
            sa.or_(Question.id.in_(fixed), drawn),
        )
        .order_by(Question.id)
    ).all()


def _questions_met(session: Session, actor: Actor, quiz_id: int) -> frozenset[int]:
    """Return the questions that the learner had in earlier attempts at the quiz."""
    layouts = session.scalars(
        sa.select(Attempt.layout).where(Attempt.learner_id == actor.id, Attempt.quiz_id == quiz_id)
    )
    revisions = {laid.revision_id for layout in layouts for laid in load_layout(layout)}
    if not revisions:
        return frozenset()
    questions = sa.select(Revision.question_id).where(Revision.id.in_(sorted(revisions)))
    return frozenset(session.scalars(questions))


def _place(slot: Any, ready: Sequence[Any], met: frozenset[int]) -> Place:
    if slot.draw is None:
        fixed = tuple(Candidate(row.id, row.fact_id) for row in ready if row.id == slot.question_id)
        return Place(fixed, 1, slot.max_mark, is_fixed=True)
    draw = Draw.load(slot.draw)
    candidates = tuple(
        Candidate(row.id, row.fact_id, is_met=row.id in met)
        for row in ready
        if draw.takes(topic_id=row.topic_id, type_name=row.type, tags=row.tags)
    )
    return Place(candidates, draw.count, slot.max_mark)
