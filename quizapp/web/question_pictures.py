"""Adding a picture or sound in the editor: the file is kept, and its line put into a text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePath

from flask import flash, request
from werkzeug.datastructures import MultiDict

from quizapp.db import transaction
from quizapp.errors import Invalid, Problem
from quizapp.formats.media import MediaFile, Refused, read_media
from quizapp.markup.media import reference
from quizapp.queries.courses import CourseInfo
from quizapp.questions.fields import Kind
from quizapp.questions.registry import TYPES
from quizapp.services.media import keep_media
from quizapp.web.fields import PREFIX
from quizapp.web.question_form import QuestionForm, posted_form
from quizapp.web.rows import RowsField
from quizapp.web.viewer import actor

#: The button that asks for it.
ACTION = "picture"
_FILE, _WORDS, _INTO = "picture_file", "picture_words", "picture_into"
#: What the texts of a row are called; what stands right in a pair is chosen from a list of words.
_COLUMNS = {"text": "", "left": "left of ", "feedback": "feedback for "}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDE"


def sent_form(course: CourseInfo) -> QuestionForm:
    """Return the editor's form as it was sent, with the picture in its text that was asked for."""
    if request.form.get("action") != ACTION:
        return posted_form(request.form)
    posted = MultiDict(request.form)
    try:
        _put(posted, _kept(course, posted), posted_form(request.form))
    except Invalid as error:
        form = posted_form(posted)
        for problem in error.problems:
            field = form[problem.path]
            field.errors = [*field.errors, problem.message]
        return form
    for name in (_WORDS, _INTO):
        posted.poplist(name)
    return posted_form(posted)


def offered(form: QuestionForm) -> QuestionForm:
    """Return the form with the texts to choose from that can show a picture."""
    form.picture_into.choices = list(_places(form))
    return form


def _places(form: QuestionForm) -> Iterator[tuple[str, str]]:
    """Yield the name of each text that can show a picture, and what people call it."""
    for spec in TYPES[form.type.data].fields:
        field = form[PREFIX + spec.name]
        if isinstance(field, RowsField):
            yield from _row_places(field)
        elif spec.kind is Kind.TEXT:
            yield field.name, spec.label


def _row_places(field: RowsField) -> Iterator[tuple[str, str]]:
    for number in range(len(field.shown)):
        shown = _LETTERS[number] if field.noun == "option" else str(number + 1)
        for column in field.texts:
            # What is compared with what is typed shows nothing.
            if column in _COLUMNS and not (field.is_extra and column == "text"):
                words = f"{_COLUMNS[column]}{field.noun} {shown}"
                yield f"{field.name}-{number}-{column}", words[:1].upper() + words[1:]


def _kept(course: CourseInfo, posted: MultiDict[str, str]) -> MediaFile:
    """Keep the file that was sent.

    :raises Invalid: it is none that may be kept, or nobody says what it shows.
    """
    given = request.files.get(_FILE)
    problems = []
    if not given or not given.filename:
        problems.append(Problem(_FILE, "Choose a picture or a sound."))
    if not posted.get(_WORDS, "").strip():
        problems.append(Problem(_WORDS, "Say what it shows, or what is heard."))
    if problems or given is None:
        raise Invalid(problems)
    try:
        file = read_media(given.read())
        titled = (PurePath(given.filename or "").name, file)
        with transaction() as session:
            keep_media(
                session, actor=actor(), course_id=course.id, files=[titled], now=datetime.now(UTC)
            )
    except Refused as error:
        raise Invalid([Problem(_FILE, str(error))]) from error
    except Invalid as error:
        raise Invalid([Problem(_FILE, one.message) for one in error.problems]) from error
    return file


def _put(posted: MultiDict[str, str], file: MediaFile, form: QuestionForm) -> None:
    """Put the line of a file behind what stands in the text that was chosen, or in the first."""
    places = dict(_places(form))
    name = posted.get(_INTO, "")
    name = name if name in places else next(iter(places))
    before, line = posted.get(name, "").rstrip(), reference(posted.get(_WORDS, ""), file.name)
    # A row has one line, a text has paragraphs.
    gap = " " if "-" in name else "\n\n"
    posted.setlist(name, [f"{before}{gap}{line}" if before else line])
    # The page begins anew, far above the text: it says what became of the file.
    flash(f"Added to “{places[name]}”. Save the question to keep it there.", "good")
