"""Throwing away what hidden courses said: what was taken back, once nobody can want it any more.

Rows that a learner's log could name stay as empty shells: to delete one, the database would search
every log, as logs lead with the learner and have no index by revision or fact. Shells are small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.layout import LaidSlot
from quizapp.models import (
    Attempt,
    BulkChange,
    Citation,
    Course,
    CourseCopy,
    Fact,
    Media,
    Passage,
    Question,
    QuestionComment,
    QuestionDraft,
    QuestionFigure,
    QuestionImport,
    QuestionImportFact,
    QuestionImportRow,
    QuestionOrigin,
    QuestionPair,
    QuestionReview,
    QuestionText,
    Quiz,
    Review,
    Revision,
    Slot,
    Source,
    Status,
    StemWord,
    Term,
)
from quizapp.models.course_copy import CopyState

_QUIET = {"synchronize_session": False}
_ABOUT = (
    QuestionText,
    StemWord,
    QuestionFigure,
    QuestionOrigin,
    QuestionReview,
    QuestionComment,
    QuestionDraft,
    BulkChange,
)


@dataclass(frozen=True, slots=True)
class Leftover:
    """What a hidden course holds that can be emptied, by ids."""

    course_id: int
    questions: tuple[int, ...]
    facts: tuple[int, ...]
    passages: tuple[int, ...]


def courses_to_empty(session: Session, *, before: datetime) -> list[int]:
    """Return the courses that have been hidden since before then and still say something.

    A copy that is being made is none of them, however long that takes.
    """
    going = sa.select(CourseCopy.course_id).where(CourseCopy.state == CopyState.COPYING)
    found = sa.select(Course.id).where(
        Course.hidden_since < before, Course.emptied_at.is_(None), Course.id.not_in(going)
    )
    return list(session.scalars(found.order_by(Course.id)))


def leftover_of(session: Session, *, course_id: int) -> Leftover:
    """Return what can be emptied of a hidden course: all but what a learner was once asked.

    Logs and attempts are looked through, so this takes long where there are many; it only reads.
    """
    asked = _asked(session, course_id)
    rows = session.execute(
        sa.select(Question.id, Question.fact_id, Question.stem, Revision.id.label("revision_id"))
        .outerjoin(Revision, Revision.question_id == Question.id)
        .where(Question.course_id == course_id)
    ).all()
    kept = {row.id for row in rows if row.revision_id in asked}
    kept_facts = {row.fact_id for row in rows if row.id in kept}
    # What has been emptied before is passed over, so that each hour comes further.
    facts = sa.select(Fact.id).where(Fact.course_id == course_id, Fact.statement != "")
    passages = (
        sa.select(Passage.id)
        .join(Source, Source.id == Passage.source_id)
        .where(Source.course_id == course_id, Passage.text != "")
    )
    return Leftover(
        course_id,
        tuple(sorted({row.id for row in rows if row.stem} - kept)),
        tuple(sorted(set(session.scalars(facts)) - kept_facts)),
        tuple(session.scalars(passages)),
    )


def _asked(session: Session, course_id: int) -> set[int]:
    """Return the revisions that learners were asked in a course before it was hidden.

    What an import brought was asked in the course that it was taken out of.
    """
    taken = session.execute(
        sa.select(
            QuestionImport.course_id, QuestionImport.applied_at, QuestionImport.undone_at
        ).where(QuestionImport.holding_id == course_id)
    ).one_or_none()
    home = course_id if taken is None else taken.course_id
    layouts = (
        sa.select(Attempt.layout)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Quiz.course_id == home)
    )
    reviews = sa.select(Review.revision_id).where(Review.course_id == home).distinct()
    if taken is not None:
        # Before it was applied, and after it was undone, nobody can have met it.
        first, last = taken.applied_at, taken.undone_at
        layouts = layouts.where(Attempt.started_at >= first, Attempt.started_at <= last)
        reviews = reviews.where(Review.at >= first)
    drawn = {LaidSlot.revision_of(slot) for layout in session.scalars(layouts) for slot in layout}
    return drawn | set(session.scalars(reviews))


def empty_questions(session: Session, *, ids: Sequence[int]) -> None:
    """Let these questions of hidden courses say nothing, in any revision."""
    for table in _ABOUT:
        _run(session, sa.delete(table).where(table.question_id.in_(ids)))
    for column in (QuestionPair.first_id, QuestionPair.second_id):
        _run(session, sa.delete(QuestionPair).where(column.in_(ids)))
    nothing = {"stem": "", "tags": [], "waivers": [], "status": Status.RETIRED}
    _run(session, sa.update(Question).where(Question.id.in_(ids)).values(**nothing))
    revisions = sa.update(Revision).where(Revision.question_id.in_(ids))
    _run(session, revisions.values(content={}, sha256=""))


def empty_facts(session: Session, *, ids: Sequence[int]) -> None:
    """Let these facts of hidden courses say nothing, and cite nothing."""
    _run(session, sa.delete(Citation).where(Citation.fact_id.in_(ids)))
    nothing = {"statement": "", "note": "", "record": "", "status": Status.RETIRED}
    _run(session, sa.update(Fact).where(Fact.id.in_(ids)).values(**nothing))


def empty_passages(session: Session, *, ids: Sequence[int]) -> None:
    """Let these paragraphs of hidden courses say nothing."""
    nothing = {"text": "", "note": "", "heading": ""}
    _run(session, sa.update(Passage).where(Passage.id.in_(ids)).values(**nothing))


def finish_emptying(session: Session, *, course_id: int, now: datetime) -> None:
    """Drop what else a hidden course holds, and store that it is empty."""
    quizzes = sa.select(Quiz.id).where(Quiz.course_id == course_id)
    _run(session, sa.delete(Slot).where(Slot.quiz_id.in_(quizzes)))
    for table in (Term, Media):
        _run(session, sa.delete(table).where(table.course_id == course_id))
    imports = sa.select(QuestionImport.id).where(QuestionImport.holding_id == course_id)
    rows = sa.update(QuestionImportRow).where(QuestionImportRow.import_id.in_(imports))
    # The report still says what became of each; what its file stated is not needed any more.
    _run(session, rows.values(content=None, before=None, stem=""))
    facts = sa.delete(QuestionImportFact).where(QuestionImportFact.import_id.in_(imports))
    _run(session, facts)
    _run(session, sa.update(Course).where(Course.id == course_id).values(emptied_at=now))


def _run(session: Session, statement: Any) -> None:
    session.execute(statement, execution_options=_QUIET)
