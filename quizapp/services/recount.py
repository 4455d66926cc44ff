"""Counting the statistics of quizzes anew from the logs, to prove or to rebuild what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Attempt,
    AttemptState,
    DepartedTally,
    DepartedTotal,
    ItemFigure,
    ItemTally,
    QuestionFigure,
    Quiz,
    QuizCount,
    QuizTotal,
    Revision,
)
from quizapp.psychometrics.counts import Tally
from quizapp.psychometrics.standing import Overall, Standing
from quizapp.queries.attempt_terms import Terms
from quizapp.queries.item_figures import (
    FigureRow,
    figured_quiz,
    overall_figures,
    stored_figures,
)
from quizapp.queries.regrades import fixes_for
from quizapp.services.item_figures import store_figures
from quizapp.services.mark_lock import alone
from quizapp.services.statistics import add_terms, terms_of_quiz

_BATCH = 500
_STORED: tuple[Any, ...] = (
    *(QuizTotal, ItemTally, QuizCount, ItemFigure),
    *(DepartedTotal, DepartedTally),
)


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
    """How far a recount has come; `waiting` quizzes have figures that a job brings up to date."""

    quizzes: int = 0
    attempts: int = 0
    waiting: int = 0
    differences: list[Miscount] = field(default_factory=list)

    def __str__(self) -> str:
        words = f"{self.attempts:,} attempts at {self.quizzes:,} quizzes recounted"
        if self.waiting:
            words += f" ({self.waiting:,} of them have answers that no figures have yet)"
        return words


def recount(session: Session) -> Iterator[Recounted]:
    """Yield after each quiz how many were counted anew, and what differed; writes nothing.

    What is handed in while it runs may be told as a difference on PostgreSQL.
    """
    so_far, fixes = Recounted(), fixes_for(session)
    for quiz_id, course_id in _quizzes(session):
        counted = terms_of_quiz(session, quiz_id, fixes=fixes)
        stored = _stored(session, quiz_id)
        if different := _different(stored, counted):
            so_far.differences.append(
                Miscount(quiz_id, course_id, len(different), _words(different[0], stored, counted))
            )
        elif wrong := _wrong_figures(session, quiz_id):
            so_far.differences.append(Miscount(quiz_id, course_id, len(wrong), wrong[0]))
        so_far.waiting += _is_waiting(session, quiz_id)
        so_far.quizzes += 1
        so_far.attempts += sum(tally.n for tally in counted.totals.values())
        yield so_far


def store_recount(session: Session, differences: Sequence[Miscount], *, now: datetime) -> None:
    """Store of each quiz what its attempts come to now; nobody hands in there meanwhile."""
    for course_id in sorted({one.course_id for one in differences}):
        alone(session, course_id)
    fixes = fixes_for(session)
    for one in differences:
        for table in (QuizTotal, ItemTally):
            session.execute(sa.delete(table).where(table.quiz_id == one.quiz_id))
        add_terms(session, terms_of_quiz(session, one.quiz_id, fixes=fixes))
        session.flush()
        figured = figured_quiz(session, quiz_id=one.quiz_id)
        store_figures(session, figured=figured, now=now, is_all=True)


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
    """Return the quizzes that were handed in, or of which anything is stored.

    Practices too: nothing must be counted of them.
    """
    has_some = [sa.exists().where(model.quiz_id == Quiz.id) for model in _STORED]
    handed_in = sa.exists().where(
        Attempt.quiz_id == Quiz.id, Attempt.state == AttemptState.SUBMITTED
    )
    return session.execute(
        sa.select(Quiz.id, Quiz.course_id).where(sa.or_(handed_in, *has_some)).order_by(Quiz.id)
    ).all()


def _is_waiting(session: Session, quiz_id: int) -> bool:
    is_due = QuizCount.changed != QuizCount.figured
    found = sa.select(QuizCount.quiz_id).where(QuizCount.quiz_id == quiz_id, is_due)
    return session.scalar(found) is not None


def _wrong_figures(session: Session, quiz_id: int) -> list[str]:
    """Return in words which figures are not what the counts come to; () while a job is due."""
    stored = stored_figures(session, quiz_id=quiz_id)
    wrong = [] if _is_waiting(session, quiz_id) else _wrong_items(session, quiz_id, stored)
    tallied = sa.select(ItemTally.revision_id).where(ItemTally.quiz_id == quiz_id)
    owners = sa.select(Revision.question_id).where(
        sa.or_(Revision.id.in_(sorted(stored)), Revision.id.in_(tallied))
    )
    return wrong + _wrong_questions(session, sorted(set(session.scalars(owners))))


def _wrong_items(session: Session, quiz_id: int, stored: Mapping[int, FigureRow]) -> list[str]:
    counted = figured_quiz(session, quiz_id=quiz_id).rows
    return [
        f"figures of revision {one}: stored {stored.get(one)}, counted {counted.get(one)}"
        for one in sorted(stored.keys() | counted.keys())
        if stored.get(one) != counted.get(one)
    ]


def _wrong_questions(session: Session, question_ids: Sequence[int]) -> list[str]:
    found, kept = _by_question(session, question_ids)
    return [
        f"question {place[1]}: stored {kept.get(place)}, counted {found.get(place)}"
        for place in sorted(found.keys() | kept.keys())
        if found.get(place) != kept.get(place)
    ]


def _by_question(
    session: Session, question_ids: Sequence[int]
) -> tuple[dict[tuple[int, int], Overall], dict[tuple[int, int], Overall]]:
    """Return how questions stand as it follows from their uses, and as it is stored."""
    found: dict[tuple[int, int], Overall] = {}
    kept: dict[tuple[int, int], Overall] = {}
    for start in range(0, len(question_ids), _BATCH):
        some = question_ids[start : start + _BATCH]
        found |= overall_figures(session, question_ids=some)
        rows = session.scalars(
            sa.select(QuestionFigure).where(QuestionFigure.question_id.in_(some))
        )
        for row in rows:
            kept[row.course_id, row.question_id] = Overall(
                row.answers, row.facility, row.discrimination, Standing(row.standing), row.flags
            )
    return found, kept


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
