"""A statement compiled once answers as the toolkit's own execution does, on both databases."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from quizapp.models import Course, Slot
from quizapp.queries.compiled import Compiled
from tests.support.make import NOON, Make

BY_SLUG = sa.select(Course.id, Course.created_at, Course.is_public, Course.title).where(
    Course.slug == sa.bindparam("slug"), Course.created_at < sa.bindparam("before")
)


def test_the_rows_are_those_of_ordinary_execution(session: Session, make: Make) -> None:
    make.course(slug="one", title="Ünïcode %s :x")
    values = {"slug": "one", "before": NOON + timedelta(days=1)}
    compiled = Compiled(BY_SLUG)

    ordinary = [tuple(row) for row in session.execute(BY_SLUG, values)]
    first, second = (compiled.rows(session.connection(), values) for _ in range(2))

    assert [tuple(row) for row in first] == [tuple(row) for row in second] == ordinary
    assert (first[0].title, first[0].created_at) == ("Ünïcode %s :x", NOON)


def test_nothing_found_is_no_rows(session: Session) -> None:
    assert Compiled(BY_SLUG).rows(session.connection(), {"slug": "none", "before": NOON}) == []


def test_values_pass_through_the_types_of_their_columns(session: Session, make: Make) -> None:
    quiz = make.quiz(make.course(), draws=[{"topics": [1], "count": 1}])
    update = Compiled(
        sa.update(Slot.__table__)
        .where(Slot.__table__.c.quiz_id == sa.bindparam("quiz"))
        .values(max_mark=sa.bindparam("mark", type_=Slot.__table__.c.max_mark.type))
    )

    written = update.run(session.connection(), {"quiz": quiz.id, "mark": Fraction(2, 3)})

    session.expire_all()
    assert written == 1
    assert session.scalars(sa.select(Slot.max_mark)).one() == Fraction(2, 3)


def test_a_refusal_arrives_as_the_toolkits_own_kind(session: Session, make: Make) -> None:
    make.course(slug="twice")
    insert = Compiled(sa.insert(Course.__table__))
    row = {
        "id": 999,
        "slug": "twice",
        "title": "A",
        "summary": "",
        "language": "en",
        "is_public": True,
        "created_at": NOON,
    }

    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        insert.run(session.connection(), row)

    assert isinstance(caught.value, DBAPIError)
    assert "twice" not in str(caught.value).partition("[SQL")[2]
