"""What happened to one learner's memory of one fact, read from the log by an index seek."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.state import MemoryState
from quizapp.models import (
    ActKind,
    Attempt,
    MemoryAct,
    Origin,
    Question,
    Quiz,
    Review,
    Revision,
    from_millis,
)
from quizapp.queries.memory_rows import Snapshot, load_snapshot
from quizapp.queries.queue_counts import REVIEW_ID_BITS
from quizapp.queries.quiz_history import own_closing, shows_marks

PAGE_SIZE = 20
#: Curves are drawn through so many of the newest reviews: more lie too close to be seen.
DRAWN_REVIEWS = 60


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """One review.

    :param origin: flashcard or quiz. :param type_name: of the question; `recall`: its rank.
    :param fraction: the grade of a graded response, 0 to 1; None for a flipped card.
    :param days: the interval given; None for a pause within the day.
    :param attempt_id: of the quiz that asked; None for a flashcard.
    :param is_told: False while the quiz keeps to itself how the response did.
    """

    id: int
    at: datetime
    is_undone: bool
    origin: Origin
    rating: int
    type_name: str
    recall: int
    fraction: Any
    duration_ms: int
    days: int | None
    before: MemoryState
    attempt_id: int | None
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class PastAct:
    """One act."""

    id: int
    at: datetime
    is_undone: bool
    kind: ActKind
    before: Snapshot
    after: Snapshot


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of the history, newest first.

    :param older: the id to page on from; None at the end. :param is_first: nothing is newer.
    """

    entries: tuple[PastAnswer | PastAct, ...]
    older: int | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A review as the curve needs it: when it was, and the stability (days) that it found."""

    at: datetime
    found: float | None


def history_page(
    session: Session,
    *,
    learner_id: int,
    fact_id: int,
    now: datetime,
    before: int | None = None,
) -> HistoryPage:
    """Return what was done to a memory, before the entry with the id `before`, undone steps too."""
    own = {"learner_id": learner_id, "fact_id": fact_id}
    answers = session.execute(_newest(_ANSWERS, Review, before), own)
    acts = session.execute(_newest(_ACTS, MemoryAct, before), own)
    found: list[PastAnswer | PastAct] = [*map(_answer, answers), *map(_act, acts)]
    found.sort(key=lambda entry: entry.id, reverse=True)
    shown = _without_secrets(session, learner_id, found[:PAGE_SIZE], now)
    older = shown[-1].id if len(found) > PAGE_SIZE else None
    return HistoryPage(tuple(shown), older, is_first=before is None)


def looks(session: Session, *, learner_id: int, fact_id: int) -> tuple[Look, ...]:
    """Return the newest `DRAWN_REVIEWS` reviews that stand, the oldest first."""
    rows = session.execute(_LOOKS, {"learner_id": learner_id, "fact_id": fact_id}).all()
    return tuple(Look(row.at, row.before.get("stability")) for row in reversed(rows))


def _without_secrets(
    session: Session, learner_id: int, entries: list[PastAnswer | PastAct], now: datetime
) -> list[PastAnswer | PastAct]:
    """Return the entries, those untold of which a quiz does not show marks yet."""
    asked = {one.attempt_id for one in entries if isinstance(one, PastAnswer) and one.attempt_id}
    if not asked:
        return entries
    rows = session.execute(_QUIZZES.where(Attempt.id.in_(asked)), {"learner_id": learner_id})
    told = {row.id for row in rows if shows_marks(row, now=now)}
    return [
        replace(one, is_told=one.attempt_id in told)
        if isinstance(one, PastAnswer) and one.attempt_id
        else one
        for one in entries
    ]


def _newest(select: Any, table: Any, before: int | None) -> Any:
    if before is not None:
        select = select.where(table.id < before)
    return select.order_by(table.id.desc()).limit(PAGE_SIZE + 1)


def _own(table: Any) -> tuple[Any, Any]:
    return table.learner_id == sa.bindparam("learner_id"), table.fact_id == sa.bindparam("fact_id")


_ANSWERS = (
    sa.select(
        Review.id,
        Review.at,
        Review.undone_at,
        Review.origin,
        Review.rating,
        Review.fraction,
        Review.duration_ms,
        Review.interval_days,
        Review.before,
        Review.nonce,
        Revision.type,
        Question.recall,
    )
    .join(Revision, Revision.id == Review.revision_id)
    .join(Question, Question.id == Revision.question_id)
    .where(*_own(Review))
)
_ACTS = sa.select(
    MemoryAct.id, MemoryAct.undone_at, MemoryAct.kind, MemoryAct.before, MemoryAct.after
).where(*_own(MemoryAct))
_QUIZZES = (
    sa.select(Attempt.id, Quiz.settings, own_closing())
    .join(Quiz, Quiz.id == Attempt.quiz_id)
    .where(Attempt.learner_id == sa.bindparam("learner_id", type_=sa.Integer))
)
_LOOKS = (
    sa.select(Review.at, Review.before)
    .where(*_own(Review), Review.undone_at.is_(None))
    .order_by(Review.id.desc())
    .limit(DRAWN_REVIEWS)
)


def _answer(row: Any) -> PastAnswer:
    return PastAnswer(
        id=row.id,
        at=row.at,
        is_undone=row.undone_at is not None,
        origin=row.origin,
        rating=row.rating,
        type_name=row.type,
        recall=row.recall,
        fraction=row.fraction,
        duration_ms=row.duration_ms,
        days=row.interval_days,
        before=MemoryState.from_json(row.before),
        attempt_id=attempt_behind(row.origin, row.nonce),
    )


def _act(row: Any) -> PastAct:
    return PastAct(
        id=row.id,
        at=from_millis(row.id >> REVIEW_ID_BITS),
        is_undone=row.undone_at is not None,
        kind=row.kind,
        before=load_snapshot(row.before),
        after=load_snapshot(row.after),
    )


def attempt_behind(origin: Origin, nonce: str) -> int | None:
    """Return the attempt at a quiz that a review comes from; None for a flashcard."""
    return attempt_of(nonce) if origin is Origin.QUIZ else None


def attempt_of(nonce: str) -> int | None:
    """Return the attempt that a nonce of `review_nonce` names; None for another one."""
    parts: Sequence[str] = nonce.split("-")
    is_ours = len(parts) == 3 and parts[0] == "quiz" and parts[1].isdecimal()
    return int(parts[1]) if is_ours else None
