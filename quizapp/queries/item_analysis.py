"""A quiz as its items measure: every figure worked out from what its attempts add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.markup import plain_inline
from quizapp.models import ItemTally, Question, Quiz, QuizTotal, Revision, Slot
from quizapp.policy import Actor, require_instructor
from quizapp.psychometrics import intervals
from quizapp.psychometrics.counts import Cohort, ItemCounts, Tally, Totals, merged
from quizapp.psychometrics.distractors import OptionTable, option_table
from quizapp.psychometrics.flags import Finding, Probe, findings
from quizapp.psychometrics.intervals import ENOUGH, SETTLED, Interval
from quizapp.psychometrics.items import ItemFigures, item_figures
from quizapp.psychometrics.quizzes import QuizFigures, Weight, quiz_figures, weights
from quizapp.queries.recall_figures import RecallFigure, recall_figures
from quizapp.questions.base import QuestionType
from quizapp.questions.registry import TYPES

#: Where one option is the key, another that earns something is right in part.
_ONE_KEY = "single_choice"
FIRST: frozenset[Cohort] = frozenset({Cohort.FIRST})
ALL: frozenset[Cohort] = frozenset(Cohort)


@dataclass(frozen=True, slots=True)
class OptionText:
    """An option of an item; `text` is plain; `worth` as in `ReviewedOption`."""

    text: str
    is_key: bool
    worth: str = ""


@dataclass(frozen=True, slots=True)
class AnalysedItem:
    """One revision of a question in a quiz.

    :param number: its place in the quiz, from 1; None for what is drawn, or no longer asked.
    :param version: which revision; `is_current`: it is the one that is asked now.
    :param guess: the facility of guessing blindly. :param weight: of the question, all versions.
    :param findings: what is the matter, the worst first.
    """

    question_id: int
    revision_id: int
    version: int
    is_current: bool
    stem: str
    kind: QuestionType[Any, Any]
    guess: float
    figures: ItemFigures
    options: tuple[OptionText, ...]
    table: OptionTable | None
    findings: tuple[Finding, ...] = ()
    weight: Weight | None = None
    recall: RecallFigure | None = None
    quiz_id: int = 0
    number: int | None = None

    @property
    def has_enough(self) -> bool:
        return self.figures.n >= ENOUGH

    @property
    def is_provisional(self) -> bool:
        return ENOUGH <= self.figures.n < SETTLED

    @property
    def facility(self) -> Interval | None:
        return intervals.facility(self.figures)

    @property
    def discrimination(self) -> Interval | None:
        return intervals.correlation(self.figures.discrimination, self.figures.n)

    @property
    def efficiency(self) -> Interval | None:
        return intervals.efficiency(self.figures)


@dataclass(frozen=True, slots=True)
class QuizAnalysis:
    """A quiz and its items in their order, older versions after the one asked now."""

    quiz_id: int
    title: str
    figures: QuizFigures
    items: tuple[AnalysedItem, ...]

    @property
    def has_enough(self) -> bool:
        return self.figures.n >= ENOUGH

    @property
    def is_provisional(self) -> bool:
        return ENOUGH <= self.figures.n < SETTLED

    @property
    def flagged(self) -> tuple[AnalysedItem, ...]:
        """Return the items with findings, the worst first."""
        found = [item for item in self.items if item.findings]
        return tuple(sorted(found, key=lambda item: item.findings[0].rank))


def quiz_analysis(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    quiz_id: int,
    cohorts: Collection[Cohort] = FIRST,
) -> QuizAnalysis:
    """Return the analysis of a quiz.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such quiz.
    """
    require_instructor(actor, course_id)
    title = session.scalar(
        sa.select(Quiz.title).where(
            Quiz.id == quiz_id, Quiz.course_id == course_id, ~Quiz.is_practice
        )
    )
    if title is None:
        raise NotFound("There is no such quiz in this course.")
    counts = counts_of(session, cohorts, ItemTally.quiz_id == quiz_id)
    slots = sa.select(Slot.question_id, Slot.position).where(Slot.quiz_id == quiz_id)
    numbers = {row.question_id: row.position + 1 for row in session.execute(slots)}
    items = analysed_items(session, course_id, counts, numbers)
    by_question: defaultdict[int, list[AnalysedItem]] = defaultdict(list)
    for item in items:
        by_question[item.question_id].append(item)
    whole = {
        question_id: _together(several, counts) for question_id, several in by_question.items()
    }
    figures = list(whole.values())
    weighed = dict(zip(whole, weights(figures), strict=True))
    return QuizAnalysis(
        quiz_id,
        title,
        quiz_figures(_totals(session, quiz_id, cohorts), figures),
        tuple(
            replace(item, findings=told, weight=weighed[item.question_id])
            for item, told in zip(items, findings_of(items), strict=True)
        ),
    )


def findings_of(items: Sequence[AnalysedItem]) -> tuple[tuple[Finding, ...], ...]:
    """Return what is the matter with each item of one quiz, corrected for how many there are."""
    return findings([Probe(item.figures, item.guess, item.table) for item in items])


def _together(
    versions: Sequence[AnalysedItem], counts: Mapping[tuple[int, int], ItemCounts]
) -> ItemFigures:
    """Return the figures of a question in one quiz, all versions together."""
    if len(versions) == 1:
        return versions[0].figures
    return item_figures(merged(counts[one.quiz_id, one.revision_id] for one in versions))


def counts_of(
    session: Session, cohorts: Collection[Cohort], where: sa.ColumnElement[bool]
) -> dict[tuple[int, int], ItemCounts]:
    """Return what is counted, by quiz and revision."""
    found: dict[tuple[int, int], ItemCounts] = {}
    columns = (ItemTally.quiz_id, ItemTally.revision_id, ItemTally.kind, ItemTally.value)
    sums = (ItemTally.band, ItemTally.n, ItemTally.amount, ItemTally.most)
    rows = session.execute(
        sa.select(*columns, *sums).where(where, ItemTally.cohort.in_(sorted(cohorts)))
    )
    for quiz_id, revision_id, kind, value, group, n, amount, most in rows:
        if n:
            mine = found.setdefault((quiz_id, revision_id), ItemCounts())
            mine.count(kind, (value, group), Tally(n, amount, most))
    return found


def analysed_items(
    session: Session,
    course_id: int,
    counts: Mapping[tuple[int, int], ItemCounts],
    numbers: Mapping[int, int],
    *,
    with_recall: bool = True,
) -> list[AnalysedItem]:
    """Return the items that are counted, by quiz and revision; in the order of their numbers.

    :param numbers: the places of questions in the quiz, where it is one.
    :param with_recall: with what the memories of the course say of them too.
    """
    rows = session.execute(
        sa.select(
            Revision.id,
            Revision.question_id,
            Revision.number,
            Revision.type,
            Revision.content,
            Question.fact_id,
            Question.current_number,
        )
        .join(Question, Question.id == Revision.question_id)
        .where(Revision.id.in_({place[1] for place in counts}), Question.course_id == course_id)
    ).all()
    facts = {row.fact_id for row in rows}
    recalled = recall_figures(session, course_id=course_id, fact_ids=facts) if with_recall else {}
    by_id = {row.id: row for row in rows}
    items = []
    for (quiz_id, revision_id), one in counts.items():
        if (row := by_id.get(revision_id)) is not None:
            item = _item(row, one, recalled.get(row.fact_id))
            items.append(replace(item, quiz_id=quiz_id, number=numbers.get(row.question_id)))
    last = max(numbers.values(), default=0) + 1
    return sorted(
        items,
        key=lambda item: (item.number or last, item.question_id, -item.version, item.quiz_id),
    )


def _item(row: Any, counts: ItemCounts, recall: RecallFigure | None) -> AnalysedItem:
    kind = TYPES[row.type]
    content = kind.parse(row.content)
    options = tuple(
        OptionText(plain_inline(one.text), one.state == "missed", one.worth)
        for one in kind.review(content, None)
    )
    parts = [place for place, one in enumerate(options) if one.worth and kind.name == _ONE_KEY]
    keys = [place for place, one in enumerate(options) if one.is_key]
    return AnalysedItem(
        question_id=row.question_id,
        revision_id=row.id,
        version=row.number,
        is_current=row.number == row.current_number,
        stem=kind.stem(content),
        kind=kind,
        guess=float(kind.guess_score(content)) if kind.is_gradable else 0.0,
        figures=item_figures(counts),
        options=options,
        table=option_table(counts, options=len(options), keys=keys, parts=parts)
        if options
        else None,
        recall=recall,
    )


def _totals(session: Session, quiz_id: int, cohorts: Collection[Cohort]) -> Totals:
    counts: defaultdict[int, int] = defaultdict(int)
    most = 0
    rows = session.execute(
        sa.select(QuizTotal.total, QuizTotal.n, QuizTotal.most).where(
            QuizTotal.quiz_id == quiz_id, QuizTotal.cohort.in_(sorted(cohorts))
        )
    )
    for total, n, reach in rows:
        counts[total] += n
        most += reach
    return Totals(counts, most)
