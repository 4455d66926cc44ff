"""What each rating would do to a memory, and when the fact comes back.

The model says what becomes of the memory and `plans` when to ask again; this module puts both
together for a moment in a learner's days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from quizapp.errors import Invalid, Problem
from quizapp.memory import balance, fuzz
from quizapp.memory.credit import discounted
from quizapp.memory.days import LearnerClock
from quizapp.memory.model import outcomes, recall_after
from quizapp.memory.plans import Context, Days, Pause, Plan, plans
from quizapp.memory.settings import MAXIMUM_INTERVAL_DAYS, MemorySettings
from quizapp.memory.state import MemoryState, Phase, Rating

#: Reviews outside these years are a clock gone wrong, and intervals must end before year 9999.
_YEARS = range(1970, 9_000)
#: The widest that chance goes, for what it may have given.
_LEAST_CHANCE, _GREATEST_CHANCE = 0.0, 1 - 2**-53


def preview(
    state: MemoryState,
    *,
    now: datetime,
    clock: LearnerClock,
    settings: MemorySettings,
    seed: int,
    due_counts: Mapping[date, int] | None = None,
    known: float | None = None,
) -> dict[Rating, MemoryState]:
    """Return the state that each rating would lead to.

    :param now: the moment of the review, aware. Before the last review (a clock put
        right) it counts as the same day.
    :param seed: of the learner's memory of this fact; the same seed and state give the same days.
    :param due_counts: other facts of the learner due on the days of `balanced_days`, to balance
        with; None leaves the days to chance, as does `settings.load_balance` when off.
    :param known: the chance that a right response was no guess (`memory.credit`); None if it
        cannot have been one. Easy then means nothing.
    :raises Invalid: a count is wrong.
    :raises ValueError: `now` has no time zone or lies outside the years 1970 to 8999, or `known`
        is no chance above 0.
    """
    now = _moment(now)
    context = _context(state, now, clock, settings, seed, due_counts=due_counts, known=known)
    return {
        rating: _next_state(context, rating, plan, now, clock)
        for rating, plan in plans(context).items()
    }


def review(
    state: MemoryState,
    rating: Rating | int,
    *,
    now: datetime,
    clock: LearnerClock,
    settings: MemorySettings,
    seed: int,
    due_counts: Mapping[date, int] | None = None,
    promised: int | None = None,
    known: float | None = None,
) -> MemoryState:
    """Return the state after a review: the one that `preview` promised for the rating.

    :param promised: the days that the learner was shown for this rating (`given_days`). What is
        due may have changed since; what was shown is given.
    :param known: as in `preview`.
    :raises Invalid: there is no such rating, or not for what may be a guess, a count is wrong, or
        chance could never have given what was promised.
    :raises ValueError: as in `preview`.
    """
    now, rating = _moment(now), _rating_of(rating, known)
    context = _context(state, now, clock, settings, seed, due_counts=due_counts, known=known)
    if promised is None:
        return _next_state(context, rating, plans(context)[rating], now, clock)
    _check_promise(context, rating, promised)
    return _next_state(context, rating, Days(promised), now, clock)


def repeat(
    state: MemoryState,
    rating: Rating | int,
    *,
    days: int,
    now: datetime,
    clock: LearnerClock,
    settings: MemorySettings,
    known: float | None = None,
) -> MemoryState:
    """Return the state after a review that the log tells of, with the days that it gave.

    Neither chance nor balance is asked again, so that nothing else that was due that day
    needs to be known.

    :param days: as `given_days` told when it was logged. :param known: as it was logged.
    :raises Invalid: there is no such rating, or days are no interval.
    :raises ValueError: as in `preview`.
    """
    now, rating = _moment(now), _rating_of(rating, known)
    if type(days) is not int or not 1 <= days <= MAXIMUM_INTERVAL_DAYS:
        raise Invalid([Problem("days", f"An interval has 1 to {MAXIMUM_INTERVAL_DAYS:,} days.")])
    context = _context(state, now, clock, settings, known=known)
    return _next_state(context, rating, Days(days), now, clock)


def balanced_days(
    state: MemoryState,
    *,
    now: datetime,
    clock: LearnerClock,
    settings: MemorySettings,
    rating: Rating | int | None = None,
    known: float | None = None,
) -> tuple[date, date] | None:
    """Return the first and the last day of which it matters how much is due; None if none does.

    :param rating: the only one that matters; None for all four.
    :raises Invalid: there is no such rating. :raises ValueError: as in `preview`.
    """
    if not (settings.load_balance and settings.fuzz):
        return None
    now = _moment(now)
    context = _context(state, now, clock, settings, known=known)
    # The days of one rating depend on those of the ratings before it.
    near = {each: days for each, days in _reach(context).items() if _is_balanced(*days)}
    if not near or (rating is not None and checked_rating(rating) not in near):
        return None
    today = clock.day_of(now)
    low, high = min(days[0] for days in near.values()), max(days[1] for days in near.values())
    if state.phase is not Phase.REVIEW:
        # Easy is above the days that Good would have got, where Good is a pause too.
        low = 1
    return today + timedelta(days=low), today + timedelta(days=high)


def given_days(after: MemoryState, clock: LearnerClock) -> int | None:
    """Return the days that the last review gave; None if it gave a pause.

    To be logged with the review and shown on the button: `repeat` and `review` take it back.
    """
    if after.phase is not Phase.REVIEW or after.last_review_at is None or after.due_at is None:
        return None
    return clock.days_between(after.last_review_at, after.due_at)


def checked_rating(rating: Rating | int) -> Rating:
    """Return `rating` as what it is.

    :raises Invalid: there is none such; True and 1.0 are none either.
    """
    if isinstance(rating, int) and not isinstance(rating, bool) and rating in list(Rating):
        return Rating(rating)
    raise Invalid([Problem("rating", "Choose Again, Hard, Good or Easy.")])


def _rating_of(rating: Rating | int, known: float | None) -> Rating:
    checked = checked_rating(rating)
    if checked is Rating.EASY and known is not None:
        message = "What may have been a guess is not Easy. Choose Again, Hard or Good."
        raise Invalid([Problem("rating", message)])
    return checked


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


def _moment(now: datetime) -> datetime:
    """Return `now` in UTC, to the millisecond."""
    if now.utcoffset() is None:
        raise ValueError("Give the moment of the review with a time zone.")
    if now.year not in _YEARS:
        raise ValueError(f"A review cannot be in the year {now.year}.")
    # Milliseconds are what is stored; more would make a replay differ from the live run.
    return now.astimezone(UTC).replace(microsecond=now.microsecond // 1000 * 1000)


def _context(
    state: MemoryState,
    now: datetime,
    clock: LearnerClock,
    settings: MemorySettings,
    seed: int = 0,
    *,
    due_counts: Mapping[date, int] | None = None,
    known: float | None = None,
) -> Context:
    load = None
    if settings.load_balance and due_counts is not None:
        load = balance.Load(clock.day_of(now), due_counts, settings.easy_days)
    made = outcomes(
        state,
        elapsed_days=_elapsed_days(state, now, clock),
        retention=settings.desired_retention,
        weights=settings.weights,
    )
    if known is not None:
        again = made[Rating.AGAIN]
        made = {rating: discounted(one, again, known) for rating, one in made.items()}
    return Context(
        state=state,
        settings=settings,
        outcomes=made,
        last_days=given_days(state, clock),
        chance=fuzz.chance(seed, state.reps) if settings.fuzz else None,
        load=load,
    )


def _check_promise(context: Context, rating: Rating, promised: int) -> None:
    """Refuse days that neither chance nor balance could have given."""
    days = _reach(context).get(rating)
    if type(promised) is not int or days is None or not days[0] <= promised <= days[1]:
        message = "The interval shown is none that this rating can give. Load the page again."
        raise Invalid([Problem("promised", message)])


def _reach(context: Context) -> dict[Rating, tuple[int, int]]:
    """Return the fewest and the most days that chance can give for each rating but a pause."""
    chances = (_LEAST_CHANCE, _GREATEST_CHANCE) if context.settings.fuzz else (None,)
    ends = [plans(replace(context, chance=chance, load=None)) for chance in chances]
    given = {
        rating: [plan.days for end in ends if isinstance(plan := end[rating], Days)]
        for rating in Rating
    }
    return {rating: (min(days), max(days)) for rating, days in given.items() if days}


def _is_balanced(low: int, high: int) -> bool:
    return low < high and low <= balance.MAXIMUM_BALANCED_DAYS


def _next_state(
    context: Context, rating: Rating, plan: Plan, now: datetime, clock: LearnerClock
) -> MemoryState:
    state, outcome = context.state, context.outcomes[rating]
    lapsed = state.phase is Phase.REVIEW and rating is Rating.AGAIN
    if isinstance(plan, Pause):
        known = state.phase in (Phase.REVIEW, Phase.RELEARNING)
        phase, step = (Phase.RELEARNING if known else Phase.LEARNING), plan.step
        due_at = now + timedelta(seconds=plan.seconds)
    else:
        phase, step = Phase.REVIEW, None
        due_at = clock.start_of(clock.day_of(now) + timedelta(days=plan.days))
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
