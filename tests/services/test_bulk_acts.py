"""Acts on many questions at once: what they change, what they leave, and taking them back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, Invalid, NotFound
from quizapp.models import (
    BulkAct,
    BulkKind,
    Citation,
    Course,
    Fact,
    Question,
    QuestionReview,
    ReviewStep,
    Status,
)
from quizapp.policy import Actor
from quizapp.queries.question_filters import QuestionFilter
from quizapp.services import bulk_acts
from quizapp.services.bulk_acts import KEPT, BulkDone, Picked, change_many, purge_bulk_acts
from quizapp.services.bulk_undo import BulkUndone, undo_many
from tests.support.make import NOON, RAW, Make

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def course(make: Make) -> Course:
    return make.course()


@pytest.fixture
def teacher(make: Make, course: Course) -> Actor:
    return make.instructor(course)


class Desk:
    """What an instructor does to many questions of one course."""

    def __init__(self, session: Session, teacher: Actor, course: Course) -> None:
        self.session, self.given = session, {"actor": teacher, "course_id": course.id}

    def change(self, kind: BulkKind, value: str, *questions: Question, **given: Any) -> BulkDone:
        picked = given.pop("picked", Picked(tuple(one.id for one in questions)))
        asked: dict[str, Any] = {"kind": kind, "value": value, "picked": picked, "now": LATER}
        return change_many(self.session, **self.given, **asked | given)

    def undo(self, done: BulkDone) -> BulkUndone:
        assert done.act_id is not None
        now = LATER + timedelta(minutes=1)
        return undo_many(self.session, **self.given, act_id=done.act_id, now=now)

    def stored(self, column: Any) -> list[Any]:
        return list(self.session.scalars(sa.select(column).order_by(column.class_.id)))


@pytest.fixture
def desk(session: Session, teacher: Actor, course: Course) -> Desk:
    return Desk(session, teacher, course)


def test_a_status_is_set_and_taken_back(make: Make, course: Course, desk: Desk) -> None:
    fact = make.fact(course)
    statuses = [Status.READY, Status.DRAFT, Status.RETIRED]
    ready, draft, retired = (make.question(fact, status=status) for status in statuses)

    done = desk.change(BulkKind.STATUS, "retired", ready, draft, retired)

    assert done.changed == 2
    assert set(desk.stored(Question.status)) == {Status.RETIRED}
    assert desk.undo(done) == BulkUndone(2, 0)
    assert desk.stored(Question.status) == statuses


def test_all_that_fit_are_changed_and_nothing_else(make: Make, course: Course, desk: Desk) -> None:
    fact = make.fact(course)
    for stem in ("Which airbase?", "Which river?", "Whose airbase?"):
        make.question(fact, raw=RAW["single_choice"] | {"stem": stem})
    make.question(make.fact(make.course()))
    wanted = QuestionFilter(text="airbase", status=Status.READY)

    done = desk.change(BulkKind.STATUS, "draft", picked=Picked(all_of=wanted))

    assert done.changed == 2
    expected = [Status.DRAFT, Status.READY, Status.DRAFT, Status.READY]
    assert desk.stored(Question.status) == expected


def test_what_no_passage_proves_does_not_become_ready(
    session: Session, make: Make, course: Course, desk: Desk
) -> None:
    proved, unproved = (
        make.question(make.fact(course, status=Status.DRAFT), status=Status.DRAFT) for _ in range(2)
    )
    of_unproved = Citation.fact_id == unproved.fact_id
    session.execute(sa.update(Citation).where(of_unproved).values(lost_at=NOON))

    done = desk.change(BulkKind.STATUS, "ready", proved, unproved)

    assert (done.changed, done.barred) == (1, 1)
    assert desk.stored(Question.status) == [Status.READY, Status.DRAFT]
    assert desk.stored(Fact.status) == [Status.READY, Status.DRAFT]
    desk.undo(done)
    assert desk.stored(Fact.status) == [Status.DRAFT, Status.DRAFT]


def test_a_fact_stays_ready_that_another_question_asks(
    make: Make, course: Course, desk: Desk
) -> None:
    fact = make.fact(course, status=Status.DRAFT)
    question = make.question(fact, status=Status.DRAFT)
    done = desk.change(BulkKind.STATUS, "ready", question)
    make.question(fact)

    desk.undo(done)

    assert desk.stored(Fact.status) == [Status.READY]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (BulkKind.ADD_TAG, [], ["exam"]),
        (BulkKind.ADD_TAG, ["reißverschluß"], ["reißverschluß", "exam"]),
        (BulkKind.REMOVE_TAG, ["exam"], []),
        (BulkKind.REMOVE_TAG, ["exam", "exam-2"], ["exam-2"]),
        (BulkKind.REMOVE_TAG, ["a", "exam"], ["a"]),
        (BulkKind.REMOVE_TAG, ["a", "exam", "b"], ["a", "b"]),
    ],
)
def test_a_tag_comes_and_goes(
    make: Make, desk: Desk, *, course: Course, kind: BulkKind, before: list[str], after: list[str]
) -> None:
    question = make.question(make.fact(course), tags=before)

    done = desk.change(kind, "exam", question)

    assert desk.stored(Question.tags) == [after]
    assert desk.change(kind, "exam", question) == BulkDone(None, 0)
    desk.undo(done)
    assert desk.stored(Question.tags) == [before]


def test_nobody_gets_more_tags_than_a_question_may_have(
    make: Make, course: Course, desk: Desk
) -> None:
    full = [f"tag{n}" for n in range(20)]
    questions = [make.question(make.fact(course), tags=tags) for tags in (full, full[1:])]

    done = desk.change(BulkKind.ADD_TAG, "exam", *questions)

    assert (done.changed, done.barred) == (1, 1)
    assert [len(tags) for tags in desk.stored(Question.tags)] == [20, 20]


def test_questions_move_with_their_facts_and_back(make: Make, course: Course, desk: Desk) -> None:
    facts = [make.fact(course), make.fact(course)]
    questions = [make.question(fact) for fact in (facts[0], facts[0], facts[1])]
    topics, target = [fact.topic_id for fact in facts], make.topic(course)

    done = desk.change(BulkKind.TOPIC, str(target.id), *questions[1:])

    assert done.changed == 2
    assert desk.stored(Fact.topic_id) == [target.id, target.id]
    assert desk.undo(done) == BulkUndone(2, 0)
    assert desk.stored(Fact.topic_id) == topics


def test_undoing_leaves_what_was_changed_since_and_says_which(
    session: Session, make: Make, course: Course, desk: Desk
) -> None:
    fact = make.fact(course)
    untouched, edited = (
        make.question(fact, raw=RAW["single_choice"] | {"stem": stem})
        for stem in ("Untouched?", "Edited?")
    )
    done = desk.change(BulkKind.STATUS, "draft", untouched, edited)
    session.refresh(edited)
    edited.status, edited.updated_at = Status.RETIRED, LATER + timedelta(seconds=1)
    session.flush()

    undone = desk.undo(done)

    assert undone == BulkUndone(1, 1, ("Edited?",))
    assert desk.stored(Question.status) == [Status.READY, Status.RETIRED]


def test_a_fact_moved_since_stays_where_it_is(make: Make, course: Course, desk: Desk) -> None:
    question = make.question(make.fact(course))
    done = desk.change(BulkKind.TOPIC, str(make.topic(course).id), question)
    elsewhere = make.topic(course).id
    desk.change(BulkKind.TOPIC, str(elsewhere), question)

    assert desk.undo(done).kept == 1
    assert desk.stored(Fact.topic_id) == [elsewhere]


def test_an_act_is_undone_once(make: Make, course: Course, desk: Desk) -> None:
    done = desk.change(BulkKind.STATUS, "draft", make.question(make.fact(course)))
    desk.undo(done)

    with pytest.raises(Conflict):
        desk.undo(done)


def test_every_change_has_a_time_of_its_own(make: Make, course: Course, desk: Desk) -> None:
    question = make.question(make.fact(course), updated_at=LATER)

    done = desk.change(BulkKind.STATUS, "draft", question)

    assert desk.stored(Question.updated_at) == [LATER + timedelta(milliseconds=1)]
    assert desk.undo(done).restored == 1


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (BulkKind.STATUS, "sold"),
        (BulkKind.TOPIC, "x"),
        (BulkKind.TOPIC, "999999"),
        (BulkKind.ADD_TAG, "two words"),
        (BulkKind.REMOVE_TAG, '"'),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    make: Make, course: Course, desk: Desk, kind: BulkKind, value: str
) -> None:
    with pytest.raises(Invalid):
        desk.change(kind, value, make.question(make.fact(course)))


def test_nothing_picked_is_said(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.change(BulkKind.STATUS, "draft")


def test_questions_of_other_courses_are_out_of_reach(make: Make, desk: Desk) -> None:
    other = make.question(make.fact(make.course()))

    assert desk.change(BulkKind.STATUS, "draft", other).changed == 0


def test_students_and_strangers_are_refused(
    session: Session, make: Make, course: Course, desk: Desk
) -> None:
    question = make.question(make.fact(course))
    done = desk.change(BulkKind.STATUS, "draft", question)
    student, stranger = make.learner(course), make.instructor(make.course())

    for actor, error in ((student, Forbidden), (stranger, NotFound)):
        desk.given["actor"] = actor
        with pytest.raises(error):
            desk.change(BulkKind.STATUS, "ready", question)
        with pytest.raises(error):
            desk.undo(done)


def test_old_acts_are_forgotten(session: Session, make: Make, course: Course, desk: Desk) -> None:
    desk.change(BulkKind.STATUS, "draft", make.question(make.fact(course)))

    purge_bulk_acts(session, now=LATER + KEPT)

    assert session.scalars(sa.select(BulkAct)).all() == []


def test_an_act_that_would_hold_others_up_is_refused(
    monkeypatch: pytest.MonkeyPatch, make: Make, course: Course, desk: Desk
) -> None:
    monkeypatch.setattr(bulk_acts, "MOST_CHANGED", 1)
    questions = [make.question(make.fact(course)) for _ in range(2)]

    with pytest.raises(Invalid, match="Narrow the list down"):
        desk.change(BulkKind.STATUS, "draft", *questions)


def test_reviews_tell_of_an_act_until_it_is_taken_back(
    session: Session, make: Make, course: Course, desk: Desk
) -> None:
    fact = make.fact(course)
    draft, waiting = (make.question(fact, status=s) for s in (Status.DRAFT, Status.IN_REVIEW))

    def steps() -> list[tuple[int, ReviewStep]]:
        rows = session.execute(sa.select(QuestionReview.question_id, QuestionReview.step))
        return [(row.question_id, row.step) for row in rows]

    sent = desk.change(BulkKind.STATUS, "in_review", draft, waiting)
    of_sent = steps()
    desk.undo(sent)
    of_none = steps()
    desk.change(BulkKind.STATUS, "ready", draft, waiting)

    assert of_sent == [(draft.id, ReviewStep.SENT)]
    assert of_none == []
    assert steps() == [(waiting.id, ReviewStep.APPROVED)]


def test_what_nothing_proves_any_more_is_not_asked_again_by_undoing(
    session: Session, make: Make, course: Course, desk: Desk
) -> None:
    proved, unproved = (make.question(make.fact(course)) for _ in range(2))
    done = desk.change(BulkKind.STATUS, "retired", proved, unproved)
    session.execute(sa.delete(Citation).where(Citation.fact_id == unproved.fact_id))

    undone = desk.undo(done)

    assert undone == BulkUndone(1, 1, (unproved.stem,))
    assert desk.stored(Question.status) == [Status.READY, Status.RETIRED]
