"""Doing one thing to many questions at once, and taking it back in one step.

Every act is a fixed number of statements, however many questions it changes: what they were is
copied beside the act first, then all of them change.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, NotFound, Problem
from quizapp.models import (
    BulkAct,
    BulkChange,
    BulkKind,
    Fact,
    Question,
    QuestionReview,
    ReviewStep,
    Status,
    Topic,
    to_millis,
)
from quizapp.policy import Actor, require_author
from quizapp.queries.question_filters import QuestionFilter, chosen
from quizapp.questions.tags import MOST_TAGS, is_tag
from quizapp.services.publishing import kept_from_ready

#: How long an act can be taken back.
KEPT = timedelta(days=30)
#: So many are changed in about a second, and meanwhile nobody else can write (SQLite).
MOST_CHANGED = 50_000
#: More than a page can tick.
MOST_TICKED = 500
# SQLite has no type JSON: it would make a number of it.
_WRITTEN = sa.Text().with_variant(sa.JSON(), "postgresql")


@dataclass(frozen=True, slots=True)
class Picked:
    """Which questions: those ticked, or all that fit what the list's address says."""

    ids: tuple[int, ...] = ()
    all_of: QuestionFilter | None = None

    def conditions(self, course_id: int) -> list[sa.ColumnElement[bool]]:
        """Return the conditions on `Question`.

        :raises Invalid: none was ticked, or more than a page holds.
        """
        if self.all_of is not None:
            return chosen(course_id, self.all_of)
        if not self.ids or len(self.ids) > MOST_TICKED:
            raise Invalid([Problem("question", "Tick the questions that you mean.")])
        return [Question.course_id == course_id, Question.id.in_(self.ids)]


@dataclass(frozen=True, slots=True)
class BulkDone:
    """What came of it: `act_id` is None where nothing had to change.

    :param barred: how many stay as they were, because they may not become what was asked.
    """

    act_id: int | None
    changed: int
    barred: int = 0


def change_many(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    kind: BulkKind,
    value: str,
    picked: Picked,
    now: datetime,
) -> BulkDone:
    """Set the status, the topic or a tag of many questions; remember what they were.

    A topic belongs to the fact that a question tests: the fact moves, with all its questions.
    Only what a passage proves becomes ready, and facts become ready with their questions.

    :raises Forbidden, NotFound: the actor does not teach the course.
    :raises Invalid: nothing was picked, or more than `MOST_CHANGED`, or there is no such status,
        topic or tag; what was written so far must be rolled back.
    """
    require_author(actor, course_id)
    wanted = [*picked.conditions(course_id), _differs(session, course_id, kind, value)]
    bar = _bar(actor, course_id, kind, value)
    barred = 0
    if bar is not None:
        barred = session.scalar(_questions(sa.func.count()).where(*wanted, bar)) or 0
        wanted.append(~bar)
    act = BulkAct(course_id=course_id, actor_id=actor.id, kind=kind, value=value, changed=0)
    act.made_at = now
    session.add(act)
    session.flush()  # generate act.id
    changed = _remember(session, act.id, wanted, now, touches=kind is not BulkKind.TOPIC)
    if not changed:
        session.delete(act)
        session.flush()
        return BulkDone(None, 0, barred)
    if changed > MOST_CHANGED:
        message = f"More than {MOST_CHANGED:,} questions fit. Narrow the list down first."
        raise Invalid([Problem("question", message)])
    act.changed = changed
    _apply(session, act, now)
    session.flush()
    return BulkDone(act.id, changed, barred)


def purge_bulk_acts(session: Session, *, now: datetime) -> None:
    """Forget what questions were before acts that nobody takes back any more."""
    session.execute(sa.delete(BulkAct).where(BulkAct.made_at <= now - KEPT))


def touched_at(now: datetime) -> sa.ColumnElement[Any]:
    """Return when a question changes: now, but never at the time of its last change."""
    before = sa.type_coerce(Question.updated_at, sa.BigInteger)
    millis = to_millis(now)
    return sa.case((before >= millis, before + 1), else_=millis)


