"""Making a wrong key good: dry run, event, undo."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, Invalid, NotFound
from quizapp.models import Attempt, MarkChange, Quiz, Regrade, Revision
from quizapp.policy import Actor
from quizapp.services.regrades import (
    Change,
    NewRegrade,
    apply_regrade,
    plan_regrade,
    undo_regrade,
)
from quizapp.services.replay import replay
from tests.support.make import Make
from tests.support.sitting import Sitting


@pytest.fixture
def sitting(session: Session, make: Make, now: datetime) -> Sitting:
    return Sitting(session, make, now)


@pytest.fixture
def teacher(sitting: Sitting, make: Make) -> Actor:
    return make.instructor(sitting.course)


@pytest.fixture
def quiz(sitting: Sitting) -> Quiz:
    """A quiz of one typed question and one choice."""
    return sitting.quiz("short_text", "single_choice")


def hand_in(sitting: Sitting, quiz: Quiz, actor: Actor, text: str, choice: str = "0") -> int:
    # Another seed for each attempt: the clock stands still.
    sitting.start(quiz, actor=actor, seed=sitting.attempt_id % 1_000 + 1)
    sitting.save(0, text=text, actor=actor)
    sitting.save(1, choice=choice, actor=actor)
    sitting.submit(actor=actor)
    return sitting.attempt_id


def asked(sitting: Sitting, slot: int = 0) -> int:
    revision = sa.select(Revision.id).where(Revision.question_id == sitting.questions[slot].id)
    return sitting.session.scalars(revision.order_by(Revision.number)).first() or 0


def stated(sitting: Sitting, fix: str, **given: Any) -> NewRegrade:
    values = {"revision_id": asked(sitting), "fix": fix, "reason": "The key was wrong."}
    return NewRegrade(**values | given)


def marks(session: Session) -> dict[int, tuple[Fraction, Fraction]]:
    rows = session.execute(sa.select(Attempt.id, Attempt.mark, Attempt.max_mark))
    return {row.id: (row.mark, row.max_mark) for row in rows}


def seen(changes: tuple[Change, ...]) -> dict[int, tuple[str, str]]:
    return {change.attempt_id: (str(change.old), str(change.new)) for change in changes}


def differences(session: Session) -> int:
    return sum(len(found.differences) for found in list(replay(session))[-1:])


@pytest.mark.parametrize(
    ("decision", "right", "wrong"),
    [
        ({"fix": "accept", "response": {"text": ["the tigris"]}}, None, ("1 of 2", "2 of 2")),
        ({"fix": "give_all"}, None, ("1 of 2", "2 of 2")),
        ({"fix": "drop"}, ("2 of 2", "1 of 1"), ("1 of 2", "1 of 1")),
    ],
)
def test_each_fix_is_looked_at_applied_and_undone(  # noqa: PLR0917 – fixtures and a table
    sitting: Sitting,
    make: Make,
    teacher: Actor,
    quiz: Quiz,
    decision: dict[str, Any],
    right: tuple[str, str] | None,
    wrong: tuple[str, str],
) -> None:
    session = sitting.session
    knows = hand_in(sitting, quiz, sitting.actor, "Euphrates")
    errs = hand_in(sitting, quiz, make.learner(sitting.course), "Tigris")
    before = marks(session)
    expected = ({knows: right} if right else {}) | {errs: wrong}
    new = stated(sitting, **decision)

    planned = plan_regrade(session, actor=teacher, stated=new, now=sitting.at(100))

    assert seen(planned) == expected
    assert marks(session) == before
    assert session.scalar(sa.select(sa.func.count()).select_from(Regrade)) == 0

    regrade_id, done = apply_regrade(session, actor=teacher, stated=new, now=sitting.at(100))

    assert done == planned
    assert {one.attempt_id: (one.new.points, one.new.most) for one in done}.items() <= marks(
        session
    ).items()
    assert differences(session) == 0

    undone = undo_regrade(session, actor=teacher, regrade_id=regrade_id, now=sitting.at(200))

    assert marks(session) == before
    assert {(one.attempt_id, one.old, one.new) for one in undone} == {
        (one.attempt_id, one.new, one.old) for one in done
    }
    assert differences(session) == 0
    kept = session.execute(sa.select(MarkChange.seq, MarkChange.is_undo)).all()
    assert sorted(kept) == sorted([(1, False), (2, True)] * len(done))


def test_the_corrected_revision_grades_what_was_given(
    sitting: Sitting, make: Make, teacher: Actor, quiz: Quiz
) -> None:
    knows = hand_in(sitting, quiz, sitting.actor, "Euphrates")
    errs = hand_in(sitting, quiz, make.learner(sitting.course), "Tigris")
    question = sitting.questions[0]
    make.revision(question, {"stem": "?", "accepted": ["Tigris"], "explanation": ""}, number=2)
    question.current_number = 2
    sitting.session.flush()

    _, done = apply_regrade(
        sitting.session, actor=teacher, stated=stated(sitting, "correct"), now=sitting.at(100)
    )

    assert seen(done) == {knows: ("2 of 2", "1 of 2"), errs: ("1 of 2", "2 of 2")}
    assert differences(sitting.session) == 0


def test_a_response_that_the_corrected_revision_cannot_read_keeps_its_grade(
    sitting: Sitting, make: Make, teacher: Actor
) -> None:
    options = [
        {"text": text, "key": text == "Article 146", "feedback": ""}
        for text in ("Article 5", "Article 44", "Article 146")
    ]
    raw = {"stem": "Which?", "options": options, "explanation": ""}
    question = sitting.question("single_choice", raw)
    quiz = make.quiz(sitting.course, [question], settings={"shuffle_options": False})
    sitting.start(quiz)
    sitting.save(0, choice="2")
    sitting.submit()
    shorter = raw | {"options": [options[0] | {"key": True}, options[1]]}
    make.revision(question, shorter, number=2)
    question.current_number = 2
    sitting.session.flush()

    planned = plan_regrade(
        sitting.session, actor=teacher, stated=stated(sitting, "correct"), now=sitting.at(100)
    )

    assert planned == ()


def test_a_regrade_of_one_quiz_leaves_another_alone(
    sitting: Sitting, make: Make, teacher: Actor, quiz: Quiz
) -> None:
    other = make.quiz(sitting.course, sitting.questions, settings={"shuffle_options": False})
    here = hand_in(sitting, quiz, sitting.actor, "Tigris")
    there = hand_in(sitting, other, sitting.actor, "Tigris")

    one = plan_regrade(
        sitting.session,
        actor=teacher,
        stated=stated(sitting, "give_all", quiz_id=quiz.id),
        now=sitting.at(100),
    )
    every = plan_regrade(
        sitting.session, actor=teacher, stated=stated(sitting, "give_all"), now=sitting.at(100)
    )

    assert set(seen(one)) == {here}
    assert set(seen(every)) == {here, there}


def test_what_is_handed_in_later_is_marked_by_the_decision(
    sitting: Sitting, teacher: Actor, quiz: Quiz
) -> None:
    hand_in(sitting, quiz, sitting.actor, "Euphrates")
    apply_regrade(
        sitting.session, actor=teacher, stated=stated(sitting, "give_all"), now=sitting.at(100)
    )

    later = hand_in(sitting, quiz, sitting.actor, "Tigris")

    assert marks(sitting.session)[later] == (2, 2)
    assert differences(sitting.session) == 0


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "path"),
        [
            ({"fix": "forgive"}, "fix"),
            ({"fix": "accept"}, "response"),
            ({"fix": "accept", "response": {"text": [" "]}}, "response"),
            ({"fix": "correct"}, "fix"),
            ({"fix": "drop", "reason": " "}, "reason"),
            ({"fix": "drop", "reason": "x" * 1_001}, "reason"),
        ],
    )
    @pytest.mark.usefixtures("quiz")
    def test_what_cannot_be_done_says_so_at_its_field(
        self, sitting: Sitting, teacher: Actor, given: dict[str, Any], path: str
    ) -> None:
        with pytest.raises(Invalid) as caught:
            plan_regrade(
                sitting.session,
                actor=teacher,
                stated=stated(sitting, **given),
                now=sitting.at(0),
            )

        assert [problem.path for problem in caught.value.problems] == [path]

    def test_students_and_other_teachers_do_not_regrade(
        self, sitting: Sitting, make: Make, quiz: Quiz
    ) -> None:
        stranger = make.instructor(make.course())
        for actor, error in ((sitting.actor, Forbidden), (stranger, NotFound)):
            with pytest.raises(error):
                apply_regrade(
                    sitting.session,
                    actor=actor,
                    stated=stated(sitting, "drop"),
                    now=sitting.at(0),
                )

    def test_nothing_is_undone_twice(self, sitting: Sitting, teacher: Actor, quiz: Quiz) -> None:
        regrade_id, _ = apply_regrade(
            sitting.session, actor=teacher, stated=stated(sitting, "drop"), now=sitting.at(0)
        )
        undo_regrade(sitting.session, actor=teacher, regrade_id=regrade_id, now=sitting.at(1))

        with pytest.raises(Conflict, match="undone already"):
            undo_regrade(sitting.session, actor=teacher, regrade_id=regrade_id, now=sitting.at(2))
