"""What a learner may set about remembering, checked once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from numbers import Real
from typing import Any

from quizapp.errors import Invalid, Problem

#: Which model wrote a state; kept beside stored states.
ALGORITHM = "fsrs6"
#: FSRS-6 has this many weights.
WEIGHT_COUNT = 21
#: The model clips every weight into a range of its own; none of those goes beyond this.
MAXIMUM_WEIGHT = 100.0
#: Below, most of what is asked is forgotten; above, the load grows without end.
RETENTION_RANGE = (0.70, 0.97)
#: Longer waits than this are the business of the review phase.
MAXIMUM_STEP_SECONDS = 12 * 60 * 60
MAXIMUM_STEPS = 10
MAXIMUM_INTERVAL_DAYS = 36_500
MAXIMUM_NEW_PER_DAY = 9_999
MAXIMUM_LEECH_THRESHOLD = 9_999
MAXIMUM_REVIEWS_PER_DAY = 9_999
#: As long as the longest step.
MAXIMUM_LEARN_AHEAD_MINUTES = MAXIMUM_STEP_SECONDS // 60
_WEEK = 7
#: Monday to Sunday, every day as good as another.
EVERY_DAY = (100,) * 7
_SWITCHES = ("fuzz", "load_balance", "grade_for_me", "two_buttons", "use_answer_times", "fit")


class Order(StrEnum):
    """Which of the reviews that are due comes first."""

    RECALL = "recall"
    DUE = "due"
    RANDOM = "random"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """How one learner's facts are scheduled.

    :param desired_retention: chance of recall to schedule for, 0.70 to 0.97.
    :param learning_steps: seconds to wait between first meetings; () leaves it to the model.
    :param relearning_steps: the same after a lapse.
    :param minimum_interval_days: never ask earlier than this, pauses within a day aside.
    :param maximum_interval_days: never ask later than this.
    :param new_per_day: facts to begin in a day, 0 or more.
    :param weights: 21 fitted FSRS-6 weights; None for the model's own.
    :param fuzz: spread intervals a little, so that facts learnt together come apart.
    :param load_balance: within that spread, prefer days on which little is due.
    :param easy_days: percentage of a usual day's load wanted on Monday to Sunday; 0 avoids the
        day. Needs load balancing.
    :param grade_for_me: the response to a card that can be graded rates it.
    :param two_buttons: rate with Missed and Got it alone.
    :param use_answer_times: let times refine ratings, where that predicts better.
    :param fit: fit the weights to the learner's reviews as they grow.
    :param leech_threshold: lapses from which a fact is a leech; 0 calls none one.
    :param order: which due review comes first. :param reviews_per_day: to ask in a day, 0 or more.
    :param learn_ahead_minutes: how early a step comes when nothing else is left.
    :param rest_days: weekdays, Monday is 0, on which nothing is expected.
    :raises Invalid: with a problem for every setting that is wrong.
    """

    desired_retention: float = 0.9
    learning_steps: tuple[int, ...] = (60, 600)
    relearning_steps: tuple[int, ...] = (600,)
    minimum_interval_days: int = 1
    maximum_interval_days: int = MAXIMUM_INTERVAL_DAYS
    new_per_day: int = 10
    weights: tuple[float, ...] | None = None
    fuzz: bool = True
    load_balance: bool = True
    easy_days: tuple[int, ...] = EVERY_DAY
    leech_threshold: int = 8
    order: Order = Order.RECALL
    reviews_per_day: int = 200
    learn_ahead_minutes: int = 20
    rest_days: tuple[int, ...] = ()
    grade_for_me: bool = True
    two_buttons: bool = False
    use_answer_times: bool = True
    fit: bool = True

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise Invalid(problems)

    def dump(self) -> dict[str, Any]:
        """Return a JSON-ready mapping that `parse` reads back exactly."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def parse(cls, stored: Mapping[str, Any]) -> MemorySettings:
        """Return the settings that `dump` wrote; what an older version did not know is default.

        :raises Invalid: a setting is unknown or wrong.
        """
        unknown = stored.keys() - {field.name for field in fields(cls)}
        if unknown:
            raise Invalid([Problem(name, "There is no such setting.") for name in sorted(unknown)])
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored.items()
        }
        if values.get("order") in list(Order):
            values["order"] = Order(values["order"])
        return cls(**values)


