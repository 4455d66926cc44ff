"""What a course holds, and what a learner knows of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.memory.state import Phase
from quizapp.models import Fact, Memory, Role, Status
from quizapp.policy import Actor
from quizapp.queries.home import home
from quizapp.queries.library import course_cards, course_page
from quizapp.queries.reader import source_page
from quizapp.services.enrolments import join_course
from tests.support.make import RAW, Make


def remember(make: Make, actor: Actor, fact: Fact, **given: Any) -> None:
    values = {
        "phase": Phase.REVIEW.value,
        "step": None,
        "stability": 30.0,
        "difficulty": 5.0,
        "last_review_at": given["due_at"] - timedelta(days=1),
        "reps": 3,
        "lapses": 0,
        "is_suspended": False,
        "seen": 1,
    }
    make.session.add(
        Memory(learner_id=actor.id, fact_id=fact.id, course_id=fact.course_id, **values | given)
    )
    make.session.flush()


def asked_fact(make: Make, *given: Any, **values: Any) -> Fact:
    fact = make.fact(*given, **values)
    make.question(fact)
    return fact


def test_a_learner_sees_their_own_courses_first_and_no_private_one_of_others(
    session: Session, make: Make
) -> None:
    public = make.course(title="A public one")
    mine = make.course(title="Mine", is_public=False)
    make.course(title="Somebody's", is_public=False)
    learner = make.learner(mine)

    found = course_cards(session, actor=learner)

    assert [(card.title, card.role) for card in found] == [
        (mine.title, Role.STUDENT),
        (public.title, None),
    ]
    assert [card.title for card in course_cards(session, actor=None)] == [public.title]


def test_courses_count_what_learners_meet(session: Session, make: Make) -> None:
    course = make.course()
    asked_fact(make, course)
    make.fact(course)  # nothing asks about it yet
    make.question(make.fact(course), status=Status.DRAFT)
    asked_fact(make, course, status=Status.RETIRED)
    make.quiz(course)
    make.quiz(course, status=Status.DRAFT)

    (card,) = course_cards(session, actor=None)

    assert (card.fact_count, card.quiz_count) == (1, 1)


def test_a_topic_says_how_many_of_its_facts_a_learner_knows(
    session: Session, make: Make, now: datetime
) -> None:
    course = make.course()
    topic, empty = make.topic(course), make.topic(course)
    known, learning, _ = (asked_fact(make, course, topic) for _ in range(3))
    learner, other = make.learner(course), make.learner(course)
    remember(make, learner, known, due_at=now)
    remember(make, learner, learning, due_at=now, phase=Phase.LEARNING.value, step=0)
    remember(make, other, learning, due_at=now)

    page = course_page(session, actor=learner, slug=course.slug)

    counts = [(row.key, row.fact_count, row.known_count) for row in page.topics]
    assert counts == [(topic.key, 3, 1), (empty.key, 0, 0)]
    assert (page.fact_count, page.known_count) == (3, 1)


def test_a_quiz_counts_its_fixed_questions_and_its_draws(session: Session, make: Make) -> None:
    course = make.course()
    question = make.question(make.fact(course))
    make.quiz(course, [question], [{"topics": [], "count": 4}])
    make.quiz(course)

    page = course_page(session, actor=None, slug=course.slug)

    assert [quiz.question_count for quiz in page.quizzes] == [5, 0]


def test_texts_are_listed_with_the_number_of_their_paragraphs(session: Session, make: Make) -> None:
    course = make.course()
    make.passage(course)

    (source,) = course_page(session, actor=None, slug=course.slug).sources

    assert (source.title, source.passage_count) == ("Course reader", 1)


def test_a_private_course_exists_only_for_its_members_and_admins(
    session: Session, make: Make, now: datetime
) -> None:
    course = make.course(is_public=False)
    passage = make.passage(course)
    stranger = make.learner(make.course())
    admin = make.actor(make.user(is_admin=True))

    for actor in (None, stranger):
        with pytest.raises(NotFound):
            course_page(session, actor=actor, slug=course.slug)
        with pytest.raises(NotFound):
            source_page(session, actor=actor, source_id=passage.source_id, now=now)
    for actor in (make.learner(course), admin):
        assert course_page(session, actor=actor, slug=course.slug).course.id == course.id


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"days": 24}, "Due in 24 days"),
        ({"days": 1}, "Due tomorrow"),
        ({"hours": 2}, "Due today"),
        ({"hours": -2}, "Due now"),
        ({"minutes": 10, "phase": Phase.LEARNING.value, "step": 0}, "Due in 10 min"),
        ({"days": 3, "is_suspended": True}, "Put aside"),
        ({"days": 0, "phase": Phase.NEW.value}, "Not started"),
    ],
)
def test_a_paragraph_says_where_the_learner_stands_with_each_card(
    session: Session, make: Make, now: datetime, given: dict[str, Any], words: str
) -> None:
    course = make.course()
    passage = make.passage(course)
    fact = asked_fact(make, course, None, passage)
    learner = make.learner(course)
    wait = {name: given[name] for name in ("days", "hours", "minutes") if name in given}
    state = {name: value for name, value in given.items() if name not in wait}
    remember(make, learner, fact, due_at=now + timedelta(**wait), **state)

    page = source_page(session, actor=learner, source_id=passage.source_id, now=now)

    (card,) = page.sections[0].passages[0].cards
    assert (card.stem, card.state) == (RAW["single_choice"]["stem"], words)


def test_someone_elses_memory_is_not_shown(session: Session, make: Make, now: datetime) -> None:
    course = make.course()
    passage = make.passage(course)
    fact = asked_fact(make, course, None, passage)
    remember(make, make.learner(course), fact, due_at=now)
    learner = make.learner(course)

    page = source_page(session, actor=learner, source_id=passage.source_id, now=now)
    anonymous = source_page(session, actor=None, source_id=passage.source_id, now=now)

    assert [card.state for card in page.sections[0].passages[0].cards] == ["Not started"]
    assert [card.state for card in anonymous.sections[0].passages[0].cards] == [""]


def test_drafts_and_what_nothing_asks_leave_no_mark_in_a_text(
    session: Session, make: Make, now: datetime
) -> None:
    course = make.course()
    passage = make.passage(course)
    make.question(make.fact(course, None, passage), status=Status.DRAFT)
    make.fact(course, None, passage)

    page = source_page(session, actor=None, source_id=passage.source_id, now=now)

    (paragraph,) = page.sections[0].passages
    assert (paragraph.cards, page.question_count) == ((), 0)
    assert [segment.cited for segment in paragraph.segments] == [0]


def test_cited_words_are_marked_and_questions_are_counted_once_for_each_fact(
    session: Session, make: Make, now: datetime
) -> None:
    course = make.course()
    passage = make.passage(course, "First words. The rest.")
    fact = asked_fact(make, course, None, passage)
    make.question(fact, "cloze")

    page = source_page(session, actor=None, source_id=passage.source_id, now=now)

    (paragraph,) = page.sections[0].passages
    assert [(s.text, s.cited) for s in paragraph.segments] == [
        ("First words", 1),
        (". The rest.", 0),
    ]
    assert (paragraph.question_count, len(paragraph.cards), page.question_count) == (2, 1, 2)


def test_joining_makes_a_student_once_and_takes_no_role_away(
    session: Session, make: Make, now: datetime
) -> None:
    course = make.course()
    user = make.user()
    teacher = make.instructor(course)

    first = join_course(session, actor=make.actor(user), slug=course.slug, now=now)
    second = join_course(session, actor=make.actor(user), slug=course.slug, now=now)
    join_course(session, actor=teacher, slug=course.slug, now=now)

    assert (first, second) == (True, False)
    assert make.actor(user).roles[course.id] is Role.STUDENT
    session.expire_all()
    assert course_page(session, actor=teacher, slug=course.slug).may_teach


def test_a_private_course_cannot_be_joined(session: Session, make: Make, now: datetime) -> None:
    course = make.course(is_public=False)

    for slug in (course.slug, "no-such-course"):
        with pytest.raises(NotFound):
            join_course(session, actor=make.actor(make.user()), slug=slug, now=now)


def test_the_first_page_without_a_public_course_is_empty(session: Session, make: Make) -> None:
    make.course(is_public=False)

    found = home(session)

    assert (found.course, found.topics, found.demo) == (None, (), None)


def test_the_first_page_shows_a_card_that_explains_itself_and_asks_for_recall(
    session: Session, make: Make
) -> None:
    course = make.course()
    fact = make.fact(course)
    make.question(fact)
    make.question(fact, "short_text")
    explained = RAW["short_text"] | {"stem": "Which sea?", "explanation": "It lies there."}
    make.question(fact, "short_text", explained)
    make.question(fact, "short_text", explained | {"stem": "A draft?"}, status=Status.DRAFT)

    found = home(session)

    assert found.course is not None
    assert found.course.fact_count == 1
    assert found.demo is not None
    assert (found.demo.question, found.demo.answer) == ("Which sea?", "Euphrates")
    assert found.demo.citation.exact in found.demo.citation.before + found.demo.citation.exact


def test_the_first_page_does_not_need_a_card(session: Session, make: Make) -> None:
    course = make.course()
    make.question(make.fact(course), status=Status.DRAFT)

    found = home(session)

    assert found.course is not None
    assert found.demo is None
