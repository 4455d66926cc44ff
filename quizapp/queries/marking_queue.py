"""The answers of a course that people mark: which there are, and which of them wait."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.grading.layout import LaidSlot, load_layout
from quizapp.grading.regrades import RegradeFix
from quizapp.models import (
    Attempt,
    AttemptState,
    Marking,
    Question,
    Quiz,
    Response,
    Revision,
)
from quizapp.policy import Actor, require_instructor
from quizapp.queries.asked_attempts import BATCH
from quizapp.queries.places import among
from quizapp.queries.regrades import Fixes, fixes_for
from quizapp.queries.responses import RESPONSES
from quizapp.questions.registry import TYPES

#: The types that a person marks.
BY_PEOPLE = tuple(name for name, kind in TYPES.items() if not kind.is_gradable)
_UNMARKED = (0, None)


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An answer that a person marks: where it is, and how far its marking is.

    :param slot: from 0. :param seq: of its last marking, 0 for none. :param fraction: what holds of
        it; None while nothing does. :param is_void: everybody has full marks for the question, or
        it was dropped: nobody has to mark it.
    """

    learner_id: int
    attempt_id: int
    slot: int
    quiz_id: int
    question_id: int
    submitted_at: datetime
    laid: LaidSlot
    seq: int = 0
    fraction: Fraction | None = None
    is_void: bool = False

    @property
    def waits(self) -> bool:
        return self.fraction is None and not self.is_void

    def token(self, seed: str) -> str:
        """Return 16 digits that name the answer in an address and say nothing of whose it is."""
        place = f"{seed} {self.learner_id} {self.attempt_id} {self.slot}"
        return hashlib.sha256(place.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A question of a quiz with its answers; `since`: when the oldest that waits was handed in."""

    quiz_id: int
    quiz_title: str
    question_id: int
    stem: str
    waiting: int
    marked: int
    since: datetime | None


def marking_queue(session: Session, *, actor: Actor, course_id: int) -> tuple[QueueRow, ...]:
    """Return the questions that people mark; where answers wait, the longest waiting first.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    oldest: dict[tuple[int, int], list[datetime]] = {}
    for one in open_answers(session, course_id=course_id, only_waiting=True):
        oldest.setdefault((one.quiz_id, one.question_id), []).append(one.submitted_at)
    marked = _marked(session, course_id)
    places = oldest.keys() | marked.keys()
    titles = _titles(session, {quiz_id for quiz_id, _ in places})
    stems = _stems(session, {question_id for _, question_id in places})
    rows = [
        QueueRow(
            quiz_id=quiz_id,
            quiz_title=titles[quiz_id],
            question_id=question_id,
            stem=stems[question_id],
            waiting=len(oldest.get((quiz_id, question_id), ())),
            marked=marked.get((quiz_id, question_id), 0),
            since=min(oldest.get((quiz_id, question_id), ()), default=None),
        )
        for quiz_id, question_id in sorted(places)
    ]
    late = sorted((row.since, place) for place, row in enumerate(rows) if row.since is not None)
    return (*(rows[place] for _, place in late), *(row for row in rows if row.since is None))


def open_answers(
    session: Session,
    *,
    course_id: int,
    quiz_id: int | None = None,
    question_id: int | None = None,
    only_waiting: bool = False,
) -> tuple[OpenAnswer, ...]:
    """Return the answers of submitted attempts that a person marks; empty ones are none.

    :param quiz_id, question_id: of this quiz and this question only.
    """
    asked = _asked(session, course_id, quiz_id, question_id, only_waiting)
    fixes = fixes_for(session, sorted({one.laid.revision_id for one in asked}))
    found = []
    for start in range(0, len(asked), BATCH):
        some = asked[start : start + BATCH]
        answered, given = _answered(session, some), _given(session, some)
        for one in some:
            place = (one.learner_id, one.attempt_id, one.slot)
            if place in answered:
                seq, fraction = given.get(place, _UNMARKED)
                found.append(_with_marking(one, seq, fraction, fixes))
    return tuple(one for one in found if one.waits or not only_waiting)


def _with_marking(one: OpenAnswer, seq: int, fraction: Fraction | None, fixes: Fixes) -> OpenAnswer:
    kinds = {fix.kind for fix in fixes.of(one.quiz_id, one.laid.revision_id)}
    return OpenAnswer(
        one.learner_id,
        one.attempt_id,
        one.slot,
        one.quiz_id,
        one.question_id,
        one.submitted_at,
        one.laid,
        seq,
        fraction,
        is_void=bool(kinds & {RegradeFix.DROP, RegradeFix.GIVE_ALL}),
    )


def _asked(
    session: Session,
    course_id: int,
    quiz_id: int | None,
    question_id: int | None,
    only_waiting: bool,
) -> list[OpenAnswer]:
    """Return every place that asks something people mark, answered or not."""
    questions = _revisions(session, course_id, question_id)
    rows = session.execute(
        sa.select(
            Attempt.learner_id, Attempt.id, Attempt.quiz_id, Attempt.submitted_at, Attempt.layout
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(
            Quiz.course_id == course_id,
            Attempt.state == AttemptState.SUBMITTED,
            Attempt.waiting.is_not(None),
            sa.true() if quiz_id is None else Attempt.quiz_id == quiz_id,
            Attempt.waiting > 0 if only_waiting else sa.true(),
        )
        .order_by(Attempt.learner_id, Attempt.id)
    )
    return [
        OpenAnswer(
            row.learner_id,
            row.id,
            slot,
            row.quiz_id,
            questions[laid.revision_id],
            row.submitted_at,
            laid,
        )
        for row in rows
        for slot, laid in enumerate(load_layout(row.layout))
        if laid.revision_id in questions
    ]


def _revisions(session: Session, course_id: int, question_id: int | None) -> dict[int, int]:
    """Return the question of each revision of the course that a person marks, by its id."""
    rows = session.execute(
        sa.select(Revision.id, Revision.question_id)
        .join(Question, Question.id == Revision.question_id)
        .where(
            Question.course_id == course_id,
            Revision.type.in_(BY_PEOPLE),
            sa.true() if question_id is None else Question.id == question_id,
        )
    )
    return {row.id: row.question_id for row in rows}


def _answered(session: Session, places: Sequence[OpenAnswer]) -> set[tuple[int, int, int]]:
    """Return the places whose last step is an answer; what was cleared is empty."""
    key = (Response.learner_id, Response.attempt_id, Response.slot)
    last = (
        sa.select(*key, sa.func.max(Response.seq).label("seq"))
        .where(among(key, _keys(places)), Response.action.in_(RESPONSES))
        .group_by(*key)
        .subquery()
    )
    is_last = [last.c[column.key] == column for column in (*key, Response.seq)]
    rows = session.execute(
        sa.select(*key).join(last, sa.and_(*is_last)).where(Response.content.is_not(None))
    )
    return {(row.learner_id, row.attempt_id, row.slot) for row in rows}


def _given(
    session: Session, places: Sequence[OpenAnswer]
) -> Mapping[tuple[int, int, int], tuple[int, Fraction | None]]:
    """Return number and fraction of the last marking of each place that has one."""
    key = (Marking.learner_id, Marking.attempt_id, Marking.slot)
    rows = session.execute(
        sa.select(*key, Marking.seq, Marking.fraction)
        .where(among(key, _keys(places)))
        .order_by(Marking.seq)
    )
    return {(row.learner_id, row.attempt_id, row.slot): (row.seq, row.fraction) for row in rows}


def _keys(places: Iterable[OpenAnswer]) -> list[tuple[int, int, int]]:
    return [(one.learner_id, one.attempt_id, one.slot) for one in places]


def _marked(session: Session, course_id: int) -> dict[tuple[int, int], int]:
    """Return how many answers hold a marking, by quiz and question."""
    later = aliased(Marking)
    is_superseded = sa.exists().where(
        later.learner_id == Marking.learner_id,
        later.attempt_id == Marking.attempt_id,
        later.slot == Marking.slot,
        later.seq > Marking.seq,
    )
    is_attempt = sa.and_(Attempt.learner_id == Marking.learner_id, Attempt.id == Marking.attempt_id)
    rows = session.execute(
        sa.select(Attempt.quiz_id, Revision.question_id, sa.func.count().label("answers"))
        .select_from(Marking)
        .join(Attempt, is_attempt)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Revision, Revision.id == Marking.revision_id)
        .where(
            Quiz.course_id == course_id,
            Attempt.waiting.is_not(None),
            Marking.fraction.is_not(None),
            ~is_superseded,
        )
        .group_by(Attempt.quiz_id, Revision.question_id)
    )
    return {(row.quiz_id, row.question_id): row.answers for row in rows}


def _titles(session: Session, quiz_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(sa.select(Quiz.id, Quiz.title).where(Quiz.id.in_(quiz_ids)))
    return {row.id: row.title for row in rows}


def _stems(session: Session, question_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(
        sa.select(Question.id, Question.stem).where(Question.id.in_(question_ids))
    )
    return {row.id: row.stem for row in rows}
