"""What every page for instructors knows: the course that is taught, and what waits in it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, request

from quizapp.db import db
from quizapp.policy import require_author, require_instructor
from quizapp.queries.challenges import Waiting, what_waits
from quizapp.queries.courses import CourseInfo, course_by_slug
from quizapp.web.viewer import actor


def taught_course(slug: str, *, stays: bool = False) -> CourseInfo:
    """Return the course of an address.

    What is sent to an archived course is refused here, before anything is read of it; services
    refuse it again. `stays` is for what changes nothing in the course, or brings it back.

    :raises Forbidden, NotFound: the actor does not teach it, or may not write to it now.
    """
    course = course_by_slug(db.session(), slug)
    is_write = request.method == "POST" and not stays
    (require_author if is_write else require_instructor)(actor(), course.id)
    return course


def blueprint(name: str) -> Blueprint:
    """Return a blueprint of pages for instructors, whose navigation counts what waits."""
    made = Blueprint(name, __name__, url_prefix="/teach/<course>")

    @made.context_processor
    def show() -> dict[str, Any]:
        # Called by the navigation alone: parts of pages and redirects do not count.
        return {"what_waits": _what_waits}

    return made


def _what_waits(course: CourseInfo) -> Waiting:
    """Return how much of a course waits for its instructors."""
    if "what_waits" not in g:
        g.what_waits = what_waits(db.session(), actor=actor(), course_id=course.id)
    found: Waiting = g.what_waits
    return found
