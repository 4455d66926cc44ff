"""A card that is being answered, and one that was: what was shown, given and made of it."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.memory import intervals
from quizapp.memory.credit import Came
from quizapp.memory.days import LearnerClock
from quizapp.memory.state import MemoryState, Rating
from quizapp.models import (
    Fact,
    Memory,
    MemoryFit,
    MemoryRules,
    Question,
    Review,
    Revision,
    Topic,
)
from quizapp.policy import Actor, require_learner
from quizapp.queries.crediting import GROUNDS_COLUMNS, Grounds, grounds_of, last_learnt
from quizapp.queries.flashcards import CardView, Occasion, build_card, shown_order
from quizapp.queries.memory_rows import STATE_COLUMNS, seed_of, state_of
from quizapp.queries.memory_rules import RULES_COLUMNS, in_force, rules_of
from quizapp.queries.passages import citations_for
from quizapp.queries.telling import TOLD, TOLD_BY, tell, told_otherwise
from quizapp.questions.base import Grade, Order, QuestionType
from quizapp.questions.registry import TYPES

_NO_CARD = "There is no such card in this course."


@dataclass(frozen=True, slots=True)
class Asked:
    """What a card asks of whom: all that crediting an answer needs.

    :param seen: how often the memory was written. :param order: options as they are shown.
    """

    kind: QuestionType[Any, Any]
    content: Any
    order: Order
    state: MemoryState
    seen: int
    grounds: Grounds


def asked_card(
    session: Session, *, actor: Actor, course_id: int, fact_id: int, revision_id: int
) -> Asked:
    """Return what a card asks of a learner now.

    :raises NotFound: the learner is not in the course, or it has no such fact or question.
    """
    require_learner(actor, course_id)
    row = session.execute(
        sa.select(
            Revision.type,
            Revision.content,
            *STATE_COLUMNS,
            Memory.seen,
            *GROUNDS_COLUMNS,
            TOLD_BY,
        )
        .select_from(Fact)
        .join(Revision, Revision.id == revision_id)
        .join(Question, sa.and_(Question.id == Revision.question_id, Question.fact_id == Fact.id))
        .outerjoin(Memory, sa.and_(Memory.learner_id == actor.id, Memory.fact_id == Fact.id))
        .outerjoin(MemoryRules, in_force(actor.id, course_id))
        .outerjoin(MemoryFit, last_learnt(actor.id, course_id))
        .outerjoin(TOLD, told_otherwise(actor.id, course_id, fact_id))
        .where(Fact.id == fact_id, Fact.course_id == course_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_NO_CARD)
    kind, grounds = TYPES[row.type], grounds_of(row)
    content = kind.parse(row.content)
    whose = {"learner_id": actor.id, "fact_id": fact_id}
    state = tell(session, row, state_of(row), weights=grounds.settings.weights, **whose)
    return Asked(
        kind=kind,
        content=content,
        order=shown_order(seed_of(actor.id, fact_id), state, kind, content),
        state=state,
        seen=row.seen or 0,
        grounds=grounds,
    )


_LEARNER: Any = sa.bindparam("learner_id", type_=sa.Integer)
_COURSE: Any = sa.bindparam("course_id", type_=sa.Integer)
_ANSWERED = (
    sa.select(
        Review.id,
        Review.fact_id,
        Review.revision_id,
        Review.at,
        Review.rating,
        Review.came,
        Review.response,
        Review.before,
        Review.known,
        Memory.due_at,
        Memory.phase,
        Memory.seen,
        Fact.statement,
        Fact.note,
        Fact.record,
        Topic.title,
        Question.id.label("question_id"),
        Question.recall,
        Revision.type,
        Revision.content,
        *RULES_COLUMNS,
        TOLD_BY,
    )
    .join(Memory, sa.and_(Memory.learner_id == _LEARNER, Memory.fact_id == Review.fact_id))
    .join(Fact, Fact.id == Review.fact_id)
    .join(Topic, Topic.id == Fact.topic_id)
    .join(Revision, Revision.id == Review.revision_id)
    .join(Question, Question.id == Revision.question_id)
    .join(
        MemoryRules,
        sa.and_(
            MemoryRules.learner_id == _LEARNER,
            MemoryRules.course_id == _COURSE,
            MemoryRules.number == Review.rules,
        ),
    )
    .outerjoin(
        TOLD,
        told_otherwise(_LEARNER, _COURSE, Review.fact_id, than=Review.rules, before=Review.id),
    )
    .where(
        Review.learner_id == _LEARNER,
        Review.nonce == sa.bindparam("nonce"),
        Review.course_id == _COURSE,
        Review.came.is_not(None),
        Review.undone_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class AnsweredCard:
    """A card that was answered.

    :param card: as it was asked; `choices` say what other ratings would have given.
    :param came: what came of it. :param rating: what it counts as. :param due: when it comes back
        ("4 days"). :param is_choice: something to choose from: it may be a guess, never Easy.
    """

    review_id: int
    card: CardView
    kind: QuestionType[Any, Any]
    content: Any
    order: Order
    response: Any | None
    grade: Grade | None
    came: Came
    rating: Rating
    due: str
    is_choice: bool


def answered_card(session: Session, *, actor: Actor, course_id: int, nonce: str) -> AnsweredCard:
    """Return what was answered under a nonce.

    :raises NotFound: the learner answered nothing under it that still counts.
    """
    require_learner(actor, course_id)
    row = session.execute(
        _ANSWERED, {"learner_id": actor.id, "course_id": course_id, "nonce": nonce}
    ).one_or_none()
    if row is None:
        raise NotFound("That answer does not count any more.")
    return _answered(session, actor, row)


def _answered(session: Session, actor: Actor, row: Any) -> AnsweredCard:
    rules, whose = rules_of(row), {"learner_id": actor.id, "fact_id": row.fact_id}
    stored, weights = MemoryState.from_json(row.before), rules.settings.weights
    before = tell(session, row, stored, weights=weights, before=row.id, **whose)
    clock = LearnerClock(rules.zone, rules.day_start_hour)
    seed = seed_of(actor.id, row.fact_id)
    kind = TYPES[row.type]
    content = kind.parse(row.content)
    response = None if row.response is None else kind.load_response(content, row.response)
    citations = citations_for(session, [row.fact_id]).get(row.fact_id, ())
    occasion = Occasion(row.fact_id, seed, clock, rules.settings, row.at, known=row.known)
    # The card as it was asked: that question alone.
    asked = SimpleNamespace(**row._mapping, form_policy=None)
    return AnsweredCard(
        review_id=row.id,
        card=build_card(occasion, before, [asked], citations),
        kind=kind,
        content=content,
        order=shown_order(seed, before, kind, content),
        response=response,
        grade=None if response is None else kind.grade(content, response),
        came=Came(row.came),
        rating=Rating(row.rating),
        due=intervals.label_due(row.at, row.due_at, clock, row.phase),
        is_choice=kind.guess_chance(content) > 0,
    )
