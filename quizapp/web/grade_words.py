"""The gradebook in words: what stands in a cell, what it means, and what a sheet holds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from quizapp.formats.csv_table.sheets import Value
from quizapp.grading.disclosure import Shown
from quizapp.grading.marks import Mark
from quizapp.grading.settings import Counting, QuizSettings
from quizapp.grading.standing import Standing
from quizapp.queries.grade_orders import Order, SortBy
from quizapp.queries.gradebook import Gradebook, GradedQuiz, GradeRow
from quizapp.queries.mark_cells import MarkCell, MarkedAttempt
from quizapp.queries.mark_entries import LoggedEntry
from quizapp.queries.own_marks import OwnMark
from quizapp.web.filters import moment
from quizapp.web.quiz_words import waiting_words
from quizapp.web.result_words import mark_percent
from quizapp.web.wording import NO_BREAK_SPACE, count

#: Which attempt counts, as short as a column needs it.
COUNTS_SHORT = {
    Counting.HIGHEST: "best counts",
    Counting.LAST: "last counts",
    Counting.FIRST: "first counts",
    Counting.AVERAGE: "average counts",
}
#: What the signs in a cell mean: the name of the icon, and its words.
SIGNS = {
    "hand": ("pencil", "set by hand"),
    "moved": ("triangle-alert", "attempts count something else since"),
    "late": ("calendar-clock", "late"),
    "allowed": ("plus", "more time, or an exception"),
    "comment": ("message-square", "comment"),
    "waits": ("clock", "waits to be marked"),
}


@dataclass(frozen=True, slots=True)
class CellWords:
    """What stands in a cell.

    :param text: the share, or a word where there is no mark. :param sub: the points, or "".
    :param kind: good, warn, bad, none or "" for the colour. :param signs: keys of `SIGNS`.
    :param verdict: "passed", "not passed" or "".
    """

    text: str
    sub: str = ""
    kind: str = ""
    signs: tuple[str, ...] = ()
    verdict: str = ""


def cell_words(cell: MarkCell) -> CellWords:
    """Return what stands in a cell of the gradebook."""
    standing, signs = cell.standing, tuple(_signs(cell))
    if standing.is_excused:
        return CellWords("excused", "", "none", signs)
    if standing.mark is None:
        return CellWords(_unmarked(cell), "", "none", signs)
    so_far = " so far" if standing.is_so_far else ""
    verdict = verdict_words(standing.passed)
    kind = {"passed": "good", "not passed": "warn"}.get(verdict, "")
    return CellWords(mark_percent(standing.mark), f"{standing.mark}{so_far}", kind, signs, verdict)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that sorts. :param key: what its link asks for: the other way round where it is
    sorted already. :param sorted: as `aria-sort` says it, or ""."""

    key: str
    sorted: str = ""


def name_heading(order: Order) -> Heading:
    return _heading(order, SortBy.NAME)


def mean_heading(order: Order) -> Heading:
    return _heading(order, SortBy.MEAN)


def quiz_heading(order: Order, quiz: GradedQuiz) -> Heading:
    return _heading(order, SortBy.QUIZ, quiz.id)


def _heading(order: Order, by: SortBy, quiz_id: int | None = None) -> Heading:
    own = Order(by, quiz_id)
    if order.by is not by or order.quiz_id != quiz_id:
        return Heading(own.address)
    if order.is_reversed:
        return Heading(own.address, "descending")
    return Heading(replace(own, is_reversed=True).address, "ascending")


def foot_words(book: Gradebook, *, is_narrowed: bool) -> str:
    """Return of whom the foot is: of all pages."""
    students = count(book.total, "student")
    return f"{students} that {'fits' if book.total == 1 else 'fit'}" if is_narrowed else students


def verdict_words(passed: bool | None) -> str:
    """Return "passed", "not passed", or "" where nothing is to be passed."""
    return "" if passed is None else "passed" if passed else "not passed"


def share_words(share: Fraction | None) -> str:
    """Return a mean share as whole percent, rounded down as marks are; a dash for none."""
    return "–" if share is None else mark_percent(Mark(share, Fraction(1)))


def quiz_words(quiz: GradedQuiz) -> str:
    """Return what counts in a quiz, and what passes: "best counts, 60 % to pass"."""
    words = [COUNTS_SHORT[quiz.settings.counting]] if counts_several(quiz.settings) else []
    if quiz.settings.pass_mark_percent is not None:
        words.append(f"{quiz.settings.pass_mark_percent}{NO_BREAK_SPACE}% to pass")
    return ", ".join(words)


def counts_several(settings: QuizSettings) -> bool:
    """Return whether a quiz can be taken more than once."""
    return settings.attempts_allowed != 1


