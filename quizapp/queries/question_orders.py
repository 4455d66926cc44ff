"""The orders of the list of questions: of what was gathered, and read off an index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Question, QuestionFigure, QuestionText
from quizapp.queries.question_filters import QuestionFilter, Sort, chosen

PAGE_SIZE = 25

_ORDERS: dict[Sort, tuple[Any, ...]] = {
    Sort.EDITED: (Question.updated_at.desc(), Question.id.desc()),
    Sort.UNEDITED: (Question.updated_at, Question.id),
    Sort.NEWEST: (Question.id.desc(),),
    Sort.OLDEST: (Question.id,),
    Sort.STEM: (QuestionText.stem_start, QuestionText.question_id),
}
#: By a figure: what is sorted by, and whether the largest come first.
_FIGURES: dict[Sort, tuple[Any, bool]] = {
    Sort.HARDEST: (QuestionFigure.facility, False),
    Sort.EASIEST: (QuestionFigure.facility, True),
    Sort.WEAKEST: (QuestionFigure.discrimination, False),
    Sort.STRONGEST: (QuestionFigure.discrimination, True),
    Sort.FEWEST: (QuestionFigure.answers, False),
    Sort.MOST: (QuestionFigure.answers, True),
}
_DESCENDING = {Sort.EDITED, Sort.NEWEST, Sort.EASIEST, Sort.STRONGEST, Sort.MOST}
_BY_ID = {Sort.NEWEST, Sort.OLDEST}


def place_of(sort: Sort) -> Any:
    """Return the column that an order goes by, for what is gathered."""
    if sort in _FIGURES:
        return _FIGURES[sort][0]
    if sort in _BY_ID:
        return Question.id
    # As it is stored: nobody reads it, and making instants of ten thousand takes long.
    edited = sa.type_coerce(Question.updated_at, sa.BigInteger)
    return QuestionText.stem_start if sort is Sort.STEM else edited


def needs_of(wanted: QuestionFilter) -> list[type[QuestionText] | type[QuestionFigure]]:
    """Return what holds the place of a question in the order asked for, and its quality."""
    needs: list[type[QuestionText] | type[QuestionFigure]] = []
    if wanted.sort is Sort.STEM:
        needs.append(QuestionText)
    if wanted.sort in _FIGURES or wanted.quality is not None:
        needs.append(QuestionFigure)
    return needs


def page_of(hits: Sequence[Any], wanted: QuestionFilter, page: int) -> list[int]:
    """Return the ids of one page of what was gathered, each as id, status and place.

    Of those with a place, and then of those without.
    """
    placed: list[tuple[Any, int]] = []
    rest: list[int] = []
    # Unpacked, and not read by name, which takes three times as long: there may be ten thousand.
    for question_id, status, place in hits:
        if wanted.status is None or status == wanted.status:
            if place is None:
                rest.append(question_id)
            else:
                placed.append((place, question_id))
    placed.sort(reverse=wanted.sort in _DESCENDING)
    rest.sort(reverse=True)
    start = (page - 1) * PAGE_SIZE
    found = [question_id for _, question_id in placed[start : start + PAGE_SIZE]]
    after = max(0, start - len(placed))
    return found + rest[after : after + PAGE_SIZE - len(found)]


def read_in_order(session: Session, course_id: int, wanted: QuestionFilter, page: int) -> list[int]:
    """Return the ids of one page, read in order; reading ends where the page does."""
    conditions, start = chosen(course_id, wanted, in_order=True), (page - 1) * PAGE_SIZE
    if wanted.sort in _FIGURES:
        return _read_by_figure(session, course_id, wanted, start)
    found = sa.select(Question.id)
    if wanted.sort is Sort.STEM:
        found = found.select_from(QuestionText).join(
            Question, Question.id == QuestionText.question_id
        )
        found = found.where(QuestionText.course_id == course_id)
    found = found.where(*conditions).order_by(*_ORDERS[wanted.sort])
    return list(session.scalars(found.limit(PAGE_SIZE).offset(start)))


def _read_by_figure(
    session: Session, course_id: int, wanted: QuestionFilter, start: int
) -> list[int]:
    """Return a page of those with the figure in its order, then of those without."""
    figure, is_largest_first = _FIGURES[wanted.sort]
    every = (
        sa.select(QuestionFigure.question_id)
        .join(Question, Question.id == QuestionFigure.question_id)
        .where(QuestionFigure.course_id == course_id)
        .where(*chosen(course_id, wanted, in_order=True))
    )
    order = (figure, QuestionFigure.question_id)
    figured = every.where(figure.is_not(None)).order_by(
        *((column.desc() for column in order) if is_largest_first else order)
    )
    found = list(session.scalars(figured.limit(PAGE_SIZE).offset(start)))
    if len(found) == PAGE_SIZE or figure is QuestionFigure.answers:
        return found
    before = start + len(found) if found else _number(session, figured, start)
    rest = every.where(figure.is_(None)).order_by(QuestionFigure.question_id.desc())
    more = rest.limit(PAGE_SIZE - len(found)).offset(start + len(found) - before)
    return found + list(session.scalars(more))


def _number(session: Session, found: sa.Select[Any], most: int) -> int:
    """Return how many there are; they are known not to be more than `most`."""
    listed = found.order_by(None).limit(most).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(listed)) or 0
