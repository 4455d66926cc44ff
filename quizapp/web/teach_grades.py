"""The instructor's pages of marks: the gradebook, a student's row, one mark, and files of all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, SelectChoice, StringField, TextAreaField

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.formats.csv_table.sheets import CSV_TYPE, EXCEL_TYPE, csv_sheet, excel_sheet
from quizapp.queries import gradebook as queries
from quizapp.queries import people
from quizapp.queries.courses import CourseInfo
from quizapp.queries.grade_orders import BY_NAME, Order, SortBy
from quizapp.questions.reading import clean
from quizapp.services import mark_entries
from quizapp.services.mark_entries import Held, MarkPlace, WrittenMark
from quizapp.web import grade_words as words
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.quiz_rows import LARGEST_ID, id_of
from quizapp.web.sent_files import sent_bytes
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.teach_quiz_words import points
from quizapp.web.viewer import actor

bp = blueprint("teach_grades")

_STUDENT = f"/grades/<int(max={LARGEST_ID}):learner_id>"
_MARK = f"{_STUDENT}/<int(max={LARGEST_ID}):quiz_id>"
_LONGEST_SEARCH = 200


class MarkForm(Form):
    """What holds of a student's mark in a quiz."""

    held = RadioField(
        "What holds",
        choices=[
            SelectChoice(Held.RECKONED.value, "As the attempts count"),
            SelectChoice(Held.BY_HAND.value, "A mark by hand"),
            SelectChoice(Held.EXCUSED.value, "Excused: the quiz does not count for them"),
        ],
        default=Held.RECKONED.value,
        validate_choice=False,
    )
    points = StringField("Points", render_kw={"inputmode": "decimal", "maxlength": "12"})
    most = StringField("Out of", render_kw={"inputmode": "decimal", "maxlength": "12"})
    reason = TextAreaField(
        "Reason",
        description="For a mark by hand, or an excuse. The student reads it beside their mark.",
        render_kw={"rows": 2, "maxlength": mark_entries.REASON_LIMIT},
    )
    comment = TextAreaField(
        "Comment to the student (optional)",
        description="On the quiz as a whole. They read it as soon as they see their marks.",
        render_kw={"rows": 3, "maxlength": mark_entries.COMMENT_LIMIT},
    )
    seen = HiddenField()

    @property
    def written(self) -> WrittenMark:
        """Return what was typed, for the services."""
        fields = (self.held, self.points, self.most, self.reason, self.comment)
        return WrittenMark(*(field.data or "" for field in fields))


@bp.get("/grades")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """Show quizzes × students."""
    found, wanted = taught_course(course), _wanted()
    session, who = db.session(), actor()
    book = queries.gradebook(
        session,
        actor=who,
        course_id=found.id,
        wanted=wanted,
        now=datetime.now(UTC),
        order=_order(),
    )
    return render_template(
        "teach/gradebook.html",
        course=found,
        book=book,
        groups=people.groups(session, actor=who, course_id=found.id),
        wanted=wanted,
        words=words,
        base=url_for("teach_grades.index", course=found.slug),
        chosen={"course": found.slug} | _chosen(wanted, book.order),
        size=queries.PAGE_SIZE,
    )


@bp.get("/grades.csv")
@access(Access.INSTRUCTOR)
def as_csv(course: str) -> ResponseReturnValue:
    """Send all marks as a table that any spreadsheet opens."""
    found, book = _whole(course)
    data = csv_sheet(words.sheet_head(book), words.sheet_rows(book))
    return _sent(found, data, CSV_TYPE, "csv")


@bp.get("/grades.xlsx")
@access(Access.INSTRUCTOR)
def as_excel(course: str) -> ResponseReturnValue:
    """Send all marks as an Excel sheet."""
    found, book = _whole(course)
    data = excel_sheet("Marks", words.sheet_head(book), words.sheet_rows(book))
    return _sent(found, data, EXCEL_TYPE, "xlsx")


@bp.get(_STUDENT)
@access(Access.INSTRUCTOR)
def student(course: str, learner_id: int) -> ResponseReturnValue:
    """Show one student's marks, and what they see of them."""
    found = taught_course(course)
    marks = queries.student_marks(
        db.session(),
        actor=actor(),
        course_id=found.id,
        learner_id=learner_id,
        now=datetime.now(UTC),
    )
    return render_template("teach/grades_student.html", course=found, marks=marks, words=words)


@bp.get(_MARK)
@access(Access.INSTRUCTOR)
def mark(course: str, learner_id: int, quiz_id: int) -> ResponseReturnValue:
    """Show one student's mark in one quiz, how it came to that, and a form to change it."""
    found = taught_course(course)
    page = _page(found, MarkPlace(learner_id, quiz_id))
    return _show(found, page, MarkForm(formdata=None, data=_filled(page)))


