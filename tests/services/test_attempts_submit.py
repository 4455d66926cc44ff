"""Handing in happens once; the mark is what the responses and pinned revisions add up to."""

from __future__ import annotations

import threading
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from quizapp import db
from quizapp.errors import NotFound
from quizapp.memory.quarters import quarter_of
from quizapp.memory.state import Phase, Rating
from quizapp.models import (
    AttemptState,
    Memory,
    Origin,
    QuarterTotal,
    Question,
    Review,
    Revision,
    Slot,
)
from quizapp.questions.registry import TYPES
from quizapp.services.attempt_place import Outcome
from quizapp.services.attempt_submit import Submitted, close_overdue, submit_attempt
from quizapp.services.reviews import record_review
from tests.support.apps import make_app
from tests.support.make import NOON, RAW, Make
from tests.support.settings import settings_for
from tests.support.sitting import TYPE_NAMES, Sitting


@pytest.fixture
def sitting(session: Session, make: Make, now: datetime) -> Sitting:
    return Sitting(session, make, now)


class TestSubmitting:
    def test_the_mark_is_the_sum_over_the_slots(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz(*TYPE_NAMES))
        right, count = len(TYPE_NAMES) - 1, len(TYPE_NAMES)
        for slot in range(right):
            sitting.answer_rightly(slot)

        result = sitting.submit()

        assert str(result.mark) == f"{right} of {count}"
        assert (result.submitted_at, result.repeated) == (sitting.at(60), False)
        assert sitting.stored_mark() == right

    def test_a_second_submission_changes_nothing(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz("single_choice"))
        sitting.answer_rightly(0)
        first = sitting.submit(after=60)
        before = sitting.attempt(), sitting.reviews()

        second = sitting.submit(after=90)

        assert second.repeated
        assert (second.mark, second.submitted_at) == (first.mark, first.submitted_at)
        assert (sitting.attempt(), sitting.reviews()) == before

    def test_nothing_answered_is_nothing_earned(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz("single_choice", "cloze"))

        assert str(sitting.submit().mark) == "0 of 2"
        assert sitting.reviews() == []

    def test_three_thirds_are_exactly_one(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz(*["multiple_response"] * 3))
        for slot in range(3):
            sitting.save(slot, choice=["0"])

        assert sitting.submit().mark.points == 1

    def test_marks_weigh_the_slots(self, sitting: Sitting, session: Session) -> None:
        quiz = sitting.quiz("multiple_response", "single_choice")
        session.execute(sa.update(Slot).where(Slot.position == 0).values(max_mark=Fraction(3, 2)))
        sitting.start(quiz)
        sitting.save(0, choice=["0", "1"])

        mark = sitting.submit().mark

        assert (mark.points, mark.most) == (1, Fraction(5, 2))

    def test_someone_elses_attempt_does_not_exist(self, sitting: Sitting, make: Make) -> None:
        sitting.start(sitting.quiz("cloze"))

        with pytest.raises(NotFound):
            sitting.submit(actor=make.learner(sitting.course))

        assert sitting.attempt().state is AttemptState.OPEN

    def test_an_edit_after_the_start_does_not_touch_the_attempt(
        self, sitting: Sitting, session: Session, make: Make
    ) -> None:
        sitting.start(sitting.quiz("single_choice"))
        question = session.get_one(Question, sitting.questions[0].id)
        options = [{**one, "key": not index} for index, one in enumerate(_reversed_options())]
        make.revision(
            question,
            TYPES["single_choice"].dump(
                TYPES["single_choice"].parse(RAW["single_choice"] | {"options": options})
            ),
            number=2,
        )
        question.current_number = 2
        session.flush()

        sitting.save(0, choice="0")

        assert sitting.submit().mark.points == 1
        assert sitting.reviews()[0].revision_id == sitting.layout()[0].revision_id


def _reversed_options() -> list[Any]:
    return list(reversed(RAW["single_choice"]["options"]))


