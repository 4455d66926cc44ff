"""What the page of a card and the list of cards say in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from quizapp.memory import intervals
from quizapp.memory.days import LearnerClock
from quizapp.memory.forms import CUED, FREE, RECOGNITION
from quizapp.memory.mastery import Level, level
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import MemoryState, Phase, Rating
from quizapp.models import ActKind, Origin
from quizapp.queries.card_history import PastAct, PastAnswer
from quizapp.queries.card_list import ListedCard
from quizapp.queries.card_page import CardPage
from quizapp.questions.registry import TYPES
from quizapp.web.progress_words import Figure
from quizapp.web.study_charts import life
from quizapp.web.wording import count, day, duration, percent, short_day

#: How each form asks, by its rank.
FORMS = {RECOGNITION: "to recognise", CUED: "with a cue", FREE: "from memory"}
_LEVELS = {
    Level.NEW: ("Not met yet", ""),
    Level.LEARNING: ("First steps", "warn"),
    Level.YOUNG: ("Getting there", "sky"),
    Level.MATURE: ("Known well", "good"),
}
_RATINGS = {
    Rating.AGAIN: ("Again", "bad"),
    Rating.HARD: ("Hard", "warn"),
    Rating.GOOD: ("Good", "good"),
    Rating.EASY: ("Easy", "sky"),
}
_ACTS = {
    ActKind.SUSPEND: "Put aside",
    ActKind.BURY: "Put off until the next day",
    ActKind.RESUME: "Brought back",
    ActKind.RESET: "Begun again",
    ActKind.MOVE: "Moved",
    ActKind.SPREAD: "Spread with what waited",
}
#: Where a date comes from that no review gave.
_MOVED = {
    ActKind.MOVE: "the day you chose",
    ActKind.SPREAD: "since you spread what waited over days",
}
_ORIGINS = {Origin.FLASHCARD: "Flashcard", Origin.QUIZ: "Quiz"}


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of the history. :param kind: of the chip. :param days: the interval given."""

    at: datetime
    title: str
    kind: str
    detail: str
    took: str
    days: str
    is_undone: bool
    attempt_id: int | None = None


def state_of(card: ListedCard) -> tuple[str, str]:
    """Return how a card stands in a word or two, and the kind of its chip."""
    if card.is_suspended:
        return "Put aside", ""
    if card.is_put_off:
        return "Put off", ""
    if card.state.phase is Phase.RELEARNING:
        return "Learning again", "warn"
    return _LEVELS[level(card.state)]


def next_day(state: MemoryState, clock: LearnerClock, now: datetime, *, is_aside: bool) -> str:
    """Return when a card comes back: "Now", "Today", "Tomorrow", "3 Dec"; a dash for never."""
    if state.due_at is None or is_aside:
        return "–"
    if state.due_at <= now:
        return "Now"
    days = clock.days_between(now, state.due_at)
    if days <= 1:
        return "Tomorrow" if days else "Today"
    return short_day(clock.day_of(state.due_at), clock.day_of(now))


def figures(view: CardPage, now: datetime) -> list[Figure]:
    """Return what the memory is like now."""
    state = view.memory.state
    if state.stability is None or state.difficulty is None:
        return []
    settings = view.waiting.settings
    comes = next_day(state, view.clock, now, is_aside=view.memory.is_suspended)
    return [
        Figure(
            "Chance of recall now",
            percent(view.recall),
            f"you aim for {percent(settings.desired_retention)}",
        ),
        Figure("Stability", life(state.stability), f"until the chance falls to {percent(0.9)}"),
        Figure("Difficulty", f"{state.difficulty:.1f}", "1 is easy", unit="of 10"),
        Figure("Next date", comes, _given(view)),
        Figure("Reviews", str(state.reps), _forgotten(state.lapses)),
    ]


def _forgotten(lapses: int) -> str:
    return f"forgotten {count(lapses, 'time')}" if lapses else "never forgotten"


def _given(view: CardPage) -> str:
    state = view.memory.state
    if view.memory.is_suspended:
        return "while it is put aside"
    if view.moved:
        return _MOVED[view.moved]
    if state.phase is not Phase.REVIEW or state.due_at is None or state.last_review_at is None:
        return ""
    days = view.clock.days_between(state.last_review_at, state.due_at)
    return f"{intervals.label_days(days)} after the last review" if days > 0 else ""


