"""Between the schedule of a card in a package and a memory here: the same days, the same state."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from quizapp.formats.anki_package.notes import (
    LEARNING,
    NEW,
    REVIEW,
    SUSPENDED,
    Answer,
    AnswerKind,
    Calendar,
    Card,
    CardType,
)
from quizapp.memory.days import LearnerClock
from quizapp.memory.model import outcomes, without_model
from quizapp.memory.settings import MAXIMUM_INTERVAL_DAYS, MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND, _SECOND = timedelta(milliseconds=1), timedelta(seconds=1)
_IN_STEPS = {CardType.LEARNING: Phase.LEARNING, CardType.RELEARNING: Phase.RELEARNING}
#: A larger number is a moment in seconds and no day.
_FIRST_MOMENT = 1_000_000_000
_LATEST = datetime(8999, 1, 1, tzinfo=UTC)
_LATEST_MS = (_LATEST - _EPOCH) // _MILLISECOND
_RATINGS = frozenset(int(rating) for rating in Rating)
_RATED = frozenset(
    int(kind) for kind in (AnswerKind.LEARN, AnswerKind.REVIEW, AnswerKind.RELEARN, AnswerKind.CRAM)
)
#: What Anki's ease is where a file tells none, and the least that it can be.
_USUAL_EASE, _LEAST_EASE = 2.5, 1.3
#: The most and the least days of stability that the model knows.
_STABILITY = (0.001, float(MAXIMUM_INTERVAL_DAYS))
_STEPS_PART = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A memory as a package has it.

    :param is_estimated: stability and difficulty are worked out from interval and ease, because
        the collection was scheduled without FSRS.
    """

    state: MemoryState
    is_suspended: bool
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The columns of a card by which Anki schedules it."""

    type: CardType
    queue: int
    due: int
    interval: int
    left: int


def memory_of(
    card: Card,
    answers: tuple[Answer, ...],
    *,
    calendar: Calendar,
    clock: LearnerClock,
    settings: MemorySettings,
) -> Kept:
    """Return what a learner remembers of a card.

    :param calendar: of the package. Its days become those of the learner's `clock`.
    :raises ValueError: the card is damaged.
    """
    is_suspended = card.queue == SUSPENDED
    if card.type not in list(CardType):
        raise ValueError(f"a card of type {card.type}")
    kind = CardType(card.type)
    if kind is CardType.NEW:
        return Kept(NEW_STATE, is_suspended)
    try:
        due_at = _due_at(card, calendar, clock)
        last = _last_review(card, answers, due_at)
    except OverflowError as error:
        raise ValueError("a card of another age") from error
    memory = _told(card)
    stability, difficulty = memory or _estimated(card, answers, settings)
    phase = _IN_STEPS.get(kind, Phase.REVIEW)
    state = MemoryState(
        phase=phase,
        step=None if phase is Phase.REVIEW else _step(card, phase, settings),
        stability=stability,
        difficulty=difficulty,
        due_at=due_at,
        last_review_at=last,
        reps=max(card.reps, 1),
        lapses=max(card.lapses, 0),
    )
    return Kept(state, is_suspended, is_estimated=memory is None)


def rated(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Return the answers that rated something, as reviews do."""
    return tuple(
        one
        for one in answers
        if one.rating in _RATINGS and one.kind in _RATED and 0 < one.id < _LATEST_MS
    )


def schedule_of(
    state: MemoryState,
    *,
    is_suspended: bool,
    place: int,
    calendar: Calendar,
    clock: LearnerClock,
    settings: MemorySettings,
) -> Scheduled:
    """Return the columns of a card that is due on the same day.

    :param place: of a new card among the others, from 1.
    """
    kind = {phase: kind for kind, phase in _IN_STEPS.items()}.get(state.phase, CardType.REVIEW)
    if state.due_at is None or state.last_review_at is None:
        return Scheduled(CardType.NEW, SUSPENDED if is_suspended else NEW, place, 0, 0)
    if kind is CardType.REVIEW:
        days = max(1, clock.days_between(state.last_review_at, state.due_at))
        due, queue, left = calendar.day_of(clock.day_of(state.due_at)), REVIEW, 0
    else:
        due, queue, days = (state.due_at - _EPOCH) // _SECOND, LEARNING, 0
        left = max(1, len(_steps(state.phase, settings)) - (state.step or 0))
    return Scheduled(kind, SUSPENDED if is_suspended else queue, due, days, left)


def _steps(phase: Phase, settings: MemorySettings) -> tuple[int, ...]:
    is_again = phase is Phase.RELEARNING
    return settings.relearning_steps if is_again else settings.learning_steps


def _step(card: Card, phase: Phase, settings: MemorySettings) -> int:
    left = max(card.left, 0) % _STEPS_PART
    return max(0, len(_steps(phase, settings)) - max(left, 1))


def _due_at(card: Card, calendar: Calendar, clock: LearnerClock) -> datetime:
    is_moment = card.type in _IN_STEPS and card.due >= _FIRST_MOMENT
    if is_moment:
        return _checked(_EPOCH + card.due * _SECOND)
    return _checked(clock.start_of(calendar.date_of(card.due)))


def _last_review(card: Card, answers: tuple[Answer, ...], due_at: datetime) -> datetime:
    """Return the moment of the last review: of the log, which has milliseconds, if they agree."""
    logged = [_EPOCH + one.id * _MILLISECOND for one in rated(answers)]
    newest = _checked(logged[-1]) if logged else None
    if card.last_review is None:
        return newest or _checked(due_at - timedelta(days=max(card.interval, 0)))
    told = _checked(_EPOCH + card.last_review * _SECOND)
    return newest if newest and told == newest.replace(microsecond=0) else told


def _checked(at: datetime) -> datetime:
    if not _EPOCH <= at < _LATEST:
        raise OverflowError(f"the moment {at}")
    return at


def _told(card: Card) -> tuple[float, float] | None:
    stability, difficulty = card.stability, card.difficulty
    if stability is None or difficulty is None:
        return None
    if not (math.isfinite(stability) and _STABILITY[0] <= stability <= _STABILITY[1]):
        return None
    return (stability, difficulty) if 1 <= difficulty <= 10 else None


def _estimated(
    card: Card, answers: tuple[Answer, ...], settings: MemorySettings
) -> tuple[float, float]:
    if card.interval > 0:
        ease = max(card.factor / 1_000 if card.factor > 0 else _USUAL_EASE, _LEAST_EASE)
        interval = min(float(card.interval), _STABILITY[1])
        return without_model(
            ease=ease, interval_days=interval, retention=settings.desired_retention
        )
    last = [Rating(one.rating) for one in rated(answers)]
    first = outcomes(
        NEW_STATE, elapsed_days=0, retention=settings.desired_retention, weights=settings.weights
    )[last[-1] if last else Rating.GOOD]
    return first.stability, first.difficulty
