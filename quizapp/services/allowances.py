"""What is different for some: what a student needs everywhere, and exceptions for one quiz."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.grading.allowances import Override, personal
from quizapp.grading.settings import MAX_TIME_FACTOR, QuizSettings
from quizapp.models import (
    Accommodation,
    Group,
    GroupMember,
    GroupOverride,
    LearnerOverride,
    to_millis,
)
from quizapp.policy import Actor, require_author
from quizapp.queries import people
from quizapp.questions.reading import clean
from quizapp.services.quizzes import find_quiz

REASON_LIMIT = 500
NAME_LIMIT = 80
MOST_PERCENT = (MAX_TIME_FACTOR - 1) * 100
MOST_EXTRA_ATTEMPTS = 100
STALE = "Someone else changed this while you were looking at it."
_TICK = timedelta(milliseconds=1)
_RULES = ("opens_at", "closes_at", "time_limit_minutes", "attempts_allowed")


@dataclass(frozen=True, slots=True)
class WrittenNeeds:
    """What a student needs, unchecked; what is no number came as text."""

    extra_time_percent: object = 0
    extra_attempts: object = 0
    hides_countdown: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WrittenException:
    """What one quiz sets differently, unchecked.

    :param rules: any of opens_at, closes_at, time_limit_minutes and attempts_allowed, as
        `QuizSettings.parse` reads them; None leaves a setting as the quiz has it.
    """

    rules: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class Whom:
    """For whom an exception is: a student, or a group."""

    id: int
    is_group: bool = False


def set_needs(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    learner_id: int,
    written: WrittenNeeds,
    seen: datetime | None,
    now: datetime,
) -> bool:
    """Set what a student has in every quiz of a course; return whether it is anything.

    It holds for attempts that begin from now on. Nothing special takes the entry away.

    :param seen: when it had been set when the page was opened; None for never.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such student.
    :raises Conflict: someone else set it since.
    :raises Invalid: with every problem, at the names of the fields.
    """
    require_author(actor, course_id)
    people.student(session, actor=actor, course_id=course_id, learner_id=learner_id)
    values = _read_needs(written)
    key = {"learner_id": learner_id, "course_id": course_id}
    is_plain = not values["extra_attempts"] and not values["hides_countdown"]
    if is_plain and values["time_factor"] == 1:
        _remove(session, Accommodation, key, seen=seen)
        return False
    _put(session, Accommodation, key, values | {"set_by": actor.id}, seen=seen, now=now)
    return True


def set_exception(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    quiz_id: int,
    whom: Whom,
    written: WrittenException,
    seen: datetime | None,
    now: datetime,
) -> None:
    """Set what a quiz does differently for a student or a group.

    It holds for attempts that begin from now on.

    :param seen: when it had been set when the page was opened; None for never.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such quiz,
        student or group. :raises Conflict: someone else set it since.
    :raises Invalid: with every problem, at the name of a rule, at "reason" or "".
    """
    require_author(actor, course_id)
    quiz = find_quiz(session, course_id=course_id, quiz_id=quiz_id)
    _require_whom(session, actor, course_id, whom)
    values = _read_exception(written, QuizSettings.parse(quiz.settings))
    kind, key = _place(quiz_id, whom)
    _put(session, kind, key, values, seen=seen, now=now)


def remove_exception(
    session: Session, *, actor: Actor, course_id: int, quiz_id: int, whom: Whom
) -> None:
    """Let a quiz run as for everybody again; nothing happens where it does.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such quiz.
    """
    require_author(actor, course_id)
    find_quiz(session, course_id=course_id, quiz_id=quiz_id)
    kind, key = _place(quiz_id, whom)
    session.execute(sa.delete(kind).filter_by(**key))


def create_group(session: Session, *, actor: Actor, course_id: int, name: str) -> int:
    """Store a group without members; return its id.

    :raises Forbidden, NotFound: the actor does not teach the course.
    :raises Invalid: at "name": there is none, it is too long, or another group has it.
    """
    require_author(actor, course_id)
    group = Group(course_id=course_id, name=_read_name(session, course_id, name))
    session.add(group)
    session.flush()  # generate group.id
    return group.id


def rename_group(
    session: Session, *, actor: Actor, course_id: int, group_id: int, name: str
) -> None:
    """Give a group another name.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such group.
    :raises Invalid: as for `create_group`.
    """
    require_author(actor, course_id)
    people.group(session, actor=actor, course_id=course_id, group_id=group_id)
    cleaned = _read_name(session, course_id, name, but=group_id)
    session.execute(sa.update(Group).where(Group.id == group_id).values(name=cleaned))


def delete_group(session: Session, *, actor: Actor, course_id: int, group_id: int) -> str:
    """Delete a group and its exceptions; its members stay in the course. Return its name.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such group.
    """
    require_author(actor, course_id)
    found = people.group(session, actor=actor, course_id=course_id, group_id=group_id)
    session.execute(sa.delete(GroupOverride).where(GroupOverride.group_id == group_id))
    session.execute(sa.delete(GroupMember).where(GroupMember.group_id == group_id))
    session.execute(sa.delete(Group).where(Group.id == group_id))
    return found.name


def set_member(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    group_id: int,
    learner_id: int,
    is_member: bool,
) -> None:
    """Put a student into a group, or take them out; nothing happens where it is so.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such group or,
        to put them in, no such student.
    """
    require_author(actor, course_id)
    people.group(session, actor=actor, course_id=course_id, group_id=group_id)
    key = {"learner_id": learner_id, "group_id": group_id}
    if not is_member:
        session.execute(sa.delete(GroupMember).filter_by(**key))
        return
    people.student(session, actor=actor, course_id=course_id, learner_id=learner_id)
    held = sa.select(Group.id).where(Group.id == group_id).with_for_update(read=True)
    if session.scalar(held) is None:  # somebody deleted it just then
        raise NotFound("There is no such group in this course.")
    if session.get(GroupMember, (learner_id, group_id)) is None:
        session.add(GroupMember(**key))
        session.flush()  # a page that reads it with Core in this transaction sees it


def _read_needs(written: WrittenNeeds) -> dict[str, Any]:
    problems: list[Problem] = []
    percent = _whole(written.extra_time_percent, MOST_PERCENT, "extra_time_percent", problems)
    extra = _whole(written.extra_attempts, MOST_EXTRA_ATTEMPTS, "extra_attempts", problems)
    reason = _read_reason(written.reason, problems)
    if problems:
        raise Invalid(problems)
    return {
        "time_factor": 1 + Fraction(percent, 100),
        "extra_attempts": extra,
        "hides_countdown": written.hides_countdown,
        "reason": reason,
    }


def _whole(value: object, most: int, path: str, problems: list[Problem]) -> int:
    """Return a number from 0; nothing is 0."""
    if value is None:
        return 0
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
        return value
    problems.append(Problem(path, f"Give a whole number from 0 to {most}."))
    return 0


def _read_reason(text: str, problems: list[Problem]) -> str:
    reason, complaint = clean(text, REASON_LIMIT)
    if complaint:
        problems.append(Problem("reason", complaint))
    return reason


def _read_exception(written: WrittenException, quiz: QuizSettings) -> dict[str, Any]:
    problems: list[Problem] = []
    stated = {name: value for name in _RULES if (value := written.rules.get(name)) is not None}
    override = Override()
    try:
        read = QuizSettings.parse(stated)
        override = Override(*(getattr(read, name) if name in stated else None for name in _RULES))
    except Invalid as error:
        problems += error.problems
    reason = _read_reason(written.reason, problems)
    if not stated:
        problems.append(Problem("", "Change at least one setting, or remove the exception."))
    if not reason and not any(problem.path == "reason" for problem in problems):
        problems.append(Problem("reason", "Say why. The student reads it."))
    rules = personal(quiz, own=override)
    if not problems and rules.opens_at and rules.closes_at and rules.closes_at <= rules.opens_at:
        name = "closes_at" if override.closes_at else "opens_at"
        message = "With this the quiz would close before it opens. Change one of the two times."
        problems.append(Problem(name, message))
    if problems:
        raise Invalid(problems)
    return {name: getattr(override, name) for name in _RULES} | {"reason": reason}


def _require_whom(session: Session, actor: Actor, course_id: int, whom: Whom) -> None:
    if whom.is_group:
        people.group(session, actor=actor, course_id=course_id, group_id=whom.id)
    else:
        people.student(session, actor=actor, course_id=course_id, learner_id=whom.id)


def _place(quiz_id: int, whom: Whom) -> tuple[Any, dict[str, int]]:
    if whom.is_group:
        return GroupOverride, {"group_id": whom.id, "quiz_id": quiz_id}
    return LearnerOverride, {"learner_id": whom.id, "quiz_id": quiz_id}


def _put(
    session: Session,
    kind: Any,
    key: Mapping[str, int],
    values: Mapping[str, Any],
    *,
    seen: datetime | None,
    now: datetime,
) -> None:
    """Store a row that was set at `seen`, or was not there; whoever comes second changes nothing.

    The time that it is set at tells one setting from the next, so it never stays the same.
    """
    if seen is None:
        try:
            with session.begin_nested():
                session.execute(sa.insert(kind).values(**key, **values, set_at=now))
        except IntegrityError as error:
            raise Conflict(STALE) from error
        return
    at = now if to_millis(now) > to_millis(seen) else seen + _TICK
    changed = session.execute(
        sa.update(kind).filter_by(**key, set_at=seen).values(**values, set_at=at)
    )
    if cast("sa.CursorResult[Any]", changed).rowcount != 1:
        raise Conflict(STALE)


def _remove(session: Session, kind: Any, key: Mapping[str, int], *, seen: datetime | None) -> None:
    found = session.scalar(sa.select(kind.set_at).filter_by(**key).with_for_update())
    if found != seen:
        raise Conflict(STALE)
    session.execute(sa.delete(kind).filter_by(**key, set_at=seen))


def _read_name(session: Session, course_id: int, name: str, *, but: int | None = None) -> str:
    cleaned, complaint = clean(name, NAME_LIMIT)
    cleaned = " ".join(cleaned.split())
    if not complaint and not cleaned:
        complaint = "Give the group a name."
    taken = sa.select(Group.id).where(
        Group.course_id == course_id, sa.func.lower(Group.name) == cleaned.lower(), Group.id != but
    )
    if not complaint and session.scalar(taken) is not None:
        complaint = "Another group has this name. Give it one of its own."
    if complaint:
        raise Invalid([Problem("name", complaint)])
    return cleaned
