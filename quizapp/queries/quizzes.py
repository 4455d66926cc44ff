"""The quizzes of a course as one learner sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.grading.disclosure import Shown
from quizapp.grading.marks import Mark
from quizapp.grading.settings import QuizSettings
from quizapp.grading.standing import Entry, HandedIn, Standing, standing
from quizapp.models import Attempt, Course, Question, Quiz, Slot, Status
from quizapp.policy import Actor, require_learner
from quizapp.queries.allowances import OwnRules, own_rules
from quizapp.queries.attempts import Stage, stage_of
from quizapp.queries.mark_entries import held_entries
from quizapp.questions.registry import TYPES


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One attempt in a list. `submitted_at` is None while it is open.

    :param mark: None while it is open, and where the quiz does not show marks now.
    :param passed: None while there is no mark, and where there is no pass mark.
    :param waits: how many answers a person has yet to mark: the mark is of the others, and there
        is no `passed`. 0 where marks are not shown.
    :param pass_mark_percent: of the settings that it began with.
    """

    id: int
    number: int
    stage: Stage
    started_at: datetime
    submitted_at: datetime | None
    mark: Mark | None
    passed: bool | None
    waits: int = 0
    pass_mark_percent: int | None = None


@dataclass(frozen=True, slots=True)
class QuizLine:
    """One quiz, with the learner's attempts at it, the newest first.

    :param rules: how it runs for the learner. :param general: the settings for everybody.
    :param now: when that was asked. :param asks_people: a person marks some of what it asks.
    :param entry: what an instructor wrote in the gradebook, as far as the learner may see it now.
    """

    id: int
    title: str
    summary: str
    rules: OwnRules
    general: QuizSettings
    questions: int
    attempts: tuple[AttemptLine, ...]
    now: datetime
    needs_code: bool = False
    asks_people: bool = False
    entry: Entry | None = None

    @property
    def settings(self) -> QuizSettings:
        """Return the settings as they hold for the learner."""
        return self.rules.settings

    @property
    def is_closed(self) -> bool:
        return self.settings.is_closed(now=self.now)

    @property
    def is_to_open(self) -> bool:
        """Return whether the quiz opens later."""
        return not self.is_closed and not self.settings.is_open(now=self.now)

    @property
    def shows_marks(self) -> bool:
        return Shown.MARKS in self.settings.shown(now=self.now, is_submitted=True)

    @property
    def marks_later(self) -> datetime | None:
        """Return when marks that are hidden now are shown; None if they are, or never will be."""
        return self.settings.marks_later(now=self.now)

    @property
    def open_attempt(self) -> AttemptLine | None:
        return next((one for one in self.attempts if one.stage is not Stage.SUBMITTED), None)

    @property
    def finished(self) -> tuple[AttemptLine, ...]:
        """Return the attempts handed in, the newest first."""
        return tuple(one for one in self.attempts if one.submitted_at is not None)

    @property
    def last(self) -> AttemptLine | None:
        return next(iter(self.finished), None)

    @property
    def standing(self) -> Standing:
        """Return where the learner stands; no mark while none counts, or marks are hidden."""
        handed_in = [
            HandedIn(one.number, one.mark, one.waits, one.pass_mark_percent)
            for one in self.finished
            if one.mark is not None
        ]
        needed = self.settings.pass_mark_percent
        return standing(self.settings.counting, handed_in, self.entry, pass_mark_percent=needed)

    @property
    def attempts_left(self) -> int | None:
        """Return how many attempts may still be started; None for any number."""
        if self.settings.attempts_allowed is None:
            return None
        return max(0, self.settings.attempts_allowed - len(self.attempts))

    @property
    def has_overdue(self) -> bool:
        return any(one.stage is Stage.OVERDUE for one in self.attempts)


@dataclass(frozen=True, slots=True)
class QuizPage:
    """One quiz and the course that it belongs to.

    :param is_withdrawn: nobody can start it; who did may go on, and look back.
    """

    quiz: QuizLine
    course_id: int
    course_slug: str
    course_title: str
    is_withdrawn: bool = False


QUIZ = (
    Quiz.id,
    Quiz.title,
    Quiz.summary,
    Quiz.settings,
    (Quiz.access_code != "").label("needs_code"),
    Quiz.status,
)
_LISTED = (Quiz.status == Status.READY, Quiz.is_practice.is_(False))


def quiz_list(
    session: Session, *, actor: Actor, course_id: int, now: datetime
) -> tuple[QuizLine, ...]:
    """Return the course's quizzes in their order.

    :raises NotFound: the actor does not learn in the course.
    """
    require_learner(actor, course_id)
    rows = session.execute(
        sa.select(*QUIZ)
        .where(Quiz.course_id == course_id, *_LISTED)
        .order_by(Quiz.position, Quiz.id)
    ).all()
    return quiz_lines(session, actor, course_id, rows, now=now)


