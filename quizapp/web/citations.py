"""The instructor's list of citations whose words were not found again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, cast

from flask import flash, get_flashed_messages, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectField, TextAreaField

from quizapp.db import db, transaction
from quizapp.errors import Invalid
from quizapp.queries.citation_health import FlaggedCitation, flagged_citations
from quizapp.queries.courses import CourseInfo
from quizapp.queries.texts import PassageChoice, passage_choices
from quizapp.services.reciting import LostWords, flag_again, recite
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.question_form import LARGEST_ID, id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("citations")

_CITATION = f"/citations/<int(max={LARGEST_ID}):fact_id>/<int(max=999):position>"
#: A message with a way back travels in a cookie, which holds no long texts.
_LONGEST_UNDO = 300
_UNDO = "cited "


class ReciteForm(Form):
    """The words to cite instead."""

    passage = SelectField("Paragraph", validate_choice=False)
    exact = TextAreaField(
        "Exact words", description="The words that prove it, as they stand.", render_kw={"rows": 2}
    )

    def place(self, row: FlaggedCitation, choices: tuple[PassageChoice, ...]) -> None:
        """Fill the menu, and give the fields ids of their own: the page has many such forms."""
        self.passage.choices = [SelectChoice(str(choice.id), choice.label) for choice in choices]
        for field in (self.passage, self.exact):
            field.id = f"{field.name}-{row.fact_id}-{row.position}"
            field.label.field_id = field.id


@bp.get("/citations")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """List the citations that wait."""
    return _list(taught_course(course))


@bp.post(_CITATION)
@access(Access.INSTRUCTOR)
def cite(course: str, fact_id: int, position: int) -> ResponseReturnValue:
    """Cite other words for a fact; the list offers to undo it."""
    taught, form = taught_course(course), ReciteForm()
    try:
        with transaction() as session:
            before = recite(
                session,
                actor=actor(),
                course_id=taught.id,
                fact_id=fact_id,
                position=position,
                passage_id=id_of(form.passage.data),
                exact=form.exact.data or "",
            )
    except Invalid as error:
        form.attach(error)
        return _list(taught, {(fact_id, position): form}), 422
    flash(*_cited(before, fact_id, position))
    return redirect(url_for("citations.index", course=taught.slug), 303)


@bp.post(f"{_CITATION}/flag")
@access(Access.INSTRUCTOR)
def flag(course: str, fact_id: int, position: int) -> ResponseReturnValue:
    """Undo: put a citation back into the list, with the words that it had."""
    taught, sent = taught_course(course), request.form
    with transaction() as session:
        flag_again(
            session,
            actor=actor(),
            course_id=taught.id,
            fact_id=fact_id,
            position=position,
            words=LostWords(
                id_of(sent.get("passage")) or 0,
                sent.get("exact", ""),
                sent.get("prefix", ""),
                sent.get("suffix", ""),
            ),
            now=datetime.now(UTC),
        )
    flash("Taken back. The citation is in the list again.", "good")
    return redirect(url_for("citations.index", course=taught.slug), 303)


def _cited(before: LostWords, fact_id: int, position: int) -> tuple[str, str]:
    """Return the message that words were cited, and its category, which says how to undo it."""
    words = "Cited. Learners see these words marked from now on."
    if len(before.exact) > _LONGEST_UNDO:
        return words, "good"
    fields = {
        "passage": before.passage_id,
        "exact": before.exact,
        "prefix": before.prefix,
        "suffix": before.suffix,
    }
    undo = {"fact_id": fact_id, "position": position, "fields": fields}
    return words, _UNDO + json.dumps(undo, ensure_ascii=False)


def _undos() -> list[tuple[str, dict[str, Any]]]:
    """Return the messages that offer a way back, each with what leads there."""
    flashed = cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))
    return [
        (message, json.loads(category.removeprefix(_UNDO)))
        for category, message in flashed
        if category.startswith(_UNDO)
    ]


def _list(course: CourseInfo, tried: dict[tuple[int, int], ReciteForm] | None = None) -> str:
    """Return the list; `tried`: the form that was sent with other words, as it was."""
    session, page = db.session(), id_of(request.args.get("page")) or 1
    found = flagged_citations(session, actor=actor(), course_id=course.id, page=page)
    choices = passage_choices(session, actor=actor(), course_id=course.id) if found.rows else ()
    forms = {}
    for row in found.rows:
        key = row.fact_id, row.position
        data = {"passage": str(row.passage_id), "exact": row.nearest}
        forms[key] = (tried or {}).get(key) or ReciteForm(formdata=None, data=data)
        forms[key].place(row, choices)
    return render_template(
        "teach/citations.html",
        course=course,
        found=found,
        forms_by_key=forms,
        tried=tried or {},
        undos=_undos(),
    )
