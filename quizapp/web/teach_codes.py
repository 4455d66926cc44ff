"""The instructor's pages of join codes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Invalid, NotFound, Problem
from quizapp.queries import class_page, people
from quizapp.queries.courses import CourseInfo
from quizapp.services import join_codes
from quizapp.web.access import Access, access
from quizapp.web.quiz_rows import id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("teach_codes")

_SAID = {
    "make": "Here is the new code. Any code before it has stopped working.",
    "on": "The code works again.",
    "off": "The code is switched off: nobody can join by it.",
    "end": "Saved.",
}


@bp.get("/join-codes")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """Show the course's join code and those of its sections."""
    return _index(taught_course(course))


@bp.post("/join-codes")
@access(Access.INSTRUCTOR)
def change(course: str) -> ResponseReturnValue:
    """Make a code, switch it or set its end; `act` says which, `group` whose."""
    found, act = taught_course(course), request.form.get("act", "")
    group_id = id_of(request.form.get("group")) or None  # 0 is the course's own
    try:
        _change(found, act, group_id, request.form.get("ends_on", "").strip())
    except Invalid as error:
        return _index(found, wrong=group_id or 0, message=error.problems[0].message), 422
    flash(_SAID[act], "good")
    return redirect(
        url_for("teach_codes.index", course=found.slug, _anchor=f"code-{group_id or 0}"), 303
    )


@bp.get("/join-codes/sheet")
@access(Access.INSTRUCTOR)
def sheet(course: str) -> ResponseReturnValue:
    """Show one code so large that a class can read it, or to be printed."""
    found, group_id = taught_course(course), id_of(request.args.get("group")) or None
    codes = class_page.join_codes(db.session(), actor=actor(), course_id=found.id)
    code = next((one for one in codes if one.group_id == group_id), None)
    if code is None or not code.works(datetime.now(UTC)):
        raise NotFound("There is no join code to show that works.")
    return render_template("teach/join_sheet.html", course=found, code=code)


def _change(course: CourseInfo, act: str, group_id: int | None, typed: str) -> None:
    now = datetime.now(UTC)
    ends_at = _end(typed) if act == "end" else None
    whose = join_codes.Whose(course.id, group_id)
    with transaction() as session:
        if act == "make":
            join_codes.make_code(session, actor=actor(), whose=whose, now=now)
        elif act in ("on", "off"):
            is_on = act == "on"
            join_codes.switch_code(session, actor=actor(), whose=whose, is_on=is_on, now=now)
        elif act == "end":
            join_codes.end_code(session, actor=actor(), whose=whose, ends_at=ends_at, now=now)
        else:
            raise NotFound("There is nothing like that to do with a join code.")


def _end(typed: str) -> datetime | None:
    """Return the end of a day as the viewer's clock has it; None for no day.

    :raises Invalid: this is no date.
    """
    if not typed:
        return None
    try:
        after = date.fromisoformat(typed) + timedelta(days=1)
        return datetime.combine(after, time(), ZoneInfo(actor().timezone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid([Problem("ends_on", "Enter a date, like 2027-03-31.")]) from error


def _index(course: CourseInfo, *, wrong: int | None = None, message: str = "") -> str:
    """Return the page; `wrong` is the group whose end could not be kept, 0 for the course."""
    codes = class_page.join_codes(db.session(), actor=actor(), course_id=course.id)
    groups = people.groups(db.session(), actor=actor(), course_id=course.id)
    return render_template(
        "teach/join_codes.html",
        course=course,
        codes={code.group_id or 0: code for code in codes},
        groups=groups,
        now=datetime.now(UTC),
        wrong=wrong,
        message=message,
        typed=request.form.get("ends_on", ""),
    )
