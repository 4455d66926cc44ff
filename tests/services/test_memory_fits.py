"""Fits: asked for once, kept once, adopted where better, taken back and taken again exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.memory.days import LearnerClock
from quizapp.memory.fitting import Fit, InForce
from quizapp.memory.model import DEFAULT_WEIGHTS
from quizapp.memory.quarters import quarter_of
from quizapp.memory.recalibration import Recalibration
from quizapp.memory.scheduler import retrievability, review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState
from quizapp.models import (
    ActKind,
    Fact,
    FitOutcome,
    Job,
    Memory,
    MemoryAct,
    MemoryRules,
    QuarterTotal,
)
from quizapp.queries.answered_cards import answered_card
from quizapp.queries.card_page import card_page
from quizapp.queries.crediting import grounds_for
from quizapp.queries.memory_fits import Fits, fits_of, ground_of, reviews_counted
from quizapp.queries.memory_rows import snapshot_of
from quizapp.queries.memory_rules import rules_in_force
from quizapp.services.memory_acts import reset_fact, suspend_fact
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
from quizapp.services.reviews import Answered
from tests.support.desk import Desk, statements_of
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
        quarter = quarter_of(datetime(2026, 3, 1, tzinfo=UTC)) - back * 96
        blank = {"tested": 0, "recalled": 0, "introduced": 0, "milliseconds": 0}
        self.session.add(QuarterTotal(**self.keys, quarter=quarter, reviews=count, **blank))
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


def stored(desk: Desk) -> list[Any]:
    return list(desk.session.execute(sa.select(*Memory.__table__.c).order_by(Memory.fact_id)))


def known_for_days(desk: Desk, *ratings: int) -> Fact:
    """Return a fact that was rated so, each time ten days later."""
    fact = desk.fact()
    for number, rating in enumerate(ratings):
        desk.rate(fact, rating, now=desk.now + number * timedelta(days=10))
    return fact


def anew(desk: Desk, fact: Fact, weights: Any) -> MemoryState:
    """Return what a fact's reviews add up to, had these weights been there from the first."""
    clock, state = LearnerClock(desk.actor.timezone, desk.actor.day_start_hour), NEW_STATE
    for row in desk.reviews():
        if row.fact_id == fact.id and row.undone_at is None:
            settings = MemorySettings(weights=weights)
            rules = {"clock": clock, "settings": settings, "seed": 0}
            state = review(state, row.rating, now=row.at, known=row.known, **rules)
    return state


def test_a_fit_leaves_every_memory_as_its_last_review_did(fitting: Fitting) -> None:
    desk = fitting.desk
    for _ in range(3):
        known_for_days(desk, 4, 3)
    before = stored(desk)

    number = fitting.done()
    assert stored(desk) == before
    undo_fit(fitting.session, **fitting.given(), number=number)
    assert stored(desk) == before
    redo_fit(fitting.session, **fitting.given(), number=number)
    assert stored(desk) == before
    assert differences(desk) == []


def test_taking_a_fit_back_takes_as_many_statements_for_many_memories(fitting: Fitting) -> None:
    desk, counts = fitting.desk, []
    number = fitting.done()

    for act in (undo_fit, redo_fit):
        with statements_of(desk.session) as seen:
            act(fitting.session, **fitting.given(), number=number)
        counts.append(len(seen))
        known_for_days(desk, 4, 3, 3)

    assert counts[0] == counts[1] < 8


def test_what_is_asked_is_told_in_the_weights_that_hold(fitting: Fitting) -> None:
    desk, later = fitting.desk, fitting.desk.now + timedelta(days=30)
    fact = known_for_days(desk, 4, 3, 1)
    fitting.done()

    page = desk.look(first=fact.id, now=later).card
    assert page is not None
    shown = {choice.rating: choice.days for choice in page.choices if choice.days}
    recall = card_recall(desk, fact, later)
    told = anew(desk, fact, FITTED)
    after = desk.rate(fact, 3, now=later, promised=shown).state

    assert after.stability == anew(desk, fact, FITTED).stability
    assert after.difficulty == anew(desk, fact, FITTED).difficulty
    clock = LearnerClock(desk.actor.timezone, desk.actor.day_start_hour)
    assert recall == retrievability(told, now=later, clock=clock, weights=FITTED)
    assert differences(desk) == []


def card_recall(desk: Desk, fact: Fact, now: datetime) -> float | None:
    keys = {"actor": desk.actor, "course_id": desk.course.id}
    return card_page(desk.session, **keys, fact_id=fact.id, now=now).recall


