"""Reading a quiz's settings."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from quizapp.bank.schema import BankSettings
from quizapp.errors import Invalid
from quizapp.grading.disclosure import EVERYTHING, Disclosure, Shown
from quizapp.grading.settings import Band, Behaviour, Counting, QuizSettings

START = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_what_is_not_said_is_the_default() -> None:
    assert QuizSettings.parse({}) == QuizSettings(
        time_limit_minutes=None,
        pass_mark_percent=None,
        shuffle_options=True,
        counts_for_memory=True,
        grace_seconds=30,
        attempts_allowed=None,
        shuffle_questions=False,
        opens_at=None,
        closes_at=None,
        counting=Counting.HIGHEST,
        behaviour=Behaviour.DEFERRED,
        tries=3,
        penalty_percent=25,
        disclosure=Disclosure(EVERYTHING, EVERYTHING, EVERYTHING),
        bands=(),
        time_factor=Fraction(1),
        shows_countdown=True,
    )


def test_everything_that_the_bank_stores_is_read() -> None:
    stated = BankSettings(15, 60, shuffle_options=False, counts_for_memory=False)

    settings = QuizSettings.parse(asdict(stated))

    told = {name: value for name, value in asdict(stated).items() if name != "disclosure"}
    assert {name: getattr(settings, name) for name in told} == told


def test_the_bank_and_the_quiz_agree_on_the_defaults() -> None:
    assert QuizSettings.parse(asdict(BankSettings())) == QuizSettings()


def test_settings_survive_being_stored() -> None:
    settings = QuizSettings(
        15,
        60,
        attempts_allowed=3,
        grace_seconds=0,
        opens_at=START,
        closes_at=START + timedelta(days=1),
        counting=Counting.AVERAGE,
        behaviour=Behaviour.PRACTICE,
        tries=5,
        penalty_percent=10,
        disclosure=Disclosure(after_submit=frozenset({Shown.MARKS})),
        bands=(Band(80, "Well done."), Band(0, "Read P5 again.")),
        time_factor=Fraction(5, 4),
        shows_countdown=False,
    )

    stored = json.loads(json.dumps(settings.dump()))

    assert QuizSettings.parse(stored) == settings
    assert QuizSettings().dump() == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_limit_minutes", 0),
        ("time_limit_minutes", 601),
        ("time_limit_minutes", "15"),
        ("time_limit_minutes", 1.5),
        ("time_limit_minutes", True),
        ("pass_mark_percent", -1),
        ("pass_mark_percent", 101),
        ("grace_seconds", None),
        ("grace_seconds", -1),
        ("attempts_allowed", 0),
        ("shuffle_options", 1),
        ("tries", 0),
        ("tries", 11),
        ("penalty_percent", 101),
        ("behaviour", "adaptive"),
        ("behaviour", ["practice"]),
        ("counting", None),
        ("opens_at", "tomorrow"),
        ("opens_at", "0001-01-01T00:00+14:00"),
        ("closes_at", "9999-12-31T23:59-12:00"),
        ("closes_at", "2200-01-01T00:00+00:00"),
        ("opens_at", "2026-03-04T12:00"),
        ("closes_at", 5),
        ("disclosure", ["marks"]),
        ("disclosure", {"before": []}),
        ("disclosure", {"during": ["key"]}),
        ("bands", "good"),
        ("bands", [{"from_percent": 50, "text": " "}]),
        ("bands", [{"from_percent": 101, "text": "?"}]),
        ("bands", [{"from_percent": 5, "text": "a"}, {"from_percent": 5, "text": "b"}]),
        ("time_factor", "1/2"),
        ("time_factor", "half as long again"),
        ("counts_for_memory", None),
        ("time_limit", 15),
    ],
)
def test_nonsense_is_refused_with_its_name(name: str, value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        QuizSettings.parse({name: value})

    assert [one.path.partition(".")[0] for one in caught.value.problems] == [name]


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        QuizSettings.parse({"grace_seconds": -1, "shuffle_options": "no", "colour": "red"})

    assert {problem.path for problem in caught.value.problems} == {
        "grace_seconds",
        "shuffle_options",
        "colour",
    }


@pytest.mark.parametrize("percent", [0, 100])
def test_the_ends_of_the_scale_are_pass_marks(percent: int) -> None:
    assert QuizSettings.parse({"pass_mark_percent": percent}).pass_mark_percent == percent


def test_no_time_limit_is_no_deadline() -> None:
    settings = QuizSettings()

    assert settings.due_at(START) is None
    assert not settings.is_overdue(None, now=START + timedelta(days=9999))


def test_grace_ends_after_its_last_second() -> None:
    settings = QuizSettings(time_limit_minutes=15, grace_seconds=30)
    due_at = settings.due_at(START)

    assert due_at == START + timedelta(minutes=15)
    assert not settings.is_overdue(due_at, now=due_at + timedelta(seconds=30))
    assert settings.is_overdue(due_at, now=due_at + timedelta(seconds=30, milliseconds=1))


class TestOpeningAndClosing:
    WINDOW = QuizSettings(
        time_limit_minutes=60, opens_at=START, closes_at=START + timedelta(minutes=90)
    )

    @pytest.mark.parametrize(
        ("minutes", "is_open"), [(-1, False), (0, True), (89, True), (90, False)]
    )
    def test_attempts_start_from_opening_until_closing(self, minutes: int, is_open: bool) -> None:
        assert self.WINDOW.is_open(now=START + timedelta(minutes=minutes)) is is_open

    def test_closing_ends_an_attempt_that_began_late(self) -> None:
        late = START + timedelta(minutes=70)

        assert self.WINDOW.due_at(START) == START + timedelta(minutes=60)
        assert self.WINDOW.due_at(late) == self.WINDOW.closes_at

    def test_closing_does_not_cut_extra_time(self) -> None:
        late = START + timedelta(minutes=70)
        longer = replace(self.WINDOW, time_factor=Fraction(3, 2))

        assert longer.due_at(START) == START + timedelta(minutes=90)
        assert longer.due_at(late) == late + timedelta(minutes=30)

    def test_a_quiz_cannot_close_before_it_opens(self) -> None:
        stated = {"opens_at": "2026-03-04T12:00+00:00", "closes_at": "2026-03-04T12:00+00:00"}

        with pytest.raises(Invalid, match="Close the quiz after it opens"):
            QuizSettings.parse(stated)

    def test_a_time_with_any_zone_is_kept_in_utc(self) -> None:
        stated = QuizSettings.parse({"opens_at": "2026-03-04T13:00+01:00"})

        assert stated.opens_at == START


class TestWhatIsShown:
    HIDDEN = QuizSettings(
        closes_at=START,
        disclosure=Disclosure(
            during=frozenset({Shown.FEEDBACK}), after_submit=frozenset({Shown.MARKS})
        ),
    )

    def test_each_moment_shows_its_own(self) -> None:
        practice = replace(self.HIDDEN, behaviour=Behaviour.PRACTICE)
        before = START - timedelta(minutes=1)

        assert practice.shown(now=before, is_submitted=False) == {Shown.FEEDBACK}
        assert practice.shown(now=before, is_submitted=True) == {Shown.MARKS}
        assert practice.shown(now=START, is_submitted=True) == EVERYTHING

    @pytest.mark.parametrize("behaviour", [Behaviour.DEFERRED, Behaviour.CERTAINTY])
    def test_what_checks_nothing_shows_nothing_meanwhile(self, behaviour: Behaviour) -> None:
        settings = QuizSettings(behaviour=behaviour)

        assert settings.shown(now=START, is_submitted=False) == frozenset()

    @pytest.mark.parametrize(
        ("at_once", "once_closed", "minutes", "is_later"),
        [
            (False, True, -1, True),
            (False, True, 0, False),  # it has closed, and they are shown
            (True, True, -1, False),  # they are shown already
            (False, False, -1, False),  # they never will be
        ],
    )
    def test_marks_come_later_where_they_are_hidden_until_closing(
        self, at_once: bool, once_closed: bool, minutes: int, is_later: bool
    ) -> None:
        marks = {False: frozenset({Shown.RESPONSE}), True: frozenset({Shown.MARKS})}
        told = Disclosure(after_submit=marks[at_once], after_close=marks[once_closed])
        settings, now = QuizSettings(disclosure=told), START + timedelta(minutes=minutes)

        closing = replace(settings, closes_at=START)

        assert closing.marks_later(now=now) == (START if is_later else None)
        assert settings.marks_later(now=now) is None


def test_the_highest_band_that_a_mark_reaches_is_said() -> None:
    bands = [{"from_percent": 50, "text": "Enough."}, {"from_percent": 80, "text": "Good."}]
    settings = QuizSettings.parse({"bands": bands})

    assert [settings.band(percent) for percent in (49, 50, 79, 80, 100)] == [
        "",
        "Enough.",
        "Enough.",
        "Good.",
        "Good.",
    ]
