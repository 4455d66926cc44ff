"""One learner at one quiz, for the tests of attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.layout import LaidSlot, load_layout
from quizapp.grading.marks import Mark
from quizapp.models import Attempt, Question, Quiz, Response, Review
from quizapp.policy import Actor
from quizapp.queries.attempt_marks import revision_contents
from quizapp.questions.registry import GRADABLE
from quizapp.services.attempt_place import Step
from quizapp.services.attempt_start import Started, start_attempt
from quizapp.services.attempt_submit import Submitted, submit_attempt
from quizapp.services.attempts import clear_response, flag_slot, save_response
from tests.support.make import Make
from tests.support.recomputed import marks_of
from tests.support.samples import SAMPLES

#: The types that a quiz may ask; `Make` stores a question of each by default.
TYPE_NAMES = GRADABLE
_OPTIONS = ("nonce", "after", "actor", "seen", "turn")


class Sitting:
    """A course, its learner and a quiz; the steps of an attempt with what they need filled in."""

    def __init__(self, session: Session, make: Make, now: datetime) -> None:
        self.session, self.make, self.now = session, make, now
        self.course = make.course()
        self.topic = make.topic(self.course)
        self.passage = make.passage(self.course)
        self.actor = make.learner(self.course)
        self.questions: list[Question] = []
        self.attempt_id = 0

    def question(self, type_name: str = "single_choice", raw: Any = None) -> Question:
        """Store a question on a fact of its own."""
        fact = self.make.fact(self.course, self.topic, self.passage)
        self.questions.append(self.make.question(fact, type_name, raw))
        return self.questions[-1]

    def quiz(self, *type_names: str, draws: Sequence[Any] = (), **settings: Any) -> Quiz:
        """Store a quiz that asks one question of each of the types."""
        questions = [self.question(name) for name in type_names]
        settings = {"shuffle_options": False} | settings
        return self.make.quiz(self.course, questions, draws, settings=settings)

    def start(self, quiz: Quiz, *, seed: int = 1, actor: Actor | None = None) -> Started:
        started = start_attempt(
            self.session, actor=actor or self.actor, quiz_id=quiz.id, seed=seed, now=self.now
        )
        self.attempt_id = started.attempt_id
        return started

    def save(self, slot: int, **given: Any) -> Step:
        """Save fields by name: `save(0, choice="2", nonce="page-1")`; see `post` for the rest."""
        options = {name: given.pop(name) for name in _OPTIONS if name in given}
        posted = {name.replace("_", "-"): _listed(value) for name, value in given.items()}
        return self.post(slot, posted, **options)

    def post(
        self,
        slot: int,
        posted: Mapping[str, list[str]],
        *,
        nonce: str = "page-1",
        after: float = 1,
        actor: Actor | None = None,
        turn: int = 0,
        seen: int | None = None,
    ) -> Step:
        """Save what a form posts, so many seconds after the start."""
        return save_response(
            self.session,
            actor=actor or self.actor,
            attempt_id=self.attempt_id,
            slot=slot,
            posted=posted,
            nonce=nonce,
            now=self.at(after),
            turn=turn,
            seen=seen,
        )

    def answer_rightly(self, slot: int, **given: Any) -> Step:
        """Save what is worth full marks in a slot."""
        laid = self.layout()[slot]
        kind, content = revision_contents(self.session, [laid.revision_id])[laid.revision_id]
        response = kind.parse_response(content, SAMPLES[kind.name].right)
        assert response is not None
        return self.post(slot, kind.fill(content, response, laid.order), **given)

    def clear(self, slot: int, *, nonce: str = "page-1", after: float = 1) -> Step:
        return clear_response(
            self.session,
            actor=self.actor,
            attempt_id=self.attempt_id,
            slot=slot,
            nonce=nonce,
            now=self.at(after),
        )

    def flag(
        self, slot: int, is_flagged: bool = True, *, nonce: str = "page-1", after: float = 1
    ) -> Step:
        return flag_slot(
            self.session,
            actor=self.actor,
            attempt_id=self.attempt_id,
            slot=slot,
            is_flagged=is_flagged,
            nonce=nonce,
            now=self.at(after),
        )

    def submit(self, *, after: float = 60, actor: Actor | None = None) -> Submitted:
        return submit_attempt(
            self.session,
            actor=actor or self.actor,
            attempt_id=self.attempt_id,
            now=self.at(after),
        )

    def at(self, seconds: float) -> datetime:
        return self.now + timedelta(seconds=seconds)

    def attempt(self) -> Any:
        """Return the attempt's row as it is stored now."""
        return self.session.execute(
            sa.select(*sa.inspect(Attempt).columns).where(Attempt.id == self.attempt_id)
        ).one()

    def layout(self) -> tuple[LaidSlot, ...]:
        return load_layout(self.attempt().layout)

    def stored_mark(self) -> Fraction | None:
        mark: Fraction | None = self.attempt().mark
        return mark

    def marks(self) -> Mark:
        return marks_of(self.session, learner_id=self.actor.id, attempt_id=self.attempt_id)

    def rows(self) -> Sequence[Any]:
        """Return the log of the attempt: slot, number, action and content."""
        return self.session.execute(
            sa.select(Response.slot, Response.seq, Response.action, Response.content)
            .where(Response.attempt_id == self.attempt_id)
            .order_by(Response.slot, Response.seq)
        ).all()

    def reviews(self) -> Sequence[Any]:
        return self.session.execute(
            sa.select(*sa.inspect(Review).columns)
            .where(Review.learner_id == self.actor.id)
            .order_by(Review.nonce)
        ).all()


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
