"""What a package for Anki tells of a memory: its log as of then, and of hidden quizzes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.formats.anki_package.writer import WrittenCard
from quizapp.memory.model import DEFAULT_WEIGHTS
from quizapp.models import Origin, Question, Revision
from quizapp.queries.courses import course_by_id
from quizapp.queries.package_export import plan_export, written_cards
from quizapp.services.memory_acts import reset_fact
from quizapp.services.memory_rules import keep_rules
from quizapp.services.reviews import record_review
from tests.support.make import NOON, Make
from tests.support.sitting import Sitting

DAY, TEN_MINUTES = timedelta(days=1), timedelta(minutes=10)
CLOSES = NOON + 3 * DAY
GOOD = 3
#: Others than the model's own: what is met first is more difficult.
FITTED = (*DEFAULT_WEIGHTS[:4], 7.0, *DEFAULT_WEIGHTS[5:])


@pytest.fixture
def sitting(session: Session, make: Make) -> Sitting:
    return Sitting(session, make, NOON)


def rate(sitting: Sitting, question: Question, at: datetime) -> None:
    """Rate a flashcard as good."""
    revision = sa.select(Revision.id).where(Revision.question_id == question.id)
    record_review(
        sitting.session,
        actor=sitting.actor,
        course_id=sitting.course.id,
        fact_id=question.fact_id,
        revision_id=sitting.session.scalars(revision).one(),
        rating=GOOD,
        origin=Origin.FLASHCARD,
        nonce=f"card-{at:%d-%H-%M}",
        now=at,
    )


def weigh(sitting: Sitting) -> None:
    """Let fitted weights hold from the day before on."""
    keep_rules(
        sitting.session,
        actor=sitting.actor,
        course_id=sitting.course.id,
        now=NOON - DAY,
        change=lambda held: replace(held, weights=FITTED),
    )


def card(sitting: Sitting, now: datetime) -> WrittenCard:
    """Return the one card of the course as a package has it."""
    session, course = sitting.session, course_by_id(sitting.session, sitting.course.id)
    plan = plan_export(session, actor=sitting.actor, course=course, with_memory=True, now=now)
    (found,) = written_cards(session, plan)
    return found


def factors(told: WrittenCard) -> list[int]:
    return [one.factor for one in told.answers]


@pytest.mark.parametrize("is_weighed", [False, True])
@pytest.mark.parametrize("times", [0, 1, 2], ids=["never met", "in its steps", "past its steps"])
def test_a_card_that_a_hidden_quiz_rated_is_told_as_it_was_before(
    sitting: Sitting, times: int, is_weighed: bool
) -> None:
    told = {"after_submit": ["response"], "after_close": ["response", "marks"]}
    quiz = sitting.quiz("single_choice", closes_at=CLOSES.isoformat(), disclosure=told)
    (question,) = sitting.questions
    for place in range(times):
        rate(sitting, question, NOON - 10 * DAY + place * TEN_MINUTES)
    if is_weighed:
        weigh(sitting)
    before = card(sitting, NOON)

    sitting.start(quiz)
    sitting.save(0, choice="1")
    sitting.submit()
    # By then the card is another one, and so is what is said of this review.
    rate(sitting, question, NOON + DAY)
    reset_fact(
        sitting.session,
        actor=sitting.actor,
        course_id=sitting.course.id,
        fact_id=question.fact_id,
        now=NOON + 2 * DAY,
    )

    assert len(before.answers) == times
    assert card(sitting, CLOSES - DAY / 2) == before
    afterwards = card(sitting, CLOSES + DAY)
    assert [one.rating for one in afterwards.answers] == [GOOD] * times + [1, GOOD]
    assert factors(afterwards)[:times] == factors(before) == [224, 223][:times]


def test_the_log_keeps_the_difficulty_that_other_weights_tell_otherwise(sitting: Sitting) -> None:
    rate(sitting, sitting.question(), NOON - 10 * DAY)
    weigh(sitting)

    told = card(sitting, NOON)

    assert told.memory is not None
    # By the model's own weights it was 2.118.
    assert told.memory.difficulty > 2.5
    assert factors(told) == [224]


def test_the_log_tells_the_difficulty_that_a_new_beginning_put_an_end_to(sitting: Sitting) -> None:
    question = sitting.question()
    rate(sitting, question, NOON - 10 * DAY)
    reset_fact(
        sitting.session,
        actor=sitting.actor,
        course_id=sitting.course.id,
        fact_id=question.fact_id,
        now=NOON - DAY,
    )

    assert factors(card(sitting, NOON)) == [224]
    rate(sitting, question, NOON)
    assert factors(card(sitting, NOON)) == [224, 224]