class TestTheMemory:
    def test_each_answered_slot_is_one_review_with_its_rating(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz("single_choice", "multiple_response", "cloze", "short_text"))
        sitting.save(0, choice="1")
        sitting.save(1, choice=["0"])
        sitting.save(2, gap_0="146")

        sitting.submit()

        reviews = sitting.reviews()
        assert [review.rating for review in reviews] == [Rating.AGAIN, Rating.HARD, Rating.GOOD]
        assert [review.fraction for review in reviews] == [0, Fraction(1, 3), 1]
        assert [review.fact_id for review in reviews] == [
            question.fact_id for question in sitting.questions[:3]
        ]
        assert {review.origin for review in reviews} == {Origin.QUIZ}
        assert reviews[0].nonce == f"quiz-{sitting.attempt_id}-0"

    def test_a_quiz_may_leave_the_memory_alone(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz("single_choice", counts_for_memory=False))
        sitting.answer_rightly(0)

        assert sitting.submit().mark.points == 1
        assert sitting.reviews() == []

    def test_a_fact_in_review_is_reviewed_like_any_other(
        self, sitting: Sitting, session: Session
    ) -> None:
        quiz = sitting.quiz("single_choice")
        question = sitting.questions[0]
        revision_id = session.scalars(
            sa.select(Revision.id).where(Revision.question_id == question.id)
        ).one()
        record_review(
            session,
            actor=sitting.actor,
            course_id=sitting.course.id,
            fact_id=question.fact_id,
            revision_id=revision_id,
            rating=Rating.EASY,
            origin=Origin.FLASHCARD,
            nonce="flashcard",
            now=sitting.at(-20 * 86_400),
        )
        sitting.start(quiz)
        sitting.save(0, choice="2")

        sitting.submit()

        memory = session.execute(sa.select(Memory.phase, Memory.reps, Memory.lapses)).one()
        total = session.execute(
            sa.select(QuarterTotal.tested, QuarterTotal.recalled).where(
                QuarterTotal.quarter == quarter_of(sitting.now)
            )
        ).one()
        assert memory == (Phase.RELEARNING, 2, 1)
        assert total == (1, 0)


class TestOverdue:
    def test_it_is_closed_at_its_deadline_when_anyone_looks(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz("single_choice", time_limit_minutes=10))
        sitting.answer_rightly(0)

        closed = close_overdue(sitting.session, actor=sitting.actor, now=sitting.at(10_000))

        attempt = sitting.attempt()
        assert closed == (sitting.attempt_id,)
        assert (attempt.state, attempt.mark) == (AttemptState.SUBMITTED, 1)
        assert attempt.submitted_at == attempt.due_at
        assert len(sitting.reviews()) == 1

    @pytest.mark.parametrize("after", [600, 630])
    def test_it_is_left_open_until_the_grace_ends(self, sitting: Sitting, after: float) -> None:
        sitting.start(sitting.quiz("single_choice", time_limit_minutes=10))

        assert close_overdue(sitting.session, actor=sitting.actor, now=sitting.at(after)) == ()

    def test_what_has_no_deadline_stays_open(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz("single_choice"))

        assert close_overdue(sitting.session, actor=sitting.actor, now=sitting.at(1e8)) == ()

    def test_nobody_closes_anothers(self, sitting: Sitting, make: Make) -> None:
        sitting.start(sitting.quiz("single_choice", time_limit_minutes=10))
        other = make.learner(sitting.course)

        assert close_overdue(sitting.session, actor=other, now=sitting.at(1e6)) == ()

    def test_its_reviews_are_of_the_deadline(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz("single_choice", time_limit_minutes=10))
        sitting.answer_rightly(0)

        close_overdue(sitting.session, actor=sitting.actor, now=sitting.at(100_000))

        (review,) = sitting.reviews()
        memory = sitting.session.scalars(sa.select(Memory)).one()
        assert (review.at, memory.last_review_at) == (sitting.at(600), sitting.at(600))

    def test_what_was_rated_after_the_deadline_stays_before_its_review(
        self, sitting: Sitting
    ) -> None:
        sitting.start(sitting.quiz("single_choice", "short_text", time_limit_minutes=10))
        for slot in range(2):
            sitting.answer_rightly(slot)
        rated = sitting.layout()[0]
        record_review(
            sitting.session,
            actor=sitting.actor,
            course_id=sitting.course.id,
            fact_id=rated.fact_id,
            revision_id=rated.revision_id,
            rating=Rating.AGAIN,
            origin=Origin.FLASHCARD,
            nonce="a-card-in-between",
            now=sitting.at(5_000),
        )

        close_overdue(sitting.session, actor=sitting.actor, now=sitting.at(100_000))

        times = {(one.fact_id == rated.fact_id, one.origin): one.at for one in sitting.reviews()}
        assert times == {
            (True, Origin.FLASHCARD): sitting.at(5_000),
            (True, Origin.QUIZ): sitting.at(5_000.001),
            (False, Origin.QUIZ): sitting.at(600),
        }
        ordered = sorted(sitting.reviews(), key=lambda one: one.id)
        assert [one.at for one in ordered] == sorted(times.values())

    def test_submitting_in_the_grace_keeps_the_true_time(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz("single_choice", time_limit_minutes=10))

        assert sitting.submit(after=610).submitted_at == sitting.at(610)

    def test_submitting_after_the_grace_counts_as_at_the_deadline(self, sitting: Sitting) -> None:
        sitting.start(sitting.quiz("single_choice", time_limit_minutes=10))

        assert sitting.submit(after=631).submitted_at == sitting.at(600)


