"""A submitted attempt: what was given, what is right, where it stands and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.marks import Mark, points_to_pass, total
from quizapp.grading.settings import QuizSettings
from quizapp.models import Attempt, AttemptState, Quiz, Status
from quizapp.policy import Actor, may_learn
from quizapp.queries.attempt_marks import GradedSlot, graded_slots
from quizapp.queries.attempts import AttemptHead
from quizapp.queries.passages import CitedPassage, citations_for
from quizapp.queries.result_facts import FactLine, fact_lines


@dataclass(frozen=True, slots=True)
class ResultSlot:
    """One question with its outcome, its proof and what follows for the memory."""

    graded: GradedSlot
    fact: FactLine
    citations: tuple[CitedPassage, ...]

    @property
    def number(self) -> int:
        return self.graded.position + 1

    @property
    def stem(self) -> str:
        return self.graded.type.stem(self.graded.content)

    @property
    def explanation(self) -> str:
        return self.graded.type.explanation(self.graded.content)

    @property
    def key_letters(self) -> str:
        """Return what the learner saw before the keys ("C", "A and C"); "" without options."""
        graded = self.graded
        shown = graded.type.review(graded.content, graded.response, graded.laid.order)
        letters = [option.letter for option in shown if option.state in ("right", "missed")]
        return " and ".join(filter(None, (", ".join(letters[:-1]), *letters[-1:])))

    @property
    def verdict(self) -> str:
        """Return "right", "partly", "wrong" or "unanswered"."""
        grade = self.graded.grade
        if grade is None:
            return "unanswered"
        if grade.is_right:
            return "right"
        return "wrong" if grade.is_wrong else "partly"


@dataclass(frozen=True, slots=True)
class TopicBar:
    """What the questions of one topic earned together."""

    title: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Earlier:
    """The attempt before this one."""

    number: int
    submitted_at: datetime
    mark: Mark


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """Everything that the results show.

    :param seconds: from the start to handing in, at most to the deadline.
    :param may_retry: the quiz is still given and an attempt is left.
    """

    head: AttemptHead
    submitted_at: datetime
    seconds: float
    mark: Mark
    slots: tuple[ResultSlot, ...]
    topics: tuple[TopicBar, ...]
    earlier: Earlier | None
    may_retry: bool

    @property
    def right(self) -> int:
        return sum(slot.graded.is_right for slot in self.slots)

    @property
    def missed(self) -> tuple[ResultSlot, ...]:
        return tuple(slot for slot in self.slots if not slot.graded.is_right)

    @property
    def flagged(self) -> tuple[ResultSlot, ...]:
        return tuple(slot for slot in self.slots if slot.graded.is_flagged)

    @property
    def counts_questions(self) -> bool:
        """Return whether the mark is the number of right responses, nothing in between."""
        return self.mark.points == self.right and self.mark.most == len(self.slots)

    @property
    def passed(self) -> bool | None:
        return self.mark.passes(self.head.settings.pass_mark_percent)

    @property
    def points_to_pass(self) -> Fraction | None:
        percent = self.head.settings.pass_mark_percent
        return None if percent is None else points_to_pass(self.mark.most, percent)

    @property
    def new_facts(self) -> int:
        return sum(slot.fact.is_new for slot in self.slots)

    @property
    def known_facts(self) -> int:
        """Return how many facts were met before and rated again."""
        return sum(slot.fact.is_rated and not slot.fact.is_new for slot in self.slots)


def results_page(
    session: Session, *, actor: Actor, head: AttemptHead, now: datetime
) -> ResultsPage:
    """Return the results of a submitted attempt, graded from its responses."""
    attempts = _attempts(session, actor, head.quiz_id)
    own = next(row for row in attempts if row.id == head.id)
    graded = graded_slots(
        session,
        learner_id=actor.id,
        attempt_id=head.id,
        quiz_id=head.quiz_id,
        layout=head.layout,
        settings=head.settings,
    )
    facts = fact_lines(session, actor=actor, head=head, now=now)
    citations = citations_for(session, list(facts))
    slots = tuple(
        ResultSlot(one, facts[one.laid.fact_id], citations.get(one.laid.fact_id, ()))
        for one in graded
    )
    ended_at = min(own.submitted_at, head.due_at) if head.due_at else own.submitted_at
    return ResultsPage(
        head=head,
        submitted_at=own.submitted_at,
        seconds=max(0.0, (ended_at - head.started_at).total_seconds()),
        mark=total(slot.graded.mark for slot in slots),
        slots=slots,
        topics=_topics(slots),
        earlier=_earlier(attempts, own.number),
        may_retry=_may_retry(actor, head, attempts),
    )


def _attempts(session: Session, actor: Actor, quiz_id: int) -> Sequence[Any]:
    return session.execute(
        sa.select(
            Attempt.id,
            Attempt.number,
            Attempt.state,
            Attempt.submitted_at,
            Attempt.mark,
            Attempt.max_mark,
            Quiz.status,
            Quiz.settings,
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.learner_id == actor.id, Attempt.quiz_id == quiz_id)
        .order_by(Attempt.number)
    ).all()


def _earlier(attempts: Sequence[Any], number: int) -> Earlier | None:
    before = [
        row for row in attempts if row.number < number and row.state is AttemptState.SUBMITTED
    ]
    if not before:
        return None
    row = before[-1]
    return Earlier(row.number, row.submitted_at, Mark(row.mark, row.max_mark))


def _may_retry(actor: Actor, head: AttemptHead, attempts: Sequence[Any]) -> bool:
    quiz = attempts[-1]
    if quiz.status is not Status.READY or not may_learn(actor, head.course_id):
        return False
    allowed = QuizSettings.parse(quiz.settings).attempts_allowed
    is_open = any(row.state is AttemptState.OPEN for row in attempts)
    return is_open or allowed is None or quiz.number < allowed


def _topics(slots: Iterable[ResultSlot]) -> tuple[TopicBar, ...]:
    marks: dict[tuple[int, str], list[Mark]] = {}
    for slot in slots:
        place = (slot.fact.topic_position, slot.fact.topic)
        marks.setdefault(place, []).append(slot.graded.mark)
    return tuple(TopicBar(title, total(marks[place, title])) for place, title in sorted(marks))