def _problems(settings: MemorySettings) -> Iterator[Problem]:
    low, high = RETENTION_RANGE
    if not _is_number(settings.desired_retention, low, high):
        message = f"Choose a retention from {low:.0%} to {high:.0%}."
        yield Problem("desired_retention", message)
    for name in ("learning_steps", "relearning_steps"):
        yield from _step_problems(name, getattr(settings, name))
    yield from _limit_problems(settings)
    for name in _SWITCHES:
        if not isinstance(getattr(settings, name), bool):
            yield Problem(name, "Choose on or off.")
    yield from _easy_day_problems(settings.easy_days)
    if not _is_whole(settings.new_per_day, 0, MAXIMUM_NEW_PER_DAY):
        message = f"Choose from 0 to {MAXIMUM_NEW_PER_DAY:,} new facts a day."
        yield Problem("new_per_day", message)
    yield from _queue_problems(settings)
    if settings.weights is not None:
        yield from _weight_problems(settings.weights)


def _queue_problems(settings: MemorySettings) -> Iterator[Problem]:
    if settings.order not in list(Order):
        yield Problem("order", "Choose an order from the list.")
    if not _is_whole(settings.reviews_per_day, 0, MAXIMUM_REVIEWS_PER_DAY):
        message = f"Choose from 0 to {MAXIMUM_REVIEWS_PER_DAY:,} reviews a day."
        yield Problem("reviews_per_day", message)
    if not _is_whole(settings.learn_ahead_minutes, 0, MAXIMUM_LEARN_AHEAD_MINUTES):
        message = f"Choose from 0 to {MAXIMUM_LEARN_AHEAD_MINUTES} minutes."
        yield Problem("learn_ahead_minutes", message)
    days = settings.rest_days
    if not isinstance(days, tuple) or not all(_is_whole(day, 0, _WEEK - 1) for day in days):
        yield Problem("rest_days", "Choose days of the week, Monday to Sunday.")
    elif len(set(days)) != len(days):
        yield Problem("rest_days", "Choose each day once.")
    elif len(days) == _WEEK:
        yield Problem("rest_days", "Leave at least one day of the week to study on.")


def _limit_problems(settings: MemorySettings) -> Iterator[Problem]:
    longest = settings.maximum_interval_days
    if not _is_whole(longest, 1, MAXIMUM_INTERVAL_DAYS):
        message = f"Choose a longest interval from 1 to {MAXIMUM_INTERVAL_DAYS:,} days."
        yield Problem("maximum_interval_days", message)
        longest = MAXIMUM_INTERVAL_DAYS
    if not _is_whole(settings.minimum_interval_days, 1, longest):
        message = f"Choose a shortest interval from 1 to {longest:,} days, the longest one."
        yield Problem("minimum_interval_days", message)
    if not _is_whole(settings.leech_threshold, 0, MAXIMUM_LEECH_THRESHOLD):
        message = f"Choose from 0 to {MAXIMUM_LEECH_THRESHOLD:,} lapses; 0 calls no fact a leech."
        yield Problem("leech_threshold", message)


def _easy_day_problems(percentages: object) -> Iterator[Problem]:
    if not isinstance(percentages, tuple) or len(percentages) != len(EVERY_DAY):
        yield Problem("easy_days", "Give a percentage for each of the seven days, Monday first.")
        return
    for weekday, percentage in enumerate(percentages):
        if not _is_whole(percentage, 0, 100):
            yield Problem(f"easy_days.{weekday}", "Choose a whole percentage from 0 to 100.")
    if not any(percentages):
        yield Problem("easy_days", "Leave at least one day of the week to study on.")


def _step_problems(name: str, steps: object) -> Iterator[Problem]:
    if not isinstance(steps, tuple) or len(steps) > MAXIMUM_STEPS:
        yield Problem(name, f"Give at most {MAXIMUM_STEPS} steps.")
        return
    for position, step in enumerate(steps):
        if not _is_whole(step, 1, MAXIMUM_STEP_SECONDS):
            yield Problem(f"{name}.{position}", "A step lasts from 1 second to 12 hours.")


def _weight_problems(weights: object) -> Iterator[Problem]:
    if not isinstance(weights, tuple) or len(weights) != WEIGHT_COUNT:
        yield Problem("weights", f"The model needs {WEIGHT_COUNT} weights.")
    elif not all(_is_number(weight, 0, MAXIMUM_WEIGHT) for weight in weights):
        yield Problem("weights", f"Every weight is a number from 0 to {MAXIMUM_WEIGHT:.0f}.")


def _is_number(value: object, low: float, high: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    number = float(value)
    return math.isfinite(number) and low <= number <= high


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
