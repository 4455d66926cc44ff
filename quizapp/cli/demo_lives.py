"""One learner's simulated year: sittings, quizzes in between, and an exam in view."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from quizapp.db import db, transaction
from quizapp.errors import NotFound
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_id
from quizapp.services.demo_course import DemoCourse, DemoQuiz
from quizapp.services.demo_year import begin_year, store_asked, take_quiz
from quizapp.services.exams import set_exam
from quizapp.simulation.people import YEAR_DAYS
from quizapp.simulation.year import Asked, LearnerYear

_EXAM_TARGET, _EXAM_MINUTES = 0.9, 20
_SECOND_TRY = 0.25
#: From the end of a sitting to a quiz.
_BREATH = timedelta(minutes=6)


def live(
    course: DemoCourse, year: LearnerYear, *, learner_id: int, seed: int, now: datetime
) -> int:
    """Simulate a learner's year and store it; return how many cards they were asked.

    Call it within an application context and outside a transaction: it opens one for each quiz.
    """
    actor = actor_for_id(db.session(), learner_id)
    if actor is None:
        raise NotFound(f"The account of {year.person.name} was taken away meanwhile.")
    life = _Life(course, year, actor, seed)
    with transaction() as session:
        begin_year(session, actor=actor, course_id=course.id, year=year)
    for number in range(YEAR_DAYS + 1):
        life.live(number)
    life.finish(now)
    return life.total


class _Life:
    """What has been simulated and is not stored yet, and the quizzes that are still to come."""

    def __init__(self, course: DemoCourse, year: LearnerYear, actor: Actor, seed: int) -> None:
        self._course, self._year, self._actor, self._seed = course, year, actor, seed
        self._chance = Random(f"{actor.id} {seed} quizzes")  # noqa: S311
        self._tries = dict(self._wanted(course.quizzes))
        self.total = 0

    def live(self, number: int) -> None:
        """Live a day of the year: study, or not, and take a quiz that is open afterwards."""
        ended = self._year.study(number)
        if ended is None:
            return
        at = ended + _BREATH
        quiz = next((one for one, tries in self._tries.items() if tries and one.takes(at)), None)
        if quiz is not None:
            self._tries[quiz] -= 1
            self._take(quiz, at)

    def finish(self, now: datetime) -> None:
        """Store what is left, and the exam that the learner studies for."""
        asked, person = self._asked(), self._year.person
        with transaction() as session:
            store_asked(
                session, actor=self._actor, course=self._course, asked=asked, seed=self._seed
            )
            if person.exam_in is not None:
                set_exam(
                    session,
                    actor=self._actor,
                    course_id=self._course.id,
                    day=now.date() + timedelta(days=person.exam_in),
                    target=_EXAM_TARGET,
                    minutes=_EXAM_MINUTES,
                    now=now,
                )

    def _take(self, quiz: DemoQuiz, at: datetime) -> None:
        asked = self._asked()
        with transaction() as session:
            store_asked(
                session, actor=self._actor, course=self._course, asked=asked, seed=self._seed
            )
            states = take_quiz(
                session,
                actor=self._actor,
                course=self._course,
                quiz=quiz,
                year=self._year,
                at=at,
                seed=self._seed,
            )
        self._year.take_over(states)

    def _asked(self) -> list[Asked]:
        asked, self._year.asked = self._year.asked, []
        self.total += len(asked)
        return asked

    def _wanted(self, quizzes: Iterable[DemoQuiz]) -> Iterable[tuple[DemoQuiz, int]]:
        """Yield the quizzes that the learner takes, and how often."""
        for quiz in quizzes:
            if self._chance.random() < self._year.person.diligence:
                yield quiz, 1 + (self._chance.random() < _SECOND_TRY)
