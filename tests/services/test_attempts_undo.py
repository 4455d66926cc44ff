"""Taking back what an attempt told the memory, on both databases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import Enrolment, Memory, Origin, QuarterTotal
from quizapp.services.reviews import record_review
from quizapp.services.undoing import TakenBack, undo_attempt_reviews
from tests.support.make import Make
from tests.support.sitting import Sitting


@pytest.fixture
def sitting(session: Session, make: Make, now: datetime) -> Sitting:
    return Sitting(session, make, now)


def undo(sitting: Sitting, *, after: float = 120, **given: Any) -> TakenBack:
    values = {"actor": sitting.actor, "attempt_id": sitting.attempt_id} | given
    return undo_attempt_reviews(sitting.session, **values, now=sitting.at(after))


def memory(sitting: Sitting) -> tuple[list[Any], list[Any]]:
    """Return what is remembered, and the totals of days on which anything was reviewed."""
    columns = [column for column in sa.inspect(Memory).columns if column.key != "seen"]
    own = Memory.learner_id == sitting.actor.id
    rows = sitting.session.execute(sa.select(*columns).where(own).order_by(Memory.fact_id))
    totals = sitting.session.execute(
        sa.select(*sa.inspect(QuarterTotal).columns)
        .where(QuarterTotal.learner_id == sitting.actor.id, QuarterTotal.reviews > 0)
        .order_by(QuarterTotal.quarter)
    )
    return list(map(tuple, rows)), list(map(tuple, totals))


def rate(sitting: Sitting, slot: int, *, after: float, nonce: str) -> None:
    laid = sitting.layout()[slot]
    record_review(
        sitting.session,
        actor=sitting.actor,
        course_id=sitting.course.id,
        fact_id=laid.fact_id,
        revision_id=laid.revision_id,
        rating=3,
        origin=Origin.FLASHCARD,
        nonce=nonce,
        now=sitting.at(after),
    )


def test_what_was_new_is_new_again_and_what_was_known_is_as_it_was(sitting: Sitting) -> None:
    sitting.start(sitting.quiz("single_choice", "cloze", "short_text"))
    rate(sitting, 0, after=1, nonce="card")
    before = memory(sitting)
    sitting.answer_rightly(0)
    sitting.save(1, gap_0="wrong")
    sitting.submit()
    mark = sitting.stored_mark()
    assert memory(sitting) != before

    found = undo(sitting)

    assert found == TakenBack(undone=2, kept=0)
    assert memory(sitting) == before
    assert sitting.stored_mark() == mark
    assert undo(sitting, after=130) == TakenBack(undone=0, kept=0)
    assert memory(sitting) == before


def test_a_review_that_another_followed_is_kept(sitting: Sitting) -> None:
    sitting.start(sitting.quiz("single_choice", "cloze"))
    sitting.answer_rightly(0)
    sitting.answer_rightly(1)
    sitting.submit()
    rate(sitting, 0, after=90, nonce="card")
    kept = memory(sitting)[0][0]

    found = undo(sitting)

    assert found == TakenBack(undone=1, kept=1)
    assert memory(sitting)[0] == [kept]


def test_nobody_takes_back_for_another(sitting: Sitting, make: Make) -> None:
    sitting.start(sitting.quiz("single_choice"))
    sitting.answer_rightly(0)
    sitting.submit()

    with pytest.raises(NotFound):
        undo(sitting, actor=make.learner(sitting.course))


def test_who_has_left_the_course_takes_nothing_back(sitting: Sitting, make: Make) -> None:
    sitting.start(sitting.quiz("single_choice"))
    sitting.answer_rightly(0)
    sitting.submit()
    sitting.session.execute(sa.delete(Enrolment).where(Enrolment.user_id == sitting.actor.id))

    with pytest.raises(NotFound):
        undo(sitting, actor=sitting.actor.__class__(sitting.actor.id, "Somebody"))


def test_an_attempt_that_rated_nothing_has_nothing_to_take_back(sitting: Sitting) -> None:
    sitting.start(sitting.quiz("single_choice", counts_for_memory=False))
    sitting.answer_rightly(0)
    sitting.submit()

    assert undo(sitting) == TakenBack(0, 0)
