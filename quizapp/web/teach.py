"""The instructor's list of questions: the blueprint that the pages of one question join."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from quizapp.web import question_list
from quizapp.web.access import Access, access
from quizapp.web.taught import blueprint, taught_course

bp = blueprint("teach")


@bp.get("/questions")
@access(Access.INSTRUCTOR)
def questions(course: str) -> ResponseReturnValue:
    """List a course's questions; the address holds what is searched and how it is sorted."""
    return question_list.show(taught_course(course))
