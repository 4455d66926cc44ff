"""By what rules each review was made is written down, once for as long as they hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.settings import MemorySettings
from quizapp.models import Fact, MemoryRules
from quizapp.queries.memory_rules import rules_in_force
from tests.support.desk import Desk
from tests.support.make import Make


@pytest.fixture
def desk(session: Session, make: Make, now: object) -> Desk:
    return Desk(session, make, now)  # type: ignore[arg-type]


@pytest.fixture
def fact(desk: Desk) -> Fact:
    return desk.fact()


def stored(desk: Desk) -> list[tuple[int, str, int]]:
    rows = desk.session.execute(sa.select(MemoryRules).order_by(MemoryRules.number)).scalars()
    return [(row.number, row.zone, row.day_start_hour) for row in rows]


def test_the_first_review_writes_the_defaults_down(desk: Desk, fact: Fact) -> None:
    desk.rate(fact)
    desk.rate(fact, now=desk.now + timedelta(days=1))

    held = rules_in_force(desk.session, learner_id=desk.actor.id, course_id=desk.course.id)
    assert (held.number, held.settings, held.algorithm) == (1, MemorySettings(), "fsrs6")
    assert stored(desk) == [(1, desk.actor.timezone, desk.actor.day_start_hour)]
    assert [review.rules for review in desk.reviews()] == [1, 1]


def test_another_zone_makes_other_rules(desk: Desk, fact: Fact) -> None:
    desk.rate(fact)
    desk.actor = replace(desk.actor, timezone="Asia/Tehran", day_start_hour=6)
    desk.rate(fact, now=desk.now + timedelta(days=1))

    assert stored(desk)[1:] == [(2, "Asia/Tehran", 6)]
    assert [review.rules for review in desk.reviews()] == [1, 2]


def test_settings_hold_from_when_they_were_chosen(desk: Desk, fact: Fact) -> None:
    desk.rate(fact)
    desk.choose(desired_retention=0.8)
    desk.choose(desired_retention=0.8)
    desk.rate(fact, now=desk.now + timedelta(days=1))

    assert [number for number, *_ in stored(desk)] == [1, 2]
    assert [review.rules for review in desk.reviews()] == [1, 2]


def test_a_change_of_zone_keeps_what_was_chosen(desk: Desk, fact: Fact) -> None:
    desk.choose(desired_retention=0.8, new_per_day=3)
    desk.actor = replace(desk.actor, timezone="Pacific/Auckland")

    desk.rate(fact)

    held = rules_in_force(desk.session, learner_id=desk.actor.id, course_id=desk.course.id)
    assert (held.number, held.settings.desired_retention, held.settings.new_per_day) == (2, 0.8, 3)


def test_rules_belong_to_one_learner_and_one_course(desk: Desk, fact: Fact, make: Make) -> None:
    desk.choose(desired_retention=0.8)

    for learner_id, course_id in (
        (desk.actor.id, make.course().id),
        (make.learner(desk.course).id, desk.course.id),
    ):
        held = rules_in_force(desk.session, learner_id=learner_id, course_id=course_id)
        assert (held.number, held.settings) == (0, MemorySettings())
