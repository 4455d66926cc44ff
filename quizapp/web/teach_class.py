"""The instructor's pages of how a class learns: all of it, and one student."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from quizapp.db import db
from quizapp.errors import NotFound
from quizapp.formats.csv_table.cells import safe_cell, table_writer
from quizapp.policy import require_progress_of
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.class_progress import class_view, listed_students
from quizapp.queries.class_rows import ClassFilter, Condition, Sort
from quizapp.queries.people import NO_STUDENT
from quizapp.queries.periods import period_named
from quizapp.queries.progress import progress_view
from quizapp.questions.reading import clean
from quizapp.web import class_words, progress_page
from quizapp.web.access import Access, access
from quizapp.web.filters import local
from quizapp.web.quiz_rows import LARGEST_ID, id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("teach_class")

_LONGEST_SEARCH = 200


@bp.get("/class")
@access(Access.INSTRUCTOR)
def show(course: str) -> ResponseReturnValue:
    """Show how the class does, who needs help, and every student by topic."""
    found, wanted, now = taught_course(course), _wanted(), datetime.now(UTC)
    view = class_view(db.session(), actor=actor(), course_id=found.id, wanted=wanted, now=now)
    first, topics, rest = class_words.heads(view, wanted)
    report = view.report
    return render_template(
        "teach/class.html",
        course=found,
        view=view,
        wanted=wanted,
        chosen=_chosen(wanted) | {"course": found.slug},
        words=class_words,
        figures=class_words.figures(view),
        trend=class_words.trend(report) if report and view.is_told else None,
        rows=class_words.rows(view, now),
        mean=class_words.mean_row(view),
        head=first,
        topic_heads=topics,
        more_heads=rest,
        now=now,
    )


@bp.get("/class.csv")
@access(Access.INSTRUCTOR)
def download(course: str) -> ResponseReturnValue:
    """Send everybody whom the address asks for, with their figures, for a spreadsheet."""
    found, now = taught_course(course), datetime.now(UTC)
    topics, rows = listed_students(
        db.session(), actor=actor(), course_id=found.id, wanted=_wanted(), now=now
    )
    text = StringIO(newline="")
    writer = table_writer(text)
    titles = (safe_cell(topic.title) for topic in topics)
    writer.writerow(["student", *titles, "tested", "recalled", "waiting", "last active"])
    for row in rows:
        shares = (row.mastery.get(topic.id) for topic in topics)
        # The viewer's day, as the page counts them.
        last = local(row.last_active_at).date().isoformat() if row.last_active_at else ""
        writer.writerow(
            [
                safe_cell(row.name),
                *("" if share is None else round(share, 4) for share in shares),
                *(row.recall.tested, row.recall.recalled, row.waiting, last),
            ]
        )
    # Spreadsheets take a file for UTF-8 that begins with its mark.
    return Response(
        "\ufeff" + text.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="class-{found.slug}.csv"'},
    )


@bp.get(f"/class/<int(max={LARGEST_ID}):learner_id>")
@access(Access.INSTRUCTOR)
def student(course: str, learner_id: int) -> ResponseReturnValue:
    """Show one student's progress in this course as they see it themselves."""
    found, now = taught_course(course), datetime.now(UTC)
    learner = actor_for_id(db.session(), learner_id)
    if learner is None:
        raise NotFound(NO_STUDENT)
    require_progress_of(actor(), learner, found.id)
    period = period_named(request.args.get("period"))
    view = progress_view(db.session(), learner=learner, course_id=found.id, now=now, period=period)
    return render_template(
        "teach/class_student.html",
        student=learner,
        **progress_page.variables(view, course=found, is_own=False),
    )


def _wanted() -> ClassFilter:
    """Return whom the address asks for; what it cannot mean does not filter."""
    args = request.args
    text, _ = clean(args.get("q", "")[:_LONGEST_SEARCH], _LONGEST_SEARCH)
    key = args.get("sort", "")
    name, _, number = key.removeprefix("-").partition("-")
    topic_id = id_of(number) if name == Sort.TOPIC else None
    sort = next((one for one in Sort if one == name), Sort.NAME)
    if sort is Sort.TOPIC and topic_id is None:
        sort = Sort.NAME
    return ClassFilter(
        text=text,
        group_id=id_of(args.get("group")),
        condition=next((one for one in Condition if one == args.get("show")), None),
        sort=sort,
        topic_id=topic_id,
        is_reversed=key.startswith("-"),
        page=id_of(args.get("page")) or 1,
    )


def _chosen(wanted: ClassFilter) -> dict[str, Any]:
    """Return what the address says of whom to list and how."""
    key = f"topic-{wanted.topic_id}" if wanted.sort is Sort.TOPIC else wanted.sort.value
    key = f"-{key}" if wanted.is_reversed else key
    chosen = {
        "q": wanted.text,
        "group": wanted.group_id,
        "show": wanted.condition.value if wanted.condition else None,
        "sort": None if key == Sort.NAME.value else key,
    }
    return {name: value for name, value in chosen.items() if value}
