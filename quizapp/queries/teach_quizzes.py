"""A course's quizzes as its instructors list and edit them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.grading.draws import Draw
from quizapp.grading.settings import QuizSettings
from quizapp.models import (
    Attempt,
    AttemptState,
    Fact,
    GroupOverride,
    LearnerOverride,
    Question,
    Quiz,
    Slot,
    Status,
    Topic,
)
from quizapp.policy import Actor, require_instructor
from quizapp.queries.question_filters import holds_words
from quizapp.queries.quiz_pool import CAN_BE_ASKED

PICK_SIZE = 10
_NO_QUIZ = "There is no such quiz in this course."


@dataclass(frozen=True, slots=True)
class Tally:
    """How many attempts at a quiz there are."""

    handed_in: int = 0
    open: int = 0

    def __bool__(self) -> bool:
        return self.handed_in + self.open > 0


@dataclass(frozen=True, slots=True)
class TaughtQuiz:
    """One quiz in the list; `questions` is how many an attempt asks."""

    id: int
    title: str
    status: Status
    settings: QuizSettings
    has_code: bool
    questions: int
    attempts: Tally


@dataclass(frozen=True, slots=True)
class StoredSlot:
    """A slot as it stands: a question or a draw."""

    mark: Fraction
    question_id: int | None
    draw: Draw | None


@dataclass(frozen=True, slots=True)
class QuizHead:
    """What pages about a quiz, other than its editor, show of it."""

    id: int
    title: str
    summary: str
    settings: QuizSettings


@dataclass(frozen=True, slots=True)
class StoredQuiz:
    """A quiz as it stands; `edited` is what an editor has to have seen.

    :param exceptions: for how many people and groups it runs differently.
    :param is_from_files: the course's files state it, and load it again when they change.
    """

    id: int
    title: str
    summary: str
    settings: QuizSettings
    access_code: str
    status: Status
    edited: int
    is_from_files: bool
    slots: tuple[StoredSlot, ...]
    attempts: Tally
    exceptions: int


@dataclass(frozen=True, slots=True)
class Pick:
    """A question that a slot asks, or could.

    :param is_askable: it is ready, and so is its fact.
    """

    id: int
    stem: str
    type: str
    topic: str
    tags: tuple[str, ...]
    is_askable: bool


@dataclass(frozen=True, slots=True)
class PickFilter:
    """What to look for; "" and None do not filter. `page` is 1 for the first."""

    text: str = ""
    topic_id: int | None = None
    type_name: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Picks:
    """One page of what was found; `has_more`: there is another."""

    rows: tuple[Pick, ...]
    page: int
    has_more: bool


def taught_quizzes(session: Session, *, actor: Actor, course_id: int) -> tuple[TaughtQuiz, ...]:
    """Return a course's quizzes in their order.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    rows = session.execute(
        sa.select(Quiz.id, Quiz.title, Quiz.status, Quiz.settings, Quiz.access_code)
        .where(Quiz.course_id == course_id, ~Quiz.is_practice)
        .order_by(Quiz.position, Quiz.id)
    ).all()
    ids = [row.id for row in rows]
    asked, tallies = _asked(session, ids), _tallies(session, ids)
    return tuple(
        TaughtQuiz(
            row.id,
            row.title,
            row.status,
            QuizSettings.parse(row.settings),
            bool(row.access_code),
            asked[row.id],
            tallies.get(row.id, Tally()),
        )
        for row in rows
    )


def stored_quiz(session: Session, *, actor: Actor, course_id: int, quiz_id: int) -> StoredQuiz:
    """Return a quiz as it stands.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such quiz.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        sa.select(
            Quiz.id,
            Quiz.title,
            Quiz.summary,
            Quiz.settings,
            Quiz.access_code,
            Quiz.status,
            Quiz.edited,
            Quiz.bank_sha256,
            _exceptions(LearnerOverride) + _exceptions(GroupOverride),
        ).where(Quiz.id == quiz_id, Quiz.course_id == course_id, ~Quiz.is_practice)
    ).one_or_none()
    if row is None:
        raise NotFound(_NO_QUIZ)
    return StoredQuiz(
        id=row.id,
        title=row.title,
        summary=row.summary,
        settings=QuizSettings.parse(row.settings),
        access_code=row.access_code,
        status=row.status,
        edited=row.edited,
        is_from_files=bool(row.bank_sha256),
        slots=_slots(session, quiz_id),
        attempts=_tallies(session, [quiz_id]).get(quiz_id, Tally()),
        exceptions=row[-1],
    )


def quiz_head(session: Session, *, actor: Actor, course_id: int, quiz_id: int) -> QuizHead:
    """Return what heads a page about a quiz.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such quiz.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        sa.select(Quiz.id, Quiz.title, Quiz.summary, Quiz.settings).where(
            Quiz.id == quiz_id, Quiz.course_id == course_id, ~Quiz.is_practice
        )
    ).one_or_none()
    if row is None:
        raise NotFound(_NO_QUIZ)
    return QuizHead(row.id, row.title, row.summary, QuizSettings.parse(row.settings))


