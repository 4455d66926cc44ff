"""Having duplicates looked for, keeping what was found, and what instructors said of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import DuplicateSearch, QuestionPair
from quizapp.policy import Actor, require_author
from quizapp.queries.duplicates import Pair
from quizapp.services.jobs import JobName, enqueue

#: After so long a search that has not ended is asked for again.
_GIVEN_UP = timedelta(minutes=10)


def ask_for_duplicates(session: Session, *, actor: Actor, course_id: int, now: datetime) -> None:
    """Leave a job that looks for duplicates, unless one does already.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_author(actor, course_id)
    looked = session.get(DuplicateSearch, course_id)
    if looked is None:
        looked = DuplicateSearch(course_id=course_id, questions=0)
        session.add(looked)
    elif looked.ended_at is None and now - looked.asked_at < _GIVEN_UP:
        return
    looked.asked_at, looked.ended_at = now, None
    session.flush()
    enqueue(session, name=JobName.FIND_DUPLICATES, payload={"course_id": course_id}, now=now)


def keep_pairs(
    session: Session, *, course_id: int, pairs: Sequence[Pair], questions: int, now: datetime
) -> None:
    """Store what a search found, in place of what the last one did.

    What instructors said to be distinct stays said. A course that is gone meanwhile is left.
    """
    looked = session.get(DuplicateSearch, course_id)
    if looked is None:
        return
    of_course = QuestionPair.course_id == course_id
    session.execute(sa.delete(QuestionPair).where(of_course, ~QuestionPair.is_distinct))
    said = sa.select(QuestionPair.first_id, QuestionPair.second_id).where(of_course)
    distinct = {(row.first_id, row.second_id) for row in session.execute(said)}
    rows = [
        {
            "first_id": pair.first_id,
            "second_id": pair.second_id,
            "course_id": course_id,
            "is_same": pair.is_same,
            "is_distinct": False,
        }
        for pair in pairs
        if (pair.first_id, pair.second_id) not in distinct
    ]
    if rows:
        session.execute(sa.insert(QuestionPair), rows)
    looked.ended_at, looked.questions = now, questions
    session.flush()


def say_distinct(
    session: Session, *, actor: Actor, course_id: int, first_id: int, second_id: int, is_so: bool
) -> None:
    """Keep that two questions are no duplicates, or take that back.

    :raises Forbidden, NotFound: the actor does not teach the course, or there is no such pair.
    """
    require_author(actor, course_id)
    pair = session.get(QuestionPair, (first_id, second_id))
    if pair is None or pair.course_id != course_id:
        raise NotFound("There is no such pair of questions.")
    pair.is_distinct = is_so
    session.flush()
