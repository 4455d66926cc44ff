"""How a quiz runs for one learner: exceptions for a quiz, and what a person needs in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from quizapp.grading.settings import QuizSettings


@dataclass(frozen=True, slots=True)
class Override:
    """What one quiz sets differently for a person or a group; None leaves a setting alone."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    time_limit_minutes: int | None = None
    attempts_allowed: int | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one person has in every quiz of a course.

    :param time_factor: how much longer they have, 1 to 10. :param extra_attempts: from 0.
    :param hides_countdown: they see no clock; the deadline is still named.
    """

    time_factor: Fraction = Fraction(1)
    extra_attempts: int = 0
    hides_countdown: bool = False

    @property
    def is_plain(self) -> bool:
        """Return whether nothing is different for the person."""
        return self == NOTHING_SPECIAL


NOTHING_SPECIAL = Allowance()


def personal(
    settings: QuizSettings,
    *,
    own: Override | None = None,
    of_groups: Sequence[Override] = (),
    allowance: Allowance = NOTHING_SPECIAL,
) -> QuizSettings:
    """Return the settings as they hold for one learner.

    The exception of the person goes before those of their groups; of several groups the most
    generous holds. Extra time and attempts come on top of whatever then applies.
    """
    stated = [_most_generous(of_groups), *([own] if own else [])]
    for override in stated:
        settings = replace(settings, **_stated(override))
    allowed = settings.attempts_allowed
    return replace(
        settings,
        time_factor=allowance.time_factor,
        shows_countdown=not allowance.hides_countdown,
        attempts_allowed=None if allowed is None else allowed + allowance.extra_attempts,
    )


def _most_generous(overrides: Sequence[Override]) -> Override:
    return Override(
        opens_at=min((one.opens_at for one in overrides if one.opens_at), default=None),
        closes_at=max((one.closes_at for one in overrides if one.closes_at), default=None),
        time_limit_minutes=max(
            (one.time_limit_minutes for one in overrides if one.time_limit_minutes), default=None
        ),
        attempts_allowed=max(
            (one.attempts_allowed for one in overrides if one.attempts_allowed), default=None
        ),
    )


def _stated(override: Override) -> dict[str, Any]:
    values = {
        "opens_at": override.opens_at,
        "closes_at": override.closes_at,
        "time_limit_minutes": override.time_limit_minutes,
        "attempts_allowed": override.attempts_allowed,
    }
    return {name: value for name, value in values.items() if value is not None}
