"""What is typed about a question is kept while it is typed, and comes back on any computer."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from quizapp.db import transaction
from quizapp.errors import Conflict, Invalid
from quizapp.models import from_millis, to_millis
from quizapp.queries.question_drafts import Draft
from quizapp.questions.registry import TYPES
from quizapp.services.question_drafts import discard_draft, keep_draft
from quizapp.web.access import Access, access
from quizapp.web.filters import clock
from quizapp.web.question_form import QuestionForm, id_of, posted_form, typed_fields
from quizapp.web.taught import taught_course
from quizapp.web.teach import bp
from quizapp.web.viewer import actor

#: Milliseconds of the year 9999: a later one is no time that we gave.
_LATEST = 253_402_300_799_000


@bp.post("/drafts")
@access(Access.INSTRUCTOR)
def question_draft_keep(course: str) -> ResponseReturnValue:
    """Keep what is in the form; say when, for the page to show and to send along next time."""
    taught, posted = taught_course(course), request.form
    try:
        with transaction() as session:
            at = keep_draft(
                session,
                actor=actor(),
                course_id=taught.id,
                key=posted.get("draft", ""),
                question_id=id_of(posted.get("question")),
                seen=id_of(posted.get("seen")) or 0,
                stem=_stem(posted),
                fields=(*typed_fields(posted), ("seen_at", posted.get("seen_at", ""))),
                known=_known(posted.get("draft_at", "")),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        return jsonify(problems=[problem.message for problem in error.problems]), 422
    except Conflict as error:
        return jsonify(problems=[str(error)]), 409
    return jsonify(saved=clock(at), at=str(to_millis(at)))


@bp.post("/drafts/discard")
@access(Access.INSTRUCTOR)
def question_draft_discard(course: str) -> ResponseReturnValue:
    """Forget a draft and show the question as it is stored, or an empty form."""
    taught = taught_course(course)
    with transaction() as session:
        key = request.form.get("draft", "")
        discard_draft(session, actor=actor(), course_id=taught.id, key=key)
    question_id = id_of(request.form.get("question"))
    if question_id:
        address = url_for("teach.question", course=taught.slug, question_id=question_id)
    else:
        address = url_for("teach.question_new", course=taught.slug)
    return redirect(address, 303)


def restored_form(draft: Draft) -> QuestionForm:
    """Return the form as it was left; it goes on from the revision that it was begun from."""
    form = posted_form(MultiDict(draft.fields))
    form.seen.data = str(draft.seen or "")
    form.draft.data, form.draft_at.data = draft.key, str(to_millis(draft.saved_at))
    return form


def _stem(posted: MultiDict[str, str]) -> str:
    """Return a line that the draft can be told by."""
    form = posted_form(posted)
    raw = form.written.raw
    first = raw.get("stem") or raw.get("text") or form.fact_exact.data or ""
    return " ".join(str(first).split()) or f"{TYPES[form.type.data].label}, not begun"


def _known(text: str) -> datetime | None:
    with suppress(ValueError):
        if text.isascii() and text.isdigit() and 0 < (millis := int(text)) <= _LATEST:
            return from_millis(millis)
    return None
