"""Making and editing quizzes, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, Invalid, NotFound
from quizapp.grading.settings import Behaviour, QuizSettings
from quizapp.models import Attempt, Course, Question, Quiz, Slot, Status
from quizapp.policy import Actor
from quizapp.queries.teach_quizzes import (
    PICK_SIZE,
    PickFilter,
    find_questions,
    stored_quiz,
    taught_quizzes,
)
from quizapp.services.attempt_start import start_attempt
from quizapp.services.question_index import index_questions
from quizapp.services.quiz_preview import preview_quiz
from quizapp.services.quiz_slots import WrittenDraw, WrittenSlot
from quizapp.services.quizzes import (
    WrittenQuiz,
    create_quiz,
    duplicate_quiz,
    move_quiz,
    revise_quiz,
    set_quiz_status,
)
from tests.support.desk import statements_of
from tests.support.make import RAW, Make


class School:
    """A course with an instructor and six facts in two topics, one question each."""

    def __init__(self, session: Session, make: Make) -> None:
        self.session, self.make = session, make
        self.course: Course = make.course()
        self.teacher: Actor = make.instructor(self.course)
        self.topics = [make.topic(self.course), make.topic(self.course)]
        passage = make.passage(self.course)
        self.facts = [make.fact(self.course, self.topics[n % 2], passage) for n in range(6)]
        self.questions: list[Question] = [make.question(fact) for fact in self.facts]

    def fixed(self, *places: int, mark: str = "1") -> tuple[WrittenSlot, ...]:
        return tuple(WrittenSlot(mark, self.questions[place].id) for place in places)

    def draw(self, count: int | None, **given: Any) -> WrittenSlot:
        return WrittenSlot(given.pop("mark", "1"), draw=WrittenDraw(count, **given))

    def create(self, *slots: WrittenSlot, publishes: bool = True, **given: Any) -> int:
        written = written_quiz(*slots, publishes=publishes, **given)
        return create_quiz(
            self.session, actor=self.teacher, course_id=self.course.id, written=written
        )

    def revise(self, quiz_id: int, *slots: WrittenSlot, seen: int = 0, **given: Any) -> int:
        return revise_quiz(
            self.session,
            actor=self.teacher,
            course_id=self.course.id,
            quiz_id=quiz_id,
            written=written_quiz(*slots, **given),
            seen=seen,
        )

    def slots(self, quiz_id: int) -> list[Any]:
        return list(
            self.session.execute(
                sa.select(Slot.max_mark, Slot.question_id, Slot.draw)
                .where(Slot.quiz_id == quiz_id)
                .order_by(Slot.position)
            )
        )

    def quiz(self, quiz_id: int) -> Quiz:
        self.session.expire_all()
        return self.session.get_one(Quiz, quiz_id)


def written_quiz(*slots: WrittenSlot, **given: Any) -> WrittenQuiz:
    values: dict[str, Any] = {"title": "A quiz", "summary": "", "settings": {}}
    return WrittenQuiz(**values | given, slots=tuple(slots))


@pytest.fixture
def school(session: Session, make: Make) -> School:
    return School(session, make)


def problems(error: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {problem.path: problem.message for problem in error.value.problems}


def test_a_quiz_keeps_what_was_stated(school: School) -> None:
    settings = {"behaviour": "practice", "tries": 2, "pass_mark_percent": 50}

    quiz_id = school.create(
        *school.fixed(0, mark="2.5"),
        school.draw(2, topics=(school.topics[1].id,), tags=()),
        title="  One   quiz ",
        summary="**Read** this.",
        settings=settings,
        access_code=" door 7 ",
    )

    quiz = school.quiz(quiz_id)
    assert (quiz.title, quiz.summary, quiz.access_code) == ("One quiz", "**Read** this.", "door 7")
    assert quiz.status is Status.READY
    assert QuizSettings.parse(quiz.settings).behaviour is Behaviour.PRACTICE
    first, second = school.slots(quiz_id)
    assert (first.max_mark, first.question_id) == (Fraction(5, 2), school.questions[0].id)
    assert second.draw == {"count": 2, "topics": [school.topics[1].id]}


def test_a_new_quiz_is_a_draft_unless_it_is_published(school: School) -> None:
    quiz_id = school.create(publishes=False)

    assert school.quiz(quiz_id).status is Status.DRAFT


def test_every_problem_is_named_at_once(school: School) -> None:
    with pytest.raises(Invalid) as error:
        school.create(
            WrittenSlot("none", school.questions[0].id),
            school.draw(None),
            title=" ",
            summary="x" * 5_000,
            access_code="a\x00b",
            settings={"tries": 0, "closes_at": "soon", "bands": [{"from_percent": 200}]},
        )

    assert set(problems(error)) == {
        *("title", "summary", "access_code", "settings.tries", "settings.closes_at"),
        *("settings.bands.0.from_percent", "slots.0.mark", "slots.1.count"),
    }


def test_a_quiz_that_asks_nothing_is_not_published(school: School) -> None:
    with pytest.raises(Invalid) as error:
        school.create()

    assert set(problems(error)) == {"slots"}


@pytest.mark.parametrize("mark", ["0", "-1", "1001", "1e3", "½", "", "1/0", "0.00001"])
def test_points_are_above_nought_and_plain(school: School, mark: str) -> None:
    with pytest.raises(Invalid) as error:
        school.create(*school.fixed(0, mark=mark))

    assert set(problems(error)) == {"slots.0.mark"}


def test_points_may_have_a_comma(school: School) -> None:
    quiz_id = school.create(*school.fixed(0, mark="1,5"))

    assert school.slots(quiz_id)[0].max_mark == Fraction(3, 2)


def test_a_draw_of_more_facts_than_there_are_is_told(school: School) -> None:
    school.make.question(school.facts[0], "true_false")  # another form, no other fact

    with pytest.raises(Invalid) as error:
        school.create(school.draw(4, topics=(school.topics[0].id,)))

    assert "draws 4 facts, but only 3 can be asked" in problems(error)["slots.0.count"]


def test_draws_that_take_from_each_other_are_told(school: School) -> None:
    topic = (school.topics[0].id,)

    school.create(school.draw(2, topics=topic), school.draw(1, topics=topic))
    with pytest.raises(Invalid) as error:
        school.create(school.draw(1), school.draw(2, topics=topic), school.draw(2, topics=topic))

    assert "more facts than there are" in problems(error)["slots.2.count"]


def test_a_draw_goes_by_type_and_tag(school: School) -> None:
    school.questions[0].tags = ["exam"]
    school.questions[1].tags = ["exam", "hard"]
    school.session.flush()

    school.create(school.draw(2, types=("single_choice",), tags=("exam",)))
    with pytest.raises(Invalid) as error:
        school.create(school.draw(2, tags=("hard",)))

    assert "only 1" in problems(error)["slots.0.count"]


def test_a_draw_from_elsewhere_is_refused(school: School) -> None:
    other = school.make.topic(school.make.course())

    with pytest.raises(Invalid) as error:
        school.create(
            school.draw(1, topics=(other.id,)),
            school.draw(1, types=("essay",)),
            school.draw(1, tags=("a b",)),
        )

    assert set(problems(error)) == {"slots.2.tags"}
    with pytest.raises(Invalid) as error:
        school.create(school.draw(1, topics=(other.id,)), school.draw(1, types=("essay",)))
    assert set(problems(error)) == {"slots.0.topics", "slots.1.types"}


def test_a_question_of_another_course_or_not_ready_is_refused(school: School) -> None:
    other = school.make.question(school.make.fact(school.make.course()))
    school.questions[1].status = Status.DRAFT
    school.session.flush()

    with pytest.raises(Invalid) as error:
        school.create(WrittenSlot("1", other.id), *school.fixed(1), WrittenSlot("1", 99_999_999))

    assert set(problems(error)) == {f"slots.{place}.question" for place in range(3)}


def test_two_questions_on_one_fact_are_refused(school: School) -> None:
    twin = school.make.question(school.facts[0], "true_false")

    with pytest.raises(Invalid) as error:
        school.create(*school.fixed(0), WrittenSlot("1", twin.id))

    assert "same fact as row 1" in problems(error)["slots.1.question"]


def test_what_belongs_to_a_person_is_no_setting_of_a_quiz(school: School) -> None:
    quiz_id = school.create(*school.fixed(0), settings={"time_factor": "2", "tries": 4})

    assert school.quiz(quiz_id).settings == {"tries": 4}


def test_an_edit_counts_and_keeps_the_status(school: School) -> None:
    quiz_id = school.create(*school.fixed(0))

    edited = school.revise(quiz_id, *school.fixed(1, 0), title="Other")

    quiz = school.quiz(quiz_id)
    assert (edited, quiz.edited, quiz.title, quiz.status) == (1, 1, "Other", Status.READY)
    assert [slot.question_id for slot in school.slots(quiz_id)] == [
        school.questions[1].id,
        school.questions[0].id,
    ]


def test_of_two_editors_the_second_changes_nothing(school: School) -> None:
    quiz_id = school.create(*school.fixed(0))
    school.revise(quiz_id, *school.fixed(0), title="The first")

    with pytest.raises(Conflict):
        school.revise(quiz_id, *school.fixed(1), title="The second", seen=0)

    assert school.quiz(quiz_id).title == "The first"
    assert school.slots(quiz_id)[0].question_id == school.questions[0].id


def test_a_question_retired_since_does_not_stand_in_the_way_of_other_changes(
    school: School, now: datetime
) -> None:
    quiz_id = school.create(*school.fixed(0, 1))
    school.questions[0].status = Status.RETIRED
    school.session.flush()
    later = {"closes_at": (now + timedelta(days=1)).isoformat()}

    school.revise(quiz_id, *school.fixed(0, 1), settings=later)

    with pytest.raises(Invalid):
        school.revise(quiz_id, *school.fixed(0, 1, 2), seen=1)


def test_an_attempt_keeps_its_questions_and_settings(school: School, now: datetime) -> None:
    quiz_id = school.create(*school.fixed(0), settings={"time_limit_minutes": 10})
    learner = school.make.learner(school.course)
    start_attempt(school.session, actor=learner, quiz_id=quiz_id, seed=1, now=now)
    before = school.session.execute(sa.select(Attempt.layout, Attempt.settings)).one()

    school.revise(quiz_id, *school.fixed(1, 2), settings={"time_limit_minutes": 5})

    assert school.session.execute(sa.select(Attempt.layout, Attempt.settings)).one() == before
    other = school.make.learner(school.course)
    start_attempt(school.session, actor=other, quiz_id=quiz_id, seed=1, now=now)
    layouts = school.session.scalars(sa.select(Attempt.layout).order_by(Attempt.learner_id)).all()
    assert [len(layout) for layout in layouts] == [1, 2]
    stored = stored_quiz(
        school.session, actor=school.teacher, course_id=school.course.id, quiz_id=quiz_id
    )
    assert (stored.attempts.handed_in, stored.attempts.open) == (0, 2)


def test_a_copy_is_a_draft_with_the_same_questions(school: School) -> None:
    settings = {"behaviour": "certainty"}
    quiz_id = school.create(*school.fixed(0), school.draw(2), settings=settings, access_code="x")

    copy_id = duplicate_quiz(
        school.session, actor=school.teacher, course_id=school.course.id, quiz_id=quiz_id
    )

    copy = school.quiz(copy_id)
    assert (copy.title, copy.status, copy.access_code) == ("Copy of A quiz", Status.DRAFT, "x")
    assert copy.settings == settings
    assert copy.bank_sha256 is None
    assert school.slots(copy_id) == school.slots(quiz_id)


def test_a_quiz_is_retired_and_brought_back(school: School) -> None:
    quiz_id = school.create(*school.fixed(0))
    here: Any = {"actor": school.teacher, "course_id": school.course.id, "quiz_id": quiz_id}

    before = set_quiz_status(school.session, **here, status=Status.RETIRED)
    assert before is Status.READY
    assert school.quiz(quiz_id).status is Status.RETIRED
    set_quiz_status(school.session, **here, status=before)

    assert school.quiz(quiz_id).status is Status.READY


def test_what_asks_nothing_is_not_brought_back_to_students(school: School) -> None:
    quiz_id = school.create(publishes=False)

    with pytest.raises(Invalid):
        set_quiz_status(
            school.session,
            actor=school.teacher,
            course_id=school.course.id,
            quiz_id=quiz_id,
            status=Status.READY,
        )


def test_quizzes_change_places(school: School) -> None:
    ids = [school.create(*school.fixed(0), title=f"Quiz {n}") for n in range(3)]
    hidden = school.make.quiz(school.course, is_practice=True, position=1)

    def move(quiz_id: int, by: int) -> list[int]:
        move_quiz(
            school.session,
            actor=school.teacher,
            course_id=school.course.id,
            quiz_id=quiz_id,
            by=by,
        )
        found = taught_quizzes(school.session, actor=school.teacher, course_id=school.course.id)
        return [quiz.id for quiz in found]

    assert move(ids[2], -1) == [ids[0], ids[2], ids[1]]
    assert move(ids[0], -1) == [ids[0], ids[2], ids[1]]
    assert move(ids[0], 1) == [ids[2], ids[0], ids[1]]
    assert hidden.id not in move(ids[1], 1)


@pytest.mark.parametrize("who", ["student", "stranger", "teacher of another course"])
def test_nobody_else_touches_a_quiz(school: School, who: str) -> None:
    make, course = school.make, school.course
    quiz_id = school.create(*school.fixed(0))
    other = make.course()
    actor = {
        "student": lambda: make.learner(course),
        "stranger": lambda: make.actor(make.user()),
        "teacher of another course": lambda: make.instructor(other),
    }[who]()
    here: Any = {"actor": actor, "course_id": course.id}
    written = written_quiz(*school.fixed(0))
    attempts = (
        lambda: create_quiz(school.session, **here, written=written),
        lambda: revise_quiz(school.session, **here, quiz_id=quiz_id, written=written, seen=0),
        lambda: duplicate_quiz(school.session, **here, quiz_id=quiz_id),
        lambda: set_quiz_status(school.session, **here, quiz_id=quiz_id, status=Status.RETIRED),
        lambda: move_quiz(school.session, **here, quiz_id=quiz_id, by=1),
        lambda: taught_quizzes(school.session, **here),
        lambda: stored_quiz(school.session, **here, quiz_id=quiz_id),
        lambda: preview_quiz(school.session, **here, quiz_id=quiz_id, seed=1),
    )
    for attempt in attempts:
        with pytest.raises((Forbidden, NotFound)):
            attempt()


def test_a_quiz_of_another_course_is_not_there(school: School) -> None:
    quiz_id = school.create(*school.fixed(0))
    other = school.make.course()
    here: Any = {"actor": school.make.instructor(other), "course_id": other.id, "quiz_id": quiz_id}

    for act in (duplicate_quiz, stored_quiz):
        with pytest.raises(NotFound):
            act(school.session, **here)
    with pytest.raises(NotFound):
        revise_quiz(school.session, **here, written=written_quiz(), seen=0)


def test_a_preview_shows_what_a_seed_draws_and_starts_nothing(school: School) -> None:
    quiz_id = school.create(*school.fixed(0), school.draw(2))
    here: Any = {"actor": school.teacher, "course_id": school.course.id, "quiz_id": quiz_id}

    draws = {
        tuple(slot.question_id for slot in preview_quiz(school.session, **here, seed=seed))
        for seed in range(12)
    }

    assert len(draws) > 1
    assert {len(draw) for draw in draws} == {3}
    assert {draw[0] for draw in draws} == {school.questions[0].id}
    assert not school.session.scalar(sa.select(sa.func.count()).select_from(Attempt))


def test_a_preview_of_nothing_is_empty(school: School) -> None:
    quiz_id = school.create(publishes=False)

    assert (
        preview_quiz(
            school.session,
            actor=school.teacher,
            course_id=school.course.id,
            quiz_id=quiz_id,
            seed=1,
        )
        == ()
    )


def test_questions_are_found_by_words_topic_and_type(school: School) -> None:
    changed = school.questions[0]
    changed.stem = "What is 100 % of it?"
    words = RAW["single_choice"] | {"stem": changed.stem}
    school.make.revision(changed, words, number=2)
    changed.current_number = 2
    index_questions(school.session, [changed.id])
    typed = school.make.question(school.facts[1], "short_text")

    def ids(without: tuple[int, ...] = (), **wanted: Any) -> set[int]:
        found = find_questions(
            school.session,
            course_id=school.course.id,
            wanted=PickFilter(**wanted),
            without=without,
        )
        return {pick.id for pick in found.rows}

    assert ids(text="100 %") == {school.questions[0].id}
    assert ids(type_name="short_text") == {typed.id}
    assert ids(topic_id=school.topics[0].id) == {q.id for q in school.questions[::2]}
    assert ids(text="100 %", without=(school.questions[0].id,)) == set()


def test_what_is_found_comes_in_pages(school: School) -> None:
    for _ in range(PICK_SIZE):
        school.make.question(school.make.fact(school.course, school.topics[0]))

    def page(number: int) -> Any:
        wanted = PickFilter(page=number)
        return find_questions(school.session, course_id=school.course.id, wanted=wanted)

    assert (len(page(1).rows), page(1).has_more) == (PICK_SIZE, True)
    assert (len(page(2).rows), page(2).has_more) == (6, False)
    assert page(2_000_000_000).rows == ()


def test_the_list_takes_the_same_statements_however_long_it_is(school: School) -> None:
    def count() -> int:
        with statements_of(school.session) as seen:
            taught_quizzes(school.session, actor=school.teacher, course_id=school.course.id)
        return len(seen)

    school.create(*school.fixed(0))
    one = count()
    for _ in range(20):
        school.create(*school.fixed(0, 1), school.draw(2))

    assert count() == one <= 3


def test_publishing_an_edit_makes_a_draft_ready(school: School) -> None:
    quiz_id = school.create(publishes=False)
    written = replace(written_quiz(*school.fixed(0)), publishes=True)

    revise_quiz(
        school.session,
        actor=school.teacher,
        course_id=school.course.id,
        quiz_id=quiz_id,
        written=written,
        seen=0,
    )

    assert school.quiz(quiz_id).status is Status.READY
