"""The instructor's list of questions; modules beside this one add the pages of one question."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from quizapp.db import db
from quizapp.models import Status
from quizapp.queries.questions import QuestionFilter, Sort, list_questions
from quizapp.questions.reading import clean
from quizapp.questions.registry import TYPES
from quizapp.questions.tags import is_tag
from quizapp.web.access import Access, access
from quizapp.web.question_form import id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("teach")

_LONGEST_SEARCH = 200


@bp.get("/questions")
@access(Access.INSTRUCTOR)
def questions(course: str) -> ResponseReturnValue:
    """List a course's questions; the address holds what is searched and how it is sorted."""
    taught = taught_course(course)
    wanted = _filter()
    found = list_questions(db.session(), actor=actor(), course_id=taught.id, wanted=wanted)
    chosen = {
        "course": taught.slug,
        "q": wanted.text,
        "topic": wanted.topic_id,
        "type": wanted.type_name,
        "tag": wanted.tag,
        "status": wanted.status.value if wanted.status else None,
        "sort": wanted.sort.value if wanted.sort is not Sort.EDITED else None,
    }
    return render_template(
        "teach/questions.html",
        course=taught,
        found=found,
        wanted=wanted,
        chosen={name: value for name, value in chosen.items() if value not in (None, "")},
        types=TYPES,
        statuses=list(Status),
        sorts=list(Sort),
    )


def _filter() -> QuestionFilter:
    """Return what the address asks for; what it cannot mean does not filter."""
    args = request.args
    text, _ = clean(args.get("q", "")[:_LONGEST_SEARCH], _LONGEST_SEARCH)
    status, sort, kind = args.get("status", ""), args.get("sort", ""), args.get("type", "")
    return QuestionFilter(
        text=text,
        topic_id=id_of(args.get("topic")),
        type_name=kind if kind in TYPES else "",
        status=Status(status) if status in set(Status) else None,
        sort=Sort(sort) if sort in set(Sort) else Sort.EDITED,
        page=id_of(args.get("page")) or 1,
        tag=tag if is_tag(tag := args.get("tag", "")) else "",
    )
