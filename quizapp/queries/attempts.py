"""An open attempt as its pages show it: nothing here knows a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.grading.layout import LaidSlot, load_layout
from quizapp.grading.settings import QuizSettings
from quizapp.models import Attempt, AttemptState, Course, Quiz
from quizapp.policy import Actor
from quizapp.queries.attempt_marks import revision_contents
from quizapp.queries.responses import UNTOUCHED, SlotState, slot_states


class Stage(Enum):
    """How far an attempt is: an overdue one waits to be handed in by whoever looks next."""

    OPEN = "open"
    OVERDUE = "overdue"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class AttemptHead:
    """What every page of an attempt shows of it."""

    id: int
    number: int
    quiz_id: int
    quiz_title: str
    course_id: int
    course_slug: str
    glossary_sha256: str
    settings: QuizSettings
    layout: tuple[LaidSlot, ...]
    stage: Stage
    started_at: datetime
    due_at: datetime | None

    @property
    def count(self) -> int:
        return len(self.layout)

    def position(self, number: int) -> int:
        """Return the place, from 0, of the question that pages call `number`.

        :raises NotFound: the attempt has no such question.
        """
        if not 1 <= number <= self.count:
            raise NotFound("This attempt has no such question.")
        return number - 1


@dataclass(frozen=True, slots=True)
class Step:
    """One question in the list beside the question. `number` counts from 1."""

    number: int
    is_answered: bool
    is_flagged: bool
    stem: str = ""


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question of an open attempt.

    :param public: what the type shows before an answer.
    :param filled: posted values that restore the last response; {} without one.
    """

    head: AttemptHead
    number: int
    type_name: str
    public: Any
    filled: Mapping[str, list[str]]
    state: SlotState
    steps: tuple[Step, ...]

    @property
    def is_last(self) -> bool:
        return self.number == self.head.count


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What stands before handing in: each question in a line."""

    head: AttemptHead
    steps: tuple[Step, ...]

    @property
    def answered(self) -> int:
        return sum(step.is_answered for step in self.steps)

    @property
    def unanswered(self) -> int:
        return len(self.steps) - self.answered

    @property
    def flagged(self) -> int:
        return sum(step.is_flagged for step in self.steps)


def attempt_head(session: Session, *, actor: Actor, attempt_id: int, now: datetime) -> AttemptHead:
    """Return an attempt of the learner's own.

    :raises NotFound: there is none with that id, or it is someone else's.
    """
    row = session.execute(
        sa.select(
            Attempt.id,
            Attempt.number,
            Attempt.quiz_id,
            Quiz.title,
            Quiz.course_id,
            Course.slug,
            Course.glossary_sha256,
            Attempt.settings,
            Attempt.layout,
            Attempt.state,
            Attempt.started_at,
            Attempt.due_at,
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(Attempt.learner_id == actor.id, Attempt.id == attempt_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such attempt.")
    settings = QuizSettings.parse(row.settings)
    return AttemptHead(
        id=row.id,
        number=row.number,
        quiz_id=row.quiz_id,
        quiz_title=row.title,
        course_id=row.course_id,
        course_slug=row.slug,
        glossary_sha256=row.glossary_sha256,
        settings=settings,
        layout=load_layout(row.layout),
        stage=stage_of(row.state, settings, row.due_at, now=now),
        started_at=row.started_at,
        due_at=row.due_at,
    )


def stage_of(
    state: AttemptState, settings: QuizSettings, due_at: datetime | None, *, now: datetime
) -> Stage:
    """Return how far an attempt is."""
    if state is AttemptState.SUBMITTED:
        return Stage.SUBMITTED
    return Stage.OVERDUE if settings.is_overdue(due_at, now=now) else Stage.OPEN


def question_page(
    session: Session, *, actor: Actor, head: AttemptHead, number: int
) -> QuestionPage:
    """Return one question of an open attempt.

    :param number: from 1.
    :raises NotFound: the attempt has no such question.
    """
    position = head.position(number)
    laid = head.layout[position]
    states = slot_states(session, learner_id=actor.id, attempt_id=head.id)
    state = states.get(position, UNTOUCHED)
    kind, content = revision_contents(session, [laid.revision_id])[laid.revision_id]
    filled: Mapping[str, list[str]] = {}
    if state.content is not None:
        response = kind.load_response(content, state.content)
        filled = kind.fill(content, response, laid.order)
    return QuestionPage(
        head=head,
        number=number,
        type_name=kind.name,
        public=kind.public(content, laid.order),
        filled=filled,
        state=state,
        steps=_steps(head, states),
    )


def first_unanswered(session: Session, *, actor: Actor, head: AttemptHead) -> int | None:
    """Return the number of the first question without a response; None when all have one."""
    states = slot_states(session, learner_id=actor.id, attempt_id=head.id)
    steps = _steps(head, states)
    return next((step.number for step in steps if not step.is_answered), None)


def check_page(session: Session, *, actor: Actor, head: AttemptHead) -> CheckPage:
    """Return every question of an open attempt with what is still open about it."""
    states = slot_states(session, learner_id=actor.id, attempt_id=head.id)
    contents = revision_contents(session, [laid.revision_id for laid in head.layout])
    asked = [contents[laid.revision_id] for laid in head.layout]
    stems = [kind.stem(content) for kind, content in asked]
    return CheckPage(head, _steps(head, states, stems))


def _steps(
    head: AttemptHead, states: Mapping[int, SlotState], stems: list[str] | None = None
) -> tuple[Step, ...]:
    return tuple(
        Step(
            number=position + 1,
            is_answered=states.get(position, UNTOUCHED).is_answered,
            is_flagged=states.get(position, UNTOUCHED).is_flagged,
            stem=stems[position] if stems else "",
        )
        for position in range(head.count)
    )
