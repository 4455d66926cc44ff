"""Starting an attempt fixes what it asks; however many start, there is one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import db
from quizapp.errors import Conflict, Invalid, NotFound
from quizapp.models import Attempt, AttemptState, Fact, Question, Slot, Status
from quizapp.services import attempt_start
from quizapp.services.attempt_start import start_attempt
from tests.support.apps import make_app
from tests.support.make import NOON, Make
from tests.support.settings import settings_for
from tests.support.sitting import TYPE_NAMES, Sitting


@pytest.fixture
def sitting(session: Session, make: Make, now: datetime) -> Sitting:
    return Sitting(session, make, now)


def test_an_attempt_pins_revisions_facts_marks_and_settings(
    sitting: Sitting, session: Session
) -> None:
    quiz = sitting.quiz(*TYPE_NAMES, time_limit_minutes=15, pass_mark_percent=60)
    session.execute(sa.update(Slot).where(Slot.position == 1).values(max_mark=Fraction(3, 2)))

    started = sitting.start(quiz)

    attempt = sitting.attempt()
    assert not started.resumed
    assert (attempt.state, attempt.number) == (AttemptState.OPEN, 1)
    assert [slot.fact_id for slot in sitting.layout()] == [q.fact_id for q in sitting.questions]
    rest = len(TYPE_NAMES) - 2
    assert [slot.max_mark for slot in sitting.layout()] == [1, Fraction(3, 2), *[1] * rest]
    assert attempt.max_mark == rest + Fraction(5, 2)
    assert attempt.due_at == sitting.now + timedelta(minutes=15)
    assert attempt.settings["pass_mark_percent"] == 60


def test_the_id_is_the_time_and_chance(sitting: Sitting) -> None:
    started = sitting.start(sitting.quiz("cloze"), seed=(5 << 20) + 77)

    assert started.attempt_id >> 20 == int(sitting.now.timestamp() * 1000)
    assert started.attempt_id & (1 << 20) - 1 == 77


def test_an_open_attempt_is_gone_on_with(sitting: Sitting) -> None:
    quiz = sitting.quiz("single_choice")
    first = sitting.start(quiz, seed=1)

    second = sitting.start(quiz, seed=2)

    assert second.attempt_id == first.attempt_id
    assert second.resumed


def test_after_submission_a_new_attempt_starts(sitting: Sitting) -> None:
    quiz = sitting.quiz("single_choice")
    first = sitting.start(quiz, seed=1)
    sitting.submit()

    second = sitting.start(quiz, seed=2)

    assert second.attempt_id != first.attempt_id
    assert sitting.attempt().number == 2


def test_an_overdue_attempt_is_handed_in_before_a_new_one_starts(sitting: Sitting) -> None:
    quiz = sitting.quiz("single_choice", time_limit_minutes=10)
    first = sitting.start(quiz, seed=1)
    sitting.save(0, choice="0")
    sitting.now += timedelta(minutes=11)

    second = sitting.start(quiz, seed=2)

    assert second.attempt_id != first.attempt_id
    sitting.attempt_id = first.attempt_id
    assert sitting.attempt().state is AttemptState.SUBMITTED
    assert sitting.stored_mark() == 1


def test_options_are_shown_in_the_order_that_the_seed_gives(sitting: Sitting) -> None:
    quiz = sitting.quiz(*["multiple_response"] * 6, shuffle_options=True)
    sitting.start(quiz, seed=4)
    first = [slot.order for slot in sitting.layout()]
    sitting.submit()

    sitting.start(quiz, seed=5)

    second = [slot.order for slot in sitting.layout()]
    assert all(sorted(order) == [0, 1, 2, 3] for order in first + second)
    assert len(set(first)) > 1
    assert first != second


def test_without_shuffling_the_written_order_stays(sitting: Sitting) -> None:
    sitting.start(sitting.quiz("single_choice", "cloze"))

    assert all(slot.order in ((), (0, 1, 2)) for slot in sitting.layout())
    assert sitting.layout()[0].order == ()


def test_a_draw_asks_each_fact_once_and_only_what_is_ready(
    sitting: Sitting, session: Session, make: Make
) -> None:
    ready = [sitting.question("cloze").fact_id for _ in range(4)]
    fact = session.get_one(Fact, ready[0])
    for _ in range(3):
        make.question(fact, "short_text")
    make.question(make.fact(sitting.course, sitting.topic), status=Status.DRAFT)
    make.question(make.fact(sitting.course, sitting.topic, status=Status.RETIRED))
    make.question(make.fact(make.course()))
    draw = {"topics": [sitting.topic.id], "count": 10}

    sitting.start(sitting.quiz(draws=[draw]))

    assert sorted(slot.fact_id for slot in sitting.layout()) == ready


def test_locked_options_stay_in_place_while_the_others_are_shuffled(sitting: Sitting) -> None:
    options = [{"text": f"Option {n}", "key": n == 0, "locked": n in (1, 4)} for n in range(5)]
    asked = [sitting.question(raw={"stem": "Which one?", "options": options}) for _ in range(8)]
    sitting.start(sitting.make.quiz(sitting.course, asked), seed=3)

    orders = [slot.order for slot in sitting.layout()]

    assert all((order[1], order[4]) == (1, 4) for order in orders)
    assert len(set(orders)) > 2


def test_what_people_mark_is_asked_only_where_it_is_named(sitting: Sitting, make: Make) -> None:
    plain = sitting.question("cloze")
    fixed, drawn = sitting.question("self_rated"), sitting.question("self_rated")
    draw = {"topics": [sitting.topic.id], "count": 5}

    sitting.start(make.quiz(sitting.course, [fixed], [draw]))
    assert [slot.fact_id for slot in sitting.layout()] == [fixed.fact_id, plain.fact_id]

    sitting.start(make.quiz(sitting.course, [fixed], [draw | {"types": ["self_rated"]}]), seed=2)
    assert [slot.fact_id for slot in sitting.layout()] == [fixed.fact_id, drawn.fact_id]


def test_a_draw_asks_nothing_of_another_course(sitting: Sitting, make: Make) -> None:
    foreign = make.fact(make.course())
    make.question(foreign)
    own = sitting.question("cloze")
    draw = {"topics": [sitting.topic.id, foreign.topic_id], "count": 5}

    sitting.start(sitting.quiz(draws=[draw]))

    assert [slot.fact_id for slot in sitting.layout()] == [own.fact_id]


def test_another_seed_draws_other_questions(sitting: Sitting) -> None:
    for _ in range(12):
        sitting.question("cloze")
    quiz = sitting.quiz(draws=[{"topics": [sitting.topic.id], "count": 4}])
    layouts = []
    for seed in (1, 2):
        sitting.start(quiz, seed=seed)
        layouts.append([slot.revision_id for slot in sitting.layout()])
        sitting.submit()

    assert len(set(layouts[0])) == 4
    assert layouts[0] != layouts[1]


def test_a_retired_question_is_left_out(sitting: Sitting, session: Session) -> None:
    quiz = sitting.quiz("single_choice", "cloze")
    session.execute(
        sa.update(Question)
        .where(Question.id == sitting.questions[0].id)
        .values(status=Status.RETIRED)
    )

    sitting.start(quiz)

    assert [slot.fact_id for slot in sitting.layout()] == [sitting.questions[1].fact_id]


def test_a_quiz_without_questions_says_so(sitting: Sitting) -> None:
    with pytest.raises(Conflict, match="This quiz has no questions yet"):
        sitting.start(sitting.quiz())


def test_attempts_run_out(sitting: Sitting) -> None:
    quiz = sitting.quiz("cloze", attempts_allowed=1)
    sitting.start(quiz, seed=1)
    sitting.submit()

    with pytest.raises(Conflict, match="used all your attempts"):
        sitting.start(quiz, seed=2)


def test_the_last_attempt_allowed_can_be_resumed(sitting: Sitting) -> None:
    quiz = sitting.quiz("cloze", attempts_allowed=1)
    sitting.start(quiz)

    assert sitting.start(quiz).resumed


def test_damaged_settings_start_nothing(sitting: Sitting) -> None:
    with pytest.raises(Invalid):
        sitting.start(sitting.quiz("cloze", time_limit_minutes=0))


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RETIRED])
def test_only_a_ready_quiz_can_be_started(
    sitting: Sitting, session: Session, status: Status
) -> None:
    quiz = sitting.quiz("cloze")
    quiz.status = status
    session.flush()

    with pytest.raises(NotFound):
        sitting.start(quiz)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RETIRED])
def test_an_attempt_at_a_quiz_that_was_withdrawn_goes_on_and_no_other_begins(
    sitting: Sitting, session: Session, status: Status
) -> None:
    quiz = sitting.quiz("cloze")
    sitting.start(quiz)
    quiz.status = status
    session.flush()

    assert sitting.start(quiz).resumed
    sitting.submit()
    with pytest.raises(Conflict, match="withdrawn"):
        sitting.start(quiz)


def test_who_is_not_in_the_course_starts_nothing(sitting: Sitting, make: Make) -> None:
    quiz = sitting.quiz("cloze")

    with pytest.raises(NotFound):
        sitting.start(quiz, actor=make.learner(make.course()))


def test_two_learners_have_an_attempt_each(sitting: Sitting, make: Make) -> None:
    quiz = sitting.quiz("cloze")
    first = sitting.start(quiz, seed=1)

    second = sitting.start(quiz, seed=2, actor=make.learner(sitting.course))

    assert first.attempt_id != second.attempt_id


def test_the_loser_of_a_race_goes_on_with_the_winners_attempt(
    sitting: Sitting, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiz = sitting.quiz("cloze")
    winner = sitting.start(quiz, seed=1)
    look = attempt_start._attempts
    answers = iter([()])
    monkeypatch.setattr(attempt_start, "_attempts", lambda *given: next(answers, look(*given)))

    loser = sitting.start(quiz, seed=2)

    assert loser.attempt_id == winner.attempt_id
    assert loser.resumed
    assert session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1


def test_two_tabs_that_start_at_once_get_one_attempt(database_url: str, tmp_path: Path) -> None:
    app = make_app(settings_for(database_url, tmp_path))
    with app.app_context(), db.transaction() as session:
        sitting = Sitting(session, Make(session), NOON)
        quiz_id, actor = sitting.quiz("cloze").id, sitting.actor
    gate = threading.Barrier(4)
    started: list[int] = []

    def start(seed: int) -> None:
        with app.app_context():
            gate.wait(timeout=20)
            with db.transaction() as session:
                found = start_attempt(session, actor=actor, quiz_id=quiz_id, seed=seed, now=NOON)
            started.append(found.attempt_id)
            db.db.session.remove()

    run_together([lambda seed=seed: start(seed) for seed in range(4)])  # type: ignore[misc]

    with app.app_context():
        stored = db.db.session.scalars(sa.select(Attempt.id)).all()
        db.db.session.remove()
        db.db.engine.dispose()
    assert len(stored) == 1
    assert started == list(stored) * 4


def run_together(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