def late_words(late: timedelta) -> str:
    """Return how late something was handed in, in its largest unit: "3 hours", "2 days"."""
    if late >= timedelta(days=1):
        return count(late.days, "day")
    if late >= timedelta(hours=1):
        return count(late.seconds // 3600, "hour")
    return count(max(1, late.seconds // 60), "minute")


def attempt_notes(attempt: MarkedAttempt) -> str:
    """Return what was different about an attempt: "1.5 times the time, 2 days late"."""
    notes = []
    if attempt.time_factor != 1:
        notes.append(f"{float(attempt.time_factor):g} times the time")
    if attempt.late:
        notes.append(f"{late_words(attempt.late)} after it closed for everybody")
    return ", ".join(notes)


def held_words(standing: Standing) -> str:
    """Return where a mark comes from, in a sentence for instructors."""
    if standing.is_excused:
        return "Excused: this quiz does not count for them."
    if standing.is_by_hand:
        return "Set by hand. It stands over what the attempts count."
    if standing.reckoned is None:
        if standing.waits:
            return "Nothing counts until the answers that wait are marked."
        return "No attempt counts yet."
    if standing.number is None:
        return "The average of the attempts counts."
    return f"Attempt {standing.number} counts."


def moved_words(standing: Standing) -> str:
    """Return how attempts have come to count something else; "" where they have not."""
    if not standing.has_moved or standing.entry is None:
        return ""
    before = standing.entry.was or "nothing"
    now = standing.reckoned.mark if standing.reckoned else "nothing"
    return f"Since then what the attempts count has changed from {before} to {now}."


def own_line(row: OwnMark) -> str:
    """Return what a student has done of a quiz, which attempt counts, and until when it is open."""
    quiz, told = row.quiz, []
    finished, number = len(quiz.finished), quiz.standing.number
    if finished:
        told.append(count(finished, "attempt"))
    elif not row.is_open:
        told.append("Not taken")
    if finished > 1 and quiz.shows_marks and not quiz.standing.is_changed:
        told.append(f"attempt {number} counts" if number else COUNTS_SHORT[quiz.settings.counting])
    if row.waits:
        told.append(waiting_words(row.waits))
    if not quiz.shows_marks and finished:
        later = quiz.marks_later
        told.append(f"marks are shown on {moment(later)}" if later else "it does not show marks")
    said = ", ".join([*told, *_dates(row)])
    return said[:1].upper() + said[1:]


def _dates(row: OwnMark) -> Iterator[str]:
    quiz = row.quiz
    if quiz.is_closed and quiz.settings.closes_at:
        yield f"closed on {moment(quiz.settings.closes_at)}"
    elif not row.is_given:
        yield "withdrawn"
    elif quiz.is_to_open and quiz.settings.opens_at:
        yield f"opens on {moment(quiz.settings.opens_at)}"
    elif quiz.settings.closes_at:
        yield f"open until {moment(quiz.settings.closes_at)}"
    elif row.is_open:
        yield "no closing date"


def seen_words(rules: QuizSettings, now: datetime) -> str:
    """Return whether the student sees marks of the quiz now, and when they will."""
    if Shown.MARKS in rules.shown(now=now, is_submitted=True):
        return "Marks are shown to them."
    later = rules.marks_later(now=now)
    if later is None:
        return "The quiz does not show marks."
    return f"Marks are hidden from them until it closes, on {moment(later)}."


def log_words(logged: LoggedEntry) -> str:
    """Return what an entry says: "7 of 10 by hand, in place of 6 of 10"."""
    entry, start = logged.entry, "Taken back: " if logged.is_undo else ""
    instead = f", in place of {entry.was}" if entry.was else ""
    if entry.is_excused:
        said = f"excused{instead}"
    elif entry.mark:
        said = f"{entry.mark} by hand{instead}"
    else:
        said = "as the attempts count" + (", with a comment" if entry.comment else "")
    return start + said if start else said[:1].upper() + said[1:]


def sheet_head(book: Gradebook) -> list[str]:
    """Return the columns of the sheet: for each quiz its points, what they are of, and notes."""
    head = ["Name", "Email", "Section"]
    for quiz in book.quizzes:
        head += [quiz.title, f"{quiz.title}: of", f"{quiz.title}: notes"]
    return [*head, "Mean, percent", "Quizzes with a mark"]


def sheet_rows(book: Gradebook) -> Iterator[Sequence[Value]]:
    """Yield a row for each student."""
    for row in book.rows:
        yield [
            *_person(row),
            *(value for cell in row.cells for value in _sheet_cell(cell)),
            *_sum(row),
        ]


def _person(row: GradeRow) -> list[Value]:
    return [row.student.name, row.student.email, ", ".join(one.name for one in row.student.groups)]


def _sheet_cell(cell: MarkCell) -> list[Value]:
    mark = cell.standing.mark
    points = [mark.points, mark.most] if mark else [None, None]
    return [*points, ", ".join(_notes(cell))]


def _sum(row: GradeRow) -> list[Value]:
    mean = row.mean
    if mean is None:
        return [None, row.marked]
    # Rounded down, as on the page.
    return [Fraction(math.floor(mean * 10_000), 100), row.marked]


def _notes(cell: MarkCell) -> Iterator[str]:
    standing = cell.standing
    if standing.is_excused:
        yield "excused"
    elif standing.mark is None and not cell.is_empty and (words := _unmarked(cell)) != "–":
        yield words
    if standing.is_so_far:
        yield "so far"
    if verdict := verdict_words(standing.passed):
        yield verdict
    yield from (SIGNS[sign][1] for sign in _signs(cell) if sign != "comment")


def _unmarked(cell: MarkCell) -> str:
    if cell.standing.waits:
        return "to mark"
    if cell.is_open:
        return "open"
    return "–"


def _signs(cell: MarkCell) -> Iterator[str]:
    standing = cell.standing
    if standing.is_by_hand:
        yield "hand"
    if standing.has_moved:
        yield "moved"
    if standing.waits and not standing.is_changed:
        yield "waits"
    if cell.late:
        yield "late"
    if cell.has_allowance:
        yield "allowed"
    if standing.entry is not None and standing.entry.comment:
        yield "comment"
