"""Adding texts to a course: pasted or read from a file, looked through, then kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid, Problem
from quizapp.formats.reader_text.kinds import FIELD, FILE_LIMIT, SUFFIXES, known_suffixes
from quizapp.queries.courses import CourseInfo
from quizapp.queries.texts import StoredSource, stored_source
from quizapp.services import source_texts
from quizapp.services.passages import StatedPassage
from quizapp.services.source_texts import SOURCE_LIMITS, StatedSource
from quizapp.services.text_files import extract_text
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.question_form import LARGEST_ID
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor
from quizapp.web.wording import count

bp = blueprint("source_texts")

_SOURCE = f"/texts/sources/<int(max={LARGEST_ID}):source_id>"
#: So many paragraphs are shown before they are kept; the count says how many there are.
_SHOWN = 300
_FIRST = "first"


class SourceForm(Form):
    """What is said of a text."""

    title = StringField("Title", render_kw={"maxlength": SOURCE_LIMITS["title"]})
    author = StringField("Author (optional)", render_kw={"maxlength": SOURCE_LIMITS["author"]})
    year = StringField("Year (optional)", render_kw={"maxlength": SOURCE_LIMITS["year"]})
    licence = StringField(
        "Licence (optional)",
        description="What allows you to show it to learners, such as CC BY 4.0.",
        render_kw={"maxlength": SOURCE_LIMITS["licence"]},
    )
    note = TextAreaField("Note for readers (optional)", render_kw={"rows": 2})

    @property
    def stated(self) -> StatedSource:
        """Return what was typed, for the services."""
        return StatedSource(**{name: self[name].data or "" for name in SOURCE_LIMITS})


class WordsForm(Form):
    """The words of a text, typed or from a file."""

    file = FileField(
        "File (optional)",
        description=f"{known_suffixes()}, at most {FILE_LIMIT // 1_048_576} MB.",
        render_kw={"accept": ",".join(SUFFIXES)},
    )
    text = TextAreaField(
        "Text",
        description="A blank line parts two paragraphs. A line that begins with # is a heading.",
        render_kw={"rows": 18},
    )


class NewTextForm(SourceForm, WordsForm):
    """A text that is not stored yet."""


class ParagraphsForm(WordsForm):
    """More paragraphs for a text."""

    after = SelectField(
        "Where",
        invalid_value_message="Choose one of the list.",
        invalid_choice_message="Choose a paragraph of this text.",
    )


@bp.get("/texts/new")
@access(Access.INSTRUCTOR)
def new(course: str) -> ResponseReturnValue:
    """Show an empty form for a text."""
    return _new(taught_course(course), NewTextForm(formdata=None))


@bp.post("/texts/new")
@access(Access.INSTRUCTOR)
def create(course: str) -> ResponseReturnValue:
    """Read the file into the form, show what the text would be, or store it."""
    taught, form = taught_course(course), NewTextForm()
    if _is_reading(form):
        return _read_file(form, lambda: _new(taught, form))
    if request.form.get("action") == "preview":
        return _new(taught, form)
    try:
        with transaction() as session:
            source_texts.create_text(
                session,
                actor=actor(),
                course_id=taught.id,
                source=form.stated,
                text=form.text.data or "",
            )
    except Invalid as error:
        form.attach(error)
        return _new(taught, form), 422
    flash("Saved. Its paragraphs can be cited now.", "good")
    return redirect(url_for("texts.index", course=taught.slug), 303)


@bp.post("/texts/preview")
@access(Access.INSTRUCTOR)
def preview(course: str) -> ResponseReturnValue:
    """Return what the text in a form would be, as a part of its page."""
    taught_course(course)
    return render_template("teach/_paragraphs.html", **_preview(request.form.get("text", "")))


@bp.get(_SOURCE)
@access(Access.INSTRUCTOR)
def source(course: str, source_id: int) -> ResponseReturnValue:
    """Show what is said of a text, and a form for more paragraphs."""
    return _source(taught_course(course), source_id)


@bp.post(_SOURCE)
@access(Access.INSTRUCTOR)
def source_revise(course: str, source_id: int) -> ResponseReturnValue:
    """Store what is said of a text."""
    taught, form = taught_course(course), SourceForm()
    try:
        with transaction() as session:
            source_texts.revise_source(
                session,
                actor=actor(),
                course_id=taught.id,
                source_id=source_id,
                source=form.stated,
            )
    except Invalid as error:
        form.attach(error)
        return _source(taught, source_id, said=form), 422
    flash("Saved.", "good")
    return redirect(url_for("source_texts.source", course=taught.slug, source_id=source_id), 303)


@bp.post(f"{_SOURCE}/paragraphs")
@access(Access.INSTRUCTOR)
def add(course: str, source_id: int) -> ResponseReturnValue:
    """Read the file into the form, show what its paragraphs would be, or store them."""
    taught, form = taught_course(course), ParagraphsForm(prefix="more-")
    if _is_reading(form):
        return _read_file(form, lambda: _source(taught, source_id, more=form))
    if request.form.get("action") == "preview":
        return _source(taught, source_id, more=form)
    after = form.after.data or ""
    try:
        if after != _FIRST and not after.isdecimal():
            raise Invalid([Problem("after", "Choose a paragraph of this text.")])
        with transaction() as session:
            added = source_texts.add_paragraphs(
                session,
                actor=actor(),
                course_id=taught.id,
                source_id=source_id,
                text=form.text.data or "",
                after=None if after == _FIRST else min(int(after[:12]), LARGEST_ID),
            )
    except Invalid as error:
        form.attach(error)
        return _source(taught, source_id, more=form), 422
    flash(f"{count(added, 'paragraph')} added.", "good")
    return redirect(url_for("texts.index", course=taught.slug, _anchor=f"text-{source_id}"), 303)


@bp.post(f"{_SOURCE}/remove")
@access(Access.INSTRUCTOR)
def remove(course: str, source_id: int) -> ResponseReturnValue:
    """Delete a text that proves nothing."""
    taught = taught_course(course)
    try:
        with transaction() as session:
            title = source_texts.remove_text(
                session, actor=actor(), course_id=taught.id, source_id=source_id
            )
    except Conflict as error:
        flash(str(error), "warn")
        return redirect(url_for(".source", course=taught.slug, source_id=source_id), 303)
    flash(f"“{title}” was deleted.", "good")
    return redirect(url_for("texts.index", course=taught.slug), 303)


@bp.post(f"/texts/<int(max={LARGEST_ID}):passage_id>/remove")
@access(Access.INSTRUCTOR)
def remove_paragraph(course: str, passage_id: int) -> ResponseReturnValue:
    """Delete a paragraph that proves nothing."""
    taught = taught_course(course)
    try:
        with transaction() as session:
            source_id = source_texts.remove_paragraph(
                session, actor=actor(), course_id=taught.id, passage_id=passage_id
            )
    except Conflict as error:
        flash(str(error), "warn")
        return redirect(url_for("texts.passage", course=taught.slug, passage_id=passage_id), 303)
    flash("The paragraph was deleted.", "good")
    return redirect(url_for("texts.index", course=taught.slug, _anchor=f"text-{source_id}"), 303)


def _is_reading(form: WordsForm) -> bool:
    """Return whether a file came along: it is looked through before anything is stored."""
    given = form.file.data
    return request.form.get("action") == "read" or bool(given and given.filename)


def _read_file(form: WordsForm, show: Callable[[], str]) -> ResponseReturnValue:
    """Show the form with the text of the file in it; nothing is stored."""
    given = form.file.data
    try:
        if not given or not given.filename:
            raise Invalid([Problem(FIELD, f"Choose a file: {known_suffixes()}.")])
        # Read before any transaction: it may take seconds.
        found = extract_text(given.read(), given.filename)
    except Invalid as error:
        form.attach(error)
        return show(), 422
    form.text.data = found.text
    if "title" in form and not (form["title"].data or "").strip():
        form["title"].data = found.title or given.filename.rpartition(".")[0]
    flash(" ".join(("The file was read. Nothing is saved yet.", *found.remarks)))
    return show()


def _preview(text: str) -> Mapping[str, Any]:
    """Return what the part with the paragraphs needs."""
    passages: tuple[StatedPassage, ...] = ()
    problems: list[str] = []
    try:
        passages = source_texts.read_text(text) if text.strip() else ()
    except Invalid as error:
        problems = [problem.message for problem in error.problems]
    return {"paragraphs": passages[:_SHOWN], "total": len(passages), "problems": problems}


def _new(course: CourseInfo, form: NewTextForm) -> str:
    shown = _preview(form.text.data or "")
    return render_template("teach/text_new.html", course=course, form=form, **shown)


def _source(
    course: CourseInfo,
    source_id: int,
    *,
    said: SourceForm | None = None,
    more: ParagraphsForm | None = None,
) -> str:
    """Return the page of a text with whatever is in its two forms."""
    stored = stored_source(db.session(), actor=actor(), course_id=course.id, source_id=source_id)
    said = said or SourceForm(formdata=None, obj=stored)
    more = more or ParagraphsForm(formdata=None, prefix="more-")
    more.after.choices = _places(stored)
    if more.after.data is None:
        more.after.data = more.after.choices[-1][0]
    shown = _preview(more.text.data or "")
    return render_template(
        "teach/text.html", course=course, stored=stored, said=said, more=more, **shown
    )


def _places(stored: StoredSource) -> list[tuple[str, str]]:
    """Return where paragraphs may go; the last is the end."""
    after = [(str(one.id), f"After {one.label}") for one in stored.paragraphs]
    if after:
        after[-1] = (after[-1][0], "At the end")
    if stored.is_from_files:
        return after[-1:]  # its files put the others in order
    return [(_FIRST, "At the beginning"), *after]
