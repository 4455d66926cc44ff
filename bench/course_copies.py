"""How long copying a course takes, and how long nobody else can write meanwhile.

    python -m bench.course_copies [--questions 5000]

A course of so many questions, each with a fact and its citation, is copied by the job and then
thrown away, on a SQLite database of its own. Times are in milliseconds of the clock.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.question_imports import fill, fresh_database
from quizapp import db as database
from quizapp.config import Settings
from quizapp.db import db, transaction
from quizapp.jobs import course_copying, emptying
from quizapp.models import (
    Base,
    Citation,
    CopyState,
    Course,
    CourseCopy,
    Fact,
    Passage,
    Question,
    Source,
)
from quizapp.queries.accounts import actor_for_id
from quizapp.services.course_copies import WrittenCopy, ask_copy, undo_copy
from quizapp.services.courses import WrittenCourse

_PARAGRAPHS = 1_000
_WORDS = "The aversion to foreign bases is codified in Article 146 of the constitution. " * 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=5_000)
    number = parser.parse_args().questions
    with fresh_database() as settings:
        _measure(settings, number)


def _measure(settings: Settings, number: int) -> None:
    keys, _ = fill(number)
    with transaction() as session:
        _cite(session, keys["course_id"])
    print(f"{number:,} questions and facts, {_PARAGRAPHS:,} paragraphs")
    with _watched("ask"), transaction() as session:
        written = WrittenCopy(WrittenCourse("A copy"))
        copy_id = ask_copy(session, **keys, written=written, now=datetime.now(UTC))
    with _watched("copy"):
        _copy(settings, copy_id)
    new_id = db.session.scalars(sa.select(CourseCopy.course_id)).one()
    copied = sa.select(sa.func.count()).where(Question.course_id == new_id)
    print(f"  {db.session.scalar(copied):,} questions copied")
    teacher = actor_for_id(db.session(), keys["actor"].id)
    if teacher is None:
        raise SystemExit("the account is gone")
    with _watched("take back"), transaction() as session:
        undo_copy(session, actor=teacher, course_id=new_id, now=datetime.now(UTC))
    with _watched("throw away"):
        emptying.empty_hidden_courses(now=datetime.now(UTC) + timedelta(days=31))
    if db.session.scalar(sa.select(Course.emptied_at).where(Course.id == new_id)) is None:
        raise SystemExit("the copy was not thrown away")


def _copy(settings: Settings, copy_id: int) -> None:
    """Do what workers do, slice after slice, until the copy is whole."""
    state = sa.select(CourseCopy.state).where(CourseCopy.id == copy_id)
    while db.session.scalar(state) is CopyState.COPYING:
        course_copying.copy_course(settings, {"copy_id": copy_id})
        db.session.rollback()


def _cite(session: Session, course_id: int) -> None:
    """Let every fact of a course cite a paragraph."""
    said = {"title": "Reader", "author": "", "year": "", "licence": "", "note": ""}
    source = Source(course_id=course_id, key="reader", **said)
    session.add(source)
    session.flush()
    passages = [
        {
            "source_id": source.id,
            "key": f"p{place}",
            "position": place,
            "heading": "",
            "locator": f"P{place}",
            "text": _WORDS,
            "note": "",
        }
        for place in range(_PARAGRAPHS)
    ]
    session.execute(sa.insert(Base.metadata.tables["passage"]), passages)
    ids = session.scalars(sa.select(Passage.id)).all()
    facts = session.scalars(sa.select(Fact.id).where(Fact.course_id == course_id))
    cited: list[dict[str, Any]] = [
        {
            "fact_id": fact_id,
            "position": 0,
            "passage_id": ids[place % len(ids)],
            "start": 0,
            "end": 12,
            "exact": _WORDS[:12],
            "prefix": "",
            "suffix": _WORDS[12:44],
        }
        for place, fact_id in enumerate(facts)
    ]
    session.execute(sa.insert(Base.metadata.tables[Citation.__tablename__]), cited)


@contextmanager
def _watched(what: str) -> Iterator[None]:
    """Tell how long something took, and its longest transaction."""
    held: list[float] = []
    real = database.transaction

    @contextmanager
    def timed() -> Iterator[Session]:
        began = time.perf_counter()
        with real() as session:
            yield session
        held.append(time.perf_counter() - began)  # with its commit: until then it is locked

    modules = (course_copying, emptying)
    for module in modules:
        module.transaction = timed  # type: ignore[attr-defined]
    began = time.perf_counter()
    try:
        yield
    finally:
        for module in modules:
            module.transaction = real  # type: ignore[attr-defined]
    took = time.perf_counter() - began
    longest = max(held, default=took)
    print(
        f"  {what}: {took * 1000:,.0f} ms in {len(held) or 1} transactions,"
        f" the longest {longest * 1000:,.0f} ms"
    )


if __name__ == "__main__":
    main()
