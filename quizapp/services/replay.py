"""Working out every attempt anew from its log, to prove or to rebuild what is stored of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.layout import load_layout
from quizapp.grading.marks import total
from quizapp.grading.settings import QuizSettings
from quizapp.models import Attempt, AttemptState, Quiz
from quizapp.queries.attempt_marks import (
    full_mark,
    grade_slots,
    revision_contents,
    waiting_in,
)
from quizapp.queries.markings import markings_between
from quizapp.queries.regrades import Fixes, fixes_for
from quizapp.queries.responses import states_between
from quizapp.questions.base import QuestionType
from quizapp.services.mark_lock import alone

#: How many attempts are read at once.
BATCH = 200
#: The order of the primary key, so that each batch is a range of it.
_BEFORE_ALL = (-1, -1)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is stored of an attempt, and a log can say anew; columns of `Attempt`."""

    mark: Fraction | None
    max_mark: Fraction
    waiting: int | None

    def __str__(self) -> str:
        """Return "no mark", or "7 of 9, 2 waiting"."""
        said = "no mark" if self.mark is None else f"{self.mark} of {self.max_mark}"
        return said if self.waiting is None else f"{said}, {self.waiting} waiting"


@dataclass(frozen=True, slots=True)
class Difference:
    """An attempt of which something else is stored than its log says.

    :param stored: the marks as they stand; :param replayed: as they should.
    """

    learner_id: int
    attempt_id: int
    stored: Marks
    replayed: Marks

    def __str__(self) -> str:
        """Return one line for people: whose attempt, what is stored, what the log says."""
        return (
            f"attempt {self.attempt_id} of learner {self.learner_id}: "
            f"stored {self.stored}, replayed {self.replayed}"
        )


@dataclass(slots=True)
class Replayed:
    """How far a replay has come."""

    attempts: int = 0
    differences: list[Difference] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.attempts:,} attempts replayed"


@dataclass(slots=True)
class _Revisions:
    """Revisions never change, so each is read and parsed once."""

    session: Session
    known: dict[int, tuple[QuestionType[Any, Any], Any]] = field(default_factory=dict)

    def of(self, ids: set[int]) -> dict[int, tuple[QuestionType[Any, Any], Any]]:
        missing = sorted(ids - self.known.keys())
        if missing:
            self.known.update(revision_contents(self.session, missing))
        return self.known


def replay(session: Session) -> Iterator[Replayed]:
    """Yield after each batch how many attempts were worked out anew, and what differed.

    Nothing is written. What is yielded is one object that grows.
    """
    so_far, revisions, last = Replayed(), _Revisions(session), _BEFORE_ALL
    fixes = fixes_for(session)
    while rows := _batch(session, _after(last)):
        so_far.differences += _differences(session, rows, revisions, fixes)
        so_far.attempts += len(rows)
        last = (rows[-1].learner_id, rows[-1].id)
        yield so_far


def rebuild(session: Session, differences: Sequence[Difference]) -> None:
    """Store of each attempt what its log says: now, as what counts may have changed since."""
    courses = {_course_of(session, one) for one in differences}
    for course_id in sorted(courses):
        alone(session, course_id)
    revisions, fixes = _Revisions(session), fixes_for(session)
    for one in differences:
        own = (Attempt.learner_id == one.learner_id, Attempt.id == one.attempt_id)
        for now in _differences(session, _batch(session, *own), revisions, fixes):
            session.execute(
                sa.update(Attempt).where(*own).values(asdict(now.replayed)),
                execution_options={"synchronize_session": False},
            )


def _after(last: tuple[int, int]) -> sa.ColumnElement[bool]:
    return sa.tuple_(Attempt.learner_id, Attempt.id) > sa.tuple_(*map(sa.literal, last))


def _course_of(session: Session, difference: Difference) -> int:
    found = (
        sa.select(Quiz.course_id)
        .join(Attempt, Attempt.quiz_id == Quiz.id)
        .where(Attempt.learner_id == difference.learner_id, Attempt.id == difference.attempt_id)
    )
    return session.scalars(found).one()


def _batch(session: Session, *which: sa.ColumnElement[bool]) -> Sequence[Any]:
    return session.execute(
        sa.select(
            Attempt.learner_id,
            Attempt.id,
            Attempt.quiz_id,
            Attempt.state,
            Attempt.layout,
            Attempt.settings,
            Attempt.mark,
            Attempt.max_mark,
            Attempt.waiting,
        )
        .where(*which)
        .order_by(Attempt.learner_id, Attempt.id)
        .limit(BATCH)
    ).all()


def _differences(
    session: Session, rows: Sequence[Any], revisions: _Revisions, fixes: Fixes
) -> Iterator[Difference]:
    layouts = [load_layout(row.layout) for row in rows]
    contents = revisions.of({laid.revision_id for layout in layouts for laid in layout})
    ends = [(row.learner_id, row.id) for row in (rows[0], rows[-1])]
    states = states_between(session, *ends)
    markings = markings_between(session, *ends)
    for row, layout in zip(rows, layouts, strict=True):
        settings = QuizSettings.parse(row.settings)
        replayed = Marks(None, full_mark(layout, settings, contents), None)
        if row.state is AttemptState.SUBMITTED:
            own = (row.learner_id, row.id)
            fixes_of = partial(fixes.of, row.quiz_id)
            log, given = states.get(own, {}), markings.get(own, {})
            slots = grade_slots(layout, settings, log, contents, fixes_of, markings=given)
            whole = total(slot.mark for slot in slots)
            replayed = Marks(whole.points, whole.most, waiting_in(slots))
        stored = Marks(row.mark, row.max_mark, row.waiting)
        if stored != replayed:
            yield Difference(row.learner_id, row.id, stored, replayed)
