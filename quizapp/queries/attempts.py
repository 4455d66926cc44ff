"""What every page of an attempt says of it; nothing here knows a key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.grading.disclosure import Shown
from quizapp.grading.layout import LaidSlot, load_layout
from quizapp.grading.settings import QuizSettings
from quizapp.models import Attempt, AttemptState, Course, Quiz
from quizapp.policy import Actor


class Stage(Enum):
    """How far an attempt is: an overdue one waits to be handed in by whoever looks next."""

    OPEN = "open"
    OVERDUE = "overdue"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class AttemptHead:
    """What every page of an attempt shows of it.

    :param settings: those it began with. :param quiz_now: those that the quiz has now, for
        everybody: what is shown, and when, is theirs to say.
    :param is_practice: the learner put it together; the quiz behind it has no page.
    """

    id: int
    number: int
    quiz_id: int
    quiz_title: str
    course_id: int
    course_slug: str
    glossary_sha256: str
    settings: QuizSettings
    quiz_now: QuizSettings
    layout: tuple[LaidSlot, ...]
    stage: Stage
    started_at: datetime
    due_at: datetime | None
    is_practice: bool = False

    @property
    def shown_during(self) -> frozenset[Shown]:
        """Return what may be seen of a question that was checked while the attempt is open."""
        telling = replace(self.settings, disclosure=self.quiz_now.disclosure)
        return telling.shown(now=self.started_at, is_submitted=False)

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


def attempt_head(session: Session, *, actor: Actor, attempt_id: int, now: datetime) -> AttemptHead:
    """Return an attempt of the learner's own.

    :raises NotFound: there is none with that id, or it is someone else's.
    """
    row = session.execute(
        sa.select(
            Attempt.id,
            Attempt.number,
            Attempt.quiz_id,
            Attempt.title.label("own_title"),
            Quiz.title,
            Quiz.course_id,
            Quiz.is_practice,
            Quiz.settings.label("quiz_now"),
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
        quiz_title=row.own_title or row.title,
        course_id=row.course_id,
        course_slug=row.slug,
        glossary_sha256=row.glossary_sha256,
        settings=settings,
        quiz_now=QuizSettings.parse(row.quiz_now),
        layout=load_layout(row.layout),
        stage=stage_of(row.state, settings, row.due_at, now=now),
        started_at=row.started_at,
        due_at=row.due_at,
        is_practice=row.is_practice,
    )


def stage_of(
    state: AttemptState, settings: QuizSettings, due_at: datetime | None, *, now: datetime
) -> Stage:
    """Return how far an attempt is."""
    if state is AttemptState.SUBMITTED:
        return Stage.SUBMITTED
    return Stage.OVERDUE if settings.is_overdue(due_at, now=now) else Stage.OPEN
