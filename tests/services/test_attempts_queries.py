"""What the pages of quizzes are told, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import Slot
from quizapp.queries.attempts import AttemptHead, Stage, attempt_head
from quizapp.queries.question_pages import check_page, first_unanswered, question_page
from quizapp.queries.quizzes import quiz_list, quiz_page
from quizapp.queries.results import ResultsPage, results_page
from tests.support.make import Make
from tests.support.sitting import TYPE_NAMES, Sitting


@pytest.fixture
def sitting(session: Session, make: Make, now: datetime) -> Sitting:
    return Sitting(session, make, now)


def head_of(sitting: Sitting, *, after: float = 10) -> AttemptHead:
    return attempt_head(
        sitting.session,
        actor=sitting.actor,
        attempt_id=sitting.attempt_id,
        now=sitting.at(after),
    )


def results_of(sitting: Sitting, *, after: float = 3600) -> ResultsPage:
    head = head_of(sitting, after=after)
    return results_page(sitting.session, actor=sitting.actor, head=head, now=sitting.at(after))


@pytest.mark.parametrize("number", range(1, len(TYPE_NAMES) + 1))
def test_a_question_is_filled_with_what_was_saved(sitting: Sitting, number: int) -> None:
    sitting.start(sitting.quiz(*TYPE_NAMES, shuffle_options=True), seed=9)
    head = head_of(sitting)
    args = {"actor": sitting.actor, "head": head, "number": number}
    empty = question_page(sitting.session, **args)  # type: ignore[arg-type]
    sitting.answer_rightly(number - 1)

    page = question_page(sitting.session, **args)  # type: ignore[arg-type]

    assert empty.filled == {}
    assert page.type_name == TYPE_NAMES[number - 1]
    assert sitting.post(number - 1, page.filled, nonce="again").outcome.value == "unchanged"
    assert [step.is_answered for step in page.steps].index(True) == number - 1


def test_the_check_lists_every_stem_with_what_is_open(sitting: Sitting) -> None:
    sitting.start(sitting.quiz("single_choice", "cloze"))
    sitting.answer_rightly(0)
    sitting.flag(1)
    head = head_of(sitting)

    page = check_page(sitting.session, actor=sitting.actor, head=head)

    assert [step.stem for step in page.steps] == [
        "Which article bars foreign bases?",
        "Article ___ of the constitution.",
    ]
    assert (page.answered, page.unanswered, page.flagged) == (1, 1, 1)
    assert first_unanswered(sitting.session, actor=sitting.actor, head=head) == 2


def test_an_attempt_is_open_then_overdue_then_submitted(sitting: Sitting) -> None:
    sitting.start(sitting.quiz("cloze", time_limit_minutes=1))
    stages = [head_of(sitting, after=after).stage for after in (0, 90, 90.001)]
    sitting.submit(after=91)

    assert stages == [Stage.OPEN, Stage.OPEN, Stage.OVERDUE]
    assert head_of(sitting).stage is Stage.SUBMITTED


def test_nobody_sees_anothers_attempt(sitting: Sitting, make: Make) -> None:
    sitting.start(sitting.quiz("cloze"))
    sitting.actor = make.learner(sitting.course)

    with pytest.raises(NotFound):
        head_of(sitting)


class TestResults:
    def test_topics_are_in_their_order_with_their_points(
        self, sitting: Sitting, make: Make
    ) -> None:
        early = make.topic(sitting.course, title="Early", position=-1)
        late = [sitting.question("cloze") for _ in range(2)]
        first = make.question(make.fact(sitting.course, early, sitting.passage))
        quiz = make.quiz(sitting.course, [*late, first], settings={"shuffle_options": False})
        sitting.start(quiz)
        sitting.answer_rightly(1)
        sitting.answer_rightly(2)
        sitting.submit()

        topics = results_of(sitting).topics

        assert [(topic.title, str(topic.mark)) for topic in topics] == [
            ("Early", "1 of 1"),
            (sitting.topic.title, "1 of 2"),
        ]

    def test_each_slot_has_its_verdict_proof_and_memory(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz("single_choice", "multiple_response", "cloze", "short_text"))
        sitting.answer_rightly(0)
        sitting.save(1, choice=["0"])
        sitting.save(2, gap_0="145")
        sitting.submit()

        page = results_of(sitting, after=61)

        assert [slot.verdict for slot in page.slots] == ["right", "partly", "wrong", "unanswered"]
        assert [slot.key_letters for slot in page.slots] == ["A", "A, B and C", "", ""]
        assert all(slot.citations[0].exact for slot in page.slots)
        assert [bool(slot.fact.due_in) for slot in page.slots] == [True, True, True, False]
        assert (page.new_facts, page.known_facts, page.right) == (3, 0, 1)
        assert (page.mark.points, page.counts_questions) == (Fraction(4, 3), False)

    def test_the_attempt_before_is_the_last_one_submitted(self, sitting: Sitting) -> None:
        quiz = sitting.quiz("cloze")
        for seed in range(3):
            sitting.start(quiz, seed=seed)
            if seed == 1:
                sitting.answer_rightly(0)
            sitting.submit()

        page = results_of(sitting)

        assert page.earlier is not None
        assert (page.earlier.number, str(page.earlier.mark)) == (2, "1 of 1")
        assert page.may_retry

    def test_the_time_taken_ends_at_the_deadline(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz("cloze", time_limit_minutes=1))
        sitting.submit(after=75)

        assert results_of(sitting).seconds == 60

    def test_the_mark_on_the_page_is_worked_out_anew(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz("cloze"))
        sitting.answer_rightly(0)
        sitting.submit()

        assert results_of(sitting).mark == sitting.marks()


class TestTheList:
    def test_it_counts_draws_and_ranks_attempts(
        self, sitting: Sitting, session: Session, now: datetime
    ) -> None:
        for _ in range(3):
            sitting.question("cloze")
        quiz = sitting.quiz("single_choice", draws=[{"topics": [sitting.topic.id], "count": 3}])
        session.execute(sa.update(Slot).where(Slot.position == 1).values(max_mark=Fraction(2)))
        for seed, right in enumerate((1, 3, 2)):
            sitting.start(quiz, seed=seed)
            for slot in range(right):
                sitting.answer_rightly(slot)
            sitting.submit()
        sitting.start(quiz, seed=9)

        (line,) = quiz_list(session, actor=sitting.actor, course_id=sitting.course.id, now=now)

        assert line.questions == 4
        assert [attempt.number for attempt in line.attempts] == [4, 3, 2, 1]
        assert line.last is not None
        assert (line.last.number, line.standing.number) == (3, 2)
        assert line.open_attempt is not None
        assert line.open_attempt.number == 4

    def test_anothers_attempts_are_not_in_it(self, sitting: Sitting, make: Make) -> None:
        quiz = sitting.quiz("cloze")
        sitting.start(quiz)
        other = make.learner(sitting.course)

        page = quiz_page(sitting.session, actor=other, quiz_id=quiz.id, now=sitting.now)

        assert page.quiz.attempts == ()

    def test_who_is_not_in_the_course_sees_no_list(self, sitting: Sitting, make: Make) -> None:
        stranger = make.learner(make.course())

        with pytest.raises(NotFound):
            quiz_list(
                sitting.session,
                actor=stranger,
                course_id=sitting.course.id,
                now=sitting.now + timedelta(days=1),
            )
