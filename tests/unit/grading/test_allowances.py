"""How a quiz runs for one learner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from quizapp.grading.allowances import Allowance, Override, personal
from quizapp.grading.settings import QuizSettings

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
QUIZ = QuizSettings(
    time_limit_minutes=30, attempts_allowed=2, opens_at=NOON, closes_at=NOON + timedelta(days=1)
)


def test_without_exceptions_the_quiz_runs_as_it_is() -> None:
    assert personal(QUIZ) == QUIZ


def test_what_an_exception_leaves_out_stays_as_the_quiz_has_it() -> None:
    later = NOON + timedelta(days=2)

    settings = personal(QUIZ, own=Override(closes_at=later))

    assert (settings.closes_at, settings.time_limit_minutes) == (later, 30)


def test_of_several_groups_the_most_generous_exception_holds() -> None:
    groups = [
        Override(opens_at=NOON, time_limit_minutes=40, attempts_allowed=3),
        Override(opens_at=NOON - timedelta(days=1), time_limit_minutes=20),
    ]

    settings = personal(QUIZ, of_groups=groups)

    assert settings.opens_at == NOON - timedelta(days=1)
    assert (settings.time_limit_minutes, settings.attempts_allowed) == (40, 3)


def test_the_exception_of_a_person_goes_before_those_of_their_groups() -> None:
    settings = personal(
        QUIZ, own=Override(time_limit_minutes=10), of_groups=[Override(time_limit_minutes=60)]
    )

    assert settings.time_limit_minutes == 10


def test_what_a_person_needs_comes_on_top() -> None:
    needs = Allowance(Fraction(3, 2), extra_attempts=2, hides_countdown=True)

    settings = personal(QUIZ, own=Override(time_limit_minutes=40), allowance=needs)

    assert settings.due_at(NOON) == NOON + timedelta(minutes=60)
    assert (settings.attempts_allowed, settings.shows_countdown) == (4, False)


def test_extra_attempts_of_any_number_are_any_number() -> None:
    assert personal(QuizSettings(), allowance=Allowance(extra_attempts=1)).attempts_allowed is None
