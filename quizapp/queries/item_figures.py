"""How questions did, in short, for lists of many: worked out apart, and stored beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import ItemFigure, ItemTally, Question, Quiz, QuizCount, Revision
from quizapp.psychometrics.counts import ItemCounts
from quizapp.psychometrics.standing import Overall, UseFigures, bits, overall
from quizapp.queries.item_analysis import FIRST, analysed_items, counts_of, findings_of


@dataclass(frozen=True, slots=True)
class FigureRow:
    """What is stored of one revision in a quiz, as in `ItemFigure`."""

    n: int
    marks: int
    most: int
    discrimination: float | None
    flags: int


@dataclass(frozen=True, slots=True)
class QuizFigured:
    """The figures of a quiz by revision. :param changed: how far attempts are in them."""

    quiz_id: int
    changed: int
    rows: Mapping[int, FigureRow]


@dataclass(frozen=True, slots=True)
class FiguresAge:
    """How far the figures of a course follow its attempts.

    :param at: when some were worked out last; None before the first.
    :param waiting: quizzes with answers that are not in them yet.
    """

    at: datetime | None
    waiting: int


def figured_quiz(session: Session, *, quiz_id: int) -> QuizFigured:
    """Return what the item analysis of a quiz says of its first attempts, in short.

    It takes as long as that page; nothing is written. The flags are those of the page: of its
    rule, over all items of the quiz.
    """
    # First: what is counted while the rest is read makes them due again, and is never missed.
    changed = session.scalar(sa.select(QuizCount.changed).where(QuizCount.quiz_id == quiz_id)) or 0
    course_id = session.scalar(sa.select(Quiz.course_id).where(Quiz.id == quiz_id))
    counts = counts_of(session, FIRST, ItemTally.quiz_id == quiz_id)
    items = analysed_items(session, course_id or 0, counts, {}, with_recall=False)
    return QuizFigured(
        quiz_id,
        changed,
        {
            item.revision_id: _row(
                counts[quiz_id, item.revision_id],
                item.figures.discrimination,
                bits(finding.flag for finding in found),
            )
            for item, found in zip(items, findings_of(items), strict=True)
        },
    )


def stored_figures(session: Session, *, quiz_id: int) -> dict[int, FigureRow]:
    """Return the figures of a quiz by revision as they are stored."""
    rows = session.execute(
        sa.select(
            ItemFigure.revision_id,
            ItemFigure.n,
            ItemFigure.marks,
            ItemFigure.most,
            ItemFigure.discrimination,
            ItemFigure.flags,
        ).where(ItemFigure.quiz_id == quiz_id)
    )
    return {row.revision_id: FigureRow(*row[1:]) for row in rows}


def overall_figures(
    session: Session, *, question_ids: Collection[int]
) -> dict[tuple[int, int], Overall]:
    """Return how questions stand by the stored figures of their uses, by course and question.

    Those never asked are there too; what does not exist is left out.
    """
    uses: defaultdict[tuple[int, int], list[UseFigures]] = defaultdict(list)
    rows = session.execute(
        sa.select(
            Question.course_id,
            Question.id,
            ItemFigure.n,
            ItemFigure.marks,
            ItemFigure.most,
            ItemFigure.discrimination,
            ItemFigure.flags,
            Revision.number == Question.current_number,
        )
        .select_from(Question)
        .outerjoin(Revision, Revision.question_id == Question.id)
        .outerjoin(ItemFigure, ItemFigure.revision_id == Revision.id)
        .where(Question.id.in_(list(question_ids)))
    )
    for course_id, question_id, n, marks, most, discrimination, flags, is_current in rows:
        mine = uses[course_id, question_id]
        if n is not None:
            is_now = bool(is_current)
            mine.append(UseFigures(n, marks, most, discrimination, flags, is_now))
    return {place: overall(several) for place, several in uses.items()}


def figures_age(session: Session, *, course_id: int) -> FiguresAge:
    """Return as of when the figures of a course are."""
    is_waiting = sa.case((QuizCount.changed != QuizCount.figured, 1), else_=0)
    row = session.execute(
        sa.select(
            sa.func.max(QuizCount.figured_at).label("at"), sa.func.sum(is_waiting).label("waiting")
        )
        .join(Quiz, Quiz.id == QuizCount.quiz_id)
        .where(Quiz.course_id == course_id)
    ).one()
    return FiguresAge(row.at, int(row.waiting or 0))


def _row(counts: ItemCounts, discrimination: float | None, flags: int) -> FigureRow:
    return FigureRow(
        counts.n,
        sum(mark * tally.n for mark, tally in counts.marks.items()),
        sum(tally.most for tally in counts.marks.values()),
        discrimination,
        flags,
    )
