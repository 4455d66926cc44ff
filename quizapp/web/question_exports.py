"""Taking questions out: which, in which format, and what that cannot hold, before the file."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from quizapp.db import db
from quizapp.errors import Invalid, Problem
from quizapp.formats.base import Draft
from quizapp.formats.registry import FORMATS
from quizapp.models import Status
from quizapp.queries.courses import CourseInfo
from quizapp.queries.exported_media import ExportedMedia, exported_media, require_room
from quizapp.queries.list_choices import authors
from quizapp.queries.question_export import (
    ExportChoice,
    Losses,
    count_exported,
    exported_drafts,
    losses_of,
)
from quizapp.queries.questions import topic_choices
from quizapp.services.import_reading import MOST_QUESTIONS
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.list_words import chosen_filters
from quizapp.web.question_form import id_of
from quizapp.web.question_imports import sent
from quizapp.web.question_list import asked, stated
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("question_exports")

_CHOOSE = "Choose one of the list."


class ExportForm(Form):
    topic = SelectField(
        "Topic", default="", invalid_value_message=_CHOOSE, invalid_choice_message=_CHOOSE
    )
    status = SelectMultipleField(
        "Status",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        choices=[
            SelectChoice(one.value, one.value.replace("_", " ").capitalize()) for one in Status
        ],
        description="None ticked: whatever their status.",
    )
    format = SelectField(
        "Format",
        default="",
        invalid_value_message=_CHOOSE,
        invalid_choice_message=_CHOOSE,
    )


@bp.get("/export")
@access(Access.INSTRUCTOR)
def show(course: str) -> ResponseReturnValue:
    """Show what can be chosen."""
    taught = taught_course(course)
    return _show(taught, _form(taught))


@bp.post("/export")
@access(Access.INSTRUCTOR)
def check(course: str) -> ResponseReturnValue:
    """Say what a format cannot hold of what was chosen; questions of the list come here too."""
    taught = taught_course(course, stays=True)
    form = _form(taught)
    if "format" not in request.form:
        return _show(taught, form)
    if not form.validate():
        return _show(taught, form), 422
    try:
        drafts = _drafts(taught, form)
        media = _media(taught, form, drafts)
    except Invalid as error:
        form.attach(error)
        return _show(taught, form), 422
    return _show(taught, form, losses_of(FORMATS[form.format.data], drafts, media.gone))


@bp.post("/export/file")
@access(Access.INSTRUCTOR)
def download(course: str) -> ResponseReturnValue:
    """Send the file."""
    taught = taught_course(course, stays=True)
    form = _form(taught)
    if not form.validate():
        return _show(taught, form), 422
    try:
        drafts = _drafts(taught, form)
        media = _media(taught, form, drafts)
    except Invalid as error:
        form.attach(error)
        return _show(taught, form), 422
    name = f"{taught.slug}-questions"
    return sent(FORMATS[form.format.data], drafts, name, title=taught.title, media=media)


def _drafts(course: CourseInfo, form: ExportForm) -> list[Draft]:
    """Return the chosen questions.

    :raises Invalid: there are none, or too many for one file.
    """
    session, choice = db.session(), _choice(form)
    number = count_exported(session, course_id=course.id, choice=choice)
    if not number:
        raise Invalid([Problem("", "No question fits. Choose more.")])
    if number > MOST_QUESTIONS:
        many = f"{number:,} questions fit, and a file holds {MOST_QUESTIONS:,}. Choose fewer."
        raise Invalid([Problem("", many)])
    return exported_drafts(session, actor=actor(), course_id=course.id, choice=choice)


def _media(course: CourseInfo, form: ExportForm, drafts: list[Draft]) -> ExportedMedia:
    """Return the pictures and sounds of the questions.

    :raises Invalid: they are too large for the format.
    """
    media = exported_media(db.session(), course_id=course.id, drafts=drafts)
    require_room(FORMATS[form.format.data], media)
    return media


def _choice(form: ExportForm) -> ExportChoice:
    return ExportChoice(
        ids=() if _is_all() else _ids(),
        all_of=asked(request.args) if _is_all() else None,
        topic_id=id_of(form.topic.data),
        statuses=tuple(one for one in Status if one.value in (form.status.data or ())),
    )


def _is_all() -> bool:
    """Return whether all that fit the address of the list are meant, and not those ticked."""
    return bool(request.form.get("all"))


def _ids() -> tuple[int, ...]:
    """Return the questions that were selected in the list."""
    found = (id_of(one) for one in request.form.getlist("id")[:MOST_QUESTIONS])
    return tuple(dict.fromkeys(one for one in found if one))


def _form(course: CourseInfo) -> ExportForm:
    form = ExportForm()
    writable = [one for one in FORMATS.values() if one.can_write]
    form.format.choices = [(one.name, f"{one.label} ({one.suffixes[0]})") for one in writable]
    topics = topic_choices(db.session(), course.id)
    form.topic.choices = [("", "All topics"), *((str(one.id), one.title) for one in topics)]
    return form


def _show(course: CourseInfo, form: ExportForm, losses: Losses | None = None) -> str:
    wanted, session = asked(request.args), db.session()
    fits: dict[str, Any] = {}
    if _is_all():
        choice = _choice(form)
        fits = {
            "address": stated(course, wanted),
            "number": count_exported(session, course_id=course.id, choice=choice),
            "filters": chosen_filters(
                wanted,
                topic_choices(session, course.id),
                authors(session, course_id=course.id),
            ),
        }
    return render_template(
        "teach/export.html",
        course=course,
        wanted=wanted,
        fits=fits,
        form=form,
        losses=losses,
        ids=() if fits else _ids(),
        format=FORMATS.get(form.format.data),
    )
