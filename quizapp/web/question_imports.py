"""Bringing files of questions: upload, the plan, applying it, taking it back."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import SelectField

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid, Problem
from quizapp.formats.base import NO_MEDIA, Format
from quizapp.formats.csv_table.template import template_drafts
from quizapp.formats.registry import FORMATS, detect
from quizapp.formats.report import UNPRINTABLE
from quizapp.queries.courses import CourseInfo
from quizapp.queries.question_imports import (
    ALTERED,
    FILTERS,
    import_head,
    import_lines,
    question_imports_of,
)
from quizapp.queries.questions import topic_choices
from quizapp.services.import_planning import plan_file
from quizapp.services.import_preparing import prepare_apply
from quizapp.services.import_rows import Plan, WantedQuestions
from quizapp.services.import_undoing import undo_import
from quizapp.services.import_writing import apply_import
from quizapp.services.question_imports import (
    FILE_SUFFIX,
    MOST_AT_ONCE,
    apply_later,
    ask_question_import,
    plan_anew,
    plan_later,
    reason_of,
    store_plan,
    take_up_import,
)
from quizapp.web.access import Access, access
from quizapp.web.anki import LOOK_AGAIN_SECONDS
from quizapp.web.forms import Form
from quizapp.web.question_form import LARGEST_ID, id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.uploads import settings
from quizapp.web.viewer import actor
from quizapp.web.wording import count

bp = blueprint("question_imports")

_IMPORT = f"/imports/<int(max={LARGEST_ID}):import_id>"
#: Larger files are for a worker, however few questions they hold.
_MOST_BYTES = 256 * 1024
_MOST_UNPACKED = 2 * 1024 * 1024
_UNKNOWN = "Nobody here knows this kind of file. Choose its format below, or save it as another."
_TEMPLATES = ("csv", "excel")


class UploadForm(Form):
    file = FileField("File", render_kw={"required": True})
    format = SelectField(
        "Format",
        default="",
        invalid_value_message="Choose one of the list.",
        invalid_choice_message="Choose one of the list.",
    )
    topic = SelectField(
        "Topic",
        default="",
        invalid_value_message="Choose a topic of this course.",
        invalid_choice_message="Choose a topic of this course.",
        description="Of new questions. Questions that are here already stay where they are.",
    )


@bp.get("/import")
@access(Access.INSTRUCTOR)
def show(course: str) -> ResponseReturnValue:
    """Show what can be imported, and how the last imports went."""
    taught = taught_course(course)
    return _show(taught, _form(taught))


@bp.post("/import")
@access(Access.INSTRUCTOR)
def upload(course: str) -> ResponseReturnValue:
    """Plan a file, or leave a large one to a worker."""
    taught = taught_course(course)
    form = _form(taught)
    if not form.validate():
        return _show(taught, form), 422
    folder, name = settings().imports, uuid4().hex
    path = folder / f"{name}{FILE_SUFFIX}"
    try:
        wanted, data = _wanted(form, name)
        plan = _small_plan(taught, wanted, data)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(data)
        with transaction() as session:
            now = datetime.now(UTC)
            import_id = ask_question_import(
                session, actor=actor(), course_id=taught.id, wanted=wanted, now=now
            )
            if plan is None:
                plan_later(session, import_id=import_id, now=now)
            elif importing := take_up_import(session, import_id=import_id):
                store_plan(session, importing=importing, plan=plan)
    except Invalid as error:
        path.unlink(missing_ok=True)
        form.attach(_at_fields(error))
        return _show(taught, form), 422
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return redirect(_address(taught, import_id), 303)


@bp.get("/import/template/<name>")
@access(Access.INSTRUCTOR)
def template(course: str, name: str) -> ResponseReturnValue:
    """Send a table to fill in, with a question of every type."""
    taught = taught_course(course)
    if name not in _TEMPLATES or name not in FORMATS:
        abort(404)
    return sent(FORMATS[name], template_drafts(), "questions-template", title=taught.title)


@bp.get(_IMPORT)
@access(Access.INSTRUCTOR)
def import_page(course: str, import_id: int) -> ResponseReturnValue:
    """Show how far an import has come; then what it would do, or did, question by question."""
    taught = taught_course(course)
    session = db.session()
    head = import_head(session, actor=actor(), course_id=taught.id, import_id=import_id)
    if head.is_open:
        is_still = "still" in request.args
        page = render_template(
            "teach/import_progress.html", course=taught, head=head, is_still=is_still
        )
        return page, {} if is_still else {"Refresh": str(LOOK_AGAIN_SECONDS)}
    wanted = request.args.get("show", "")
    shown = import_lines(
        session,
        course_id=taught.id,
        head=head,
        wanted=wanted if wanted in FILTERS else "",
        page=id_of(request.args.get("page")) or 1,
    )
    return render_template(
        "teach/import_report.html", course=taught, page=shown, head=head, altered=ALTERED
    )


@bp.post(f"{_IMPORT}/apply")
@access(Access.INSTRUCTOR)
def apply(course: str, import_id: int) -> ResponseReturnValue:
    """Do what the plan says; a large one is left to a worker. A stale one is planned anew."""
    taught = taught_course(course)
    keys: dict[str, Any] = {"actor": actor(), "course_id": taught.id, "import_id": import_id}
    head = import_head(db.session(), **keys)
    # Pictures are looked at once more before they are kept: that is a worker's task.
    is_long = head.writes > MOST_AT_ONCE or head.media > 0
    now = datetime.now(UTC)
    about: dict[str, Any] = {"course_id": taught.id, "import_id": import_id, "now": now}
    prepared = None if is_long else prepare_apply(db.session(), **about)
    try:
        with transaction() as session:
            if is_long:
                apply_later(session, **keys, now=now)
            else:
                apply_import(session, **keys, now=now, prepared=prepared)
    except Conflict as error:
        with transaction() as session:
            plan_anew(session, **keys, reason=str(error))
            plan_later(session, import_id=import_id, now=now)
        return redirect(_address(taught, import_id), 303)
    if not is_long:
        flash(f"{count(head.writes, 'question')} imported.", "good")
    return redirect(_address(taught, import_id), 303)


@bp.post(f"{_IMPORT}/undo")
@access(Access.INSTRUCTOR)
def undo(course: str, import_id: int) -> ResponseReturnValue:
    """Take back what an import did."""
    taught = taught_course(course)
    try:
        with transaction() as session:
            undo_import(
                session,
                actor=actor(),
                course_id=taught.id,
                import_id=import_id,
                now=datetime.now(UTC),
            )
    except Conflict as error:
        flash(str(error), "warn")
    return redirect(_address(taught, import_id), 303)


def sent(
    form: Format,
    drafts: list[Any],
    name: str,
    *,
    title: str,
    media: Mapping[str, bytes] = NO_MEDIA,
) -> Response:
    """Return a file of questions to download."""
    written = form.write(drafts, title=title, media=media)
    response = Response(written.data, content_type=written.media_type)
    file_name = f"{name}{written.suffix}"
    response.headers.set("Content-Disposition", "attachment", filename=file_name)
    return response


def _small_plan(course: CourseInfo, wanted: WantedQuestions, data: bytes) -> Plan | None:
    """Return the plan of a file that is small enough to be planned while somebody waits.

    :raises Invalid: it cannot be read.
    """
    if len(data) > _MOST_BYTES or _unpacked(data) > _MOST_UNPACKED:
        return None
    plan = plan_file(db.session(), course_id=course.id, wanted=wanted, data=data)
    return plan if len(plan.rows) <= MOST_AT_ONCE else None


def _unpacked(data: bytes) -> int:
    """Return how many bytes a zip says that it holds; 0 of what is none."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return 0


