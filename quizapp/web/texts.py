"""The instructor's texts: their list, and the editor of a paragraph."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField, TextAreaField

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.queries.citation_fates import Outcome
from quizapp.queries.citation_health import questions_of
from quizapp.queries.courses import CourseInfo
from quizapp.queries.texts import StoredText, course_texts, stored_text
from quizapp.services.passages import Revised, StatedPassage, check_passage, revise_passage
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.question_form import LARGEST_ID
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor
from quizapp.web.wording import count

bp = blueprint("texts")

_PASSAGE = f"/texts/<int(max={LARGEST_ID}):passage_id>"
_KEY = re.compile(r"([0-9]{1,10})-([0-9]{1,4})")


class PassageForm(Form):
    """A paragraph. `seen` is the digest of what the editor began with."""

    heading = StringField("Heading", description="Of the section that the paragraph stands in.")
    locator = StringField("Locator", description="What citations call the paragraph, such as P4.")
    text = TextAreaField("Text", render_kw={"rows": 12})
    note = TextAreaField(
        "Editor’s note (optional)",
        description="What readers should know about the text, such as where the record differs.",
        render_kw={"rows": 3},
    )
    seen = HiddenField()

    @property
    def stated(self) -> StatedPassage:
        """Return what was typed, for the services."""
        return StatedPassage(
            heading=self.heading.data or "",
            locator=self.locator.data or "",
            text=self.text.data or "",
            note=self.note.data or "",
        )


@bp.get("/texts")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """List the paragraphs of a course's texts."""
    taught = taught_course(course)
    texts = course_texts(db.session(), actor=actor(), course_id=taught.id)
    return render_template("teach/texts.html", course=taught, texts=texts)


@bp.get(_PASSAGE)
@access(Access.INSTRUCTOR)
def passage(course: str, passage_id: int) -> ResponseReturnValue:
    """Show a paragraph in its form."""
    taught = taught_course(course)
    stored = _stored(taught, passage_id)
    data = {name: getattr(stored, name) for name in ("heading", "locator", "text", "note")}
    form = PassageForm(formdata=None, data=data | {"seen": stored.sha256})
    return _editor(taught, form, stored)


@bp.post(_PASSAGE)
@access(Access.INSTRUCTOR)
def passage_revise(course: str, passage_id: int) -> ResponseReturnValue:
    """Say what saving would do, or save; ask first where citations would be flagged."""
    taught, form = taught_course(course), PassageForm()
    try:
        if request.form.get("action") == "check":
            found = check_passage(
                db.session(),
                actor=actor(),
                course_id=taught.id,
                passage_id=passage_id,
                stated=form.stated,
            )
            return _editor(taught, form, _stored(taught, passage_id), found)
        with transaction() as session:
            found = revise_passage(
                session,
                actor=actor(),
                course_id=taught.id,
                passage_id=passage_id,
                stated=form.stated,
                seen_sha256=form.seen.data or "",
                agreed=_agreed(request.form.get("agreed", "")),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form.attach(error)
        return _editor(taught, form, _stored(taught, passage_id)), 422
    except Conflict:
        return _conflict(taught, form, passage_id), 409
    if not found.is_stored:
        return _editor(taught, form, _stored(taught, passage_id), found, asks=True), 422
    return _saved(taught, passage_id, found)


def _saved(course: CourseInfo, passage_id: int, found: Revised) -> ResponseReturnValue:
    """Go on to what is to be done: the flagged citations, or the paragraph again."""
    lost, back = len(found.lost), len(found.of(Outcome.BACK))
    words = ["Saved."]
    if back:
        words.append(f"{count(back, 'citation')} {'was' if back == 1 else 'were'} found again.")
    if lost:
        words.append(f"{count(lost, 'citation')} to check.")
        flash(" ".join(words), "warn")
        return redirect(url_for("citations.index", course=course.slug), 303)
    flash(" ".join(words), "good")
    return redirect(url_for("texts.passage", course=course.slug, passage_id=passage_id), 303)


def _agreed(text: str) -> set[tuple[int, int]]:
    """Return the citations that may be flagged, as the button that asked names them."""
    return {(int(found[1]), int(found[2])) for found in _KEY.finditer(text)}


def _stored(course: CourseInfo, passage_id: int) -> StoredText:
    return stored_text(db.session(), actor=actor(), course_id=course.id, passage_id=passage_id)


def _conflict(course: CourseInfo, form: PassageForm, passage_id: int) -> str:
    """Return the editor with what was typed, beside what was stored meanwhile."""
    stored = _stored(course, passage_id)
    form.seen.data = stored.sha256
    return _editor(course, form, stored, is_conflict=True)


def _editor(
    course: CourseInfo,
    form: PassageForm,
    stored: StoredText,
    found: Revised | None = None,
    *,
    asks: bool = False,
    is_conflict: bool = False,
) -> str:
    """Return the editor with whatever is in the form.

    :param found: what saving it would do. :param asks: somebody tried to save it.
    """
    fates = found.of(Outcome.LOST, Outcome.MOVED, Outcome.BACK) if found else ()
    return render_template(
        "teach/passage.html",
        course=course,
        form=form,
        stored=stored,
        found=found,
        asks=asks,
        is_conflict=is_conflict,
        questions=questions_of(db.session(), {fate.fact_id for fate in fates}),
        outcomes=Outcome,
    )
