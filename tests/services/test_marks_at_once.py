"""Marks that are stored while what counts is being changed, on both databases: none is old."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import db
from quizapp.errors import Conflict, Invalid
from quizapp.jobs.closing import close_overdue
from quizapp.models import Attempt, MarkChange, Regrade, Revision
from quizapp.services.attempt_submit import Submitted, submit_attempt
from quizapp.services.marking import AnswerPlace, Written, mark_answer
from quizapp.services.recount import recount
from quizapp.services.regrades import Change, NewRegrade, apply_regrade, undo_regrade
from quizapp.services.replay import rebuild, replay
from tests.support.crowd import Crowd

Act = Callable[[Session], Any]
LEARNERS = 15


class Exam(Crowd):
    """Learners who gave a wrong response, their attempts open, and an instructor."""

    def begin(
        self,
        number: int = 1,
        *,
        now: datetime | None = None,
        types: tuple[str, ...] = ("short_text", "single_choice"),
        **settings: Any,
    ) -> None:
        with self.writing() as session:
            sitting = self.sitting
            sitting.session = sitting.make.session = session
            sitting.now = now or sitting.now
            quiz = sitting.quiz(*types, **settings)
            self.quiz_id = quiz.id
            self.teacher = sitting.make.instructor(sitting.course)
            self.opened = []
            for place in range(number):
                learner = sitting.make.learner(sitting.course)
                sitting.start(quiz, actor=learner, seed=place + 1)
                sitting.save(0, actor=learner, text="Tigris")
                if "self_rated" in types:
                    sitting.answer_rightly(1, actor=learner)
                self.opened.append((learner, sitting.attempt_id))
            self.revisions = session.scalars(
                sa.select(Revision.id)
                .where(Revision.question_id.in_([one.id for one in sitting.questions]))
                .order_by(Revision.id)
            ).all()

    def hand_in(self, session: Session, place: int = 0) -> Submitted:
        learner, attempt_id = self.opened[place]
        now = self.sitting.at(60)
        return submit_attempt(session, actor=learner, attempt_id=attempt_id, now=now)

    def regrade(self, session: Session, fix: str = "give_all", asked: int = 0) -> int:
        stated = NewRegrade(self.revisions[asked], fix, "The key was wrong.")
        return self.decide(session, stated)[0]

    def decide(self, session: Session, stated: NewRegrade) -> tuple[int, tuple[Change, ...]]:
        now = self.sitting.at(61)
        return apply_regrade(session, actor=self.teacher, stated=stated, now=now)

    def undo(self, session: Session, regrade_id: int) -> Any:
        now = self.sitting.at(62)
        return undo_regrade(session, actor=self.teacher, regrade_id=regrade_id, now=now)

    def marks(self) -> list[Fraction | None]:
        """Return the marks in the order of learners; a replay and a recount find nothing else."""
        with self.writing() as session:
            found = list(session.scalars(sa.select(Attempt.mark).order_by(Attempt.learner_id)))
            assert [one for seen in replay(session) for one in seen.differences] == []
            assert [one for seen in recount(session) for one in seen.differences] == []
        return found


@pytest.fixture
def exam(database_url: str, tmp_path: Path) -> Iterator[Exam]:
    exam = Exam(database_url, tmp_path)
    yield exam
    exam.close()


def test_what_is_handed_in_just_before_a_regrade_gets_it(exam: Exam) -> None:
    exam.begin()

    exam.before_commit(exam.hand_in, lambda: exam.transact(exam.regrade))

    assert exam.marks() == [1]


def test_what_is_handed_in_just_after_a_regrade_gets_it(exam: Exam) -> None:
    exam.begin()

    exam.before_commit(exam.regrade, lambda: exam.transact(exam.hand_in))

    assert exam.marks() == [1]


@pytest.mark.parametrize("is_first", [True, False])
def test_what_is_handed_in_while_a_regrade_is_undone_does_without_it(
    exam: Exam, is_first: bool
) -> None:
    exam.begin()
    with exam.writing() as session:
        regrade_id = exam.regrade(session)

    def undo(session: Session) -> Any:
        return exam.undo(session, regrade_id)

    first: Act = undo if is_first else exam.hand_in
    then: Act = exam.hand_in if is_first else undo
    exam.before_commit(first, lambda: exam.transact(then))

    assert exam.marks() == [0]


def test_what_the_job_hands_in_while_a_regrade_is_applied_gets_it(exam: Exam) -> None:
    began = datetime.now(UTC) - timedelta(hours=1)
    exam.begin(now=began, time_limit_minutes=10)

    def close() -> None:
        with exam.app.app_context():
            close_overdue(exam.app.extensions["quizapp.settings"], {})
            db.db.session.remove()

    exam.before_commit(exam.regrade, close)

    assert exam.marks() == [1]


def test_of_many_who_hand_in_during_a_regrade_nobody_keeps_the_old_mark(exam: Exam) -> None:
    exam.begin(LEARNERS)

    def act(session: Session, place: int) -> Any:
        if place == LEARNERS // 2:
            return exam.regrade(session)
        return exam.hand_in(session, place - (place > LEARNERS // 2))

    exam.at_once(act, LEARNERS + 1)

    assert exam.marks() == [1] * LEARNERS


@pytest.mark.parametrize("is_first", [True, False])
def test_what_a_person_marks_while_the_question_is_regraded_counts_once(
    exam: Exam, is_first: bool
) -> None:
    exam.begin(types=("short_text", "self_rated"))
    with exam.writing() as session:
        exam.hand_in(session)

    def mark(session: Session) -> Any:
        learner, attempt_id = exam.opened[0]
        return mark_answer(
            session,
            actor=exam.teacher,
            course_id=exam.sitting.course.id,
            place=AnswerPlace(learner.id, attempt_id, 1),
            written=Written(share="1/2"),
            seen=0,
            now=exam.sitting.at(61),
        )

    first: Act = mark if is_first else exam.regrade
    then: Act = exam.regrade if is_first else mark
    exam.before_commit(first, lambda: exam.transact(then))

    assert exam.marks() == [Fraction(3, 2)]


def test_two_regrades_of_other_questions_at_once_both_count(exam: Exam) -> None:
    exam.begin(3)
    with exam.writing() as session:
        for place in range(3):
            exam.hand_in(session, place)

    exam.before_commit(
        lambda session: exam.regrade(session, asked=0),
        lambda: exam.transact(lambda session: exam.regrade(session, asked=1)),
    )

    assert exam.marks() == [2, 2, 2]
    with exam.writing() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(MarkChange)) == 6


def test_the_same_regrade_by_many_at_once_is_one(exam: Exam) -> None:
    exam.begin()
    with exam.writing() as session:
        exam.hand_in(session)

    def act(session: Session, _place: int) -> str:
        try:
            exam.regrade(session)
        except Invalid as error:
            return error.problems[0].message
        return "done"

    told = exam.at_once(act, 8)

    assert Counter(told) == {"done": 1, "That holds already: it was decided before.": 7}
    assert exam.marks() == [1]
    with exam.writing() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Regrade)) == 1


def test_a_regrade_is_undone_once_by_many_at_once(exam: Exam) -> None:
    exam.begin()
    with exam.writing() as session:
        exam.hand_in(session)
        regrade_id = exam.regrade(session)

    def act(session: Session, _place: int) -> str:
        try:
            exam.undo(session, regrade_id)
        except Conflict as error:
            return str(error)
        return "done"

    told = exam.at_once(act, 8)

    assert Counter(told) == {"done": 1, "That regrade was undone already.": 7}
    assert exam.marks() == [0]


@pytest.mark.parametrize("wrong", [Fraction(2), Fraction(1, 2), Fraction(-3)])
def test_a_rebuild_does_not_store_what_a_regrade_has_overtaken(exam: Exam, wrong: Fraction) -> None:
    exam.begin()
    with exam.writing() as session:
        exam.hand_in(session)
        session.execute(sa.update(Attempt).values(mark=wrong))
    with exam.writing() as session:
        found = [one for seen in replay(session) for one in seen.differences]
    with exam.writing() as session:
        exam.regrade(session)

    with exam.writing() as session:
        rebuild(session, found)

    assert exam.marks() == [1]
