"""Challenges: what a learner doubts, what an instructor answers, and what each may read of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from quizapp.grading.disclosure import EVERYTHING, Shown
from quizapp.models import Challenge, Question
from quizapp.policy import Actor
from quizapp.queries.attempt_marks import graded_slots
from quizapp.queries.attempts import attempt_head
from quizapp.queries.challenges import challenges, one_challenge, what_waits
from quizapp.queries.doubts import Doubts, doubts_about
from quizapp.queries.given_responses import responses_to
from quizapp.services.challenges import (
    answer_challenge,
    challenge_question,
    count_challenge,
    fingerprint,
)
from quizapp.services.regrades import NewRegrade, apply_regrade, plan_undo, undo_regrade
from tests.support.make import Make
from tests.support.sitting import Sitting

DOUBT = "The passage names the Tigris too."


class Room:
    """A learner who handed a quiz in, and a teacher of the course."""

    def __init__(self, sitting: Sitting) -> None:
        self.sitting, self.session, self.make = sitting, sitting.session, sitting.make
        self.learner = sitting.actor
        self.teacher = self.make.instructor(sitting.course)
        self.quiz = sitting.quiz("short_text", "single_choice")
        self.attempt_id = self.hand_in(self.learner, "Tigris")

    def hand_in(self, actor: Actor, text: str, seed: int = 1) -> int:
        self.sitting.start(self.quiz, actor=actor, seed=seed)
        self.sitting.save(0, text=text, actor=actor)
        self.sitting.submit(actor=actor)
        return self.sitting.attempt_id

    def challenge(self, text: str = DOUBT, **given: Any) -> None:
        values = {
            "actor": self.learner,
            "attempt_id": self.attempt_id,
            "slot": 0,
            "passage_id": None,
            "now": self.sitting.at(100),
        }
        challenge_question(self.session, text=text, **values | given)

    def answer(self, answer: str = "You are right.", **given: Any) -> None:
        values = {
            "actor": self.teacher,
            "course_id": self.sitting.course.id,
            "attempt_id": self.attempt_id,
            "slot": 0,
            "seen": fingerprint(DOUBT, None, ""),
            "now": self.sitting.at(200),
        }
        answer_challenge(self.session, answer=answer, **values | given)

    def listed(self, page: int = 1) -> Any:
        course_id = self.sitting.course.id
        return challenges(self.session, actor=self.teacher, course_id=course_id, page=page)

    def doubts(self, shown: frozenset[Shown] = EVERYTHING) -> Doubts:
        head = attempt_head(
            self.session, actor=self.learner, attempt_id=self.attempt_id, now=self.sitting.at(900)
        )
        graded = graded_slots(
            self.session,
            learner_id=self.learner.id,
            attempt_id=head.id,
            quiz_id=head.quiz_id,
            layout=head.layout,
            settings=head.settings,
        )
        return doubts_about(self.session, actor=self.learner, head=head, graded=graded, shown=shown)

    def accept(self, text: str = "Tigris") -> int:
        stated = NewRegrade(
            self.sitting.layout()[0].revision_id,
            "accept",
            "P4 names both.",
            response={"text": [text]},
        )
        return apply_regrade(
            self.session, actor=self.teacher, stated=stated, now=self.sitting.at(300)
        )[0]


@pytest.fixture
def room(session: Session, make: Make, now: datetime) -> Room:
    return Room(Sitting(session, make, now))


def stored(session: Session) -> list[Any]:
    return list(session.execute(sa.select(*sa.inspect(Challenge).columns)))


def test_a_challenge_keeps_the_revision_that_was_asked(room: Room) -> None:
    question = room.sitting.questions[0]
    asked = room.sitting.layout()[0].revision_id
    room.make.revision(question, {"stem": "?", "accepted": ["Nile"], "explanation": ""}, number=2)
    question.current_number = 2
    room.session.flush()

    room.challenge()

    row = stored(room.session)[0]
    assert (row.revision_id, row.text, row.made_at) == (asked, DOUBT, room.sitting.at(100))
    found = room.listed().rows[0]
    assert (found.number, found.now) == (1, 2)


def test_a_challenge_is_changed_until_it_is_answered(room: Room) -> None:
    room.challenge("Something else at first.")
    room.challenge(now=room.sitting.at(150))
    assert [(row.text, row.made_at) for row in stored(room.session)] == [
        (DOUBT, room.sitting.at(100))
    ]

    room.answer()

    with pytest.raises(Conflict, match="answered"):
        room.challenge("But look again, please.")


def test_a_passage_of_the_course_can_be_meant_and_no_other(room: Room) -> None:
    elsewhere = room.make.passage(room.make.course())

    room.challenge(passage_id=room.sitting.passage.id)

    with pytest.raises(Invalid) as caught:
        room.challenge(passage_id=elsewhere.id)
    assert [problem.path for problem in caught.value.problems] == ["about"]
    assert room.listed().rows[0].meant.locator == room.sitting.passage.locator


def test_everything_wrong_is_named_at_once(room: Room) -> None:
    with pytest.raises(Invalid) as caught:
        room.challenge("a\0b", passage_id=0)

    assert [problem.path for problem in caught.value.problems] == ["text", "about"]


def test_an_open_attempt_and_somebody_elses_take_none(room: Room) -> None:
    other = room.make.learner(room.sitting.course)
    with pytest.raises(NotFound):
        room.challenge(actor=other)
    with pytest.raises(NotFound):
        room.challenge(slot=2)
    room.sitting.start(room.quiz, seed=2)

    with pytest.raises(Conflict, match="Hand the quiz in"):
        room.challenge(attempt_id=room.sitting.attempt_id)


def test_a_learner_sends_so_many_within_the_hour(room: Room) -> None:
    for _ in range(40):
        count_challenge(room.session, actor=room.learner, now=room.sitting.at(0))

    with pytest.raises(LimitReached):
        count_challenge(room.session, actor=room.learner, now=room.sitting.at(1))
    count_challenge(room.session, actor=room.teacher, now=room.sitting.at(1))
    count_challenge(room.session, actor=room.learner, now=room.sitting.at(3_601))


def test_the_answer_reaches_the_learner_with_its_author(room: Room) -> None:
    room.challenge()

    room.answer("**Yes.**")

    own = room.doubts().challenges[0]
    assert (own.answer, own.answered_by) == ("**Yes.**", room.teacher.name)
    assert own.answered_at == room.sitting.at(200)


def test_what_was_not_read_is_not_answered(room: Room) -> None:
    room.challenge("Something else at first.")

    with pytest.raises(Conflict):
        room.answer()
    assert stored(room.session)[0].answered_at is None


@pytest.mark.parametrize("answer", ["", "   ", "x" * 4_001, "a\0b"])
def test_an_answer_says_something(room: Room, answer: str) -> None:
    room.challenge()

    with pytest.raises(Invalid):
        room.answer(answer)


def test_only_teachers_of_the_course_read_and_answer(room: Room) -> None:
    room.challenge()
    stranger = room.make.instructor(room.make.course())
    course_id = room.sitting.course.id
    for actor, error in ((room.learner, Forbidden), (stranger, NotFound)):
        for ask in (
            lambda who: challenges(room.session, actor=who, course_id=course_id),
            lambda who: what_waits(room.session, actor=who, course_id=course_id),
            lambda who: one_challenge(
                room.session, actor=who, course_id=course_id, attempt_id=room.attempt_id, slot=0
            ),
            lambda who: room.answer(actor=who),
        ):
            with pytest.raises(error):
                ask(actor)


def test_those_that_wait_longest_come_first_and_then_the_last_answered(room: Room) -> None:
    attempts = [room.attempt_id]
    learners = [room.learner]
    for place in (1, 2, 3):
        learners.append(room.make.learner(room.sitting.course))
        attempts.append(room.hand_in(learners[-1], "Nile", seed=place + 1))
    for place, when in enumerate((40, 30, 20, 10)):
        room.challenge(
            actor=learners[place], attempt_id=attempts[place], now=room.sitting.at(100 + when)
        )
    room.answer(attempt_id=attempts[3], now=room.sitting.at(300))
    room.answer(attempt_id=attempts[2], now=room.sitting.at(400))

    found = room.listed()

    assert [row.attempt_id for row in found.rows] == [attempts[place] for place in (1, 0, 2, 3)]
    assert (found.waiting, found.total) == (2, 4)
    waits = what_waits(room.session, actor=room.teacher, course_id=room.sitting.course.id)
    assert (waits.challenges, waits.flagged) == (2, 0)


def test_what_was_half_right_is_not_told_as_wrong(room: Room) -> None:
    question = room.sitting.questions[0]
    half = [{"text": "Tigris", "credit": "50", "feedback": ""}]
    raw = {"stem": "?", "accepted": ["Euphrates"], "foreseen": half, "explanation": ""}
    room.make.revision(question, raw, number=2)
    question.current_number = 2
    room.session.flush()
    room.attempt_id = room.hand_in(room.learner, "Tigris", seed=2)
    room.challenge()

    row = room.listed().rows[0]

    assert (row.verdict, row.key.partly) == ("partly", ("Tigris, half right",))


def test_an_instructor_reads_what_that_learner_gave_and_what_proves_the_fact(room: Room) -> None:
    room.challenge()

    row = room.listed().rows[0]

    assert (row.response, row.key.text, row.verdict) == ("Tigris", "Euphrates", "wrong")
    assert row.filled == {"text": ["Tigris"]}
    assert row.citations[0].passage_id == room.sitting.passage.id
    assert not {"learner_id", "learner", "name"} & set(row.__slots__)


class TestWhatWasDecided:
    def test_the_learner_reads_it_and_what_the_mark_was(self, room: Room) -> None:
        assert room.doubts() == Doubts()

        room.accept()

        found = room.doubts()
        decision = found.decisions[0][0]
        assert (decision.reason, decision.accepted) == ("P4 names both.", "Tigris")
        assert [(str(one.mark), one.until) for one in found.former] == [
            ("0 of 2", room.sitting.at(300))
        ]

    def test_it_tells_nothing_that_is_hidden(self, room: Room) -> None:
        room.accept()

        found = room.doubts(frozenset({Shown.MARKS}))
        hidden = room.doubts(frozenset())

        assert (found.decisions[0][0].reason, found.decisions[0][0].accepted) == ("", "")
        assert (hidden.decisions, hidden.former) == ({}, ())

    def test_an_undone_one_leaves_both_marks_and_no_decision(self, room: Room) -> None:
        regrade_id = room.accept()
        planned = plan_undo(room.session, actor=room.teacher, regrade_id=regrade_id)

        undone = undo_regrade(
            room.session, actor=room.teacher, regrade_id=regrade_id, now=room.sitting.at(400)
        )

        assert planned == undone
        found = room.doubts()
        assert [str(one.mark) for one in found.former] == ["0 of 2", "1 of 2"]
        assert found.decisions == {}
        with pytest.raises(Conflict, match="undone already"):
            plan_undo(room.session, actor=room.teacher, regrade_id=regrade_id)

    def test_the_same_is_not_decided_twice(self, room: Room) -> None:
        room.accept()

        with pytest.raises(Invalid, match="holds already"):
            room.accept()
        room.accept("Nile")

    def test_other_changes_than_were_looked_at_are_refused(self, room: Room) -> None:
        stated = NewRegrade(room.sitting.layout()[0].revision_id, "drop", "Wrong.")

        with pytest.raises(Conflict, match="Look again"):
            apply_regrade(
                room.session,
                actor=room.teacher,
                stated=stated,
                now=room.sitting.at(300),
                seen="0" * 32,
            )


def test_responses_are_counted_for_the_version_that_was_asked(room: Room) -> None:
    question = room.session.get_one(Question, room.sitting.questions[0].id)
    first = room.sitting.layout()[0].revision_id
    for place, text in enumerate(("TIGRIS ", "Euphrates", "Nile")):
        room.hand_in(room.make.learner(room.sitting.course), text, seed=place + 2)
    later = room.make.revision(
        question, {"stem": "?", "accepted": ["Nile"], "explanation": ""}, number=2
    )

    asked = responses_to(
        room.session,
        actor=room.teacher,
        course_id=room.sitting.course.id,
        revision_ids=[later.id, first],
        revision_id=None,
    )

    assert asked.revision_id == first
    assert asked.attempts == {later.id: 0, first: 4}
    assert [(one.words.strip().casefold(), one.count) for one in asked.wrong] == [
        ("tigris", 2),
        ("nile", 1),
    ]
    assert [one.words for one in asked.right] == ["Euphrates"]
    assert list(asked.quizzes) == [room.quiz.id]
