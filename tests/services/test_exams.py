"""An exam date: set, planned day by day, followed by the queue, and gone when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, NotFound
from quizapp.memory.days import LearnerClock
from quizapp.memory.days_off import DaysOff
from quizapp.models import Job, User
from quizapp.policy import Actor
from quizapp.queries.exams import collection, exam_view, unplanned
from quizapp.queries.forecast import forecast
from quizapp.services.exams import (
    Outlook,
    keep_plan,
    read_planning,
    reckon_plan,
    remove_exam,
    set_exam,
)
from quizapp.services.jobs import JobName
from quizapp.services.memory_acts import suspend_fact
from tests.support.desk import Desk
from tests.support.make import Make


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


def plan(desk: Desk, *, now: datetime | None = None) -> bool:
    """Plan a day as the job does; return whether a plan was kept."""
    keys = {"actor": desk.actor, "course_id": desk.course.id, "now": now or desk.now}
    planning = read_planning(desk.session, **keys)
    return planning is not None and keep_plan(desk.session, plan=reckon_plan(planning))


def aim(desk: Desk, **given: Any) -> None:
    """Set a date and plan the day."""
    set_date(desk, **given)
    plan(desk)


def set_date(desk: Desk, *, days: int = 10, minutes: int = 5, **given: Any) -> None:
    values: dict[str, Any] = {
        "actor": desk.actor,
        "course_id": desk.course.id,
        "day": desk.now.date() + timedelta(days=days),
        "target": 0.9,
        "minutes": minutes,
        "now": desk.now,
    }
    set_exam(desk.session, **values | given)


def view(desk: Desk) -> Any:
    return exam_view(desk.session, actor=desk.actor, course_id=desk.course.id)


def test_a_date_is_kept_with_a_plan_for_today_and_an_outlook(desk: Desk) -> None:
    desk.fact()

    aim(desk)

    found = view(desk)
    assert (found.target, found.minutes, found.planned_on) == (0.9, 5, desk.now.date())
    outlook = Outlook.load(found.outlook)
    assert outlook == Outlook.load(outlook.dump())
    assert (outlook.facts, outlook.unmet, outlook.today) == (1, 1, 1)
    assert outlook.days[0] == 0
    assert outlook.days[-1] == 10
    assert outlook.studied[-1] > outlook.unstudied[-1] == 0


def test_setting_a_date_leaves_the_planning_to_a_job(desk: Desk) -> None:
    desk.fact()
    before = desk.look().waiting

    set_date(desk)

    (job,) = desk.session.scalars(sa.select(Job))
    keys = {"learner_id": desk.actor.id, "course_id": desk.course.id}
    assert (job.name, job.payload) == (JobName.PLAN_EXAM, keys)
    assert (view(desk).planned_on, view(desk).has_cards) == (None, True)
    assert desk.look().waiting == before


@pytest.mark.parametrize("other", [{"days": 11}, {"minutes": 6}, {"target": 0.8}, {"now": 1}])
def test_a_plan_of_what_was_set_before_is_not_kept(desk: Desk, other: dict[str, Any]) -> None:
    desk.fact()
    set_date(desk)
    keys = {"actor": desk.actor, "course_id": desk.course.id}
    planning = read_planning(desk.session, **keys, now=desk.now)
    assert planning is not None
    if "now" in other:
        other = {"now": desk.now + timedelta(milliseconds=1)}

    set_date(desk, **other)

    assert not keep_plan(desk.session, plan=reckon_plan(planning))
    assert view(desk).planned_on is None
    remove_exam(desk.session, **keys)
    assert not keep_plan(desk.session, plan=reckon_plan(planning))


def test_a_day_that_has_its_plan_is_not_planned_again(desk: Desk) -> None:
    desk.fact()
    aim(desk)

    assert not plan(desk)


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "UTC", "Pacific/Kiritimati"])
def test_an_exam_waits_for_plans_until_the_learner_s_day_of_it_begins(
    desk: Desk, zone: str
) -> None:
    desk.actor = replace(desk.actor, timezone=zone, day_start_hour=23)
    values = {"timezone": zone, "day_start_hour": 23}
    desk.session.execute(sa.update(User).where(User.id == desk.actor.id).values(values))
    clock = LearnerClock(zone, 23)
    day = clock.day_of(desk.now) + timedelta(days=1)
    begins = clock.start_of(day)
    set_date(desk, day=day)

    assert unplanned(desk.session, now=begins - timedelta(milliseconds=1)) != []
    assert unplanned(desk.session, now=begins) == []


def test_intervals_are_counted_in_the_learner_s_days(desk: Desk) -> None:
    """From noon to four in the morning of the next day but one is no two times 24 hours."""
    clock = LearnerClock(desk.actor.timezone, desk.actor.day_start_hour)
    desk.choose(learning_steps=(), fuzz=False, load_balance=False)
    given = (desk.rate(desk.fact(), 3).state.due_at - desk.now).days + 1

    found = collection(
        desk.session,
        actor=desk.actor,
        course_id=desk.course.id,
        clock=clock,
        new_per_day=5,
        now=desk.now + timedelta(days=1),
    )

    (group,) = found.groups
    assert (group.due_in, group.elapsed) == (given - 1, given)


def test_the_queue_asks_what_the_plan_says_and_no_more(desk: Desk) -> None:
    for _ in range(30):
        desk.fact()
    desk.choose(new_per_day=1)

    aim(desk, minutes=2)
    planned = desk.look().waiting

    # More than the one new fact a day of the settings, and not all of them.
    assert 1 < planned.new < 30
    assert planned.planned is not None
    assert desk.asked() == planned.planned[0]
    desk.rate(planned.planned[0], 4)
    assert desk.look().waiting.planned == planned.planned[1:]


def test_the_forecast_of_today_is_what_the_plan_has_left(desk: Desk) -> None:
    # A plan takes cards before they are due, and leaves some that are due for another day.
    for days in (1, 40):
        for _ in range(15):
            desk.rate(desk.fact(), 4, now=desk.now - timedelta(days=days))
    aim(desk, minutes=1)
    waiting = desk.look().waiting
    keys = {"actor": desk.actor, "course_id": desk.course.id, "now": desk.now}
    clock = LearnerClock(desk.actor.timezone, desk.actor.day_start_hour)

    today, *_ = forecast(desk.session, **keys, clock=clock, waiting=waiting, off=DaysOff(), days=3)

    assert waiting.planned is not None
    assert (today.due, today.new) == (waiting.to_review + waiting.to_relearn, waiting.new)


def test_steps_come_before_the_plan_and_undoing_brings_a_card_back(desk: Desk) -> None:
    for _ in range(3):
        desk.fact()
    aim(desk, minutes=30)
    first = desk.look().waiting.planned[0]

    desk.rate(first, 1, now=desk.now)
    later = desk.now + timedelta(minutes=2)

    assert desk.asked(now=later) == first
    desk.undo(now=later)
    assert desk.look(now=later).waiting.planned[0] == first


def test_what_was_put_aside_is_not_planned(desk: Desk) -> None:
    facts = [desk.fact(), desk.fact()]
    aim(desk, minutes=30)
    keys = {"actor": desk.actor, "course_id": desk.course.id}

    suspend_fact(desk.session, **keys, fact_id=facts[0].id, now=desk.now)

    assert desk.look().waiting.planned == (facts[1].id,)
    set_date(desk)
    plan(desk)
    assert Outlook.load(view(desk).outlook).facts == 1


def test_tomorrow_needs_a_plan_of_its_own_and_gets_it(desk: Desk) -> None:
    for _ in range(3):
        desk.fact()
    aim(desk)
    tomorrow = desk.now + timedelta(days=1)
    mine = (desk.actor.id, desk.course.id)

    assert desk.look(now=tomorrow).waiting.planned is None
    assert mine not in unplanned(desk.session, now=desk.now)
    assert mine in unplanned(desk.session, now=tomorrow)
    assert plan(desk, now=tomorrow)
    assert desk.look(now=tomorrow).waiting.planned is not None
    assert mine not in unplanned(desk.session, now=tomorrow)


def test_on_the_day_of_the_exam_the_plan_is_over(desk: Desk) -> None:
    desk.fact()
    aim(desk, days=1)
    on_the_day = desk.now + timedelta(days=1)

    assert not plan(desk, now=on_the_day)
    assert desk.look().waiting.planned is not None
    assert desk.look(now=on_the_day).waiting.planned is None
    assert unplanned(desk.session, now=on_the_day) == []


def test_a_removed_date_leaves_the_queue_as_it_was(desk: Desk) -> None:
    desk.fact()
    before = desk.look().waiting
    aim(desk)

    remove_exam(desk.session, actor=desk.actor, course_id=desk.course.id)

    assert desk.look().waiting == before
    with pytest.raises(NotFound):
        remove_exam(desk.session, actor=desk.actor, course_id=desk.course.id)


def test_a_course_without_cards_has_a_date_and_no_plan(desk: Desk) -> None:
    aim(desk)

    assert (view(desk).outlook, view(desk).has_cards) == (None, False)
    assert desk.look().waiting.planned is None


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("day", {"days": 0}),
        ("day", {"days": -3}),
        ("day", {"days": 400}),
        ("target", {"target": 0.4}),
        ("target", {"target": 1.0}),
        ("minutes", {"minutes": 0}),
        ("minutes", {"minutes": 241}),
    ],
)
def test_what_makes_no_plan_is_refused_at_its_field(
    desk: Desk, field: str, given: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as caught:
        aim(desk, **given)

    assert [problem.path for problem in caught.value.problems] == [field]


def test_a_date_is_the_business_of_who_is_in_the_course(desk: Desk, make: Make) -> None:
    stranger: Actor = make.learner(make.course())

    with pytest.raises(NotFound):
        aim(desk, actor=stranger)
    with pytest.raises(NotFound):
        exam_view(desk.session, actor=stranger, course_id=desk.course.id)
