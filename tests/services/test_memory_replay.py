"""Whatever a learner does, every memory is what its log says; and a wrong one is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound
from quizapp.memory.model import DEFAULT_WEIGHTS, Weights
from quizapp.memory.state import Rating
from quizapp.models import Fact, Memory, Origin
from quizapp.queries.memory_rows import Snapshot, snapshot_of
from quizapp.services import memory_acts
from quizapp.services.memory_replay import Replayed, rebuild, replay
from quizapp.services.spreading import spread_backlog
from quizapp.services.study import UNDO_STEPS
from tests.support.desk import Desk
from tests.support.learnt import FITTED
from tests.support.make import Make

_ACTS: tuple[Callable[..., None], ...] = (
    memory_acts.suspend_fact,
    memory_acts.bury_fact,
    memory_acts.resume_fact,
    memory_acts.reset_fact,
)
#: Mostly hours and days; sometimes not a millisecond.
_PAUSES = (0, 0, 1, 60_000, 600_000, 3_600_000, 90_000_000, 864_000_000)
_WEIGHTS = (None, FITTED, tuple(1.05 * weight for weight in DEFAULT_WEIGHTS))
_ZONES = ("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham")


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


def replayed(session: Session) -> Replayed:
    found = Replayed()
    for so_far in replay(session):
        found = so_far
    return found


class Walk:
    """A learner who does this and that with three cards, and a ledger of what must be so."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.dice = desk, Random(seed)  # noqa: S311
        self.facts = [desk.fact() for _ in range(3)]
        self.weights: Weights | None = None
        self.sent: list[dict[str, Any]] = []
        # Of every step that stands, all cards before and after it.
        self.done: list[tuple[Any, Any]] = []
        self.undone: list[tuple[Any, Any]] = []

    def cards(self) -> tuple[Snapshot, ...]:
        return tuple(snapshot_of(self.desk.memory(fact)) for fact in self.facts)

    def step(self) -> None:
        self.desk.now += timedelta(milliseconds=self.dice.choice(_PAUSES))
        act = self.dice.choice(
            [self.rate] * 8
            + [self.act] * 4
            + [self.undo] * 4
            + [self.redo] * 3
            + [self.again, self.quiz, self.travel, self.choose, self.spread, self.move, self.fit]
        )
        act()

    def rate(self) -> None:
        before = self.cards()
        rating = self.dice.randint(1, 4)
        sent = {"nonce": f"walk-{len(self.sent)}", "rating": rating}
        fact = self.dice.choice(self.facts)
        known = None if rating == Rating.EASY else self.dice.choice((None, 0.4, 0.9, 1.0))
        promised = self.shown(fact) if known is None and self.dice.random() < 0.2 else {}
        self.desk.rate(fact, **sent, known=known, promised=promised)
        self.sent.append({"fact": fact, **sent})
        self.note(before)

    def shown(self, fact: Fact) -> dict[int, int]:
        """Return the days on the buttons of a card; none if the page has another one to show."""
        card = self.desk.look(first=fact.id).card
        if card is None or card.fact_id != fact.id:
            return {}
        return {choice.rating: choice.days for choice in card.choices if choice.days}

    def again(self) -> None:
        """A request arrives twice, perhaps long after."""
        if self.sent:
            before = self.cards()
            assert self.desk.rate(**self.dice.choice(self.sent)).repeated
            assert self.cards() == before

    def act(self) -> None:
        before = self.cards()
        desk = self.desk
        whose = {"actor": desk.actor, "course_id": desk.course.id, "now": desk.now}
        try:
            self.dice.choice(_ACTS)(desk.session, **whose, fact_id=self.dice.choice(self.facts).id)
        except NotFound:
            assert self.cards() == before
        if self.cards() != before:
            self.note(before)

    def move(self) -> None:
        before, desk = self.cards(), self.desk
        whose = {"actor": desk.actor, "course_id": desk.course.id, "now": desk.now}
        day = (desk.now + timedelta(days=self.dice.randint(0, 90))).date()
        fact_id = self.dice.choice(self.facts).id
        try:
            memory_acts.move_due_date(desk.session, **whose, fact_id=fact_id, day=day)
        except (NotFound, Invalid):
            assert self.cards() == before
        if self.cards() != before:
            self.note(before)

    def note(self, before: Any) -> None:
        self.done.append((before, self.cards()))
        self.undone.clear()

    def undo(self) -> None:
        if not self.done:
            return
        before, after = self.done[-1]
        assert self.cards() == after
        if len(self.undone) == UNDO_STEPS:
            with pytest.raises(Conflict, match="last 10"):
                self.desk.undo()
            self.done.clear()
            return
        self.desk.undo()
        assert self.cards() == before
        self.undone.append(self.done.pop())

    def redo(self) -> None:
        if not self.undone:
            return
        before, after = self.undone.pop()
        assert self.cards() == before
        self.desk.redo()
        assert self.cards() == after
        self.done.append((before, after))

    def quiz(self) -> None:
        """A quiz asks; what came before cannot be taken back across it for that card."""
        self.desk.rate(
            self.dice.choice(self.facts),
            self.dice.randint(1, 4),
            origin=Origin.QUIZ,
            nonce=f"quiz-{self.desk.now.timestamp()}-{self.dice.random()}",
        )
        self.done.clear()
        self.undone.clear()
        self.rate()

    def travel(self) -> None:
        self.desk.actor = replace(self.desk.actor, timezone=self.dice.choice(_ZONES))

    def spread(self) -> None:
        """After a long break all that is in review waits."""
        self.desk.now += timedelta(days=200)
        before = self.cards()
        desk = self.desk
        whose = {"actor": desk.actor, "course_id": desk.course.id, "now": desk.now}
        spread_backlog(desk.session, **whose, days=3)
        if self.cards() != before:
            self.note(before)
            assert replayed(desk.session).differences == []

    def choose(self) -> None:
        self.desk.choose(
            desired_retention=self.dice.choice((0.75, 0.85, 0.95)),
            learning_steps=self.dice.choice(((), (60, 600))),
            relearning_steps=self.dice.choice(((), (600,))),
            load_balance=self.dice.choice((True, False)),
            fuzz=self.dice.choice((True, True, False)),
            weights=self.weights,
            easy_days=self.dice.choice(((100,) * 7, (0, 100, 50, 100, 100, 0, 0))),
        )

    def fit(self) -> None:
        """A fit is adopted, or taken back: no memory hears of it before it is asked."""
        before = self.cards()
        self.weights = self.dice.choice([other for other in _WEIGHTS if other != self.weights])
        self.choose()
        assert self.cards() == before


