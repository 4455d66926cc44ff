"""Review, kinds of edit and what keeps a question from learners, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, Invalid, NotFound
from quizapp.models import (
    Citation,
    Fact,
    Question,
    QuestionReview,
    ReviewStep,
    Revision,
    Status,
)
from quizapp.policy import Actor
from quizapp.queries.authoring import stored_question
from quizapp.queries.question_drafts import drafts_of
from quizapp.queries.question_use import use
from quizapp.questions.edits import EditKind
from quizapp.services import authoring
from quizapp.services.publishing import NO_CITATION, OTHER_APPROVES, reasons_against
from quizapp.services.question_check import Written
from quizapp.services.question_drafts import MOST_DRAFTS, discard_draft, keep_draft
from quizapp.services.reviewing import approve_question, send_back, set_review_rule
from tests.support.make import RAW, Make


class Desk:
    """A course with one fact and two instructors; `write` stores what one of them states."""

    def __init__(self, session: Session, make: Make, now: datetime) -> None:
        self.session, self.make, self.now = session, make, now
        self.course = make.course()
        self.fact = make.fact(self.course, status=Status.DRAFT)
        self.author, self.other = make.instructor(self.course), make.instructor(self.course)

    def who(self, actor: Actor) -> dict[str, Any]:
        return {"actor": actor, "course_id": self.course.id}

    def insist(self) -> None:
        set_review_rule(self.session, **self.who(self.author), by_other=True)

    def create(self, status: Status) -> int:
        return authoring.create_question(
            self.session, **self.who(self.author), written=self.written(status), now=self.now
        )

    def written(self, status: Status, **given: Any) -> Written:
        return Written("single_choice", RAW["single_choice"] | given, self.fact.id, status)

    def revise(self, actor: Actor, question_id: int, written: Written, seen: int) -> int:
        return authoring.revise_question(
            self.session,
            **self.who(actor),
            question_id=question_id,
            written=written,
            seen=seen,
            now=self.now,
        )

    def approve(self, actor: Actor, question_id: int, seen: int = 1) -> None:
        about = self.who(actor) | {"question_id": question_id, "seen": seen}
        approve_question(self.session, **about, now=self.now)

    def status(self, question_id: int) -> Status:
        found = self.session.scalar(sa.select(Question.status).where(Question.id == question_id))
        assert found is not None
        return found

    def steps(self) -> list[ReviewStep]:
        rows = self.session.scalars(sa.select(QuestionReview.step).order_by(QuestionReview.id))
        return list(rows)

    def lose_citations(self) -> None:
        self.session.execute(sa.update(Citation).values(lost_at=self.now))


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


def test_approving_publishes_the_question_and_its_fact(desk: Desk) -> None:
    question_id = desk.create(Status.IN_REVIEW)

    desk.approve(desk.other, question_id)

    assert desk.status(question_id) is Status.READY
    assert desk.session.scalar(sa.select(Fact.status)) is Status.READY
    assert desk.steps() == [ReviewStep.SENT, ReviewStep.APPROVED]


def test_where_the_course_insists_no_way_leads_an_author_to_ready(desk: Desk) -> None:
    desk.insist()
    question_id = desk.create(Status.IN_REVIEW)
    retired = desk.create(Status.DRAFT)
    about = desk.who(desk.author) | {"now": desk.now}
    authoring.retire_question(desk.session, question_id=retired, **about)

    ways = (
        lambda: desk.create(Status.READY),
        lambda: desk.approve(desk.author, question_id),
        lambda: desk.revise(desk.author, question_id, desk.written(Status.READY), 1),
        lambda: desk.revise(desk.other, question_id, desk.written(Status.READY, stem="New?"), 1),
        lambda: authoring.restore_question(
            desk.session, question_id=retired, status=Status.READY, **about
        ),
    )
    for way in ways:
        with pytest.raises(Invalid) as refused:
            way()
        assert refused.value.problems[0].message == OTHER_APPROVES
    desk.approve(desk.other, question_id)
    assert desk.status(question_id) is Status.READY


def test_what_another_approved_its_author_may_bring_back(desk: Desk) -> None:
    desk.insist()
    question_id = desk.create(Status.IN_REVIEW)
    desk.approve(desk.other, question_id)
    about = desk.who(desk.author) | {"question_id": question_id, "now": desk.now}
    authoring.retire_question(desk.session, **about)

    authoring.restore_question(desk.session, status=Status.READY, **about)

    assert desk.status(question_id) is Status.READY


def test_a_lost_citation_keeps_from_ready_but_takes_nothing_away(desk: Desk) -> None:
    ready, draft = desk.create(Status.READY), desk.create(Status.IN_REVIEW)
    desk.lose_citations()

    desk.revise(desk.author, ready, desk.written(Status.READY, stem="Which one?"), 1)
    with pytest.raises(Invalid) as refused:
        desk.approve(desk.other, draft)

    assert refused.value.problems[0].message == NO_CITATION
    against = reasons_against(
        desk.session, **desk.who(desk.other), question_ids=[ready, draft, 999]
    )
    assert against == {draft: NO_CITATION}


def test_sending_back_needs_a_word_and_a_version_that_is_current(desk: Desk) -> None:
    question_id = desk.create(Status.IN_REVIEW)
    about = desk.who(desk.other) | {"question_id": question_id, "now": desk.now}

    with pytest.raises(Invalid):
        send_back(desk.session, **about, seen=1, comment=" ")
    with pytest.raises(Conflict):
        send_back(desk.session, **about, seen=2, comment="Name the law.")
    send_back(desk.session, **about, seen=1, comment="Name the law.")
    with pytest.raises(Conflict):
        send_back(desk.session, **about, seen=1, comment="Again.")

    assert desk.status(question_id) is Status.DRAFT


def test_students_and_strangers_review_nothing(desk: Desk) -> None:
    question_id = desk.create(Status.IN_REVIEW)
    stranger = desk.make.instructor(desk.make.course())

    with pytest.raises(Forbidden):
        desk.approve(desk.make.learner(desk.course), question_id)
    with pytest.raises(NotFound):
        desk.approve(stranger, question_id)


def test_a_revision_keeps_what_kind_of_edit_it_is(desk: Desk) -> None:
    question_id = desk.create(Status.READY)
    stem = RAW["single_choice"]["stem"]
    options = [{**one, "key": n == 1} for n, one in enumerate(RAW["single_choice"]["options"])]

    desk.revise(desk.author, question_id, desk.written(Status.READY, stem=f"{stem}?"), 1)
    desk.revise(desk.author, question_id, desk.written(Status.READY, options=options), 2)
    desk.revise(desk.author, question_id, desk.written(Status.READY, stem="What else is true?"), 3)

    kinds = desk.session.scalars(sa.select(Revision.edit).order_by(Revision.number))
    assert list(kinds) == [None, EditKind.TYPO, EditKind.KEY, EditKind.KEY]


def test_a_draft_is_its_authors_and_two_pages_do_not_overwrite_each_other(desk: Desk) -> None:
    about = desk.who(desk.author) | {
        "key": "a" * 32,
        "question_id": None,
        "seen": 0,
        "stem": "Half",
        "now": desk.now,
    }
    first = keep_draft(desk.session, **about, fields=[("tags", "a")], known=None)
    second = keep_draft(desk.session, **about, fields=[("tags", "b")], known=first)
    with pytest.raises(Conflict):
        keep_draft(desk.session, **about, fields=[("tags", "c")], known=first)
    with pytest.raises(Conflict):
        keep_draft(desk.session, **about, fields=[("tags", "c")], known=None)

    def chosen(actor: Actor) -> Any:
        wanted = {"question_id": None, "key": None}
        return drafts_of(desk.session, **desk.who(actor), **wanted).chosen

    assert second > first
    assert chosen(desk.author).fields == (("tags", "b"),)
    assert chosen(desk.other) is None
    discard_draft(desk.session, **desk.who(desk.other), key="a" * 32)
    assert chosen(desk.author) is not None
    discard_draft(desk.session, **desk.who(desk.author), key="a" * 32)
    keep_draft(desk.session, **about, fields=[("tags", "d")], known=second)
    assert chosen(desk.author).fields == (("tags", "d"),)


def test_there_are_only_so_many_drafts(desk: Desk) -> None:
    about = desk.who(desk.author) | {"question_id": None, "seen": 0, "stem": "", "fields": []}
    for n in range(MOST_DRAFTS):
        when = desk.now + timedelta(seconds=n)
        keep_draft(desk.session, **about, key=f"draft-{n:04}", known=None, now=when)

    with pytest.raises(Invalid):
        keep_draft(desk.session, **about, key="one-too-many", known=None, now=desk.now)


def test_use_names_quizzes_that_ask_it_and_that_may_draw_it(desk: Desk) -> None:
    question = desk.make.question(desk.fact)
    asks = desk.make.quiz(desk.course, [question])
    other = desk.make.question(desk.make.fact(desk.course))
    desk.make.quiz(desk.course, [other])

    found = use(desk.session, **desk.who(desk.author), question_id=question.id)

    assert [(quiz.id, quiz.is_fixed) for quiz in found.quizzes] == [(asks.id, True)]
    assert (found.attempts, found.memories, found.siblings) == (0, 0, ())


def test_what_a_question_is_says_who_wrote_it(desk: Desk) -> None:
    question_id = desk.create(Status.DRAFT)

    stored = stored_question(desk.session, **desk.who(desk.other), question_id=question_id)

    assert stored.author == "Jonas Weber"
