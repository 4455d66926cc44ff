"""Reading a quiz's settings."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quizapp.bank.schema import BankSettings
from quizapp.errors import Invalid
from quizapp.grading.settings import QuizSettings

START = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_what_is_not_said_is_the_default() -> None:
    assert QuizSettings.parse({}) == QuizSettings(
        time_limit_minutes=None,
        pass_mark_percent=None,
        shuffle_options=True,
        counts_for_memory=True,
        grace_seconds=30,
        attempts_allowed=None,
    )


def test_everything_that_the_bank_stores_is_read() -> None:
    stated = BankSettings(15, 60, shuffle_options=False, counts_for_memory=False)

    settings = QuizSettings.parse(asdict(stated))

    assert {name: getattr(settings, name) for name in asdict(stated)} == asdict(stated)


def test_the_bank_and_the_quiz_agree_on_the_defaults() -> None:
    assert QuizSettings.parse(asdict(BankSettings())) == QuizSettings()


def test_settings_survive_being_stored() -> None:
    settings = QuizSettings(15, 60, attempts_allowed=3, grace_seconds=0)

    assert QuizSettings.parse(settings.dump()) == settings


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
        ("counts_for_memory", None),
        ("time_limit", 15),
    ],
)
def test_nonsense_is_refused_with_its_name(name: str, value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        QuizSettings.parse({name: value})

    assert [problem.path for problem in caught.value.problems] == [name]


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
