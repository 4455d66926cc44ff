"""Cards to and from Anki: download a course as a package, bring a package along."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import (
    Blueprint,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import SelectField, StringField

from quizapp.db import db, transaction
from quizapp.errors import Invalid, Problem
from quizapp.formats.anki_package.archive import inspect
from quizapp.formats.anki_package.limits import FIELD
from quizapp.formats.anki_package.writer import write_package
from quizapp.formats.report import UNPRINTABLE
from quizapp.policy import require_learner
from quizapp.queries.courses import course_by_slug, courses
from quizapp.queries.package_export import plan_export, written_cards
from quizapp.queries.package_imports import import_page, imports_of
from quizapp.services.package_imports import Wanted, ask_import, check_import, limits_of
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.sent_files import sent_file
from quizapp.web.uploads import settings
from quizapp.web.viewer import actor

bp = Blueprint("anki", __name__)

#: How long a page waits before it looks again how far an import has come.
LOOK_AGAIN_SECONDS = 3
_TYPE = "application/octet-stream"


class ImportForm(Form):
    package = FileField(
        "Package",
        description="A file from Anki that ends in .apkg or .colpkg.",
        render_kw={"accept": ".apkg,.colpkg", "required": True},
    )
    course = SelectField(
        "What to do with it",
        invalid_value_message="Choose one of the list.",
        invalid_choice_message="Choose one of the list.",
        description="A comparison changes nothing: it tells what is the same and what is not.",
    )
    title = StringField(
        "Name of the new course",
        description="Leave it empty to take the name of the deck.",
        render_kw={"maxlength": 200},
    )


@bp.get("/anki")
@access(Access.MEMBER)
def show() -> ResponseReturnValue:
    """Show what can be exported and imported, and how the last imports went."""
    return _show(_form())


@bp.post("/anki")
@access(Access.MEMBER)
def upload() -> ResponseReturnValue:
    """Keep a package and have it imported."""
    form, folder = _form(), settings().imports
    if not form.validate():
        return _show(form), 422
    name = uuid4().hex
    path = folder / f"{name}.package"
    try:
        wanted = _wanted(form, name)
        check_import(db.session(), actor=actor(), wanted=wanted)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        form.package.data.save(path)
        inspect(path, limits_of(settings()))
        with transaction() as session:
            import_id = ask_import(session, actor=actor(), wanted=wanted, now=datetime.now(UTC))
    except Invalid as error:
        path.unlink(missing_ok=True)
        form.attach(error)
        return _show(form), 422
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return redirect(url_for("anki.progress", import_id=import_id), 303)


@bp.get("/anki/imports/<int(max=2147483647):import_id>")
@access(Access.MEMBER)
def progress(import_id: int) -> ResponseReturnValue:
    """Show how far an import has come, and at the end what became of everything."""
    page = import_page(db.session(), learner_id=actor().id, import_id=import_id)
    is_still = "still" in request.args
    if not page.item.is_open:
        return render_template("anki/report.html", page=page, item=page.item)
    shown = render_template("anki/progress.html", item=page.item, is_still=is_still)
    # A header of HTTP: a page that reloads by a tag of its own cannot be told to stop.
    return shown, {} if is_still else {"Refresh": str(LOOK_AGAIN_SECONDS)}


@bp.get("/anki/courses/<slug>/export")
@access(Access.MEMBER)
def export(slug: str) -> ResponseReturnValue:
    """Send a course as a package, with what the learner remembers of it or without."""
    session, now = db.session(), datetime.now(UTC)
    course = course_by_slug(session, slug)
    require_learner(actor(), course.id)
    with_memory = request.args.get("cards") != "alone"
    planned = plan_export(session, actor=actor(), course=course, with_memory=with_memory, now=now)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "course.apkg"
        write_package(target, planned.frame(), written_cards(session, planned), now=now)
        # The folder goes at once; what is open is read to its end.
        return sent_file(target, name=f"{course.slug}.apkg", media_type=_TYPE)


def _wanted(form: ImportForm, name: str) -> Wanted:
    """Return what a form asks for.

    :raises Invalid: there is no file.
    """
    given = form.package.data
    if not given or not given.filename:
        raise Invalid([Problem(FIELD, "Choose the file that Anki exported.")])
    slug = form.course.data
    compare_with = course_by_slug(db.session(), slug).id if slug else None
    shown = UNPRINTABLE.sub("", Path(given.filename).name)
    return Wanted(name, shown, form.title.data or "", compare_with)


def _form() -> ImportForm:
    form = ImportForm()
    mine = courses(db.session(), list(actor().roles))
    compared: list[tuple[str, str]] = [(one.slug, f"Compare it with {one.title}") for one in mine]
    form.course.choices = [("", "Make a new course of my own"), *compared]
    return form


def _show(form: ImportForm) -> str:
    session = db.session()
    shown: dict[str, Any] = {
        "courses": courses(session, list(actor().roles)),
        "imports": imports_of(session, actor().id),
        "megabytes": settings().import_bytes // 1_048_576,
    }
    return render_template("anki/show.html", form=form, **shown)
