"""Writing into the gradebook: marks by hand, excuses, comments; each an event of a log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, Problem
from quizapp.grading.marks import Mark
from quizapp.grading.standing import Entry
from quizapp.models import MarkEntry
from quizapp.policy import Actor, require_author
from quizapp.queries.gradebook import graded_quiz
from quizapp.queries.mark_cells import EMPTY, mark_cells
from quizapp.queries.mark_entries import LoggedEntry, entry_log
from quizapp.queries.people import student
from quizapp.questions.reading import clean
from quizapp.services.mark_lock import share

COMMENT_LIMIT = 4_000
REASON_LIMIT = 500
MOST_POINTS = 100_000
_POINTS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,4})?|[0-9]{1,6}/[1-9][0-9]{0,3}")
_WRITTEN_SINCE = "Somebody else has changed this mark meanwhile."


class Held(StrEnum):
    """What holds of a student's mark in a quiz."""

    RECKONED = "reckoned"  # as the attempts count
    BY_HAND = "by_hand"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class MarkPlace:
    """A student in a quiz."""

    learner_id: int
    quiz_id: int


@dataclass(frozen=True, slots=True)
class WrittenMark:
    """An entry as it was typed, unchecked."""

    held: str
    points: str = ""
    most: str = ""
    reason: str = ""
    comment: str = ""


def write_entry(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    place: MarkPlace,
    written: WrittenMark,
    seen: int,
    now: datetime,
) -> bool:
    """Store what holds of a student's mark from now on; return whether that is anything new.

    :param seen: the number of the last entry as the form showed it, 0 for none.
    :raises Forbidden, NotFound: the actor may not write to the course, or it has no such student
        or quiz. :raises Invalid: with every problem by its field.
    :raises Conflict: somebody has written since.
    """
    was, log = _found(session, actor, course_id, place, now=now)
    wanted = _read(written)
    if _is_said(log, wanted, was, seen):
        return False
    _require_seen(log, seen)
    _append(session, _next(actor, place, log, now), wanted, was)
    return True


def undo_entry(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    place: MarkPlace,
    seen: int,
    now: datetime,
) -> None:
    """Take the last entry back: what held before it holds again.

    Errors as for `write_entry`. :raises Conflict: besides, it was taken back already.
    """
    was, log = _found(session, actor, course_id, place, now=now)
    if not log or (log[0].is_undo and seen in (log[0].entry.seq, log[0].entry.seq - 1)):
        raise Conflict("That was taken back already.")  # a second click shows the number before
    _require_seen(log, seen)
    before = _content(log[1].entry) if len(log) > 1 else _Content()
    event = _next(actor, place, log, now)
    event.is_undo = True
    _append(session, event, before, was)


@dataclass(frozen=True, slots=True)
class _Content:
    """What an entry says."""

    mark: Mark | None = None
    is_excused: bool = False
    reason: str = ""
    comment: str = ""

    @property
    def is_change(self) -> bool:
        return self.is_excused or self.mark is not None


def _content(entry: Entry) -> _Content:
    return _Content(entry.mark, entry.is_excused, entry.reason, entry.comment)


def _found(
    session: Session, actor: Actor, course_id: int, place: MarkPlace, *, now: datetime
) -> tuple[Mark | None, tuple[LoggedEntry, ...]]:
    """Return what the attempts count, and the log, the newest first.

    No regrade changes what they count before the commit.
    """
    require_author(actor, course_id)
    share(session, course_id)
    quiz = graded_quiz(session, course_id=course_id, quiz_id=place.quiz_id, now=now)
    student(session, actor=actor, course_id=course_id, learner_id=place.learner_id)
    cells = mark_cells(session, learners=[place.learner_id], quizzes={quiz.id: quiz.settings})
    reckoned = cells.get((place.learner_id, quiz.id), EMPTY).standing.reckoned
    log = entry_log(session, learner_id=place.learner_id, quiz_id=quiz.id)
    return (reckoned.mark if reckoned else None), log


def _read(written: WrittenMark) -> _Content:
    """Return what a form says.

    :raises Invalid: with every problem.
    """
    problems: list[Problem] = []
    if written.held not in set(Held):
        raise Invalid([Problem("held", "Choose what holds.")])
    mark = _mark(written, problems) if written.held == Held.BY_HAND else None
    comment, complaint = clean(written.comment, COMMENT_LIMIT)
    if complaint:
        problems.append(Problem("comment", complaint))
    reason = ""
    if written.held != Held.RECKONED:
        reason, complaint = clean(written.reason, REASON_LIMIT)
        if complaint or not reason:
            problems.append(Problem("reason", complaint or "Say why, for the student to read."))
    if problems:
        raise Invalid(problems)
    return _Content(mark, written.held == Held.EXCUSED, reason, comment)


def _mark(written: WrittenMark, problems: list[Problem]) -> Mark | None:
    points, most = _points(written.points), _points(written.most)
    if most is None or not 0 < most <= MOST_POINTS:
        problems.append(Problem("most", "Give the full points of the quiz, such as 10."))
        most = None
    if points is None or (most is not None and points > most):
        upto = f" to {most}" if most is not None and most.denominator == 1 else ""
        message = f"Give points from 0{upto}, such as 7.5." if upto else "Give points, such as 7.5."
        problems.append(Problem("points", message))
        return None
    return None if most is None else Mark(points, most)


def _points(text: str) -> Fraction | None:
    text = text.strip().replace(",", ".")
    return Fraction(text) if _POINTS.fullmatch(text) else None


def _is_said(log: tuple[LoggedEntry, ...], wanted: _Content, was: Mark | None, seen: int) -> bool:
    """Return whether that holds already: a form sent twice, or sent as it was shown.

    To state a mark again after the attempts have changed is new: it stands over these.
    """
    if not log:
        return seen == 0 and wanted == _Content()
    last = log[0].entry
    if _content(last) != wanted or (wanted.is_change and last.was != was):
        return False
    return last.seq in (seen, seen + 1)


def _require_seen(log: tuple[LoggedEntry, ...], seen: int) -> None:
    if seen != (log[0].entry.seq if log else 0):
        raise Conflict(_WRITTEN_SINCE)


def _next(actor: Actor, place: MarkPlace, log: tuple[LoggedEntry, ...], now: datetime) -> MarkEntry:
    """Return the next event of the log, which says nothing yet."""
    return MarkEntry(
        learner_id=place.learner_id,
        quiz_id=place.quiz_id,
        seq=log[0].entry.seq + 1 if log else 1,
        is_undo=False,
        made_by=actor.id,
        at=now,
    )


def _append(session: Session, event: MarkEntry, said: _Content, was: Mark | None) -> None:
    event.points, event.most = (said.mark.points, said.mark.most) if said.mark else (None, None)
    event.is_excused, event.reason, event.comment = said.is_excused, said.reason, said.comment
    event.was_points, event.was_most = (was.points, was.most) if was else (None, None)
    session.add(event)
    session.flush()  # pages read with Core