def picked_questions(
    session: Session, *, course_id: int, question_ids: Sequence[int]
) -> dict[int, Pick]:
    """Return questions of a course by id."""
    if not question_ids:
        return {}
    rows = session.execute(_PICKS.where(_of(course_id), Question.id.in_(question_ids)))
    return {row.id: _pick(row) for row in rows}


def find_questions(
    session: Session,
    *,
    course_id: int,
    wanted: PickFilter,
    without: Sequence[int] = (),
) -> Picks:
    """Return one page of the questions that a quiz of the course can ask, by topic."""
    conditions: list[Any] = [_of(course_id), CAN_BE_ASKED, Question.id.not_in(without)]
    if wanted.text:
        conditions.append(holds_words(wanted.text))
    if wanted.topic_id is not None:
        conditions.append(Fact.topic_id == wanted.topic_id)
    if wanted.type_name:
        conditions.append(Question.type == wanted.type_name)
    rows = session.execute(
        _PICKS.where(*conditions)
        .order_by(Topic.position, Topic.id, Fact.position, Question.id)
        .limit(PICK_SIZE + 1)
        .offset((wanted.page - 1) * PICK_SIZE)
    ).all()
    return Picks(tuple(map(_pick, rows[:PICK_SIZE])), wanted.page, len(rows) > PICK_SIZE)


_PICKS = (
    sa.select(Question.id, Question.stem, Question.type, Topic.title, Question.tags)
    .add_columns(CAN_BE_ASKED.label("is_askable"))
    .join(Fact, Fact.id == Question.fact_id)
    .join(Topic, Topic.id == Fact.topic_id)
)


def _of(course_id: int) -> Any:
    return Question.course_id == course_id


def _pick(row: Any) -> Pick:
    return Pick(row.id, row.stem, row.type, row.title, tuple(row.tags), bool(row.is_askable))


def _exceptions(kind: type[LearnerOverride] | type[GroupOverride]) -> Any:
    counted = sa.select(sa.func.count()).select_from(kind).where(kind.quiz_id == Quiz.id)
    return counted.correlate(Quiz).scalar_subquery()


def _slots(session: Session, quiz_id: int) -> tuple[StoredSlot, ...]:
    rows = session.execute(
        sa.select(Slot.max_mark, Slot.question_id, Slot.draw)
        .where(Slot.quiz_id == quiz_id)
        .order_by(Slot.position)
    )
    return tuple(
        StoredSlot(row.max_mark, row.question_id, Draw.load(row.draw) if row.draw else None)
        for row in rows
    )


def _asked(session: Session, quiz_ids: Sequence[int]) -> defaultdict[int, int]:
    counts: defaultdict[int, int] = defaultdict(int)
    for row in session.execute(
        sa.select(Slot.quiz_id, Slot.draw).where(Slot.quiz_id.in_(quiz_ids))
    ):
        counts[row.quiz_id] += row.draw["count"] if row.draw else 1
    return counts


def _tallies(session: Session, quiz_ids: Sequence[int]) -> dict[int, Tally]:
    counts: defaultdict[int, dict[AttemptState, int]] = defaultdict(dict)
    for quiz_id, state, number in session.execute(
        sa.select(Attempt.quiz_id, Attempt.state, sa.func.count())
        .where(Attempt.quiz_id.in_(quiz_ids))
        .group_by(Attempt.quiz_id, Attempt.state)
    ):
        counts[quiz_id][state] = number
    return {
        quiz_id: Tally(found.get(AttemptState.SUBMITTED, 0), found.get(AttemptState.OPEN, 0))
        for quiz_id, found in counts.items()
    }