def why(view: CardPage, now: datetime) -> str:
    """Return in one sentence why the card is due, or why it is not."""
    state = view.memory.state
    if away := _why_away(view, now):
        return away
    if state.due_at is None:
        limit = count(view.waiting.settings.new_per_day, "new card")
        return f"You have not met it yet: it comes when its turn is, with at most {limit} a day."
    if state.phase is not Phase.REVIEW:
        return _why_in_steps(state)
    return _why_in_review(view, state.due_at, view.recall or 0.0, now)


def _why_away(view: CardPage, now: datetime) -> str:
    """Return why the card is not asked whatever its date is; "" if it is asked."""
    if not view.is_ready:
        return "It is not asked any more: your instructor took it out of the course."
    if view.memory.is_suspended:
        return "You put it aside, so it is not asked until you bring it back."
    if view.is_put_off(now):
        return "You put it off, so it is left out until your next day begins."
    if until := view.waiting.paused_until:
        return f"You paused this course until {day(until)}; it comes after that."
    return ""


def _why_in_steps(state: MemoryState) -> str:
    if state.phase is Phase.RELEARNING:
        return "You missed it last time, so it is asked again soon before its days begin anew."
    return "It is new to you, so it comes back within minutes until it has passed its first steps."


def _why_in_review(view: CardPage, due_at: datetime, recall: float, now: datetime) -> str:
    target = view.waiting.settings.desired_retention
    when = day(view.clock.day_of(due_at))
    if view.moved:
        comes = "is due" if due_at <= now else "comes back"
        return f"It {comes} on {when}, {_MOVED[view.moved]}."
    if due_at <= now:
        if recall <= target:
            return (
                f"It is due because your chance of recalling it has fallen to {percent(recall)}; "
                f"you aim for {percent(target)}."
            )
        return f"It is due because the days given at its last review were over on {when}."
    return (
        f"It comes back on {when}, when your chance of recalling it will have fallen "
        f"to about {percent(target)}, the target you set."
    )


def history_rows(view: CardPage) -> list[HistoryRow]:
    """Return the page of the history, line by line."""
    return [
        _answer(one) if isinstance(one, PastAnswer) else _act(one, view.clock)
        for one in view.history.entries
    ]


def _answer(one: PastAnswer) -> HistoryRow:
    title, kind = _RATINGS[Rating(one.rating)]
    where = _ORIGINS.get(one.origin, one.origin.value.capitalize())
    detail = f"{where}, {FORMS[one.recall]}: {TYPES[one.type_name].label.lower()}"
    if not one.is_told:
        return HistoryRow(
            one.at,
            "Handed in",
            "",
            f"{detail}. How it went is shown with the quiz’s results",
            duration(one.duration_ms / 1000) if one.duration_ms else "–",
            "–",
            one.is_undone,
            one.attempt_id,
        )
    if one.fraction is not None:
        detail += f", graded {percent(float(one.fraction))}"
    return HistoryRow(
        at=one.at,
        title=title,
        kind=kind,
        detail=detail,
        took=duration(one.duration_ms / 1000) if one.duration_ms else "–",
        days=intervals.label_days(one.days) if one.days else "same day",
        is_undone=one.is_undone,
        attempt_id=one.attempt_id,
    )


def _act(one: PastAct, clock: LearnerClock) -> HistoryRow:
    title, detail = _ACTS.get(one.kind, one.kind.value.capitalize()), ""
    due_at, before = one.after.state.due_at, one.before.state.due_at
    if due_at and before and due_at != before:
        detail = f"From {day(clock.day_of(before))} to {day(clock.day_of(due_at))}"
    return HistoryRow(one.at, title, "", detail, "", "", one.is_undone)


def is_below(card: ListedCard, settings: MemorySettings) -> bool:
    """Return whether the chance of recall lies under the learner's target, as both are shown."""
    target = round(settings.desired_retention * 100)
    return card.recall is not None and round(card.recall * 100) < target


SAID: Mapping[str, str] = {
    "suspend": "Put aside. It is not asked until you bring it back.",
    "resume": "The card is back in your reviews.",
    "bury": "Put off until tomorrow.",
    "reset": "The card begins again, as if you had never met it. Its history stays.",
}