def _wanted(form: UploadForm, name: str) -> tuple[WantedQuestions, bytes]:
    """Return what a form asks for, and the file.

    :raises Invalid: there is no file, or nobody knows its format.
    """
    given = form.file.data
    if not given or not given.filename:
        raise Invalid([Problem("file", "Choose a file of questions.")])
    shown = UNPRINTABLE.sub("", Path(given.filename.replace("\\", "/")).name)
    data = given.read()
    if not data.strip():
        raise Invalid([Problem("file", "This file is empty. Choose another.")])
    found = FORMATS.get(form.format.data) or detect(data, shown)
    if found is None:
        raise Invalid([Problem("file", _UNKNOWN)])
    return WantedQuestions(name, shown, found.name, id_of(form.topic.data)), data


def _at_fields(error: Invalid) -> Invalid:
    """Return the problems of a file beside the field of the file."""
    fields = ("file", "format", "topic")
    if all(problem.path in fields for problem in error.problems):
        return error
    return Invalid([Problem("file", reason_of(error))])


def _form(course: CourseInfo) -> UploadForm:
    form = UploadForm()
    readable = [one for one in FORMATS.values() if one.can_read]
    form.format.choices = [
        ("", "Find out from the file"),
        *((one.name, f"{one.label} ({', '.join(one.suffixes)})") for one in readable),
    ]
    topics = topic_choices(db.session(), course.id)
    form.topic.choices = [
        ("", "As the file says; missing topics are made"),
        *((str(one.id), one.title) for one in topics),
    ]
    return form


def _show(course: CourseInfo, form: UploadForm) -> str:
    return render_template(
        "teach/import.html",
        course=course,
        form=form,
        imports=question_imports_of(db.session(), actor=actor(), course_id=course.id),
        templates=[FORMATS[name] for name in _TEMPLATES if name in FORMATS],
        readable=[one for one in FORMATS.values() if one.can_read],
        megabytes=settings().import_bytes // 1_048_576,
    )


def _address(course: CourseInfo, import_id: int) -> str:
    return url_for("question_imports.import_page", course=course.slug, import_id=import_id)
