"""What a copy of one's own data, or a package of one's cards, must not tell yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Origin, Revision
from quizapp.queries.courses import course_by_id
from quizapp.queries.own_rows import own_rows, person_of
from quizapp.queries.package_export import plan_export, written_cards
from quizapp.services.reviews import record_review
from tests.support.make import NOON, Make
from tests.support.sitting import Sitting

CLOSES = NOON + timedelta(days=3)


@pytest.fixture
def sitting(session: Session, make: Make) -> Sitting:
    """A card rated on the day before, and rated again by a quiz that hides marks until it closes.

    A quiz that shows them at once has rated a second card.
    """
    sitting = Sitting(session, make, NOON)
    told = {"after_submit": ["response"], "after_close": ["response", "marks"]}
    secret = sitting.quiz("single_choice", closes_at=CLOSES.isoformat(), disclosure=told)
    (question,) = sitting.questions
    revision = sa.select(Revision.id).where(Revision.question_id == question.id)
    record_review(
        session,
        actor=sitting.actor,
        course_id=sitting.course.id,
        fact_id=question.fact_id,
        revision_id=session.scalars(revision).one(),
        rating=3,
        origin=Origin.FLASHCARD,
        nonce="card-1",
        now=NOON - timedelta(days=1),
    )
    for quiz in (secret, sitting.quiz("single_choice")):
        sitting.now += timedelta(minutes=1)
        sitting.start(quiz)
        sitting.save(0, choice="0", nonce=f"page-{quiz.id}")
        sitting.submit()
    return sitting


def copied(session: Session, sitting: Sitting, now: Any) -> list[Origin]:
    """Return where the reviews in a copy come from."""
    person = person_of(session, actor=sitting.actor, now=now)
    rows = own_rows(session, table="review", person=person, after=None, most=100).rows
    return [row["origin"] for row in rows]


def packed(session: Session, sitting: Sitting, now: Any) -> list[int]:
    """Return how many reviews each card of a package has."""
    course = course_by_id(session, sitting.course.id)
    plan = plan_export(session, actor=sitting.actor, course=course, with_memory=True, now=now)
    return [len(card.answers) for card in written_cards(session, plan)]


def test_how_a_quiz_rated_cards_is_copied_once_the_quiz_tells(
    session: Session, sitting: Sitting
) -> None:
    before, after = NOON + timedelta(hours=1), CLOSES + timedelta(hours=1)

    assert copied(session, sitting, before) == [Origin.FLASHCARD, Origin.QUIZ]
    assert packed(session, sitting, before) == [1, 1]
    assert copied(session, sitting, after) == [Origin.FLASHCARD, Origin.QUIZ, Origin.QUIZ]
    assert packed(session, sitting, after) == [2, 1]
