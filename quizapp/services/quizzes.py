"""Making and curating quizzes. Attempts keep the layout and the settings that they began with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.grading.draws import Draw
from quizapp.grading.settings import CODE_LIMIT, QuizSettings
from quizapp.models import Quiz, Slot, Status
from quizapp.policy import Actor, require_author
from quizapp.questions.reading import clean
from quizapp.services.facts import free_key
from quizapp.services.quiz_slots import CheckedSlot, WrittenSlot, read_slots, slot_problems

TITLE_LIMIT = 200
SUMMARY_LIMIT = 4_000
NO_QUIZ = "There is no such quiz in this course."
STALE = "Someone else changed this quiz while you were editing it."
#: These belong to a person, not to a quiz.
_PERSONAL = ("time_factor", "shows_countdown")


@dataclass(frozen=True, slots=True)
class WrittenQuiz:
    """What an instructor states of a quiz, unchecked.

    :param settings: what `QuizSettings.parse` reads.
    :param publishes: make it ready; otherwise it stays as it is, and a new one is a draft.
    """

    title: str
    summary: str
    settings: Mapping[str, Any]
    slots: tuple[WrittenSlot, ...]
    access_code: str = ""
    publishes: bool = False


@dataclass(frozen=True, slots=True)
class _Checked:
    values: dict[str, Any]
    slots: tuple[CheckedSlot, ...]


def create_quiz(session: Session, *, actor: Actor, course_id: int, written: WrittenQuiz) -> int:
    """Store a new quiz after the others of its course; return its id.

    :raises Forbidden, NotFound: the actor does not teach the course.
    :raises Invalid: with every problem, at "title", "summary", "access_code", "settings.…"
        (see `QuizSettings.parse`), "slots" or "slots.<row>.…".
    """
    require_author(actor, course_id)
    checked = _check(session, course_id, written, stored=(), is_ready=written.publishes)
    status = Status.READY if written.publishes else Status.DRAFT
    return _store(session, course_id, checked.values | {"status": status}, checked.slots)


def revise_quiz(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    quiz_id: int,
    written: WrittenQuiz,
    seen: int,
) -> int:
    """Make what is written the state of a quiz; return how often it was edited then.

    What it asks is checked when that changes: a question retired since does not keep an
    instructor from moving the closing time.

    :param seen: how often it had been edited when the editor opened it.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such quiz.
    :raises Conflict: someone else edited it since. :raises Invalid: as for `create_quiz`.
    """
    require_author(actor, course_id)
    stored = find_quiz(session, course_id=course_id, quiz_id=quiz_id)
    if stored.edited != seen:
        raise Conflict(STALE)
    before = _slots(session, quiz_id)
    is_ready = written.publishes or stored.status is Status.READY
    checked = _check(session, course_id, written, stored=before, is_ready=is_ready)
    values = dict(checked.values)
    if written.publishes:
        values["status"] = Status.READY
    # Whoever comes second finds another number and changes nothing.
    changed = session.execute(
        sa.update(Quiz)
        .where(Quiz.id == quiz_id, Quiz.edited == seen)
        .values(**values, edited=seen + 1)
    )
    if cast("sa.CursorResult[Any]", changed).rowcount != 1:
        raise Conflict(STALE)
    if checked.slots != before:
        session.execute(sa.delete(Slot).where(Slot.quiz_id == quiz_id))
        _lay(session, quiz_id, checked.slots)
    return seen + 1


def duplicate_quiz(session: Session, *, actor: Actor, course_id: int, quiz_id: int) -> int:
    """Store a copy of a quiz as a draft, without its attempts and exceptions; return its id.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such quiz.
    """
    require_author(actor, course_id)
    stored = find_quiz(session, course_id=course_id, quiz_id=quiz_id)
    values = {
        "title": f"Copy of {stored.title}"[:TITLE_LIMIT],
        "summary": stored.summary,
        "settings": stored.settings,
        "access_code": stored.access_code,
        "status": Status.DRAFT,
    }
    return _store(session, course_id, values, _slots(session, quiz_id))


def set_quiz_status(
    session: Session, *, actor: Actor, course_id: int, quiz_id: int, status: Status
) -> Status:
    """Retire a quiz, bring it back or take it back to a draft; return the status it had.

    Attempts that are open go on, and results stay.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such quiz.
    :raises Invalid: it is made ready and asks nothing.
    """
    require_author(actor, course_id)
    stored = find_quiz(session, course_id=course_id, quiz_id=quiz_id)
    if status is Status.READY and not _slots(session, quiz_id):
        raise Invalid([Problem("slots", _NOTHING)])
    session.execute(sa.update(Quiz).where(Quiz.id == quiz_id).values(status=status))
    return cast(Status, stored.status)


def move_quiz(session: Session, *, actor: Actor, course_id: int, quiz_id: int, by: int) -> None:
    """Let a quiz change places with its neighbour; nothing happens beyond the ends.

    :param by: -1 for up, 1 for down; retired quizzes and drafts count like the others.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such quiz.
    """
    require_author(actor, course_id)
    find_quiz(session, course_id=course_id, quiz_id=quiz_id)
    order = list(
        session.scalars(
            sa.select(Quiz.id)
            .where(Quiz.course_id == course_id, ~Quiz.is_practice)
            .order_by(Quiz.position, Quiz.id)
        )
    )
    place = order.index(quiz_id)
    other = place + by
    if abs(by) == 1 and 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        places = {found: number for number, found in enumerate(order)}
        session.execute(
            sa.update(Quiz)
            .where(Quiz.id.in_(order))
            .values(position=sa.case(places, value=Quiz.id))
        )


_NOTHING = "Add a question first: students would find nothing to do."


def _check(
    session: Session,
    course_id: int,
    written: WrittenQuiz,
    *,
    stored: Sequence[CheckedSlot],
    is_ready: bool,
) -> _Checked:
    """Return what may be stored, or raise `Invalid` with the problems of every part."""
    problems: list[Problem] = []
    texts = {
        "title": _text(written.title, "title", TITLE_LIMIT, problems),
        "summary": _text(written.summary, "summary", SUMMARY_LIMIT, problems),
        "access_code": _text(written.access_code, "access_code", CODE_LIMIT, problems),
    }
    if not texts["title"] and not any(problem.path == "title" for problem in problems):
        problems.append(Problem("title", "Give the quiz a title."))
    settings = _settings(written.settings, problems)
    slots, complaints = read_slots(written.slots)
    if not complaints and slots != tuple(stored):
        complaints = slot_problems(session, course_id=course_id, slots=slots)
    if is_ready and not slots:
        complaints.append(Problem("slots", _NOTHING))
    problems += complaints
    if problems:
        raise Invalid(problems)
    texts["title"] = " ".join(texts["title"].split())
    return _Checked({**texts, "settings": settings.dump()}, slots)


def _settings(raw: Mapping[str, Any], problems: list[Problem]) -> QuizSettings:
    try:
        stated = {name: value for name, value in raw.items() if name not in _PERSONAL}
        return QuizSettings.parse(stated)
    except Invalid as error:
        problems += [Problem(f"settings.{p.path}", p.message) for p in error.problems]
        return QuizSettings()


def _text(text: str, path: str, limit: int, problems: list[Problem]) -> str:
    cleaned, complaint = clean(text, limit)
    if complaint:
        problems.append(Problem(path, complaint))
    return cleaned


def _store(
    session: Session, course_id: int, values: Mapping[str, Any], slots: Sequence[CheckedSlot]
) -> int:
    last = session.scalar(sa.select(sa.func.max(Quiz.position)).where(Quiz.course_id == course_id))
    quiz = Quiz(
        course_id=course_id,
        key=free_key(session, Quiz, course_id, words=values["title"]),
        position=0 if last is None else last + 1,
        **values,
    )
    session.add(quiz)
    session.flush()  # generate quiz.id
    _lay(session, quiz.id, slots)
    return quiz.id


def _lay(session: Session, quiz_id: int, slots: Sequence[CheckedSlot]) -> None:
    rows = [
        {
            "quiz_id": quiz_id,
            "position": position,
            "max_mark": slot.mark,
            "question_id": slot.question_id,
            "draw": slot.draw.dump() if slot.draw else None,
        }
        for position, slot in enumerate(slots)
    ]
    if rows:
        session.execute(sa.insert(Slot), rows)


def _slots(session: Session, quiz_id: int) -> tuple[CheckedSlot, ...]:
    rows = session.execute(
        sa.select(Slot.max_mark, Slot.question_id, Slot.draw)
        .where(Slot.quiz_id == quiz_id)
        .order_by(Slot.position)
    )
    return tuple(
        CheckedSlot(Fraction(mark), question_id, Draw.load(draw) if draw else None)
        for mark, question_id, draw in rows
    )


def find_quiz(session: Session, *, course_id: int, quiz_id: int) -> Any:
    """Return the row of a quiz of a course.

    :raises NotFound: the course has no such quiz.
    """
    row = session.execute(
        sa.select(
            Quiz.id,
            Quiz.course_id,
            Quiz.title,
            Quiz.summary,
            Quiz.settings,
            Quiz.access_code,
            Quiz.status,
            Quiz.edited,
        ).where(Quiz.id == quiz_id, Quiz.course_id == course_id, ~Quiz.is_practice)
    ).one_or_none()
    if row is None:
        raise NotFound(NO_QUIZ)
    return row
