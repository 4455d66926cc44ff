"""The gradebook of a course: its quizzes × its students, and one student's row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.grading.disclosure import Shown
from quizapp.grading.settings import QuizSettings
from quizapp.grading.standing import Standing, mean_share
from quizapp.models import Attempt, Enrolment, MarkEntry, Quiz, Role, Status, User
from quizapp.policy import Actor, require_instructor
from quizapp.queries.allowances import own_rules
from quizapp.queries.grade_orders import (
    BY_NAME,
    Middle,
    Order,
    SortBy,
    in_order,
    means_of,
    middle_of_quiz,
)
from quizapp.queries.mark_cells import EMPTY, Key, MarkCell, mark_cells, standings
from quizapp.queries.mark_entries import LoggedEntry, entry_log, held_entries
from quizapp.queries.people import (
    Student,
    StudentFilter,
    student,
    student_ids,
    students,
    students_of,
)

PAGE_SIZE = 25
_NO_QUIZ = "There is no such quiz in this course."


@dataclass(frozen=True, slots=True)
class GradedQuiz:
    """A quiz of the gradebook, with the settings for everybody.

    :param now: when that was asked. :param is_given: it was not withdrawn.
    """

    id: int
    title: str
    settings: QuizSettings
    now: datetime
    is_given: bool = True

    @property
    def shows_marks(self) -> bool:
        """Return whether students see their marks in it now."""
        return Shown.MARKS in self.settings.shown(now=self.now, is_submitted=True)

    @property
    def marks_later(self) -> datetime | None:
        """Return when marks that are hidden now are shown; None if they are, or never will be."""
        return self.settings.marks_later(now=self.now)


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A student with a cell for each quiz, in the order of the quizzes."""

    student: Student
    cells: tuple[MarkCell, ...]

    @property
    def mean(self) -> Fraction | None:
        """Return the mean share of the quizzes that have a mark; each weighs the same."""
        return mean_share(cell.standing for cell in self.cells)

    @property
    def marked(self) -> int:
        """Return how many quizzes have a mark."""
        return sum(cell.standing.mark is not None for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Moved:
    """A mark by hand over attempts that count something else since."""

    learner_id: int
    name: str
    quiz_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Gradebook:
    """One page of the gradebook.

    :param order: by which the students stand; by name where another one was asked that cannot be.
    :param foot: of each quiz, over all whom the filter leaves; none of several pages by name.
    :param moved: of the whole course, whomever the filter leaves; a file has none.
    """

    quizzes: tuple[GradedQuiz, ...]
    rows: tuple[GradeRow, ...]
    total: int
    page: int
    pages: int
    order: Order = BY_NAME
    foot: tuple[Middle, ...] = ()
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True)
class StudentMarks:
    """One student's marks. :param rules: how each quiz runs for them, in the order of quizzes."""

    quizzes: tuple[GradedQuiz, ...]
    row: GradeRow
    rules: tuple[QuizSettings, ...]


@dataclass(frozen=True, slots=True)
class CellPage:
    """One student's mark in one quiz, and all that was written about it, the newest first.

    :param rules: how the quiz runs for the student.
    """

    student: Student
    quiz: GradedQuiz
    cell: MarkCell
    rules: QuizSettings
    log: tuple[LoggedEntry, ...]


