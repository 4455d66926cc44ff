"""A flashcard put together from rows: which question, in which order, and what each rating does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from quizapp.memory import fuzz, intervals, scheduler
from quizapp.memory.days import LearnerClock
from quizapp.memory.forms import FormPolicy, choose_form
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import MemoryState, Phase, Rating
from quizapp.queries.passages import CitedPassage
from quizapp.questions.base import Answer, QuestionType
from quizapp.questions.orders import keep_locked
from quizapp.questions.registry import TYPES

#: More than a question has options; keeps the chances of two places apart.
_PLACES = 16


@dataclass(frozen=True, slots=True)
class Choice:
    """A rating and how long until the fact would come back ("24 days").

    :param days: what goes back with the rating as promised; None for a pause.
    """

    rating: Rating
    interval: str
    days: int | None


@dataclass(frozen=True, slots=True)
class CardView:
    """One flashcard, both sides.

    :param public: the question as its type shows it, without the key.
    :param explanation: Markdown, or "". :param note: of the editor, on text and record.
    :param seen: goes back with the rating, so that a stale page is known.
    :param last_seen: in words. :param recall: chance of recall, 0 to 1; None unless in review.
    :param citations: cut to the sentences around the cited words.
    :param choices: the four ratings from Again to Easy.
    """

    fact_id: int
    revision_id: int
    type_name: str
    public: Any
    answer: Answer
    explanation: str
    statement: str
    note: str
    record: str
    topic: str
    citations: tuple[CitedPassage, ...]
    seen: int
    last_seen: str
    recall: float | None
    choices: tuple[Choice, ...]

    @property
    def is_gradable(self) -> bool:
        """Return whether a response to it can be graded, so that it can be answered in place."""
        return TYPES[self.type_name].is_gradable

    @property
    def promised(self) -> str:
        """Return the days that the four ratings show, 0 for a pause: "0,3,7,12"."""
        return ",".join(str(choice.days or 0) for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which fact is asked, when, and by which rules.

    :param due_counts: what else is due on the days that its ratings may give.
    :param known: the chance that a right response is no guess; None where it can be none.
    """

    fact_id: int
    seed: int
    clock: LearnerClock
    settings: MemorySettings
    now: datetime
    due_counts: Mapping[date, int] | None = None
    known: float | None = None


def build_card(
    asked: Occasion,
    state: MemoryState,
    rows: Sequence[Any],
    citations: tuple[CitedPassage, ...],
) -> CardView:
    """Return the card for a fact.

    :param state: of the memory, told in the weights of the settings.
    :param rows: one for each question that could be asked, with the revision, the fact, the
        `form_policy` of its course and `seen` of the learner's memory beside it; not empty.
    """
    row = _form(state, rows)
    kind = TYPES[row.type]
    content = kind.parse(row.content)
    order = shown_order(asked.seed, state, kind, content)
    return CardView(
        fact_id=asked.fact_id,
        revision_id=row.revision_id,
        type_name=row.type,
        public=kind.public(content, order),
        answer=kind.answer(content),
        explanation=kind.explanation(content),
        statement=row.statement,
        note=row.note,
        record=row.record,
        topic=row.title,
        citations=tuple(citation.excerpt() for citation in citations),
        seen=row.seen or 0,
        last_seen=_last_seen(state, asked),
        recall=_recall(state, asked),
        choices=_choices(state, asked),
    )


def _form(state: MemoryState, rows: Any) -> Any:
    by_rank: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_rank[row.recall].append(row.question_id)
    chosen = choose_form(
        state.stability, state.reps, by_rank, FormPolicy.parse(rows[0].form_policy)
    )
    return next(row for row in rows if row.question_id == chosen)


def shown_order(
    seed: int, state: MemoryState, kind: QuestionType[Any, Any], content: Any
) -> tuple[int, ...]:
    """Return options in an order of this meeting's own, so that no place is learnt with the key."""
    count = kind.shuffled(content)
    places = [fuzz.chance(seed * _PLACES + place, state.reps) for place in range(count)]
    return keep_locked(sorted(range(count), key=places.__getitem__), kind.locked(content))


def _last_seen(state: MemoryState, asked: Occasion) -> str:
    if state.last_review_at is None:
        return "New card"
    days = asked.clock.days_between(state.last_review_at, asked.now)
    if days <= 0:
        return "Last seen today"
    return "Last seen yesterday" if days == 1 else f"Last seen {intervals.label_days(days)} ago"


def _recall(state: MemoryState, asked: Occasion) -> float | None:
    if state.phase is not Phase.REVIEW:
        return None
    return scheduler.retrievability(
        state, now=asked.now, clock=asked.clock, weights=asked.settings.weights
    )


def _choices(before: MemoryState, asked: Occasion) -> tuple[Choice, ...]:
    after = scheduler.preview(
        before,
        now=asked.now,
        clock=asked.clock,
        settings=asked.settings,
        seed=asked.seed,
        due_counts=asked.due_counts,
        known=asked.known,
    )
    return tuple(
        Choice(rating, _interval(state, asked), scheduler.given_days(state, asked.clock))
        for rating, state in sorted(after.items())
    )


def _interval(state: MemoryState, asked: Occasion) -> str:
    if state.due_at is None:
        return ""
    return intervals.label_due(asked.now, state.due_at, asked.clock, state.phase)
