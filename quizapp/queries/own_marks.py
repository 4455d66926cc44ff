"""A learner's marks of a course in one place: what counts, what was said of it, what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.disclosure import Shown
from quizapp.grading.standing import mean_share
from quizapp.models import Attempt, MarkEntry, Quiz, Status
from quizapp.policy import Actor, require_learner
from quizapp.queries.markings import markings_of
from quizapp.queries.quizzes import QUIZ, QuizLine, quiz_lines


@dataclass(frozen=True, slots=True)
class OwnMark:
    """A quiz with the learner's mark. `comments`: how many stand in the results of `last`.

    :param is_given: it can be taken; one that was withdrawn is here for who has a mark in it.
    """

    quiz: QuizLine
    comments: int = 0
    is_given: bool = True

    @property
    def waits(self) -> int:
        """Return how many answers a person has yet to mark, as far as that is shown."""
        return sum(one.waits for one in self.quiz.finished)

    @property
    def is_open(self) -> bool:
        """Return whether the learner can still take it, and has not."""
        is_takable = self.quiz.settings.is_open(now=self.quiz.now) and self.is_given
        is_settled = self.quiz.finished or self.quiz.standing.is_changed
        return self.quiz.open_attempt is not None or (is_takable and not is_settled)


@dataclass(frozen=True, slots=True)
class OwnMarks:
    """All quizzes of a course with the learner's marks, in their order."""

    rows: tuple[OwnMark, ...]

    @property
    def mean(self) -> Fraction | None:
        """Return the mean share of the marks that are shown; each quiz weighs the same."""
        return mean_share(row.quiz.standing for row in self.rows)

    @property
    def marked(self) -> int:
        return sum(row.quiz.standing.mark is not None for row in self.rows)

    @property
    def judged(self) -> int:
        """Return how many marks pass or do not."""
        return sum(row.quiz.standing.passed is not None for row in self.rows)

    @property
    def passed(self) -> int:
        return sum(row.quiz.standing.passed is True for row in self.rows)

    @property
    def open(self) -> int:
        return sum(row.is_open for row in self.rows)

    @property
    def waits(self) -> int:
        return sum(row.waits for row in self.rows)

    @property
    def has_overdue(self) -> bool:
        return any(row.quiz.has_overdue for row in self.rows)


def own_marks(session: Session, *, actor: Actor, course_id: int, now: datetime) -> OwnMarks:
    """Return a learner's marks of a course, as far as they may see them now.

    :raises NotFound: the actor does not learn in the course.
    """
    require_learner(actor, course_id)
    began = sa.exists().where(Attempt.learner_id == actor.id, Attempt.quiz_id == Quiz.id)
    written = sa.exists().where(MarkEntry.learner_id == actor.id, MarkEntry.quiz_id == Quiz.id)
    rows = session.execute(
        sa.select(*QUIZ)
        .where(
            Quiz.course_id == course_id,
            Quiz.is_practice.is_(False),
            sa.or_(Quiz.status == Status.READY, began, written),
        )
        .order_by(Quiz.position, Quiz.id)
    ).all()
    lines = quiz_lines(session, actor, course_id, rows, now=now)
    comments = _comments(session, actor, lines)
    given = {row.id for row in rows if row.status is Status.READY}
    return OwnMarks(tuple(OwnMark(one, comments.get(one.id, 0), one.id in given) for one in lines))


def _comments(session: Session, actor: Actor, lines: Sequence[QuizLine]) -> dict[int, int]:
    """Return how many answers of the last attempt at each quiz somebody said something of."""
    quiz_of = {
        line.last.id: line.id for line in lines if line.last is not None and _shows_comments(line)
    }
    marked = markings_of(session, [(actor.id, attempt_id) for attempt_id in quiz_of])
    return {
        quiz_of[attempt_id]: sum(bool(one.comment) for one in given.values())
        for (_, attempt_id), given in marked.items()
    }


def _shows_comments(line: QuizLine) -> bool:
    shown = line.settings.shown(now=line.now, is_submitted=True)
    return {Shown.MARKS, Shown.FEEDBACK} <= shown