def test_a_review_after_a_fit_is_taken_back_and_done_again_to_the_bit(fitting: Fitting) -> None:
    desk, later = fitting.desk, fitting.desk.now + timedelta(days=30)
    fact = known_for_days(desk, 4, 3)
    before = snapshot_of(desk.memory(fact))
    fitting.done()

    desk.rate(fact, 3, now=later)
    after = snapshot_of(desk.memory(fact))
    desk.undo(now=later)
    undone = snapshot_of(desk.memory(fact))
    assert differences(desk) == []
    desk.redo()

    assert undone == before
    assert snapshot_of(desk.memory(fact)) == after
    assert differences(desk) == []


def test_what_was_done_before_a_fit_is_undone_and_redone_after_it(fitting: Fitting) -> None:
    desk = fitting.desk
    fact = known_for_days(desk, 4, 3)
    keys = {"actor": desk.actor, "course_id": desk.course.id, "fact_id": fact.id}
    desk.now += timedelta(days=30)
    suspend_fact(desk.session, **keys, now=desk.now)
    aside = snapshot_of(desk.memory(fact))
    reset_fact(desk.session, **keys, now=desk.now)
    desk.rate(fact, 3)
    met = snapshot_of(desk.memory(fact))
    desk.undo()

    fitting.done()
    desk.undo()
    assert snapshot_of(desk.memory(fact)) == aside
    desk.undo()
    assert snapshot_of(desk.memory(fact)) == replace(aside, is_suspended=False)
    for _ in range(3):
        desk.redo()

    assert snapshot_of(desk.memory(fact)) == met
    assert differences(desk) == []


def test_an_answered_card_shows_what_it_showed_by_the_weights_of_its_review(
    fitting: Fitting,
) -> None:
    desk, later = fitting.desk, fitting.desk.now + timedelta(days=30)
    fact = known_for_days(desk, 4, 3)
    fitting.done()
    shown = desk.look(first=fact.id, now=later).card
    assert shown is not None
    desk.rate(fact, 3, now=later, nonce="answered", answered=Answered("right", None))
    keys = {"actor": desk.actor, "course_id": desk.course.id}
    found = answered_card(desk.session, **keys, nonce="answered").card

    assert found.recall == shown.recall
    desk.choose(weights=None)
    assert answered_card(desk.session, **keys, nonce="answered").card == found


def test_an_imported_memory_goes_on_from_where_it_began(fitting: Fitting) -> None:
    desk, later = fitting.desk, fitting.desk.now + timedelta(days=30)
    fact = known_for_days(desk, 4, 3)
    known = snapshot_of(desk.memory(fact))
    began = replace(known, state=replace(known.state, stability=44.5, difficulty=5.125))
    imported = {"learner_id": desk.actor.id, "course_id": desk.course.id, "fact_id": fact.id}
    act = {"id": desk.reviews()[-1].id + 1, "kind": ActKind.IMPORT, "after": began.dump()}
    desk.session.execute(sa.insert(MemoryAct).values(**imported, **act))
    desk.session.execute(
        sa.update(Memory).where(Memory.fact_id == fact.id).values(stability=44.5, difficulty=5.125)
    )
    fitting.done()

    page = desk.look(first=fact.id, now=later).card
    assert page is not None
    # Nobody knows what led to it: it is not told anew.
    assert page.recall == retrievability(
        began.state,
        now=later,
        clock=LearnerClock(desk.actor.timezone, desk.actor.day_start_hour),
        weights=FITTED,
    )
    desk.rate(fact, 3, now=later)
    assert differences(desk) == []


def test_only_the_log_of_what_is_asked_is_read(fitting: Fitting) -> None:
    desk, later = fitting.desk, fitting.desk.now + timedelta(days=30)
    desk.choose(load_balance=False)
    fact = known_for_days(desk, 4, 3)
    fitting.done()
    other = known_for_days(desk, 3)
    revision_ids = {one.id: desk.revision_id(one) for one in (fact, other)}

    counts = []
    for one in (fact, fact, other):
        with statements_of(desk.session) as seen:
            desk.rate(one, 3, now=later, revision_id=revision_ids[one.id])
        counts.append(len(seen))

    # Reviews, acts and rules besides, the first time after the fit and then never again; and that
    # time something was foretold, which is counted.
    assert [count - counts[1] for count in counts] == [3 + 1, 0, 0]


def test_the_replay_is_exact_across_fits_and_undoing(fitting: Fitting) -> None:
    desk, later = fitting.desk, fitting.desk.now + timedelta(days=9)
    old, new, taken_back = (desk.fact() for _ in range(3))
    for fact in (old, new, taken_back):
        desk.rate(fact, 4)
    desk.rate(taken_back, 1, now=later)
    number = fitting.done()
    desk.undo(now=later)  # Its memory is told in the weights of before again.
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
