"""Taking out what a failed import had stored, a little at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Citation,
    Course,
    Enrolment,
    Fact,
    ImportState,
    Memory,
    MemoryAct,
    MemoryRules,
    PackageImport,
    PredictionTotal,
    QuarterTotal,
    Question,
    Review,
    Revision,
    Source,
    Topic,
)

#: So many facts go in one transaction, and so many sources: nobody waits long for it.
FACTS, SOURCES = 500, 5


def remove_some(session: Session, *, import_id: int) -> bool:
    """Take out a part of what a failed import stored; return whether there may be more."""
    row = session.execute(
        sa.select(PackageImport.course_id).where(
            PackageImport.id == import_id,
            PackageImport.state == ImportState.FAILED,
            PackageImport.is_comparison.is_(False),
        )
    ).one_or_none()
    if row is None or row.course_id is None or _has_members(session, row.course_id):
        return False
    return _remove_facts(session, row.course_id) or _remove_course(session, row.course_id)


def _has_members(session: Session, course_id: int) -> bool:
    found = sa.select(Enrolment.user_id).where(Enrolment.course_id == course_id).limit(1)
    return session.scalar(found) is not None


def _remove_facts(session: Session, course_id: int) -> bool:
    facts = session.scalars(sa.select(Fact.id).where(Fact.course_id == course_id).limit(FACTS))
    some = facts.all()
    if not some:
        return False
    for table in (Memory, MemoryAct, Review, Citation):
        _delete(session, table, table.fact_id, some)
    questions = session.scalars(sa.select(Question.id).where(Question.fact_id.in_(some))).all()
    _delete(session, Revision, Revision.question_id, questions)
    _delete(session, Question, Question.id, questions)
    _delete(session, Fact, Fact.id, some)
    return True


def _remove_course(session: Session, course_id: int) -> bool:
    found = sa.select(Source.id).where(Source.course_id == course_id).limit(SOURCES)
    if some := session.scalars(found).all():
        _delete(session, Source, Source.id, some)
        return True
    for table in (QuarterTotal, PredictionTotal, MemoryRules, Topic):
        session.execute(sa.delete(table).where(table.course_id == course_id))
    session.execute(sa.delete(Course).where(Course.id == course_id))
    return False


def _delete(session: Session, table: Any, column: Any, ids: Sequence[int]) -> None:
    gone = sa.delete(table).where(column.in_(ids))
    session.execute(gone, execution_options={"synchronize_session": False})
