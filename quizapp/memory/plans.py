"""What each rating leads to, in numbers: a pause within the session, or days.

The model gives raw intervals; here they get what it does not know: steps, the order of the
ratings, limits, chance and balance. Every rule is Anki's (26.9.3, FSRS on), compared with it by
`python -m bench.oracle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quizapp.memory import balance, fuzz
from quizapp.memory.model import Outcome, single
from quizapp.memory.settings import MAXIMUM_INTERVAL_DAYS, MemorySettings
from quizapp.memory.state import MemoryState, Phase, Rating

#: Without steps, an interval below this many days is waited out as a pause, not as a day.
_SHORTEST_DAY = 0.5
_SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Pause:
    """Ask again within the session: the step waited for, and how long."""

    step: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Days:
    """Ask again when this many of the learner's days have begun."""

    days: int


Plan = Pause | Days


@dataclass(frozen=True, slots=True)
class Context:
    """What the four ratings of one preview share.

    :param last_days: the interval that the fact was given last; None if it had none.
    :param chance: in [0, 1); None to round only. :param load: None to leave it to chance.
    """

    state: MemoryState
    settings: MemorySettings
    outcomes: Mapping[Rating, Outcome]
    last_days: int | None
    chance: float | None
    load: balance.Load | None = None

    def days(self, rating: Rating, *, minimum: int = 1) -> int:
        """Return days for a fact in review: chance is spread about what the model says."""
        return self._days(self.outcomes[rating].interval, minimum, self.chance)

    def first_days(self, rating: Rating, *, minimum: int = 1) -> int:
        """Return days for a fact that leaves its steps: chance is spread about whole days."""
        return self._days(float(self._rounded(rating)), minimum, self.chance)

    def lapsed_days(self) -> int:
        """Return days after a lapse without steps: soon enough to go without chance."""
        return self._days(float(self._rounded(Rating.AGAIN)), 1, None)

    def _rounded(self, rating: Rating) -> int:
        return fuzz.whole_days(
            self.outcomes[rating].interval, minimum=1, maximum=MAXIMUM_INTERVAL_DAYS, chance=None
        )

    def _days(self, interval: float, minimum: int, chance: float | None) -> int:
        minimum = max(self.settings.minimum_interval_days, minimum)
        maximum = self.settings.maximum_interval_days
        near = max(int(interval), minimum) <= balance.MAXIMUM_BALANCED_DAYS
        if chance is not None and self.load is not None and near:
            low, high = fuzz.bounds(interval, minimum=minimum, maximum=maximum)
            return balance.choose(low, high, load=self.load, chance=chance)
        return fuzz.whole_days(interval, minimum=minimum, maximum=maximum, chance=chance)


def plans(context: Context) -> dict[Rating, Plan]:
    """Return what each of the four ratings leads to, in their order."""
    if context.state.phase is Phase.REVIEW:
        return _review_plans(context)
    return _step_plans(context)


def _review_plans(context: Context) -> dict[Rating, Plan]:
    """Return the plans for a fact in review: days strictly apart, and no passing day lost."""
    hard = context.days(Rating.HARD, minimum=_least(context, Rating.HARD))
    good = context.days(Rating.GOOD, minimum=max(hard + 1, _least(context, Rating.GOOD)))
    easy = context.days(Rating.EASY, minimum=max(good + 1, _least(context, Rating.EASY)))
    return {
        Rating.AGAIN: _lapse_plan(context),
        Rating.HARD: Days(hard),
        Rating.GOOD: Days(good),
        Rating.EASY: Days(easy),
    }


def _lapse_plan(context: Context) -> Plan:
    steps = context.settings.relearning_steps
    if steps:
        return Pause(0, steps[0])
    return _pause(context, Rating.AGAIN) or Days(context.lapsed_days())


def _least(context: Context, rating: Rating) -> int:
    """Return the least days that keep chance from undoing what the model grants."""
    if context.last_days is None:
        return 0
    return fuzz.least_after(
        context.outcomes[rating].interval,
        context.last_days,
        maximum=context.settings.maximum_interval_days,
    )


def _step_plans(context: Context) -> dict[Rating, Plan]:
    """Return the plans for a fact that is new or in steps."""
    state, settings = context.state, context.settings
    relearning = state.phase is Phase.RELEARNING
    steps = settings.relearning_steps if relearning else settings.learning_steps
    easy = Days(_first_easy_days(context))
    if not steps:
        return {**_unstepped(context), Rating.EASY: easy}
    # The settings may have lost steps since this one was given.
    at = min(state.step or 0, len(steps) - 1)
    following = at + 1
    good: Plan = Days(context.first_days(Rating.GOOD))
    if following < len(steps):
        good = Pause(following, steps[following])
    return {
        Rating.AGAIN: Pause(0, steps[0]),
        Rating.HARD: Pause(at, _hard_seconds(steps, at)),
        Rating.GOOD: good,
        Rating.EASY: easy,
    }


def _unstepped(context: Context) -> dict[Rating, Plan]:
    """Return the plans of Again, Hard and Good where no steps are set, in their order.

    Each is balanced by itself, so that a quiet day could put one behind the next better one.
    """
    plans: dict[Rating, Plan] = {}
    most = context.settings.maximum_interval_days
    for rating in (Rating.GOOD, Rating.HARD, Rating.AGAIN):
        pause = _pause(context, rating)
        if pause is None:
            most = min(most, context.first_days(rating))
        plans[rating] = pause or Days(most)
    return {rating: plans[rating] for rating in (Rating.AGAIN, Rating.HARD, Rating.GOOD)}


def _first_easy_days(context: Context) -> int:
    """Return days for Easy out of the steps: above Good as Anki reckons it, and as offered."""
    easy = context.first_days(Rating.EASY, minimum=context.days(Rating.GOOD) + 1)
    above_good = context.first_days(Rating.GOOD) + 1
    return max(easy, min(above_good, context.settings.maximum_interval_days))


def _pause(context: Context, rating: Rating) -> Pause | None:
    """Return the pause that the model wants where no step is set; None if it wants days."""
    interval = context.outcomes[rating].interval
    if interval >= _SHORTEST_DAY:
        return None
    return Pause(0, max(1, int(single(interval * _SECONDS_A_DAY))))


def _hard_seconds(steps: tuple[int, ...], at: int) -> int:
    """Return the pause after Hard: the step again; for the first, which is Again's, longer."""
    if at > 0:
        return steps[at]
    return (steps[0] + steps[1]) // 2 if len(steps) > 1 else steps[0] * 3 // 2
