"""What an attempt at a quiz would ask, without starting one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict
from quizapp.grading.layout import LaidSlot
from quizapp.grading.selection import select
from quizapp.grading.settings import QuizSettings
from quizapp.models import Fact, Question, Revision, Topic
from quizapp.policy import Actor, require_instructor
from quizapp.services.attempt_layout import lay_out, places
from quizapp.services.quizzes import find_quiz


@dataclass(frozen=True, slots=True)
class PreviewSlot:
    """One question of the preview; `content` is what `TYPES[type].parse` reads."""

    question_id: int
    type: str
    content: dict[str, Any]
    topic: str
    order: tuple[int, ...]
    mark: Fraction


def preview_quiz(
    session: Session, *, actor: Actor, course_id: int, quiz_id: int, seed: int
) -> tuple[PreviewSlot, ...]:
    """Return what an attempt with this seed would ask the actor; () where there is nothing.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such quiz.
    """
    require_instructor(actor, course_id)
    quiz = find_quiz(session, course_id=course_id, quiz_id=quiz_id)
    settings = QuizSettings.parse(quiz.settings)
    picked = select(places(session, actor, quiz), seed=seed)
    try:
        layout = lay_out(session, picked, settings, seed=seed)
    except Conflict:
        return ()
    revisions = _revisions(session, layout)
    return tuple(_slot(laid, revisions[laid.revision_id]) for laid in layout)


def _revisions(session: Session, layout: tuple[LaidSlot, ...]) -> dict[int, Any]:
    rows = session.execute(
        sa.select(Revision.id, Revision.question_id, Revision.type, Revision.content, Topic.title)
        .join(Question, Question.id == Revision.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(Topic, Topic.id == Fact.topic_id)
        .where(Revision.id.in_([laid.revision_id for laid in layout]))
    )
    return {row.id: row for row in rows}


def _slot(laid: LaidSlot, row: Any) -> PreviewSlot:
    return PreviewSlot(row.question_id, row.type, row.content, row.title, laid.order, laid.max_mark)
