"""Fits: asked for once, kept once, adopted where better, taken back and taken again exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.memory.fitting import Fit, InForce
from quizapp.memory.model import DEFAULT_WEIGHTS
from quizapp.memory.recalibration import Recalibration
from quizapp.memory.settings import MemorySettings
from quizapp.models import DayTotal, FitOutcome, Job, MemoryRules
from quizapp.queries.crediting import grounds_for
from quizapp.queries.memory_fits import Fits, fits_of, ground_of, reviews_counted
from quizapp.queries.memory_rules import rules_in_force
from quizapp.services.memory_fits import (
    GIVEN_UP,
    Learnt,
    ask_fit,
    ask_grown,
    fail_fit,
    keep_fit,
    redo_fit,
    undo_fit,
)
from quizapp.services.memory_replay import replay
from tests.support.desk import Desk
from tests.support.learnt import FITTED, LEARNT, WORSE
from tests.support.make import Make


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


class Fitting:
    """A learner whose fits are asked for and kept with what the test says was found."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.session = desk, desk.session
        self.keys = {"learner_id": desk.actor.id, "course_id": desk.course.id}

    def given(self, after: timedelta = timedelta()) -> dict[str, Any]:
        desk = self.desk
        return {"actor": desk.actor, "course_id": desk.course.id, "now": desk.now + after}

    def ask(self, after: timedelta = timedelta()) -> bool:
        return ask_fit(self.session, **self.given(after))

    def keep(self, number: int, learnt: Learnt = LEARNT, ground: Any = None) -> bool:
        ground = ground or ground_of(self.session, **self.keys)
        return keep_fit(self.session, **self.given(), number=number, ground=ground, learnt=learnt)

    def done(self, learnt: Learnt = LEARNT) -> int:
        """Ask for a fit and keep what it found; return its number."""
        self.ask()
        waiting = self.fits.waiting
        assert waiting is not None
        assert self.keep(waiting.number, learnt)
        return waiting.number

    @property
    def fits(self) -> Fits:
        return fits_of(self.session, **self.keys)

    @property
    def settings(self) -> MemorySettings:
        return rules_in_force(self.session, **self.keys).settings

    def jobs(self) -> list[Any]:
        return [job.payload for job in self.session.scalars(sa.select(Job).order_by(Job.id))]

    def reviewed(self, count: int, back: int = 0) -> None:
        """Count so many reviews on one day."""
        day = date(2026, 3, 1) - timedelta(days=back)
        blank = {"tested": 0, "recalled": 0, "introduced": 0, "milliseconds": 0}
        self.session.add(DayTotal(**self.keys, day=day, reviews=count, **blank))
        self.session.flush()


@pytest.fixture
def fitting(desk: Desk) -> Fitting:
    return Fitting(desk)


def test_a_fit_is_asked_for_once_until_it_is_over(fitting: Fitting) -> None:
    assert fitting.ask()
    assert not fitting.ask()
    assert fitting.jobs() == [fitting.keys | {"number": 1}]

    fitting.keep(1)
    assert fitting.ask()
    assert [job["number"] for job in fitting.jobs()] == [1, 2]


def test_one_that_its_worker_gave_up_is_begun_again(fitting: Fitting) -> None:
    fitting.ask()

    assert not fitting.ask(GIVEN_UP - timedelta(seconds=1))
    assert fitting.ask(GIVEN_UP)
    assert [job["number"] for job in fitting.jobs()] == [1, 1]


def test_who_is_not_in_the_course_asks_for_nothing(fitting: Fitting, make: Make) -> None:
    stranger = make.learner(make.course())

    with pytest.raises(NotFound):
        ask_fit(fitting.session, **fitting.given() | {"actor": stranger})


def test_what_is_better_is_taken_and_nothing_else_changes(fitting: Fitting) -> None:
    fitting.desk.choose(new_per_day=7, desired_retention=0.85)

    fitting.done()

    assert fitting.settings == MemorySettings(new_per_day=7, desired_retention=0.85, weights=FITTED)
    last = fitting.fits.last
    assert last is not None
    assert (last.outcome, last.weights, last.before) == (FitOutcome.ADOPTED, FITTED, None)
    assert (last.loss_in_force, last.loss_fitted, last.reviews) == (0.4, 0.3, 400)
    assert last.correction == LEARNT.correction
    assert last.times.quartiles == LEARNT.quartiles
    assert last.times.choice == LEARNT.choice


@pytest.mark.parametrize(("fit", "outcome"), [(WORSE, FitOutcome.KEPT), (None, FitOutcome.TOO_FEW)])
def test_what_is_not_better_changes_no_rule(
    fitting: Fitting, fit: Fit | None, outcome: FitOutcome
) -> None:
    fitting.done(replace(LEARNT, fit=fit))

    last = fitting.fits.last
    assert last is not None
    assert last.outcome is outcome
    assert fitting.settings.weights is None
    assert fitting.session.scalars(sa.select(MemoryRules)).all() == []


def test_two_workers_keep_one_result(fitting: Fitting) -> None:
    fitting.ask()
    ground = ground_of(fitting.session, **fitting.keys)

    kept = [fitting.keep(1, ground=ground), fitting.keep(1, replace(LEARNT, fit=WORSE), ground)]

    assert kept == [True, False]
    assert len(fitting.fits.past) == 1
    assert fitting.settings.weights == FITTED


def test_weights_changed_meanwhile_are_not_overwritten(fitting: Fitting) -> None:
    fitting.ask()
    ground = ground_of(fitting.session, **fitting.keys)
    fitting.desk.choose(weights=DEFAULT_WEIGHTS)

    with pytest.raises(Conflict):
        fitting.keep(1, ground=ground)