def gradebook(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    wanted: StudentFilter,
    now: datetime,
    order: Order = BY_NAME,
) -> Gradebook:
    """Return one page of students with their marks in every quiz, and what all come to.

    Where all stand is read to sort by a mark, and takes two statements, however many they are. By
    name what is on the page is enough; of several pages it says nothing of all, so they have no
    foot. Marks that attempts moved under are told of the whole course, in any order.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    ids = student_ids(session, actor=actor, course_id=course_id, wanted=wanted)
    quizzes = _quizzes(session, course_id, now=now)
    rules = {quiz.id: quiz.settings for quiz in quizzes}
    order = order.among(rules)
    learners = enrolled(course_id)
    held = standings(session, learners=learners, quizzes=rules) if order.is_by_mark else {}
    means = means_of(held, ids, rules) if order.by is SortBy.MEAN else {}
    pages = max(1, -(-len(ids) // PAGE_SIZE))
    page = min(max(wanted.page, 1), pages)
    shown = in_order(ids, order, held, means)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    cells = mark_cells(session, learners=shown, quizzes=rules)
    rows = tuple(_row(one, quizzes, cells) for one in students_of(session, course_id, shown))
    every = held if order.is_by_mark else _written_over(session, course_id, rules)
    moved = _moved(session, every, quizzes)
    if not order.is_by_mark:
        held = {key: cell.standing for key, cell in cells.items()}
    # The foot has no least number of students, as figures of a class have (`class_report`): those
    # go to walls and slides, this stands below every single mark, on a page for who gave them.
    has_foot = pages == 1 or order.is_by_mark
    foot = tuple(middle_of_quiz(held, ids, quiz.id) for quiz in quizzes) if has_foot else ()
    return Gradebook(quizzes, rows, len(ids), page, pages, order, foot, moved)


def whole_gradebook(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    wanted: StudentFilter,
    now: datetime,
    order: Order = BY_NAME,
) -> Gradebook:
    """Return everybody whom a filter leaves on one page, for a file.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    found = students(session, actor=actor, course_id=course_id, wanted=wanted, size=None)
    quizzes = _quizzes(session, course_id, now=now)
    rules = {quiz.id: quiz.settings for quiz in quizzes}
    order = order.among(rules)
    # Databases take some ten thousand values in a statement: learners are a select here.
    cells = mark_cells(session, learners=enrolled(course_id), quizzes=rules)
    rows = {one.id: _row(one, quizzes, cells) for one in found.rows}
    held = {key: cell.standing for key, cell in cells.items()} if order.is_by_mark else {}
    means = {one: row.mean for one, row in rows.items()} if order.by is SortBy.MEAN else {}
    ids = in_order(list(rows), order, held, means)
    return Gradebook(quizzes, tuple(rows[one] for one in ids), found.total, 1, 1, order)


def student_marks(
    session: Session, *, actor: Actor, course_id: int, learner_id: int, now: datetime
) -> StudentMarks:
    """Return one student's marks in every quiz; of those withdrawn, where they did anything.

    So they are the quizzes of the student's own page.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such student.
    """
    found = student(session, actor=actor, course_id=course_id, learner_id=learner_id)
    there = _quizzes(session, course_id, now=now)
    cells = _cells_of(session, learner_id, there)
    own = {quiz_id for (_, quiz_id), cell in cells.items() if not cell.is_empty}
    quizzes = tuple(quiz for quiz in there if quiz.is_given or quiz.id in own)
    row = _row(found, quizzes, cells)
    return StudentMarks(quizzes, row, _rules_of(session, course_id, learner_id, quizzes))


def cell_page(
    session: Session, *, actor: Actor, course_id: int, learner_id: int, quiz_id: int, now: datetime
) -> CellPage:
    """Return one student's mark in one quiz.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such student or
        quiz.
    """
    require_instructor(actor, course_id)
    quiz = graded_quiz(session, course_id=course_id, quiz_id=quiz_id, now=now)
    found = student(session, actor=actor, course_id=course_id, learner_id=learner_id)
    cells = _cells_of(session, learner_id, (quiz,))
    (rules,) = _rules_of(session, course_id, learner_id, (quiz,))
    log = entry_log(session, learner_id=learner_id, quiz_id=quiz_id)
    return CellPage(found, quiz, cells.get((learner_id, quiz_id), EMPTY), rules, log)