def as_tags(text: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    """Return a list of tags, given as it is written in the database, as what a column takes."""
    return sa.cast(text, _WRITTEN)


def of_act(act_id: int, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Return the ids of the questions that an act changed."""
    return sa.select(BulkChange.question_id).where(BulkChange.act_id == act_id, *conditions)


def _differs(
    session: Session, course_id: int, kind: BulkKind, value: str
) -> sa.ColumnElement[bool]:
    """Return the condition that a question is not yet as it shall be.

    :raises Invalid: there is no such status, topic or tag.
    """
    if kind is BulkKind.STATUS:
        if value not in set(Status):
            raise Invalid([Problem("value", "Choose a status.")])
        return Question.status != Status(value)
    if kind is BulkKind.TOPIC:
        of_course = sa.select(Topic.id).where(Topic.course_id == course_id)
        if not value.isdecimal() or int(value) not in set(session.scalars(of_course)):
            raise Invalid([Problem("value", "Choose a topic of this course.")])
        return Fact.topic_id != int(value)
    if not is_tag(value):
        message = "Write one tag: letters, digits and single hyphens."
        raise Invalid([Problem("value", message)])
    has_tag = _tags().contains(json.dumps(value), autoescape=True)
    return ~has_tag if kind is BulkKind.ADD_TAG else has_tag


def _bar(actor: Actor, course_id: int, kind: BulkKind, value: str) -> sa.ColumnElement[bool] | None:
    """Return the condition that a question may not become what is asked; None: all may."""
    if kind is BulkKind.STATUS and value == Status.READY:
        return kept_from_ready(actor, course_id)
    if kind is BulkKind.ADD_TAG:
        # A tag holds no comma, so there is one between each two.
        commas = sa.func.length(_tags()) - sa.func.length(sa.func.replace(_tags(), ",", ""))
        return commas >= MOST_TAGS - 1
    return None


def _tags() -> sa.ColumnElement[str]:
    return sa.cast(Question.tags, sa.Text)


def _questions(*columns: Any) -> sa.Select[Any]:
    return sa.select(*columns).select_from(Question).join(Fact, Fact.id == Question.fact_id)


def _remember(
    session: Session,
    act_id: int,
    wanted: Sequence[sa.ColumnElement[bool]],
    now: datetime,
    *,
    touches: bool,
) -> int:
    """Write down what the questions are; return how many they are."""
    changed_at = touched_at(now) if touches else Question.updated_at
    columns = {
        "act_id": sa.literal(act_id, sa.Integer),
        "question_id": Question.id,
        "status": Question.status,
        "tags": _tags(),
        "fact_id": Question.fact_id,
        "topic_id": Fact.topic_id,
        "fact_status": Fact.status,
        "changed_at": changed_at,
    }
    rows = _questions(*columns.values()).where(*wanted)
    session.execute(sa.insert(BulkChange).from_select(list(columns), rows))
    return session.scalar(sa.select(sa.func.count()).select_from(of_act(act_id).subquery())) or 0


def _apply(session: Session, act: BulkAct, now: datetime) -> None:
    facts = sa.select(BulkChange.fact_id).where(BulkChange.act_id == act.id)
    if act.kind is BulkKind.TOPIC:
        session.execute(_fact(Fact.id.in_(facts)).values(topic_id=int(act.value)))
        return
    values: dict[str, Any] = {"updated_at": touched_at(now)}
    if act.kind is BulkKind.STATUS:
        values["status"] = Status(act.value)
    else:
        values["tags"] = as_tags(_retagged(act.kind, json.dumps(act.value)))
    session.execute(
        sa.update(Question)
        .where(Question.id.in_(of_act(act.id)))
        .values(values)
        .execution_options(synchronize_session=False)
    )
    if act.kind is BulkKind.STATUS:
        _note_steps(session, act)
    if act.value == Status.READY and act.kind is BulkKind.STATUS:
        is_draft = Fact.status == Status.DRAFT
        session.execute(_fact(Fact.id.in_(facts), is_draft).values(status=Status.READY))


def _note_steps(session: Session, act: BulkAct) -> None:
    """Note what the act says of reviews: what it sent there, and what it approved."""
    steps = {Status.IN_REVIEW: ReviewStep.SENT, Status.READY: ReviewStep.APPROVED}
    step = steps.get(Status(act.value))
    if step is None:
        return
    columns = {
        QuestionReview.question_id: Question.id,
        QuestionReview.number: Question.current_number,
        QuestionReview.step: sa.literal(step, QuestionReview.step.type),
        QuestionReview.actor_id: sa.literal(act.actor_id, sa.Integer()),
        QuestionReview.at: sa.literal(act.made_at, QuestionReview.at.type),
    }
    was_in_review = BulkChange.status == Status.IN_REVIEW
    stated = (
        sa.select(*columns.values())
        .join(BulkChange, BulkChange.question_id == Question.id)
        .where(
            BulkChange.act_id == act.id,
            was_in_review if step is ReviewStep.APPROVED else ~was_in_review,
        )
    )
    session.execute(sa.insert(QuestionReview).from_select(list(columns), stated))


def _fact(*conditions: sa.ColumnElement[bool]) -> sa.Update:
    return sa.update(Fact).where(*conditions).execution_options(synchronize_session=False)


def _retagged(kind: BulkKind, written: str) -> sa.ColumnElement[str]:
    """Return a question's tags, as they are written, with a tag more or less."""
    tags = _tags()
    if kind is BulkKind.ADD_TAG:
        open_list = sa.func.substr(tags, 1, sa.func.length(tags) - 1)
        return sa.case((tags == "[]", f"[{written}]"), else_=open_list + f", {written}]")
    for separated in (f", {written}", f"{written}, ", written):
        tags = sa.func.replace(tags, separated, "")
    return tags


def act_of(session: Session, *, actor: Actor, course_id: int, act_id: int) -> BulkAct:
    """Return an act of the course, for whoever wants to take it back.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such act.
    """
    require_author(actor, course_id)
    act = session.scalar(
        sa.select(BulkAct).where(BulkAct.id == act_id, BulkAct.course_id == course_id)
    )
    if act is None:
        raise NotFound("This is too long ago to be undone.")
    return act