def quiz_page(session: Session, *, actor: Actor, quiz_id: int, now: datetime) -> QuizPage:
    """Return one quiz, to start or to look back on.

    One that was withdrawn is there for those who began it.

    :raises NotFound: there is no such quiz for this learner.
    """
    began = sa.select(Attempt.id).where(Attempt.learner_id == actor.id, Attempt.quiz_id == Quiz.id)
    row = session.execute(
        sa.select(
            *QUIZ, Quiz.status, Quiz.course_id, Course.slug, Course.title.label("course_title")
        )
        .join(Course, Course.id == Quiz.course_id)
        .where(
            Quiz.id == quiz_id,
            Quiz.is_practice.is_(False),
            sa.or_(Quiz.status == Status.READY, began.exists()),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such quiz.")
    require_learner(actor, row.course_id)
    (line,) = quiz_lines(session, actor, row.course_id, [row], now=now)
    is_withdrawn = row.status is not Status.READY
    return QuizPage(line, row.course_id, row.slug, row.course_title, is_withdrawn)


def quiz_lines(
    session: Session, actor: Actor, course_id: int, rows: Sequence[Any], *, now: datetime
) -> tuple[QuizLine, ...]:
    """Return quizzes of a course with what the actor has done of them; `rows` select `QUIZ`."""
    ids = [row.id for row in rows]
    asked = _asked(session, ids)
    stored = {row.id: row.settings for row in rows}
    rules = own_rules(session, learner_id=actor.id, course_id=course_id, quizzes=stored)
    attempts = _attempts(session, actor, rules, now=now)
    entries = held_entries(session, learners=[actor.id], quiz_ids=ids)
    return tuple(
        QuizLine(
            id=row.id,
            title=row.title,
            summary=row.summary,
            rules=rules[row.id],
            general=QuizSettings.parse(row.settings),
            questions=asked[row.id].questions,
            attempts=tuple(attempts[row.id]),
            now=now,
            needs_code=row.needs_code,
            asks_people=asked[row.id].asks_people,
            entry=seen_entry(entries.get((actor.id, row.id)), rules[row.id].settings, now=now),
        )
        for row in rows
    )


def seen_entry(entry: Entry | None, settings: QuizSettings, *, now: datetime) -> Entry | None:
    """Return what a learner may see now of what was written about their mark.

    That they are excused they always see: then they need not take the quiz.
    """
    if entry is None or Shown.MARKS in settings.shown(now=now, is_submitted=True):
        return entry
    return replace(entry, was=None, comment="") if entry.is_excused else None


@dataclass(slots=True)
class _Asked:
    """What a quiz asks: how many questions, and whether a person marks any."""

    questions: int = 0
    asks_people: bool = False


def _asked(session: Session, quiz_ids: Sequence[int]) -> defaultdict[int, _Asked]:
    found: defaultdict[int, _Asked] = defaultdict(_Asked)
    for row in session.execute(
        sa.select(Slot.quiz_id, Slot.draw, Question.type)
        .outerjoin(Question, Question.id == Slot.question_id)
        .where(Slot.quiz_id.in_(quiz_ids))
    ):
        one = found[row.quiz_id]
        types = row.draw.get("types", ()) if row.draw else (row.type,)
        one.questions += row.draw["count"] if row.draw else 1
        one.asks_people |= any(not TYPES[name].is_gradable for name in types)
    return found


def _attempts(
    session: Session, actor: Actor, rules: Mapping[int, OwnRules], *, now: datetime
) -> defaultdict[int, list[AttemptLine]]:
    lines: defaultdict[int, list[AttemptLine]] = defaultdict(list)
    for row in session.execute(
        sa.select(
            Attempt.quiz_id,
            Attempt.id,
            Attempt.number,
            Attempt.state,
            Attempt.settings,
            Attempt.started_at,
            Attempt.due_at,
            Attempt.submitted_at,
            Attempt.mark,
            Attempt.max_mark,
            Attempt.waiting,
        )
        .where(Attempt.learner_id == actor.id, Attempt.quiz_id.in_(list(rules)))
        .order_by(Attempt.number.desc())
    ):
        shown = rules[row.quiz_id].settings.shown(now=now, is_submitted=True)
        lines[row.quiz_id].append(_attempt_line(row, Shown.MARKS in shown, now=now))
    return lines


def _attempt_line(row: Any, shows_marks: bool, *, now: datetime) -> AttemptLine:
    settings = QuizSettings.parse(row.settings)
    mark = Mark(row.mark, row.max_mark) if shows_marks and row.mark is not None else None
    waits = row.waiting or 0 if mark else 0
    return AttemptLine(
        id=row.id,
        number=row.number,
        stage=stage_of(row.state, settings, row.due_at, now=now),
        started_at=row.started_at,
        submitted_at=row.submitted_at,
        mark=mark,
        passed=mark.passes(settings.pass_mark_percent) if mark and not waits else None,
        waits=waits,
        pass_mark_percent=settings.pass_mark_percent,
    )