@bp.post(_MARK)
@access(Access.INSTRUCTOR)
def save(course: str, learner_id: int, quiz_id: int) -> ResponseReturnValue:
    """Keep what holds of a mark from now on."""
    found, form, place = taught_course(course), MarkForm(), MarkPlace(learner_id, quiz_id)
    try:
        with transaction() as session:
            is_new = mark_entries.write_entry(
                session,
                actor=actor(),
                course_id=found.id,
                place=place,
                written=form.written,
                seen=_seen(),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form.attach(error)
        return _show(found, _page(found, place), form), 422
    except Conflict as error:
        page = _page(found, place)
        form.seen.data = str(page.log[0].entry.seq if page.log else 0)
        form.form_errors.append(f"{error} What holds now stands above. Save to replace it.")
        return _show(found, page, form), 409
    flash("Saved." if is_new else "That is how it was: nothing changed.", "good")
    return _back(found, place)


@bp.post(f"{_MARK}/undo")
@access(Access.INSTRUCTOR)
def undo(course: str, learner_id: int, quiz_id: int) -> ResponseReturnValue:
    """Take the last change back."""
    found, place = taught_course(course), MarkPlace(learner_id, quiz_id)
    try:
        with transaction() as session:
            mark_entries.undo_entry(
                session,
                actor=actor(),
                course_id=found.id,
                place=place,
                seen=_seen(),
                now=datetime.now(UTC),
            )
    except Conflict as error:
        flash(str(error), "warn")
    else:
        flash("Taken back. What held before holds again.", "good")
    return _back(found, place)


def _wanted() -> people.StudentFilter:
    text, _ = clean(request.args.get("q", "")[:_LONGEST_SEARCH], _LONGEST_SEARCH)
    group_id, page = id_of(request.args.get("group")), id_of(request.args.get("page")) or 1
    return people.StudentFilter(text=text, group_id=group_id, page=page)


def _order() -> Order:
    """Return the order that the address asks for; what it cannot mean is by name."""
    key = request.args.get("sort", "")
    name, _, number = key.removeprefix("-").partition("-")
    by = next((one for one in SortBy if one == name), SortBy.NAME)
    quiz_id = id_of(number) if by is SortBy.QUIZ else None
    return Order(by, quiz_id, is_reversed=key.startswith("-"))


def _chosen(wanted: people.StudentFilter, order: Order) -> dict[str, Any]:
    """Return what the address says of whom to list and how."""
    sort = None if order == BY_NAME else order.address
    values = {"q": wanted.text, "group": wanted.group_id, "sort": sort}
    return {name: value for name, value in values.items() if value not in ("", None)}


def _whole(course: str) -> tuple[CourseInfo, queries.Gradebook]:
    found = taught_course(course)
    book = queries.whole_gradebook(
        db.session(),
        actor=actor(),
        course_id=found.id,
        wanted=_wanted(),
        now=datetime.now(UTC),
        order=_order(),
    )
    return found, book


def _sent(course: CourseInfo, data: bytes, kind: str, suffix: str) -> Response:
    return sent_bytes(data, name=f"{course.slug}-marks.{suffix}", media_type=kind)


def _page(course: CourseInfo, place: MarkPlace) -> queries.CellPage:
    return queries.cell_page(
        db.session(),
        actor=actor(),
        course_id=course.id,
        learner_id=place.learner_id,
        quiz_id=place.quiz_id,
        now=datetime.now(UTC),
    )


def _filled(page: queries.CellPage) -> dict[str, str]:
    """Return what the form shows at first: what holds, and the full points that are likely."""
    standing, entry = page.cell.standing, page.cell.standing.entry
    newest = next(iter(page.cell.handed_in), None)
    shown = standing.mark or (newest.mark if newest else None)
    held = Held.EXCUSED if standing.is_excused else Held.RECKONED
    return {
        "held": Held.BY_HAND if standing.is_by_hand else held,
        "points": points(standing.mark.points) if standing.is_by_hand and standing.mark else "",
        "most": points(shown.most) if shown and shown.most else "",
        "reason": entry.reason if entry else "",
        "comment": entry.comment if entry else "",
        "seen": str(entry.seq if entry else 0),
    }


def _show(course: CourseInfo, page: queries.CellPage, form: MarkForm) -> str:
    return render_template(
        "teach/grade.html", course=course, page=page, form=form, kept=_filled(page), words=words
    )


def _seen() -> int:
    """Return the number of the entry that the form showed; one that none has for nonsense."""
    return request.form.get("seen", -1, type=int)


def _back(course: CourseInfo, place: MarkPlace) -> ResponseReturnValue:
    address = url_for(
        "teach_grades.mark",
        course=course.slug,
        learner_id=place.learner_id,
        quiz_id=place.quiz_id,
    )
    return redirect(address, 303)
