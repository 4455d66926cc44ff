"""A backlog is spread over days in one step, which is taken back exactly; replays agree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound
from quizapp.memory import queue
from quizapp.memory.days import LearnerClock
from quizapp.memory.queue import Candidate
from quizapp.models import ActKind, Fact, Memory, MemoryAct, Origin, Pause
from quizapp.queries.memory_rows import state_of
from quizapp.queries.today import today_view
from quizapp.services.memory_replay import replay
from quizapp.services.pauses import end_pause, set_pause
from quizapp.services.spreading import spread_backlog
from quizapp.services.undoing import take_back
from quizapp.web.backlog_words import backlog_of
from tests.support.desk import Desk, statements_of
from tests.support.make import Make

TODAY = date(2026, 3, 4)  # a Wednesday


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


def behind(desk: Desk, count: int = 34) -> list[Fact]:
    """Store facts that all are due, some for weeks; the later ones are forgotten likelier."""
    facts = [desk.fact() for _ in range(count)]
    for place, fact in enumerate(facts):
        desk.rate(fact, 4, now=desk.now - timedelta(days=90 - place // 2))
    return facts


def about(desk: Desk) -> dict[str, Any]:
    return {"actor": desk.actor, "course_id": desk.course.id, "now": desk.now}


def rows(desk: Desk) -> list[Any]:
    columns = [column for column in Memory.__table__.c if column.key != "seen"]
    return list(desk.session.execute(sa.select(*columns).order_by(Memory.fact_id)))


def differences(session: Session) -> list[Any]:
    found: list[Any] = []
    for so_far in replay(session):
        found = so_far.differences
    return found


def due_days(desk: Desk) -> dict[date, int]:
    counts: dict[date, int] = {}
    for row in rows(desk):
        day = max(TODAY, LearnerClock("UTC", 4).day_of(row.due_at))
        counts[day] = counts.get(day, 0) + 1
    return counts


def test_the_days_come_out_as_the_page_showed_them_the_likeliest_forgotten_first(
    desk: Desk,
) -> None:
    facts = behind(desk)
    candidates = [Candidate(f.id, state_of(desk.memory(f))) for f in facts]
    endangered = queue.order_reviews(candidates, now=desk.now, clock=LearnerClock("UTC", 4))
    shown = backlog_of(today_view(desk.session, **about(desk)), 5)
    assert shown is not None

    moved = spread_backlog(desk.session, **about(desk), days=5)

    assert list(shown.shares) == [7, 7, 7, 7, 6]
    assert due_days(desk) == {TODAY + timedelta(days=n): c for n, c in enumerate(shown.shares)}
    assert moved == 27
    view = desk.look()
    assert view.waiting.to_review == 7
    asked = {f.id for f in facts if desk.memory(f).due_at <= desk.now}
    assert asked == {candidate.fact_id for candidate in endangered[:7]}
    assert view.waiting.was_spread
    assert not today_view(desk.session, **about(desk)).is_behind


def test_only_due_dates_move_and_undo_is_exact(desk: Desk) -> None:
    behind(desk)
    before = rows(desk)
    spread_backlog(desk.session, **about(desk), days=7)
    spread = rows(desk)

    undone = desk.undo()
    restored = rows(desk)
    desk.redo()

    assert undone.kind is ActKind.SPREAD
    assert restored == before
    assert rows(desk) == spread != before
    assert [{**row._mapping, "due_at": None} for row in spread] == [
        {**row._mapping, "due_at": None} for row in before
    ]


def test_replay_finds_no_difference_before_and_after_undo_and_a_later_review(desk: Desk) -> None:
    facts = behind(desk)
    spread_backlog(desk.session, **about(desk), days=7)
    spread = differences(desk.session)
    late = max(facts, key=lambda fact: desk.memory(fact).due_at)
    desk.rate(late, 2, now=desk.memory(late).due_at + timedelta(hours=1))
    desk.rate(facts[0], 1)

    assert spread == differences(desk.session) == []
    desk.undo()
    desk.undo()
    desk.undo()
    assert differences(desk.session) == []


def test_a_review_that_is_taken_back_after_it_takes_its_move_with_it(desk: Desk) -> None:
    facts = behind(desk)
    desk.rate(facts[3], 4, origin=Origin.QUIZ, now=desk.now - timedelta(days=30))
    (quiz,) = [review for review in desk.reviews() if review.origin is Origin.QUIZ]
    desk.now += timedelta(days=90)
    spread_backlog(desk.session, **about(desk), days=30)

    assert take_back(
        desk.session, actor=desk.actor, course_id=desk.course.id, review=quiz, now=desk.now
    )
    assert differences(desk.session) == []


def test_a_page_shown_before_cannot_rate_what_was_put_off(desk: Desk) -> None:
    facts = behind(desk)
    spread_backlog(desk.session, **about(desk), days=7)
    late = max(facts, key=lambda fact: desk.memory(fact).due_at)

    with pytest.raises(Conflict):
        desk.rate(late, 3, seen=1)


def test_once_a_quiz_asked_one_of_them_it_is_not_taken_back(desk: Desk) -> None:
    facts = behind(desk)
    spread_backlog(desk.session, **about(desk), days=7)
    late = max(facts, key=lambda fact: desk.memory(fact).due_at)
    desk.rate(late, 3, origin=Origin.QUIZ)

    with pytest.raises(Conflict):
        desk.undo()


def test_days_off_get_nothing_and_the_number_of_days_must_be_offered(desk: Desk) -> None:
    behind(desk)
    desk.choose(rest_days=(2, 5, 6))  # Wednesday is today

    with pytest.raises(Invalid):
        spread_backlog(desk.session, **about(desk), days=4)
    spread_backlog(desk.session, **about(desk), days=5)

    assert due_days(desk) == {date(2026, 3, 5): 17, date(2026, 3, 6): 17}


def test_the_statements_do_not_grow_with_the_backlog(desk: Desk) -> None:
    counts = []
    for size in (34, 60):
        behind(desk, size)
        with statements_of(desk.session) as seen:
            spread_backlog(desk.session, **about(desk), days=7)
            desk.undo()
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 14


def test_only_members_spread(desk: Desk, make: Make) -> None:
    with pytest.raises(NotFound):
        spread_backlog(desk.session, **about(desk) | {"actor": make.actor(make.user())}, days=5)


class TestPause:
    def pause(self, desk: Desk, first: int, last: int, **given: Any) -> None:
        days = {"first_day": TODAY + timedelta(first), "last_day": TODAY + timedelta(last)}
        set_pause(desk.session, **about(desk), **days, **given)

    def stored(self, desk: Desk) -> list[tuple[int, date, date]]:
        found = sa.select(Pause.course_id, Pause.first_day, Pause.last_day)
        return [tuple(row) for row in desk.session.execute(found.order_by(*found.selected_columns))]

    def test_nothing_is_due_in_it_and_nothing_is_touched(self, desk: Desk) -> None:
        behind(desk)
        desk.fact()
        before = rows(desk)
        self.pause(desk, 0, 3)

        looks = [desk.look(**scope) for scope in ({}, {"ahead": 7}, {"missed": 7})]
        page = today_view(desk.session, **about(desk))

        assert [(look.card, look.waiting.left) for look in looks] == [(None, 0)] * 3
        assert looks[0].waiting.paused_until == TODAY + timedelta(3)
        assert [(day.cards, day.is_paused) for day in page.forecast[:5]] == [(0, True)] * 4 + [
            (35, False)
        ]
        assert not page.is_behind
        assert rows(desk) == before

    def test_after_it_recall_has_faded_as_it_has_and_what_waits_is_offered_to_spread(
        self, desk: Desk
    ) -> None:
        fact, *_ = behind(desk)
        self.pause(desk, 0, 9)
        last = desk.memory(fact).last_review_at
        desk.now += timedelta(days=10)

        card = desk.look(first=fact.id).card

        assert today_view(desk.session, **about(desk)).is_behind
        assert card is not None
        assert card.last_seen == "Last seen 3 months ago"
        assert desk.memory(fact).last_review_at == last
        assert differences(desk.session) == []

    def test_the_days_in_a_row_go_on(self, desk: Desk) -> None:
        fact = desk.fact()
        for ago in (12, 11, 10):
            desk.rate(fact, 3, now=desk.now - timedelta(days=ago))
        set_pause(
            desk.session,
            **about(desk) | {"now": desk.now - timedelta(days=9)},
            first_day=TODAY - timedelta(9),
            last_day=TODAY - timedelta(1),
        )

        assert today_view(desk.session, **about(desk)).history.streak == 3

    def test_it_can_be_to_come_and_ends_when_the_learner_says(self, desk: Desk) -> None:
        self.pause(desk, 2, 5)
        ahead = desk.look().waiting.paused_until
        desk.now += timedelta(days=3)
        running = desk.look().waiting.paused_until
        ended = [end_pause(desk.session, **about(desk)) for _ in range(2)]

        assert (ahead, running) == (None, TODAY + timedelta(5))
        assert ended == [True, False]
        assert desk.look().waiting.paused_until is None
        assert self.stored(desk) == [(desk.course.id, TODAY + timedelta(2), TODAY + timedelta(2))]

    def test_another_takes_the_place_of_what_is_left_of_one(self, desk: Desk) -> None:
        self.pause(desk, 0, 9)
        self.pause(desk, 0, 2)
        self.pause(desk, 20, 22)

        assert self.stored(desk) == [(desk.course.id, TODAY + timedelta(20), TODAY + timedelta(22))]

    def test_it_can_hold_for_all_courses(self, desk: Desk, make: Make) -> None:
        other = make.course()
        user_id = desk.actor.id
        make.session.execute(
            sa.text(
                "INSERT INTO enrolment (user_id, course_id, role, joined_at) "
                "VALUES (:user, :course, 'student', 0)"
            ),
            {"user": user_id, "course": other.id},
        )
        desk.actor = desk.actor.__class__(
            user_id,
            "Amara",
            roles={**desk.actor.roles, other.id: "student"},  # type: ignore[arg-type]
        )
        self.pause(desk, 0, 3, everywhere=True)

        assert {row[0] for row in self.stored(desk)} == {desk.course.id, other.id}
        assert end_pause(desk.session, **about(desk), everywhere=True)
        assert self.stored(desk) == []

    @pytest.mark.parametrize(
        ("first", "last", "field"),
        [(-1, 3, "first_day"), (400, 401, "first_day"), (3, 2, "last_day"), (0, 366, "last_day")],
    )
    def test_days_that_make_no_sense_are_named(
        self, desk: Desk, first: int, last: int, field: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            self.pause(desk, first, last)

        assert [problem.path for problem in refused.value.problems] == [field]

    def test_the_learners_own_day_counts(self, desk: Desk) -> None:
        desk.now = datetime(2026, 3, 5, 3, 30, tzinfo=UTC)  # before four: still Wednesday
        behind(desk, 2)
        self.pause(desk, 0, 0)

        assert desk.look().card is None
        assert desk.look(now=desk.now + timedelta(hours=1)).card is not None


def test_acts_of_one_spread_share_an_id(desk: Desk) -> None:
    behind(desk)
    spread_backlog(desk.session, **about(desk), days=7)

    ids = set(desk.session.scalars(sa.select(MemoryAct.id)))

    assert len(ids) == 1
