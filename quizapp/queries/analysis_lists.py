"""What there is to analyse in a course, and one question over all its uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import ItemTally, Question, Quiz, QuizTotal, Revision, Status
from quizapp.policy import Actor, require_instructor
from quizapp.psychometrics.counts import Cohort
from quizapp.psychometrics.flags import Finding
from quizapp.psychometrics.intervals import ENOUGH, Interval, correlation
from quizapp.psychometrics.standing import mean_correlation
from quizapp.queries.item_analysis import AnalysedItem, analysed_items, counts_of, findings_of


@dataclass(frozen=True, slots=True)
class AnalysedQuiz:
    """A quiz in the list. `mean`: of the first attempts, as a share; None below `ENOUGH`."""

    id: int
    title: str
    status: Status
    n: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Use:
    """A version of a question in one quiz."""

    quiz_title: str
    item: AnalysedItem


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a question over all quizzes that asked it.

    :param facility: share of all points; :param discrimination: the mean over the quizzes by
        Fisher's z, as far as each can say.
    """

    number: int
    is_current: bool
    answers: int
    facility: float | None
    discrimination: float | None
    discrimination_margin: Interval | None


@dataclass(frozen=True, slots=True)
class QuestionAnalysis:
    """A question over all its uses, the newest version first."""

    question_id: int
    stem: str
    versions: tuple[Version, ...]
    uses: tuple[Use, ...]


def analysed_quizzes(session: Session, *, actor: Actor, course_id: int) -> tuple[AnalysedQuiz, ...]:
    """Return a course's quizzes in their order.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    rows = session.execute(
        sa.select(
            Quiz.id,
            Quiz.title,
            Quiz.status,
            sa.func.coalesce(sa.func.sum(QuizTotal.n), 0).label("n"),
            sa.func.sum(sa.cast(QuizTotal.total, sa.Double) * QuizTotal.n).label("points"),
            sa.func.sum(sa.cast(QuizTotal.most, sa.Double)).label("most"),
        )
        .outerjoin(
            QuizTotal,
            sa.and_(QuizTotal.quiz_id == Quiz.id, QuizTotal.cohort == Cohort.FIRST),
        )
        .where(Quiz.course_id == course_id, ~Quiz.is_practice)
        .group_by(Quiz.id, Quiz.title, Quiz.status, Quiz.position)
        .order_by(Quiz.position, Quiz.id)
    )
    return tuple(
        AnalysedQuiz(
            row.id,
            row.title,
            row.status,
            int(row.n),
            row.points / row.most if row.n >= ENOUGH and row.most else None,
        )
        for row in rows
    )


def question_analysis(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    question_id: int,
    cohorts: Collection[Cohort],
) -> QuestionAnalysis:
    """Return the analysis of a question in every quiz that asked it.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question.
    """
    require_instructor(actor, course_id)
    stem = session.scalar(
        sa.select(Question.stem).where(Question.id == question_id, Question.course_id == course_id)
    )
    if stem is None:
        raise NotFound("There is no such question in this course.")
    told = _findings(session, course_id, question_id, cohorts)
    counts = counts_of(session, cohorts, ItemTally.revision_id.in_(_revisions(question_id)))
    items = [
        replace(item, findings=told[item.quiz_id, item.revision_id])
        for item in analysed_items(session, course_id, counts, {})
    ]
    titles = dict(_titles(session, {quiz_id for quiz_id, _ in counts}))
    uses = [Use(titles[item.quiz_id], item) for item in items]
    by_version: defaultdict[int, list[AnalysedItem]] = defaultdict(list)
    for item in items:
        by_version[item.version].append(item)
    versions = [_version(several) for _, several in sorted(by_version.items(), reverse=True)]
    return QuestionAnalysis(question_id, stem, tuple(versions), tuple(uses))


def _findings(
    session: Session, course_id: int, question_id: int, cohorts: Collection[Cohort]
) -> dict[tuple[int, int], tuple[Finding, ...]]:
    """Return what is the matter with each item of the quizzes that asked a question.

    As the pages of the quizzes say it: by itself a question would be flagged sooner than among
    others, and two pages would say different things of the same answers.
    """
    asking = sa.select(ItemTally.quiz_id).where(ItemTally.revision_id.in_(_revisions(question_id)))
    counts = counts_of(session, cohorts, ItemTally.quiz_id.in_(asking))
    by_quiz: defaultdict[int, list[AnalysedItem]] = defaultdict(list)
    for item in analysed_items(session, course_id, counts, {}, with_recall=False):
        by_quiz[item.quiz_id].append(item)
    return {
        (item.quiz_id, item.revision_id): found
        for items in by_quiz.values()
        for item, found in zip(items, findings_of(items), strict=True)
    }


def _revisions(question_id: int) -> sa.Select[Any]:
    return sa.select(Revision.id).where(Revision.question_id == question_id)


def _titles(session: Session, quiz_ids: Collection[int]) -> Iterator[tuple[int, str]]:
    for row in session.execute(sa.select(Quiz.id, Quiz.title).where(Quiz.id.in_(quiz_ids))):
        yield row.id, row.title


def _version(items: Sequence[AnalysedItem]) -> Version:
    answers = sum(item.figures.n for item in items)
    points = [
        (item.figures.facility, item.figures.n * item.figures.max_mark)
        for item in items
        if item.figures.facility is not None
    ]
    most = sum(reach for _, reach in points)
    mean, weight = mean_correlation((item.figures.discrimination, item.figures.n) for item in items)
    share = sum(part * reach for part, reach in points) / most if most else None
    return Version(
        number=items[0].version,
        is_current=items[0].is_current,
        answers=answers,
        facility=share if answers >= ENOUGH else None,
        discrimination=mean,
        # As one correlation of so many answers: each quiz has cost three already.
        discrimination_margin=correlation(mean, weight + 3),
    )
