"""What every page for instructors knows: the course that is taught, and what waits in it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g

from quizapp.db import db
from quizapp.policy import require_instructor
from quizapp.queries.citation_health import count_flagged
from quizapp.queries.courses import CourseInfo, course_by_slug
from quizapp.web.viewer import actor


def taught_course(slug: str) -> CourseInfo:
    """Return the course of an address.

    :raises Forbidden, NotFound: the actor does not teach it.
    """
    course = course_by_slug(db.session(), slug)
    require_instructor(actor(), course.id)
    return course


def blueprint(name: str) -> Blueprint:
    """Return a blueprint of pages for instructors, whose navigation counts what waits."""
    made = Blueprint(name, __name__, url_prefix="/teach/<course>")

    @made.context_processor
    def show() -> dict[str, Any]:
        # Called by the navigation alone: parts of pages and redirects do not count.
        return {"flagged_count": _flagged_count}

    return made


def _flagged_count(course: CourseInfo) -> int:
    """Return how many citations wait to be checked."""
    if "flagged_count" not in g:
        g.flagged_count = count_flagged(db.session(), actor=actor(), course_id=course.id)
    return int(g.flagged_count)
