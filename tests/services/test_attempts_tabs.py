"""Two pages of one question: what was chosen last stands, and what comes twice changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from quizapp.models import Action
from quizapp.services.attempt_form import press_button
from quizapp.services.attempt_place import Outcome, Step
from tests.support.make import Make
from tests.support.sitting import Sitting


@pytest.fixture
def sitting(session: Session, make: Make, now: datetime) -> Sitting:
    sitting = Sitting(session, make, now)
    sitting.start(sitting.quiz("single_choice"))
    return sitting


@pytest.fixture
def practice(session: Session, make: Make, now: datetime) -> Sitting:
    sitting = Sitting(session, make, now)
    sitting.start(sitting.quiz("single_choice", behaviour="practice"))
    return sitting


def choose(sitting: Sitting, choice: str, page: str, turn: int = 0, **given: Any) -> Step:
    """Choose an option on a page that was loaded before anything was answered."""
    return sitting.save(0, choice=choice, nonce=page, turn=turn, **{"seen": 0} | given)


def check(sitting: Sitting, choice: str, page: str, seen: int = 0) -> Step:
    return press_button(
        sitting.session,
        actor=sitting.actor,
        attempt_id=sitting.attempt_id,
        slot=0,
        posted={"choice": [choice]},
        button="grade",
        nonce=page,
        seen=seen,
        now=sitting.at(1),
    )


def last(sitting: Sitting) -> Any:
    return sitting.rows()[-1].content


def test_a_page_may_come_back_to_what_it_said_before_another_wrote(sitting: Sitting) -> None:
    choose(sitting, "0", "page", turn=1)
    choose(sitting, "1", "page", turn=2)
    choose(sitting, "2", "other")

    step = choose(sitting, "0", "page", turn=3)

    assert (step.outcome, last(sitting)) == (Outcome.REPLACED, {"choice": [0]})


def test_a_page_that_goes_on_showing_what_it_said_chooses_nothing(sitting: Sitting) -> None:
    choose(sitting, "0", "page", turn=1)
    choose(sitting, "2", "other")

    step = choose(sitting, "0", "page", turn=2)

    assert (step.outcome, last(sitting)) == (Outcome.UNCHANGED, {"choice": [2]})


def test_what_the_same_page_has_taken_back_comes_too_late(sitting: Sitting) -> None:
    choose(sitting, "1", "page", turn=2)
    choose(sitting, "2", "other")

    step = choose(sitting, "0", "page", turn=1)

    assert (step.outcome, last(sitting)) == (Outcome.UNCHANGED, {"choice": [2]})


def test_what_two_pages_chose_alike_is_known_when_it_comes_again(sitting: Sitting) -> None:
    choose(sitting, "0", "page")
    choose(sitting, "0", "other")
    choose(sitting, "1", "third", seen=1)

    step = choose(sitting, "0", "other")

    assert (step.outcome, last(sitting)) == (Outcome.UNCHANGED, {"choice": [1]})


def test_looking_again_and_going_on_stores_nothing(sitting: Sitting) -> None:
    choose(sitting, "0", "page")

    step = choose(sitting, "0", "other", seen=1)

    assert (step.outcome, len(sitting.rows())) == (Outcome.UNCHANGED, 1)


def test_what_was_tried_before_can_be_chosen_last(practice: Sitting) -> None:
    check(practice, "1", "page")
    practice.save(0, choice="2", nonce="second", seen=1)

    check(practice, "1", "second", seen=1)

    actions = [row.action for row in practice.rows()]
    assert actions == [Action.CHECK, Action.SAVE, Action.SAVE]
    assert last(practice) == {"choice": [1]}


def test_a_check_that_comes_again_changes_nothing(practice: Sitting) -> None:
    check(practice, "1", "page")
    practice.save(0, choice="2", nonce="second", seen=1)

    step = check(practice, "1", "page")

    assert (step.outcome, last(practice)) == (Outcome.UNCHANGED, {"choice": [2]})


def test_an_old_save_that_comes_after_its_check_changes_nothing(practice: Sitting) -> None:
    check(practice, "1", "page")
    practice.save(0, choice="2", nonce="second", seen=1)

    step = choose(practice, "1", "page")

    assert (step.outcome, last(practice)) == (Outcome.UNCHANGED, {"choice": [2]})
