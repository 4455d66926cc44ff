"""Which course a page is about."""

from __future__ import annotations

from flask import request

from quizapp.db import db
from quizapp.errors import NotFound
from quizapp.policy import require_instructor
from quizapp.queries.courses import CourseInfo, course_by_id, course_by_slug
from quizapp.web.viewer import actor


def current_course() -> CourseInfo:
    """Return the course of `?course=`, or else the first that the learner joined.

    :raises NotFound: the learner is in no course, or not in that one.
    """
    slug, roles = request.args.get("course"), actor().roles
    if slug:
        course = course_by_slug(db.session(), slug)
        if course.id not in roles:
            raise NotFound("You are not in that course. Join it first.")
        return course
    if not roles:
        raise NotFound("You are not in a course yet. Choose one from the list of courses.")
    return course_by_id(db.session(), next(iter(roles)))


def taught_course(slug: str) -> CourseInfo:
    """Return the course of an instructor's address.

    :raises Forbidden, NotFound: the actor does not teach it, or there is none.
    """
    course = course_by_slug(db.session(), slug)
    require_instructor(actor(), course.id)
    return course
