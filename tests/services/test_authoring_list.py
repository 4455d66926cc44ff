"""The list of questions: searching, filtering, counting, paging."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from quizapp.errors import Forbidden
from quizapp.models import Course, Status
from quizapp.policy import Actor
from quizapp.queries import question_hits
from quizapp.queries.question_filters import QuestionFilter, Sort
from quizapp.queries.question_orders import PAGE_SIZE
from quizapp.queries.questions import Count, list_questions
from tests.support.make import NOON, RAW, Make


@pytest.fixture
def course(make: Make) -> Course:
    return make.course()


@pytest.fixture
def teacher(make: Make, course: Course) -> Actor:
    return make.instructor(course)


def stems(session: Session, teacher: Actor, course: Course, **wanted: Any) -> list[str]:
    found = list_questions(
        session, actor=teacher, course_id=course.id, wanted=QuestionFilter(**wanted)
    )
    return [row.stem for row in found.rows]


def ask(make: Make, fact: Any, stem: str, **given: Any) -> Any:
    return make.question(fact, raw=RAW["single_choice"] | {"stem": stem}, **given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100 %", ["Is 100 % right?"]),
        ("_", ["Is snake_case right?"]),
        ("\\", ["Is a \\ right?"]),
        ("SNAKE", ["Is snake_case right?"]),
        ("the-key-of", ["Is 1000 right?"]),
        ("nothing like it", []),
    ],
)
def test_a_search_takes_its_words_as_they_are(
    session: Session,
    make: Make,
    *,
    course: Course,
    teacher: Actor,
    text: str,
    expected: list[str],
) -> None:
    fact = make.fact(course)
    for n, stem in enumerate(("100 %", "snake_case", "a \\\\", "1000")):
        key = "the-key-of-1000" if stem == "1000" else f"key{n}"
        ask(make, fact, f"Is {stem} right?", key=key)

    assert stems(session, teacher, course, text=text) == expected


def test_topic_type_and_status_narrow_the_list_together(
    session: Session, make: Make, course: Course, teacher: Actor
) -> None:
    fact, other = make.fact(course), make.fact(course)
    ask(make, fact, "Wanted?")
    ask(make, other, "Another topic?")
    ask(make, fact, "A draft?", status=Status.DRAFT)
    make.question(fact, "cloze")

    found = stems(
        session,
        teacher,
        course,
        topic_id=fact.topic_id,
        type_name="single_choice",
        status=Status.READY,
    )

    assert found == ["Wanted?"]


def test_the_counts_know_every_status_whichever_is_shown(
    session: Session, make: Make, course: Course, teacher: Actor
) -> None:
    fact = make.fact(course)
    for status in (Status.READY, Status.READY, Status.DRAFT, Status.IN_REVIEW):
        make.question(fact, status=status)

    found = list_questions(
        session,
        actor=teacher,
        course_id=course.id,
        wanted=QuestionFilter(status=Status.DRAFT),
    )

    assert found.counts == {
        Status.DRAFT: Count(1),
        Status.IN_REVIEW: Count(1),
        Status.READY: Count(2),
        Status.RETIRED: Count(0),
    }
    assert (found.whole, found.total) == (Count(4), Count(1))


def test_counting_stops_where_nobody_pages_on(
    session: Session,
    make: Make,
    course: Course,
    teacher: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(question_hits, "MOST_COUNTED", 2)
    fact = make.fact(course)
    for _ in range(4):
        make.question(fact)

    found = list_questions(session, actor=teacher, course_id=course.id, wanted=QuestionFilter())

    assert str(found.counts[Status.READY]) == "2+"
    assert str(found.whole) == "2+"


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.EDITED, ["Second?", "Third?", "First?"]),
        (Sort.NEWEST, ["Third?", "Second?", "First?"]),
        (Sort.OLDEST, ["First?", "Second?", "Third?"]),
    ],
)
def test_the_list_can_be_put_in_order(
    session: Session,
    make: Make,
    *,
    course: Course,
    teacher: Actor,
    sort: Sort,
    expected: list[str],
) -> None:
    fact = make.fact(course)
    for stem, hours in (("First?", 0), ("Second?", 5), ("Third?", 1)):
        ask(make, fact, stem, updated_at=NOON + timedelta(hours=hours))

    assert stems(session, teacher, course, sort=sort) == expected


def test_pages_follow_each_other_and_end(
    session: Session, make: Make, course: Course, teacher: Actor
) -> None:
    fact = make.fact(course)
    for n in range(PAGE_SIZE + 1):
        ask(make, fact, f"Question {n}?")

    first = stems(session, teacher, course, sort=Sort.OLDEST)
    last = stems(session, teacher, course, sort=Sort.OLDEST, page=2)

    assert len(first) == PAGE_SIZE
    assert last == [f"Question {PAGE_SIZE}?"]
    assert stems(session, teacher, course, sort=Sort.OLDEST, page=99) == last


def test_a_row_shows_its_topic_and_the_words_that_prove_it(
    session: Session, make: Make, course: Course, teacher: Actor
) -> None:
    topic = make.topic(course, title="Article 146")
    make.question(make.fact(course, topic, make.passage(course, locator="P5")))

    found = list_questions(session, actor=teacher, course_id=course.id, wanted=QuestionFilter())

    (row,) = found.rows
    assert row.topic == "Article 146"
    assert row.citation is not None
    assert row.citation.locator == "P5"


def test_questions_of_other_courses_are_not_listed(
    session: Session, make: Make, course: Course, teacher: Actor
) -> None:
    make.question(make.fact(make.course()))

    assert stems(session, teacher, course) == []


def test_a_student_is_refused(session: Session, make: Make, course: Course) -> None:
    student = make.learner(course)

    with pytest.raises(Forbidden):
        list_questions(session, actor=student, course_id=course.id, wanted=QuestionFilter())
