"""What each rating would do to a memory, and when the fact comes back.

The model gives stability, difficulty and a raw interval; this module adds what a
model does not know: the learner's days, steps, order of the ratings, limits, fuzz.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from quizapp.errors import Invalid, Problem
from quizapp.memory import fuzz
from quizapp.memory.days import LearnerClock
from quizapp.memory.model import Outcome, outcomes, recall_after
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import MemoryState, Phase, Rating

#: Without steps, an interval below this many days is waited out as a pause, not as a day.
_SHORTEST_DAY = 0.5
_SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class _Pause:
    """Ask again within the session: the step waited for, and how long."""

    step: int
    seconds: int


@dataclass(frozen=True, slots=True)
class _Days:
    """Ask again when this many of the learner's days have begun."""

    days: int


_Plan = _Pause | _Days


@dataclass(frozen=True, slots=True)
class _Context:
    """What the four ratings of one preview share."""

    state: MemoryState
    clock: LearnerClock
    settings: MemorySettings
    outcomes: Mapping[Rating, Outcome]
    chance: float | None

    def days(self, rating: Rating, *, minimum: int) -> int:
        return fuzz.whole_days(
            self.outcomes[rating].interval,
            minimum=max(1, minimum),
            maximum=self.settings.maximum_interval_days,
            chance=self.chance,
        )


