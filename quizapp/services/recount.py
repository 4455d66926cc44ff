"""Counting the statistics of quizzes anew from the logs, to prove or to rebuild what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Attempt, AttemptState, ItemTally, Quiz, QuizTotal
from quizapp.psychometrics.counts import Tally
from quizapp.queries.attempt_terms import Terms
from quizapp.queries.regrades import fixes_for
from quizapp.services.mark_lock import alone
from quizapp.services.statistics import add_terms, terms_of_quiz


@dataclass(frozen=True, slots=True)
class Miscount:
    """A quiz whose statistics are not what its attempts come to.

    :param rows: how many numbers are stored otherwise, `example` one of them in words.
    """

    quiz_id: int
    course_id: int
    rows: int
    example: str

    def __str__(self) -> str:
        return f"quiz {self.quiz_id}: {self.rows:,} rows are stored otherwise; {self.example}"


@dataclass(slots=True)
class Recounted:
    """How far a recount has come."""

    quizzes: int = 0
    attempts: int = 0
    differences: list[Miscount] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.attempts:,} attempts at {self.quizzes:,} quizzes recounted"


def recount(session: Session) -> Iterator[Recounted]:
    """Yield after each quiz how many were counted anew, and what differed; writes nothing.

    What is handed in while it runs may be told as a difference on PostgreSQL.
    """
    so_far, fixes = Recounted(), fixes_for(session)
    for quiz_id, course_id in _quizzes(session):
        counted = terms_of_quiz(session, quiz_id, fixes=fixes)
        stored = _stored(session, quiz_id)
        different = _different(stored, counted)
        if different:
            so_far.differences.append(
                Miscount(quiz_id, course_id, len(different), _words(different[0], stored, counted))
            )
        so_far.quizzes += 1
        so_far.attempts += sum(tally.n for tally in counted.totals.values())
        yield so_far


def store_recount(session: Session, differences: Sequence[Miscount]) -> None:
    """Store of each quiz what its attempts come to now; nobody hands in there meanwhile."""
    for course_id in sorted({one.course_id for one in differences}):
        alone(session, course_id)
    fixes = fixes_for(session)
    for one in differences:
        for table in (QuizTotal, ItemTally):
            session.execute(sa.delete(table).where(table.quiz_id == one.quiz_id))
        add_terms(session, terms_of_quiz(session, one.quiz_id, fixes=fixes))


def uncounted(session: Session) -> list[Miscount]:
    """Return the quizzes with attempts of which nothing is counted, as after an upgrade."""
    handed_in = sa.exists().where(
        Attempt.quiz_id == Quiz.id,
        Attempt.state == AttemptState.SUBMITTED,
        sa.func.coalesce(Attempt.waiting, 0) == 0,
    )
    rows = session.execute(
        sa.select(Quiz.id, Quiz.course_id).where(
            ~Quiz.is_practice, handed_in, ~sa.exists().where(QuizTotal.quiz_id == Quiz.id)
        )
    )
    return [Miscount(row.id, row.course_id, 0, "") for row in rows]


def _quizzes(session: Session) -> Sequence[Any]:
    # Practices too: nothing must be counted of them.
    return session.execute(sa.select(Quiz.id, Quiz.course_id).order_by(Quiz.id)).all()


def _stored(session: Session, quiz_id: int) -> Terms:
    terms = Terms()
    totals = (QuizTotal.quiz_id, QuizTotal.cohort, QuizTotal.total)
    for *key, n, most in session.execute(
        sa.select(*totals, QuizTotal.n, QuizTotal.most).where(QuizTotal.quiz_id == quiz_id)
    ):
        terms.totals[key[0], key[1], key[2]] = Tally(n, most=most)
    items = [_column(name) for name in _ITEM_KEY]
    for *key, n, amount, most in session.execute(
        sa.select(*items, ItemTally.n, ItemTally.amount, ItemTally.most).where(
            ItemTally.quiz_id == quiz_id
        )
    ):
        place: Any = tuple(key)
        terms.items[place] = Tally(n, amount, most)
    return terms


_ITEM_KEY = ("quiz_id", "revision_id", "cohort", "kind", "value", "band")


def _column(name: str) -> Any:
    return getattr(ItemTally, name)


def _different(stored: Terms, counted: Terms) -> list[Any]:
    """Return the keys whose rows differ; a row of zeros is as good as none."""
    pairs: list[tuple[Mapping[Any, Tally], Mapping[Any, Tally]]] = [
        (stored.totals, counted.totals),
        (stored.items, counted.items),
    ]
    return [
        key
        for ours, theirs in pairs
        for key in sorted(ours.keys() | theirs.keys())
        if ours.get(key, Tally()) != theirs.get(key, Tally())
    ]


def _words(key: Any, stored: Terms, counted: Terms) -> str:
    names = ("quiz_id", "cohort", "total") if len(key) == 3 else _ITEM_KEY
    place = ", ".join(
        f"{name} {int(value)}" for name, value in zip(names[1:], key[1:], strict=True)
    )
    ours, theirs = (
        (terms.totals if len(key) == 3 else terms.items).get(key, Tally())
        for terms in (stored, counted)
    )
    return f"{place}: stored {ours.n}, counted {theirs.n}"
