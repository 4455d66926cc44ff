"""A learner's reviews as fitting and measuring read them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from quizapp.memory.history import PastReview
from quizapp.queries.review_log import review_history
from quizapp.services.reviews import Answered
from tests.support.desk import Desk
from tests.support.make import Make

ANSWERED = Answered("right", {"text": "Article 146"})


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


def test_reviews_come_in_order_of_time_with_the_kind_of_question(
    session: Session, desk: Desk
) -> None:
    other, fact = desk.fact("cloze"), desk.fact("short_text")
    desk.rate(fact, 1, now=desk.now)
    desk.rate(other, 2, now=desk.now + timedelta(days=1), duration_ms=7_000)
    desk.rate(fact, 3, now=desk.now + timedelta(days=2), duration_ms=4_000, answered=ANSWERED)

    history = review_history(session, learner_id=desk.actor.id)

    day = desk.now.date().toordinal()
    assert history.reviews == (
        PastReview(fact.id, day, 1, 0, "short_text"),
        PastReview(other.id, day + 1, 2, 0, "cloze"),
        PastReview(fact.id, day + 2, 3, 4_000, "short_text"),
    )


def test_what_was_undone_and_what_others_did_is_left_out(
    session: Session, desk: Desk, make: Make
) -> None:
    fact = desk.fact()
    desk.rate(fact, 3)
    desk.rate(fact, 3, actor=make.learner(desk.course))
    desk.undo()

    assert review_history(session, learner_id=desk.actor.id).reviews == ()


def test_one_course_can_be_asked_for(session: Session, desk: Desk) -> None:
    desk.rate(desk.fact(), 3)

    here = review_history(session, learner_id=desk.actor.id, course=desk.course.slug)
    elsewhere = review_history(session, learner_id=desk.actor.id, course="elsewhere")

    assert (len(here.reviews), len(elsewhere.reviews)) == (1, 0)