def test_two_tabs_that_submit_at_once_get_one_result(database_url: str, tmp_path: Path) -> None:
    app = make_app(settings_for(database_url, tmp_path))
    with app.app_context(), db.transaction() as session:
        sitting = Sitting(session, Make(session), NOON)
        sitting.start(sitting.quiz("single_choice", "cloze"))
        sitting.answer_rightly(0)
        sitting.answer_rightly(1)
    gate = threading.Barrier(4)
    results: list[Submitted] = []

    def submit(tab: int) -> None:
        with app.app_context():
            gate.wait(timeout=20)
            with db.transaction() as session:
                result = submit_attempt(
                    session,
                    actor=sitting.actor,
                    attempt_id=sitting.attempt_id,
                    now=sitting.at(tab),
                )
            results.append(result)
            db.db.session.remove()

    threads = [threading.Thread(target=submit, args=(tab,)) for tab in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    with app.app_context():
        reviews = db.db.session.scalar(sa.select(sa.func.count()).select_from(Review))
        db.db.session.remove()
        db.db.engine.dispose()
    assert sorted(result.repeated for result in results) == [False, True, True, True]
    assert {(str(result.mark), result.submitted_at) for result in results} == {
        ("2 of 2", next(one for one in results if not one.repeated).submitted_at)
    }
    assert reviews == 2


SLOTS = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("choose"), st.sampled_from([0, 1]), st.sets(st.integers(0, 2), max_size=3)),
    st.tuples(st.just("type"), st.sampled_from([2, 3]), st.sampled_from(["", "146", "Tigris"])),
    st.tuples(st.just("flag"), SLOTS, st.booleans()),
    st.tuples(st.just("clear"), SLOTS, st.none()),
    st.tuples(st.just("submit"), SLOTS, st.none()),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, max_size=14))
def test_whatever_is_done_the_mark_stored_is_the_mark_recomputed(
    session: Session, steps: list[tuple[str, int, Any]]
) -> None:
    with session.begin_nested() as undone:
        sitting = Sitting(session, Make(session), NOON)
        sitting.start(sitting.quiz("multiple_response", "multiple_response", "cloze", "short_text"))
        rows_at_the_end: Any = None
        for number, (kind, slot, given_) in enumerate(steps):
            outcome = _take(sitting, kind, slot, given_, f"page {number}")
            if rows_at_the_end is not None:
                assert outcome is Outcome.HANDED_IN
            elif kind == "submit":
                rows_at_the_end = sitting.rows()
        sitting.submit()

        rows = sitting.rows()
        assert sitting.stored_mark() == sitting.marks().points
        assert rows_at_the_end in (None, rows)
        assert len(sitting.reviews()) == len(_answered(rows))
        session.flush()
        undone.rollback()
        session.expunge_all()


def _take(sitting: Sitting, kind: str, slot: int, given_: Any, nonce: str) -> Outcome:
    if kind == "choose":
        chosen = [str(one) for one in sorted(given_)]
        return sitting.save(slot, choice=chosen, nonce=nonce).outcome
    if kind == "type":
        name = "gap_0" if slot == 2 else "text"
        return sitting.save(slot, nonce=nonce, **{name: given_}).outcome
    if kind == "flag":
        return sitting.flag(slot, given_, nonce=nonce).outcome
    if kind == "clear":
        return sitting.clear(slot, nonce=nonce).outcome
    sitting.submit()
    return Outcome.HANDED_IN


def _answered(rows: Any) -> set[int]:
    """Return the slots whose last response, not counting flags, is one."""
    last = {row.slot: row.content for row in rows if row.action.value in ("save", "clear")}
    return {slot for slot, content in last.items() if content is not None}
