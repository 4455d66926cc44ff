"""A learner with memories of chosen strength, for the tests of practice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.layout import LaidSlot, load_layout
from quizapp.grading.practice import Choice
from quizapp.models import Attempt, Course, Fact, Memory, Question, Revision, Topic
from quizapp.policy import Actor
from quizapp.services.practise import PracticeStart, start_practice
from tests.support.make import Make

_CHOICE = ("topics", "length", "behaviour")
#: Stability in days and days since the review; only the second is in the band.
FRESH, IN_BAND, FADED = (20.0, 0), (4.0, 20), (1.0, 300)


class Practising:
    """A course with facts; the learner's memory of each is as it is told."""

    def __init__(self, session: Session, make: Make, now: datetime) -> None:
        self.session, self.make, self.now = session, make, now
        self.course: Course = make.course()
        self.topic: Topic = make.topic(self.course, key="base", title="The base")
        self.passage = make.passage(self.course)
        self.actor: Actor = make.learner(self.course)

    def fact(self, memory: tuple[float, int] | None = None, *types: str, **given: Any) -> Fact:
        """Store a fact with a question of each type; `memory`: stability and days since."""
        topic = given.pop("topic", self.topic)
        fact = self.make.fact(self.course, topic, self.passage)
        for name in types or ("single_choice",):
            self.make.question(fact, name)
        if memory is not None or given:
            self.remember(fact, memory, **given)
        return fact

    def facts(self, count: int, memory: tuple[float, int] | None = None) -> list[int]:
        return [self.fact(memory).id for _ in range(count)]

    def remember(self, fact: Fact, memory: tuple[float, int] | None, **given: Any) -> None:
        values: dict[str, Any] = {"phase": "new", "due_at": self.now, "reps": 0}
        if memory is not None:
            stability, days = memory
            reviewed = self.now - timedelta(days=days)
            values = {
                "phase": "review",
                "stability": stability,
                "difficulty": 5.0,
                "due_at": reviewed + timedelta(days=stability),
                "last_review_at": reviewed,
                "reps": 3,
            }
        row = Memory(
            learner_id=self.actor.id,
            fact_id=fact.id,
            course_id=self.course.id,
            **{"lapses": 0, "seen": 1} | values | given,
        )
        self.session.add(row)
        self.session.flush()

    def start(self, *, seed: int = 1, **given: Any) -> PracticeStart:
        """Start a practice; fields of the choice by name, the rest as `start_practice` takes it."""
        chosen = {
            name: given.pop(name) for name in ("topics", "length", "behaviour") if name in given
        }
        values: dict[str, Any] = {"actor": self.actor, "course_id": self.course.id, "now": self.now}
        values |= given
        return start_practice(self.session, choice=Choice(**chosen), seed=seed, **values)

    def attempt(self, attempt_id: int) -> Any:
        return self.session.execute(
            sa.select(*sa.inspect(Attempt).columns).where(Attempt.id == attempt_id)
        ).one()

    def layout(self, attempt_id: int) -> tuple[LaidSlot, ...]:
        return load_layout(self.attempt(attempt_id).layout)

    def asked(self, **given: Any) -> list[int]:
        """Start a practice and return the facts that it asks, in order."""
        return [laid.fact_id for laid in self.layout(self.start(**given).attempt_id)]

    def types(self, attempt_id: int) -> list[str]:
        """Return the type of each question that an attempt asks, in order."""
        rows = dict(
            self.session.execute(
                sa.select(Revision.id, Question.type).join(
                    Question, Question.id == Revision.question_id
                )
            ).all()
        )
        return [rows[laid.revision_id] for laid in self.layout(attempt_id)]
