"""Questions that ask the same: finding them, and remembering what was said of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Forbidden, NotFound
from quizapp.models import Course, Job, QuestionPair, Status
from quizapp.policy import Actor
from quizapp.queries.duplicates import Pair, alike_questions, duplicates, find_pairs
from quizapp.services.duplicates import ask_for_duplicates, keep_pairs, say_distinct
from tests.support.make import NOON, RAW, Make


@pytest.fixture
def course(make: Make) -> Course:
    return make.course()


@pytest.fixture
def teacher(make: Make, course: Course) -> Actor:
    return make.instructor(course)


def ask(make: Make, course: Course, stem: str, **given: Any) -> int:
    raw = RAW["single_choice"] | {"stem": stem} | given.pop("raw", {})
    return make.question(make.fact(course), raw=raw, **given).id


def test_the_same_and_nearly_the_same_are_found(
    session: Session, make: Make, course: Course
) -> None:
    first = ask(make, course, "Which airbase near Hamadan did bombers use in August 2016?")
    same = ask(make, course, "which Airbase near Hamadân did bombers use in August 2016")
    near = ask(
        make,
        course,
        "In August 2016, bombers used which airbase near Hamadan?",
        raw={"explanation": "It lies there."},
    )
    ask(make, course, "Which airbase near Hamadan did bombers use in August 2015?")
    ask(make, course, "Which river runs through Deir ez-Zor?")
    retired = {"status": Status.RETIRED}
    ask(make, course, "Which river runs through Deir ez-Zor?", **retired)
    ask(make, make.course(), "Which river runs through Deir ez-Zor?")

    pairs, looked_at = find_pairs(session, course_id=course.id)

    assert looked_at == 5
    assert pairs[0] == Pair(first, same, is_same=True)
    assert set(pairs[1:]) <= {Pair(first, near, is_same=False)}


def test_a_search_is_asked_for_once_and_again_when_it_is_lost(
    session: Session, course: Course, teacher: Actor
) -> None:
    given: dict[str, Any] = {"actor": teacher, "course_id": course.id}
    for minutes, jobs in ((0, 1), (5, 1), (11, 2)):
        ask_for_duplicates(session, **given, now=NOON + timedelta(minutes=minutes))

        assert len(session.scalars(sa.select(Job)).all()) == jobs
    assert duplicates(session, **given, page=1).is_running


def test_pairs_stand_side_by_side_until_they_are_settled(
    session: Session, make: Make, course: Course, teacher: Actor
) -> None:
    ids = [ask(make, course, "Which river?") for _ in range(3)]
    given: dict[str, Any] = {"actor": teacher, "course_id": course.id}
    ask_for_duplicates(session, **given, now=NOON)
    pairs, looked_at = find_pairs(session, course_id=course.id)
    kept: dict[str, Any] = {"course_id": course.id, "questions": looked_at, "now": NOON}
    keep_pairs(session, **kept, pairs=pairs)

    shown = duplicates(session, **given, page=9)
    assert [(pair.first.id, pair.second.id) for pair in shown.pairs] == [
        (ids[0], ids[1]),
        (ids[0], ids[2]),
    ]
    assert any(is_key for _, is_key in shown.pairs[0].first.options)

    say_distinct(session, **given, first_id=ids[0], second_id=ids[1], is_so=True)
    keep_pairs(session, **kept, pairs=pairs)
    assert duplicates(session, **given, page=1).total == 1
    say_distinct(session, **given, first_id=ids[0], second_id=ids[1], is_so=False)
    assert duplicates(session, **given, page=1).total == 2


def test_only_instructors_of_the_course_say_so(
    session: Session, make: Make, course: Course, teacher: Actor
) -> None:
    first, second = (ask(make, course, "Which river?") for _ in range(2))
    ask_for_duplicates(session, actor=teacher, course_id=course.id, now=NOON)
    pairs, questions = find_pairs(session, course_id=course.id)
    keep_pairs(session, course_id=course.id, pairs=pairs, questions=questions, now=NOON)
    said: dict[str, Any] = {"course_id": course.id, "first_id": first, "is_so": True}

    for actor, error in (
        (make.learner(course), Forbidden),
        (make.instructor(make.course()), NotFound),
    ):
        with pytest.raises(error):
            say_distinct(session, actor=actor, **said, second_id=second)
    with pytest.raises(NotFound):
        say_distinct(session, actor=teacher, **said, second_id=second + 1)
    assert duplicates(session, actor=teacher, course_id=course.id, page=1).total == 1


def test_a_course_that_is_gone_keeps_nothing(session: Session) -> None:
    keep_pairs(session, course_id=99, pairs=[Pair(1, 2, is_same=True)], questions=2, now=NOON)


def test_questions_like_the_one_that_is_typed_are_found_while_it_is_typed(
    session: Session, make: Make, course: Course
) -> None:
    elsewhere = make.course()
    stem = "Which Syrian airbase did Russian bombers use during August?"
    first = ask(make, course, stem)
    second = ask(make, course, stem.replace("bombers", "the bombers"))
    ask(make, course, stem, status=Status.RETIRED)
    ask(make, elsewhere, stem)
    ask(make, course, "Which Iranian airbase did Russian bombers use during August?")

    def alike(type_name: str = "single_choice", besides: int | None = None) -> list[int]:
        found = alike_questions(
            session, course_id=course.id, type_name=type_name, stem=stem, besides=besides
        )
        return [one.id for one in found]

    assert alike() == [first, second]
    assert alike("cloze") == []
    assert alike(besides=first) == [second]
    said = QuestionPair(first_id=first, second_id=second, course_id=course.id, is_same=False)
    said.is_distinct = True
    session.add(said)
    session.flush()
    assert alike(besides=first) == []
    assert alike(besides=second) == []
