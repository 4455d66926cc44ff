"""Weekly letters: wanted, confirmed, asked for once, begun once, stopped."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Forbidden, Invalid, LimitReached, NotFound
from quizapp.memory.goals import Goal, GoalUnit
from quizapp.models import EmailChange, Exam, FormerMember, Job, User, WeeklyLetter
from quizapp.queries.accounts import token_hash
from quizapp.queries.week import addressee, week
from quizapp.services.email_changes import use_address
from quizapp.services.enrolments import leave_course
from quizapp.services.goals import set_goal
from quizapp.services.pauses import set_pause
from quizapp.services.week_letter import week_letter
from quizapp.services.week_words import week_words
from quizapp.services.weekly_letters import (
    ask_due,
    begin_letter,
    confirm_letters,
    give_back,
    make_confirmation,
    stop_letters,
    want_letters,
)
from tests.support.desk import Desk
from tests.support.make import Make

SITE = "https://learn.example/"
MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)  # seven in the morning in Berlin
DUE = datetime(2026, 3, 2, 7, tzinfo=UTC)


@pytest.fixture
def desk(session: Session, make: Make) -> Desk:
    desk = Desk(session, make, MONDAY)
    session.execute(
        sa.update(User).where(User.id == desk.actor.id).values(timezone="Europe/Berlin")
    )
    desk.actor = make.actor(session.get_one(User, desk.actor.id, populate_existing=True))
    return desk


def want(desk: Desk, **given: Any) -> bool:
    values: dict[str, Any] = {"actor": desk.actor, "weekday": 0, "site": SITE, "now": MONDAY}
    return want_letters(desk.session, **values | given)


def token_of(desk: Desk) -> str:
    letter = make_confirmation(desk.session, learner_id=desk.actor.id, now=MONDAY)
    assert letter is not None
    assert letter.to == desk.actor.email
    return letter.body.split("letters/confirm/")[1].split()[0]


def confirmed(desk: Desk) -> None:
    want(desk)
    confirm_letters(desk.session, token=token_of(desk), now=MONDAY)


def jobs(desk: Desk, name: str) -> list[Any]:
    return list(desk.session.scalars(sa.select(Job.payload).where(Job.name == name)))


def row(desk: Desk) -> WeeklyLetter:
    return desk.session.get_one(WeeklyLetter, desk.actor.id, populate_existing=True)


def change_address(desk: Desk, email: str) -> None:
    """Use another address, as the link in a letter to it does."""
    session, user_id = desk.session, desk.actor.id
    over = MONDAY + timedelta(days=1)
    session.add(
        EmailChange(user_id=user_id, email=email, token_hash=token_hash("new"), expires_at=over)
    )
    session.flush()
    use_address(session, token="new", site="https://learn.example/", now=MONDAY)


class TestWanting:
    def test_an_address_is_asked_first_and_gets_nothing_before_it_says_yes(self, desk):
        assert want(desk)

        assert row(desk).next_at is None
        assert jobs(desk, "send_confirmation") == [{"learner_id": desk.actor.id}]
        assert addressee(desk.session, learner_id=desk.actor.id) is None

    def test_the_link_begins_them_on_the_next_morning_of_the_day(self, desk):
        want(desk)
        token = token_of(desk)

        assert confirm_letters(desk.session, token=token, now=MONDAY) == DUE
        assert row(desk).next_at == DUE
        with pytest.raises(NotFound):
            confirm_letters(desk.session, token=token, now=MONDAY)

    def test_a_link_ends_after_a_week_and_with_the_next_one(self, desk):
        want(desk)
        first, second = token_of(desk), token_of(desk)

        for token, now in ((first, MONDAY), (second, MONDAY + timedelta(days=7))):
            with pytest.raises(NotFound):
                confirm_letters(desk.session, token=token, now=now)

    def test_an_address_that_was_confirmed_is_not_asked_again(self, desk):
        confirmed(desk)
        assert stop_letters(desk.session, learner_id=desk.actor.id, now=MONDAY)
        assert not stop_letters(desk.session, learner_id=desk.actor.id, now=MONDAY)
        assert row(desk).next_at is None

        assert not want(desk, weekday=2)

        assert row(desk).next_at == DUE + timedelta(days=2)
        assert len(jobs(desk, "send_confirmation")) == 1

    def test_another_address_is(self, desk, make):
        confirmed(desk)
        user = desk.session.get_one(User, desk.actor.id)
        user.email = "new@example.org"
        desk.session.flush()

        assert addressee(desk.session, learner_id=desk.actor.id) is None
        assert want(desk, actor=make.actor(user))

    @pytest.mark.parametrize("is_stopped", [False, True])
    @pytest.mark.parametrize("is_confirmed", [False, True])
    def test_one_whose_mailbox_said_yes_gets_them_from_then_on(
        self, desk, is_confirmed, is_stopped
    ):
        confirmed(desk) if is_confirmed else want(desk)
        link = token_of(desk) if not is_confirmed else "used"
        if is_stopped:
            stop_letters(desk.session, learner_id=desk.actor.id, now=MONDAY)
        change_address(desk, "new@example.org")

        to = addressee(desk.session, learner_id=desk.actor.id)
        assert row(desk).email == "new@example.org", "the old one is not kept"
        assert (to and to.email, row(desk).next_at) == (
            (None, None) if is_stopped else ("new@example.org", DUE)
        )
        with pytest.raises(NotFound):
            confirm_letters(desk.session, token=link, now=MONDAY)

    def test_guests_and_strange_days_are_refused(self, desk, make):
        guest = make.actor(make.user(email=None, is_guest=True))
        with pytest.raises(Forbidden):
            want(desk, actor=guest)
        with pytest.raises(Invalid):
            want(desk, weekday=7)

    def test_nobody_is_asked_without_end(self, desk):
        for _ in range(5):
            want(desk)
        with pytest.raises(LimitReached):
            want(desk)


class TestAskingOnce:
    def test_a_letter_is_asked_for_once_a_week(self, desk):
        confirmed(desk)

        ask_due(desk.session, now=DUE)
        ask_due(desk.session, now=DUE + timedelta(hours=1))

        payload = {"learner_id": desk.actor.id, "day": "2026-03-02"}
        assert jobs(desk, "send_week") == [payload]
        assert row(desk).next_at == DUE + timedelta(days=7)

    def test_what_is_late_waits_for_the_morning(self, desk):
        confirmed(desk)
        night = DUE + timedelta(hours=14)  # ten in the evening

        ask_due(desk.session, now=night)

        assert jobs(desk, "send_week") == []
        assert row(desk).next_at == DUE + timedelta(days=1)

    def test_a_letter_is_begun_once_and_not_after_it_was_stopped(self, desk):
        confirmed(desk)
        ask_due(desk.session, now=DUE)
        keys = {"learner_id": desk.actor.id, "day": date(2026, 3, 2), "now": DUE}

        assert begin_letter(desk.session, **keys, is_last=False)
        assert not begin_letter(desk.session, **keys, is_last=False)
        give_back(desk.session, **keys)
        assert begin_letter(desk.session, **keys, is_last=True)
        assert (row(desk).next_at, row(desk).is_idle) == (None, True)
        give_back(desk.session, **keys)
        assert (row(desk).next_at, row(desk).is_idle) == (DUE + timedelta(days=7), False)
        assert begin_letter(desk.session, **keys, is_last=True)
        stop_letters(desk.session, learner_id=desk.actor.id, now=DUE)
        give_back(desk.session, **keys)
        assert row(desk).next_at is None, "who stopped them meanwhile gets none"
        assert not begin_letter(desk.session, **keys, is_last=False)


class TestWhatItSays:
    def study(self, desk: Desk) -> None:
        """Rate three cards two days ago, in 40 seconds each."""
        for _ in range(3):
            desk.rate(desk.fact(), now=DUE - timedelta(days=2), duration_ms=40_000)

    def read(self, desk: Desk, now: datetime = DUE) -> Any:
        return week(desk.session, actor=desk.actor, since=MONDAY, now=now)

    def test_a_week_is_the_seven_days_before_today(self, desk):
        self.study(desk)
        desk.rate(desk.fact(), now=DUE)  # of today: of the next letter
        desk.rate(desk.fact(), now=DUE - timedelta(days=8))
        goal = Goal(GoalUnit.CARDS, 3)
        set_goal(desk.session, actor=desk.actor, course_id=desk.course.id, goal=goal, now=DUE)

        found = self.read(desk)

        assert (found.first, found.last) == (date(2026, 2, 23), date(2026, 3, 1))
        assert (found.total.reviews, found.active_days) == (3, 1)
        assert [course.goal_days for course in found.courses] == [1]
        words = week_words(found, zone="Europe/Berlin", weekday=0, site=SITE)
        assert words.subject == "Your week on Footnote: 3 cards on 1 day"
        assert words.opening == (
            "From Monday 23 February to Sunday 1 March you rated 3 cards on 1 day, in 2 minutes."
        )
        assert words.days == tuple(
            zip(
                ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
                ("–", "–", "–", "–", "–", "3", "–"),
                strict=True,
            )
        )
        assert "You reached your goal of 3 cards on 1 day." in words.courses[0].lines

    def test_quizzes_are_told_in_the_learners_zone_and_by_their_own_dates(self, desk, make):
        self.study(desk)
        week_end = {"closes_at": "2026-03-04T22:30:00+00:00"}
        make.quiz(desk.course, title="Aleppo", settings=week_end)
        make.quiz(desk.course, title="Later", settings={"opens_at": "2026-04-04T10:00:00+00:00"})

        words = week_words(self.read(desk), zone="Europe/Berlin", weekday=0, site=SITE)

        quizzes = [line for line in words.courses[0].lines if "uiz" in line]
        assert quizzes == ["The quiz “Aleppo” closes on Wednesday 4 March at 23:30."]

    @pytest.mark.parametrize(
        ("at", "is_told"),
        [
            ("2026-03-09T02:59:59", True),  # Monday by the clock; their Sunday ends at four
            ("2026-03-09T03:00:00", False),
        ],
    )
    def test_a_quiz_is_told_in_the_letter_of_the_learners_own_week(self, desk, make, at, is_told):
        make.quiz(desk.course, title="Aleppo", settings={"opens_at": f"{at}+00:00"})

        found = self.read(desk)

        assert [quiz.title for quiz in found.courses[0].quizzes] == ["Aleppo"] * is_told
        assert found.is_worth_a_letter is is_told

    @pytest.mark.parametrize(("days", "is_told"), [(60, True), (61, False)])
    def test_an_exam_brings_letters_that_name_it_or_none(self, desk, days, is_told):
        whose = {"learner_id": desk.actor.id, "course_id": desk.course.id}
        day = DUE.date() + timedelta(days=days)
        desk.session.add(Exam(**whose, day=day, target=0.9, minutes=20, set_at=DUE))
        desk.session.flush()

        found = self.read(desk)

        words = week_words(found, zone="Europe/Berlin", weekday=0, site=SITE)
        assert any("exam" in line for line in words.courses[0].lines) is is_told
        assert found.is_worth_a_letter is is_told

    def test_nothing_is_said_of_a_course_that_was_left(self, desk, make):
        self.study(desk)
        leave_course(desk.session, actor=desk.actor, slug=desk.course.slug, now=DUE)
        assert desk.session.scalar(sa.select(sa.func.count()).select_from(FormerMember)) == 1
        desk.actor = make.actor(desk.session.get_one(User, desk.actor.id))

        found = self.read(desk)

        assert found.courses == ()
        assert not found.is_worth_a_letter

    def test_a_quiet_week_is_no_letter_and_four_are_the_last_one(self, desk):
        self.study(desk)

        assert not self.read(desk, DUE + timedelta(days=14)).is_worth_a_letter
        assert not self.read(desk, DUE + timedelta(days=25)).is_long_quiet
        assert self.read(desk, DUE + timedelta(days=29)).is_long_quiet

    def test_a_pause_is_no_silence(self, desk):
        self.study(desk)
        first = DUE.date()
        set_pause(
            desk.session,
            actor=desk.actor,
            course_id=desk.course.id,
            first_day=first,
            last_day=first + timedelta(days=60),
            now=DUE,
        )

        assert not self.read(desk, DUE + timedelta(days=40)).is_long_quiet

    @pytest.mark.parametrize("has_studied", [True, False])
    def test_silence_goes_on_after_a_pause_where_it_was_before(self, desk, has_studied):
        if has_studied:
            desk.rate(desk.fact(), now=DUE - timedelta(days=1))  # on 1 March
        days = {"first_day": date(2026, 3, 3), "last_day": date(2026, 3, 29)}
        set_pause(desk.session, actor=desk.actor, course_id=desk.course.id, **days, now=DUE)

        # Quiet are 2 March and the days from 30 March on: the 28th of them is 25 April.
        for month, day, is_quiet in ((3, 30, False), (4, 25, False), (4, 26, True)):
            now = datetime(2026, month, day, 7, tzinfo=UTC)
            assert self.read(desk, now).is_long_quiet is is_quiet, now

    def test_a_title_that_could_lead_somewhere_is_left_out(self, desk):
        self.study(desk)
        titles = {"Win at evil.example": "Your course", "Rome & Carthage <3": "Rome & Carthage <3"}
        for title, told in titles.items():
            desk.course.title = title
            desk.session.flush()

            words = week_words(self.read(desk), zone="UTC", weekday=0, site=SITE)
            letter = week_letter(words, to="a@b.example", stop=SITE, settings=SITE, key="k")

            assert words.courses[0].title == told
            assert told in letter.body
            assert "evil" not in letter.body + letter.html
        assert "Rome &amp; Carthage &lt;3" in letter.html
