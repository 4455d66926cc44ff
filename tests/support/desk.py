"""A learner at work: the shortest way to rate, take back and look, for tests of studying."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.settings import MemorySettings
from quizapp.models import Fact, Memory, Origin, QuarterTotal, Question, Review, Revision
from quizapp.policy import Actor
from quizapp.queries.memory_rows import STATE_COLUMNS
from quizapp.queries.scope import Scope
from quizapp.queries.study import StudyView, next_card
from quizapp.services.memory_rules import keep_rules
from quizapp.services.reviews import Recorded, record_review
from quizapp.services.study import Step, redo_step, undo_step
from tests.support.make import Make


class Desk:
    """One learner in one course of their own, with as many facts as are added."""

    def __init__(self, session: Session, make: Make, now: datetime) -> None:
        self.session, self.make, self.now = session, make, now
        self.course = make.course()
        self.topic = make.topic(self.course)
        self.passage = make.passage(self.course)
        self.actor: Actor = make.learner(self.course)
        self._nonces = 0

    def fact(self, *types: str, **given: Any) -> Fact:
        """Store a fact with a question of each type, or with one choice."""
        fact = self.make.fact(self.course, given.pop("topic", self.topic), self.passage, **given)
        for type_name in types or ("single_choice",):
            self.make.question(fact, type_name)
        return fact

    def revision_id(self, fact: Fact | int) -> int:
        fact_id = fact if isinstance(fact, int) else fact.id
        found = self.session.execute(
            sa.select(sa.func.min(Revision.id))
            .join(Question, Question.id == Revision.question_id)
            .where(Question.fact_id == fact_id)
        ).scalar_one()
        return int(found)

    def rate(self, fact: Fact | int, rating: int = 3, **given: Any) -> Recorded:
        self._nonces += 1
        fact_id = fact if isinstance(fact, int) else fact.id
        values: dict[str, Any] = {
            "actor": self.actor,
            "course_id": self.course.id,
            "fact_id": fact_id,
            "rating": rating,
            "origin": Origin.FLASHCARD,
            "nonce": f"nonce-{self._nonces}",
            "now": self.now,
        }
        values["revision_id"] = given.pop("revision_id", None) or self.revision_id(fact_id)
        return record_review(self.session, **values | given)

    def choose(self, **given: Any) -> None:
        """Set settings of the learner's memory, as the settings page does."""
        values: dict[str, Any] = {"actor": self.actor, "course_id": self.course.id, "now": self.now}
        keep_rules(self.session, **values, settings=MemorySettings(**given))

    def undo(self, **given: Any) -> Step:
        values: dict[str, Any] = {"actor": self.actor, "course_id": self.course.id, "now": self.now}
        return undo_step(self.session, **values | given)

    def redo(self, **given: Any) -> Step:
        values: dict[str, Any] = {"actor": self.actor, "course_id": self.course.id}
        return redo_step(self.session, **values | given)

    def look(self, **given: Any) -> StudyView:
        """Return the next card; what belongs to a `Scope` may be given by its name."""
        names = {field.name for field in fields(Scope)} & given.keys()
        if names:
            given["scope"] = Scope(**{name: given.pop(name) for name in names})
        values: dict[str, Any] = {"actor": self.actor, "course_id": self.course.id, "now": self.now}
        return next_card(self.session, **values | given)

    def asked(self, **given: Any) -> int | None:
        """Return the id of the fact that comes next, or None."""
        card = self.look(**given).card
        return card.fact_id if card else None

    def reviews(self) -> list[Any]:
        return list(self.session.execute(sa.select(*Review.__table__.c).order_by(Review.id)))

    def memory(self, fact: Fact) -> Any:
        columns = (*STATE_COLUMNS, Memory.seen, Memory.is_suspended, Memory.buried_until)
        mine = (Memory.learner_id == self.actor.id, Memory.fact_id == fact.id)
        return self.session.execute(sa.select(*columns).where(*mine)).one_or_none()

    def totals(self) -> list[Any]:
        return list(
            self.session.execute(
                sa.select(*QuarterTotal.__table__.c).order_by(QuarterTotal.quarter)
            )
        )


@contextmanager
def statements_of(session: Session) -> Iterator[list[str]]:
    """Collect the SQL that the session runs in the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)