def test_the_next_fit_starts_from_what_was_adopted(fitting: Fitting) -> None:
    fitting.done()
    fitting.done(replace(LEARNT, trials=350, fit=replace(WORSE, trials=350)))

    ground = ground_of(fitting.session, **fitting.keys)

    assert ground.in_force == InForce(FITTED, learned_from=300, tried_at=350)
    assert ground.correction == LEARNT.correction


def test_undoing_and_redoing_is_exact(fitting: Fitting) -> None:
    fitting.desk.choose(new_per_day=7)
    before = fitting.settings
    number = fitting.done()
    after = fitting.settings

    undo_fit(fitting.session, **fitting.given(), number=number)
    undone = fitting.settings
    redo_fit(fitting.session, **fitting.given(), number=number)

    assert undone == before
    assert fitting.settings == after


@pytest.mark.parametrize("act", [undo_fit, redo_fit])
def test_a_second_click_does_nothing_more(fitting: Fitting, act: Callable[..., None]) -> None:
    number = fitting.done()
    if act is redo_fit:
        undo_fit(fitting.session, **fitting.given(), number=number)
    act(fitting.session, **fitting.given(), number=number)
    held = fitting.settings

    with pytest.raises(Conflict):
        act(fitting.session, **fitting.given(), number=number)
    assert fitting.settings == held


def test_what_does_not_hold_cannot_be_taken_back(fitting: Fitting) -> None:
    kept = fitting.done(replace(LEARNT, fit=WORSE))

    with pytest.raises(NotFound):
        undo_fit(fitting.session, **fitting.given(), number=kept)


def test_memories_are_told_in_the_weights_that_hold_and_dates_stay(fitting: Fitting) -> None:
    desk = fitting.desk
    facts = [desk.fact() for _ in range(3)]
    for fact in facts:
        desk.rate(fact, 4)
    before = [desk.memory(fact) for fact in facts]

    number = fitting.done()
    fitted = [desk.memory(fact) for fact in facts]
    undo_fit(fitting.session, **fitting.given(), number=number)

    assert [one.stability for one in fitted] == [pytest.approx(FITTED[3], abs=1e-4)] * 3
    assert [one.due_at for one in fitted] == [one.due_at for one in before]
    assert [one.seen for one in fitted] == [one.seen for one in before]
    assert [desk.memory(fact) for fact in facts] == before


def test_the_replay_is_exact_across_fits_and_undoing(fitting: Fitting) -> None:
    desk, later = fitting.desk, fitting.desk.now + timedelta(days=9)
    old, new, taken_back = (desk.fact() for _ in range(3))
    for fact in (old, new, taken_back):
        desk.rate(fact, 4)
    desk.rate(taken_back, 1, now=later)
    number = fitting.done()
    desk.undo(now=later)  # Its memory of before was told in other weights.
    desk.rate(new, 3, now=later)

    assert differences(desk) == []
    undo_fit(fitting.session, **fitting.given(), number=number)
    desk.rate(new, 2, now=later + timedelta(days=9))
    assert differences(desk) == []
    redo_fit(fitting.session, **fitting.given(), number=number)
    assert differences(desk) == []


def differences(desk: Desk) -> list[Any]:
    (*_, told) = replay(desk.session)
    return list(told.differences)


def test_a_failed_one_waits_for_more_reviews(fitting: Fitting) -> None:
    fitting.reviewed(300)
    fitting.ask()
    given = fitting.given() | {"number": 1}

    fail_fit(fitting.session, **given, reviews=300)

    assert fitting.fits.waiting is None
    assert ask_grown(fitting.session, now=fitting.desk.now) == 0
    assert ground_of(fitting.session, **fitting.keys).correction == Recalibration()


@pytest.mark.parametrize(
    ("more", "asked"), [(0, 0), (10, 0), (19, 0), (20, 1)], ids=["none", "2.5", "4.75", "5 %"]
)
def test_a_look_asks_where_reviews_have_grown_by_a_twentieth(
    fitting: Fitting, more: int, asked: int
) -> None:
    fitting.reviewed(400)
    fitting.done(replace(LEARNT, fit=WORSE))
    fitting.reviewed(more, back=1)

    assert ask_grown(fitting.session, now=fitting.desk.now) == asked
    assert ask_grown(fitting.session, now=fitting.desk.now) == 0


def test_a_look_leaves_out_who_has_too_little_or_has_switched_it_off(
    fitting: Fitting, make: Make
) -> None:
    fitting.reviewed(199)
    assert ask_grown(fitting.session, now=fitting.desk.now) == 0
    fitting.reviewed(1, back=1)
    fitting.desk.choose(fit=False)
    assert ask_grown(fitting.session, now=fitting.desk.now) == 0

    fitting.desk.choose(fit=True)

    assert ask_grown(fitting.session, now=fitting.desk.now) == 1
    assert reviews_counted(fitting.session, **fitting.keys) == 200


def test_times_count_only_while_they_tell_something_and_are_let(fitting: Fitting) -> None:
    fitting.done()
    let = grounds_for(fitting.session, **fitting.keys)
    fitting.desk.choose(use_answer_times=False, weights=FITTED)
    switched_off = grounds_for(fitting.session, **fitting.keys)
    fitting.desk.choose(weights=FITTED)
    fitting.done(replace(LEARNT, is_timed=False, fit=WORSE))
    tells_nothing = grounds_for(fitting.session, **fitting.keys)

    assert let.quartiles == LEARNT.quartiles
    assert (switched_off.quartiles, tells_nothing.quartiles) == ({}, {})
    assert let.correction == LEARNT.correction