@pytest.mark.parametrize("seed", range(12))
def test_any_walk_ends_as_its_log_says(desk: Desk, seed: int) -> None:
    walk = Walk(desk, seed)

    for _ in range(60):
        walk.step()

    found = replayed(desk.session)
    assert found.differences == []
    assert (found.memories, found.reviews > 10) == (3, True)


@pytest.mark.parametrize(
    "damage",
    [{"stability": 3.25}, {"lapses": 7}, {"is_suspended": True}, {"reps": 9}, {"phase": "review"}],
)
def test_what_is_not_as_its_log_says_is_found_and_put_right(
    desk: Desk, damage: dict[str, Any]
) -> None:
    fact, other = desk.fact(), desk.fact()
    desk.rate(fact, 2)
    desk.rate(other, 2)
    right = snapshot_of(desk.memory(fact))
    values = damage | ({"step": None} if "phase" in damage else {})
    desk.session.execute(sa.update(Memory).where(Memory.fact_id == fact.id).values(values))

    (difference,) = replayed(desk.session).differences
    rebuild(desk.session, [difference])

    assert f"fact {fact.id} of learner {desk.actor.id}: stored " in str(difference)
    assert next(iter(damage)) in str(difference)
    assert snapshot_of(desk.memory(fact)) == right
    assert replayed(desk.session).differences == []


def test_a_memory_without_a_log_is_found(desk: Desk) -> None:
    fact = desk.fact()
    desk.rate(fact)
    row = desk.memory(fact)
    with desk.session.no_autoflush:
        values = {column: getattr(row, column) for column in row._fields}
        whose = {"learner_id": desk.make.learner(desk.course).id, "course_id": desk.course.id}
        desk.session.execute(sa.insert(Memory).values(values | whose | {"fact_id": fact.id}))

    (difference,) = replayed(desk.session).differences
    rebuild(desk.session, [difference])

    assert replayed(desk.session).differences == []
    assert desk.session.scalar(sa.select(sa.func.count()).select_from(Memory)) == 1


def test_a_memory_that_was_lost_comes_back(desk: Desk) -> None:
    fact: Fact = desk.fact()
    desk.rate(fact, 4)
    right = snapshot_of(desk.memory(fact))
    desk.session.execute(sa.delete(Memory))

    rebuild(desk.session, replayed(desk.session).differences)

    assert snapshot_of(desk.memory(fact)) == right