def graded_quiz(session: Session, *, course_id: int, quiz_id: int, now: datetime) -> GradedQuiz:
    """Return a quiz of a course that has marks.

    :raises NotFound: there is none; what learners put together for themselves has none.
    """
    row = session.execute(
        sa.select(Quiz.id, Quiz.title, Quiz.settings).where(
            Quiz.id == quiz_id, Quiz.course_id == course_id, ~Quiz.is_practice
        )
    ).one_or_none()
    if row is None:
        raise NotFound(_NO_QUIZ)
    return GradedQuiz(row.id, row.title, QuizSettings.parse(row.settings), now)


def enrolled(course_id: int) -> Any:
    """Return the select of a course's students."""
    return sa.select(Enrolment.user_id).where(
        Enrolment.course_id == course_id, Enrolment.role == Role.STUDENT
    )


def _quizzes(session: Session, course_id: int, *, now: datetime) -> tuple[GradedQuiz, ...]:
    """Return the quizzes that are given, and those withdrawn that somebody has a mark in."""
    has_attempts = sa.exists().where(Attempt.quiz_id == Quiz.id)
    has_entries = sa.exists().where(MarkEntry.quiz_id == Quiz.id)
    rows = session.execute(
        sa.select(Quiz.id, Quiz.title, Quiz.settings, Quiz.status)
        .where(
            Quiz.course_id == course_id,
            ~Quiz.is_practice,
            sa.or_(Quiz.status == Status.READY, has_attempts, has_entries),
        )
        .order_by(Quiz.position, Quiz.id)
    )
    return tuple(
        GradedQuiz(
            row.id,
            row.title,
            QuizSettings.parse(row.settings),
            now,
            is_given=row.status is Status.READY,
        )
        for row in rows
    )


def _row(one: Student, quizzes: tuple[GradedQuiz, ...], cells: Mapping[Key, MarkCell]) -> GradeRow:
    return GradeRow(one, tuple(cells.get((one.id, quiz.id), EMPTY) for quiz in quizzes))


def _cells_of(
    session: Session, learner_id: int, quizzes: tuple[GradedQuiz, ...]
) -> dict[Key, MarkCell]:
    rules = {quiz.id: quiz.settings for quiz in quizzes}
    return mark_cells(session, learners=[learner_id], quizzes=rules)


def _rules_of(
    session: Session, course_id: int, learner_id: int, quizzes: tuple[GradedQuiz, ...]
) -> tuple[QuizSettings, ...]:
    stored = {quiz.id: quiz.settings.dump() for quiz in quizzes}
    rules = own_rules(session, learner_id=learner_id, course_id=course_id, quizzes=stored)
    return tuple(rules[quiz.id].settings for quiz in quizzes)


def _written_over(
    session: Session, course_id: int, quizzes: Mapping[int, QuizSettings]
) -> dict[Key, Standing]:
    """Return where students stand of whom, and in quizzes in which, some mark is not reckoned."""
    entries = held_entries(session, learners=enrolled(course_id), quiz_ids=quizzes)
    changed = {quiz_id for (_, quiz_id), entry in entries.items() if entry.is_change}
    if not changed:
        return {}
    touched = enrolled(course_id).where(
        Enrolment.user_id.in_(sa.select(MarkEntry.learner_id).where(MarkEntry.quiz_id.in_(changed)))
    )
    asked = {quiz_id: quizzes[quiz_id] for quiz_id in changed}
    return standings(session, learners=touched, quizzes=asked)


def _moved(
    session: Session, held: Mapping[Key, Standing], quizzes: tuple[GradedQuiz, ...]
) -> tuple[Moved, ...]:
    """Return the marks by hand of a course over attempts that count something else since."""
    moved = [key for key, standing in held.items() if standing.has_moved]
    if not moved:
        return ()
    named = session.execute(
        sa.select(User.id, User.name).where(User.id.in_({learner for learner, _ in moved}))
    )
    names = {row.id: row.name for row in named}
    titles = {quiz.id: quiz.title for quiz in quizzes}
    found = [Moved(one, names[one], quiz, titles[quiz]) for one, quiz in moved]
    return tuple(sorted(found, key=lambda one: (one.name.lower(), one.title)))
