"""Pictures and sounds: sending them to readers, and the instructor's page of them."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import PurePath

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid, Problem
from quizapp.formats.media import Refused, read_media
from quizapp.markup.media import ADDRESS
from quizapp.queries.courses import CourseInfo
from quizapp.queries.media import media_page, served_file
from quizapp.services.media import COURSE_BYTES, keep_media, remove_media
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.question_form import LARGEST_ID
from quizapp.web.security import HEADERS
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.uploads import MEDIA_FIELD, MEDIA_KINDS
from quizapp.web.viewer import actor, viewer

bp = blueprint("media")
files = Blueprint("media_files", __name__)

_YEAR_SECONDS = 31_536_000
#: Nothing in a file may run or load anything, however somebody opens it.
_POLICY = "default-src 'none'; sandbox"


class MediaForm(Form):
    file = FileField(
        "Picture or sound",
        description=MEDIA_KINDS,
        render_kw=MEDIA_FIELD | {"required": True},
    )


@files.get(f"{ADDRESS}<file>")
@access(Access.EVERYONE)
def show(file: str) -> ResponseReturnValue:
    """Send a file that a course shows which its reader may read."""
    found = served_file(db.session(), actor=viewer().actor, name=file)
    answer = send_file(BytesIO(found.data), found.media_type, etag=file, max_age=_YEAR_SECONDS)
    # Kept by the reader's own browser alone: who may read it can change for others.
    answer.cache_control.private, answer.cache_control.immutable = True, True
    answer.cache_control.public = False
    answer.headers.update(HEADERS | {"Content-Security-Policy": _POLICY})
    return answer


@bp.get("/media")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """List the files of a course."""
    return _page(taught_course(course), MediaForm(formdata=None))


@bp.post("/media")
@access(Access.INSTRUCTOR)
def upload(course: str) -> ResponseReturnValue:
    """Keep a file."""
    taught, form = taught_course(course), MediaForm()
    given = form.file.data
    try:
        if not given or not given.filename:
            raise Invalid([Problem("file", "Choose a picture or a sound.")])
        try:
            file = read_media(given.read())
        except Refused as error:
            raise Invalid([Problem("file", str(error))]) from error
        titled = (PurePath(given.filename).name, file)
        with transaction() as session:
            added = keep_media(
                session, actor=actor(), course_id=taught.id, files=[titled], now=datetime.now(UTC)
            )
    except Invalid as error:
        form.attach(error)
        return _page(taught, form), 422
    said = "Added. Copy its line into a question." if added else "The course has this file already."
    flash(said, "good")
    return redirect(url_for("media.index", course=taught.slug), 303)


@bp.post(f"/media/<int(max={LARGEST_ID}):media_id>/remove")
@access(Access.INSTRUCTOR)
def remove(course: str, media_id: int) -> ResponseReturnValue:
    """Delete a file that no question shows."""
    taught = taught_course(course)
    try:
        with transaction() as session:
            title = remove_media(session, actor=actor(), course_id=taught.id, media_id=media_id)
        flash(f"“{title}” was deleted.", "good")
    except Conflict as error:
        flash(str(error), "warn")
    return redirect(url_for("media.index", course=taught.slug), 303)


def _page(course: CourseInfo, form: MediaForm) -> str:
    page = media_page(
        db.session(),
        actor=actor(),
        course_id=course.id,
        page=request.args.get("page", 1, type=int),
    )
    return render_template(
        "teach/media.html", course=course, form=form, page=page, room=COURSE_BYTES
    )