def preview(
    state: MemoryState,
    *,
    now: datetime,
    clock: LearnerClock,
    settings: MemorySettings,
    seed: int,
) -> dict[Rating, MemoryState]:
    """Return the state that each rating would lead to.

    :param now: the moment of the review, aware. Before the last review (a clock put
        right) it counts as the same day.
    :param seed: of the learner's memory of this fact; the same seed and state give the same days.
    :raises ValueError: `now` has no time zone.
    """
    if now.utcoffset() is None:
        raise ValueError("Give the moment of the review with a time zone.")
    # Milliseconds are what is stored; more would make a replay differ from the live run.
    now = now.astimezone(UTC).replace(microsecond=now.microsecond // 1000 * 1000)
    context = _Context(
        state=state,
        clock=clock,
        settings=settings,
        outcomes=outcomes(
            state,
            elapsed_days=_elapsed_days(state, now, clock),
            retention=settings.desired_retention,
            weights=settings.weights,
        ),
        chance=fuzz.chance(seed, state.reps) if settings.fuzz else None,
    )
    plans = _review_plans(context) if state.phase is Phase.REVIEW else _step_plans(context)
    return {rating: _next_state(context, rating, plan, now) for rating, plan in plans.items()}


def review(
    state: MemoryState,
    rating: Rating | int,
    *,
    now: datetime,
    clock: LearnerClock,
    settings: MemorySettings,
    seed: int,
) -> MemoryState:
    """Return the state after a review: the one that `preview` promised for the rating.

    :raises Invalid: there is no such rating.
    :raises ValueError: `now` has no time zone.
    """
    try:
        rating = Rating(rating)
    except ValueError as error:
        raise Invalid([Problem("rating", "Choose Again, Hard, Good or Easy.")]) from error
    return preview(state, now=now, clock=clock, settings=settings, seed=seed)[rating]


def retrievability(
    state: MemoryState,
    *,
    now: datetime,
    clock: LearnerClock,
    weights: tuple[float, ...] | None = None,
) -> float:
    """Return the chance, 0 to 1, that the learner recalls the fact now; 0 for a new fact.

    Whole days of the learner count, as they do for the model: on the day of a review it is 1.

    :param weights: the learner's fitted weights; None for the model's own.
    """
    if state.stability is None:
        return 0.0
    return recall_after(_elapsed_days(state, now, clock), state.stability, weights)


def _elapsed_days(state: MemoryState, now: datetime, clock: LearnerClock) -> int:
    if state.last_review_at is None:
        return 0
    return max(0, clock.days_between(state.last_review_at, now))


def _review_plans(context: _Context) -> dict[Rating, _Plan]:
    """Return the plans for a fact in review: days strictly apart, and no passing day lost."""
    relearning = context.settings.relearning_steps
    hard = context.days(Rating.HARD, minimum=_above_last(context, Rating.HARD))
    good = context.days(Rating.GOOD, minimum=max(hard + 1, _above_last(context, Rating.GOOD)))
    easy = context.days(Rating.EASY, minimum=max(good + 1, _above_last(context, Rating.EASY)))
    return {
        Rating.AGAIN: _Pause(0, relearning[0]) if relearning else _unstepped(context, Rating.AGAIN),
        Rating.HARD: _Days(hard),
        Rating.GOOD: _Days(good),
        Rating.EASY: _Days(easy),
    }


def _above_last(context: _Context, rating: Rating) -> int:
    """Return the least days that keep fuzz from undoing growth that the model grants."""
    state = context.state
    if state.last_review_at is None or state.due_at is None:
        return 0
    last = context.clock.days_between(state.last_review_at, state.due_at)
    grown = fuzz.whole_days(
        context.outcomes[rating].interval,
        minimum=1,
        maximum=context.settings.maximum_interval_days,
        chance=None,
    )
    return last + 1 if grown > last else 0


def _step_plans(context: _Context) -> dict[Rating, _Plan]:
    """Return the plans for a fact that is new or in steps."""
    state, settings = context.state, context.settings
    relearning = state.phase is Phase.RELEARNING
    steps = settings.relearning_steps if relearning else settings.learning_steps
    good_days = context.days(Rating.GOOD, minimum=1)
    easy = _Days(context.days(Rating.EASY, minimum=good_days + 1))
    if not steps:
        met = {r: _unstepped(context, r) for r in (Rating.AGAIN, Rating.HARD, Rating.GOOD)}
        return {**met, Rating.EASY: easy}
    # The settings may have lost steps since this one was given.
    at = min(state.step or 0, len(steps) - 1)
    following = at + 1
    graduates = following == len(steps)
    return {
        Rating.AGAIN: _Pause(0, steps[0]),
        Rating.HARD: _Pause(at, _hard_seconds(steps, at)),
        Rating.GOOD: _Days(good_days) if graduates else _Pause(following, steps[following]),
        Rating.EASY: easy,
    }


def _unstepped(context: _Context, rating: Rating) -> _Plan:
    """Return what the model alone says, where the settings name no step."""
    interval = context.outcomes[rating].interval
    if interval < _SHORTEST_DAY:
        return _Pause(0, max(1, int(interval * _SECONDS_A_DAY)))
    return _Days(context.days(rating, minimum=1))


def _hard_seconds(steps: tuple[int, ...], at: int) -> int:
    """Return the pause after Hard: the step again; for the first, which is Again's, longer."""
    if at > 0:
        return steps[at]
    return (steps[0] + steps[1]) // 2 if len(steps) > 1 else steps[0] * 3 // 2


def _next_state(context: _Context, rating: Rating, plan: _Plan, now: datetime) -> MemoryState:
    state, outcome = context.state, context.outcomes[rating]
    lapsed = state.phase is Phase.REVIEW and rating is Rating.AGAIN
    if isinstance(plan, _Pause):
        known = state.phase in (Phase.REVIEW, Phase.RELEARNING)
        phase, step = (Phase.RELEARNING if known else Phase.LEARNING), plan.step
        due_at = now + timedelta(seconds=plan.seconds)
    else:
        phase, step = Phase.REVIEW, None
        due_at = context.clock.start_of(context.clock.day_of(now) + timedelta(days=plan.days))
    return MemoryState(
        phase=phase,
        step=step,
        stability=outcome.stability,
        difficulty=outcome.difficulty,
        due_at=due_at,
        last_review_at=now,
        reps=state.reps + 1,
        lapses=state.lapses + lapsed,
    )
