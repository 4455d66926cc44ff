"""What an instructor does to the small site in between, by the services that their pages call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from quizapp.errors import Invalid
from quizapp.models import Accommodation, GroupOverride, LearnerOverride, Quiz, Status
from quizapp.services import allowances, authoring, quizzes
from quizapp.services.allowances import Whom
from quizapp.services.quiz_slots import WrittenSlot
from quizapp.services.regrade_marks import Change, fingerprint
from quizapp.services.regrades import (
    NewRegrade,
    apply_regrade,
    plan_regrade,
    plan_undo,
    undo_regrade,
)
from tests.property import palette
from tests.property.rules import Needs

if TYPE_CHECKING:
    from tests.property.world import Asked, World

#: Told to students where the right answer is; it could tell it.
REASON = f"{palette.MARK}r was wrong."


class Instructor:
    """Teaches the course of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._in_course = {"actor": world.instructor, "course_id": world.course.id}

    def edit_question(self, asked: Asked) -> None:
        """Give a question its next version: another key."""
        with self._world.writing() as session:
            found = authoring._current(session, self._world.course.id, asked.id)
            written = authoring.Written(
                asked.kind,
                palette.raw(asked.kind, found.current_number),
                found.fact_id,
                Status.READY,
            )
            authoring.revise_question(
                session,
                **self._in_course,
                question_id=asked.id,
                written=written,
                seen=found.current_number,
                now=self._world.clock.now,
            )

    def retire_question(self, asked: Asked) -> None:
        with self._world.writing() as session:
            authoring.retire_question(
                session, **self._in_course, question_id=asked.id, now=self._world.clock.now
            )

    def edit_quiz(
        self, quiz_id: int, settings: Mapping[str, Any], asked: Sequence[Asked], access_code: str
    ) -> None:
        """Store a quiz as its editor does."""
        slots = tuple(
            WrittenSlot(mark, one.id) for mark, one in zip(palette.POINTS, asked, strict=False)
        )
        written = quizzes.WrittenQuiz("Quiz", "", settings, slots, access_code)
        with self._world.writing() as session:
            seen = session.scalars(sa.select(Quiz.edited).where(Quiz.id == quiz_id)).one()
            quizzes.revise_quiz(
                session, **self._in_course, quiz_id=quiz_id, written=written, seen=seen
            )

    def give_quiz(self, quiz_id: int, *, is_given: bool) -> None:
        """Withdraw a quiz, or bring it back."""
        status = Status.READY if is_given else Status.RETIRED
        with self._world.writing() as session:
            quizzes.set_quiz_status(session, **self._in_course, quiz_id=quiz_id, status=status)

    def set_needs(self, needs: Needs) -> None:
        world = self._world
        written = allowances.WrittenNeeds(
            needs.extra_percent, needs.extra_attempts, needs.hides_countdown
        )
        with world.writing() as session:
            set_at = sa.select(Accommodation.set_at).where(
                Accommodation.learner_id == world.learner.id
            )
            allowances.set_needs(
                session,
                **self._in_course,
                learner_id=world.learner.id,
                written=written,
                seen=session.scalar(set_at),
                now=world.clock.now,
            )

    def set_exception(
        self, quiz_id: int, rules: Mapping[str, Any] | None, *, is_group: bool
    ) -> None:
        """Let a quiz run differently for the learner or their group; None for as everybody."""
        world = self._world
        whom = Whom(world.group_id if is_group else world.learner.id, is_group=is_group)
        given = {**self._in_course, "quiz_id": quiz_id, "whom": whom}
        with world.writing() as session:
            if rules is None:
                allowances.remove_exception(session, **given)
                return
            kind: Any = GroupOverride if is_group else LearnerOverride
            seen = session.scalar(sa.select(kind.set_at).where(kind.quiz_id == quiz_id))
            allowances.set_exception(
                session,
                **given,
                written=allowances.WrittenException(rules, "As agreed."),
                seen=seen,
                now=world.clock.now,
            )

    def regrade(self, stated: NewRegrade, *, looks: bool) -> tuple[int, tuple[Change, ...]] | None:
        """Regrade; None if it is refused.

        :param looks: at a dry run first, to do what was seen there.
        """
        given = {"actor": self._world.instructor, "stated": stated, "now": self._world.clock.now}
        try:
            with self._world.writing() as session:
                seen = fingerprint(plan_regrade(session, **given)) if looks else None
                return apply_regrade(session, **given, seen=seen)
        except Invalid:
            return None

    def undo_regrade(self, regrade_id: int, *, looks: bool) -> tuple[Change, ...]:
        given = {"actor": self._world.instructor, "regrade_id": regrade_id}
        with self._world.writing() as session:
            seen = fingerprint(plan_undo(session, **given)) if looks else None
            return undo_regrade(session, **given, now=self._world.clock.now, seen=seen)
