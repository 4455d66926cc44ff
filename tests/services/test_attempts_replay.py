"""Working attempts out anew from their logs."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Attempt, Response
from quizapp.services import replay as replaying
from quizapp.services.attempt_form import press_button
from quizapp.services.replay import Difference, rebuild, replay
from tests.support.make import Make
from tests.support.sitting import Sitting

BEHAVIOURS = ("deferred", "immediate", "practice", "certainty")


@pytest.fixture
def sitting(session: Session, make: Make, now: datetime) -> Sitting:
    return Sitting(session, make, now)


def differences(session: Session) -> list[Difference]:
    found = list(replay(session))
    return found[-1].differences if found else []


def count(session: Session) -> int:
    found = list(replay(session))
    return found[-1].attempts if found else 0


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_what_was_handed_in_is_what_the_log_says(sitting: Sitting, behaviour: str) -> None:
    sitting.start(sitting.quiz("single_choice", "short_text", "cloze", behaviour=behaviour))
    for text, button in (("Tigris", "grade"), ("Euphrates", "grade"), ("Volga", "next")):
        press_button(
            sitting.session,
            actor=sitting.actor,
            attempt_id=sitting.attempt_id,
            slot=1,
            posted={"text": [text], "certainty": ["2"]},
            button=button,
            nonce="page",
            now=sitting.at(1),
        )
    sitting.answer_rightly(0)
    sitting.submit()

    assert differences(sitting.session) == []
    expected = {
        "deferred": (1, 3),
        "immediate": (1, 3),
        "practice": (Fraction(7, 4), 3),
        "certainty": (-1, 9),
    }[behaviour]
    assert (sitting.stored_mark(), sitting.attempt().max_mark) == expected


def test_an_open_attempt_has_no_mark(sitting: Sitting) -> None:
    sitting.start(sitting.quiz("single_choice"))
    sitting.answer_rightly(0)

    assert (count(sitting.session), differences(sitting.session)) == (1, [])


def test_an_edit_of_the_question_changes_no_old_mark(sitting: Sitting, make: Make) -> None:
    quiz = sitting.quiz("short_text")
    sitting.start(quiz)
    sitting.save(0, text="Euphrates")
    sitting.submit()
    question = sitting.questions[0]
    make.revision(question, {"stem": "?", "accepted": ["Tigris"], "explanation": ""}, number=2)
    question.current_number = 2
    sitting.session.flush()

    assert differences(sitting.session) == []


def test_a_mark_that_was_tampered_with_is_found_and_put_right(sitting: Sitting) -> None:
    sitting.start(sitting.quiz("single_choice"))
    sitting.answer_rightly(0)
    sitting.submit()
    sitting.session.execute(sa.update(Attempt).values(mark=Fraction(1, 3)))

    (found,) = differences(sitting.session)
    rebuild(sitting.session, [found])

    assert str(found).endswith("stored 1/3 of 1, replayed 1 of 1")
    assert differences(sitting.session) == []
    assert sitting.stored_mark() == 1


def test_a_response_that_is_gone_is_found(sitting: Sitting) -> None:
    sitting.start(sitting.quiz("single_choice"))
    sitting.answer_rightly(0)
    sitting.submit()
    sitting.session.execute(sa.delete(Response))

    (found,) = differences(sitting.session)

    assert (found.stored.mark, found.replayed.mark) == (1, 0)


def test_every_attempt_is_reached_however_many_are_read_at_once(
    sitting: Sitting, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiz = sitting.quiz("single_choice")
    for _ in range(7):
        sitting.start(quiz, actor=make.learner(sitting.course))
    monkeypatch.setattr(replaying, "BATCH", 3)

    assert count(sitting.session) == 7
