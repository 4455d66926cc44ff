"""What someone is in a course, taking people out, and archiving the course."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.models import Role
from quizapp.queries import class_page
from quizapp.queries.joining import has_other_instructor
from quizapp.services import archiving, membership
from quizapp.web.access import Access, access
from quizapp.web.quiz_rows import LARGEST_ID
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("teach_members")

_PERSON = f"/people/<int(max={LARGEST_ID}):learner_id>"


@bp.get(f"{_PERSON}/membership")
@access(Access.INSTRUCTOR)
def show(course: str, learner_id: int) -> ResponseReturnValue:
    """Show what someone is in the course, and ask before that changes."""
    found, session = taught_course(course), db.session()
    person = class_page.member(session, actor=actor(), course_id=found.id, user_id=learner_id)
    is_kept = person.role is Role.INSTRUCTOR and not actor().is_admin
    return render_template(
        "teach/membership.html",
        course=found,
        person=person,
        is_me=person.id == actor().id,
        is_last=is_kept
        and not has_other_instructor(session, course_id=found.id, user_id=person.id),
    )


@bp.post(f"{_PERSON}/role")
@access(Access.INSTRUCTOR)
def change_role(course: str, learner_id: int) -> ResponseReturnValue:
    """Make someone a student or an instructor."""
    found = taught_course(course)
    wants_to_teach = request.form.get("role") == Role.INSTRUCTOR.value
    with transaction() as session:
        membership.change_role(
            session,
            actor=actor(),
            course_id=found.id,
            user_id=learner_id,
            role=Role.INSTRUCTOR if wants_to_teach else Role.STUDENT,
            is_sure=request.form.get("sure") == "1",
        )
    flash("Instructor of this course now." if wants_to_teach else "A student now.", "good")
    if learner_id == actor().id and not actor().is_admin:
        return redirect(url_for("library.course", slug=found.slug), 303)
    return redirect(url_for("teach_members.show", course=found.slug, learner_id=learner_id), 303)


@bp.post(f"{_PERSON}/remove")
@access(Access.INSTRUCTOR)
def remove(course: str, learner_id: int) -> ResponseReturnValue:
    """Take someone out of the course; the next page offers to undo it."""
    found = taught_course(course)
    with transaction() as session:
        membership.remove_member(
            session,
            actor=actor(),
            course_id=found.id,
            user_id=learner_id,
            is_sure=request.form.get("sure") == "1",
            now=datetime.now(UTC),
        )
    if learner_id == actor().id and not actor().is_admin:
        flash(f"You are no longer in “{found.title}”.", "good")
        return redirect(url_for("library.courses"), 303)
    return redirect(url_for("teach_people.index", course=found.slug, removed=learner_id), 303)


@bp.post(f"{_PERSON}/return")
@access(Access.INSTRUCTOR)
def bring_back(course: str, learner_id: int) -> ResponseReturnValue:
    """Put someone who was removed back as what they were."""
    found = taught_course(course)
    with transaction() as session:
        membership.bring_back(
            session,
            actor=actor(),
            course_id=found.id,
            user_id=learner_id,
            now=datetime.now(UTC),
        )
    flash("Back in the course, with groups, needs and everything learnt.", "good")
    return redirect(url_for("teach_people.index", course=found.slug), 303)


@bp.get("/archive")
@access(Access.INSTRUCTOR)
def ask_to_archive(course: str) -> ResponseReturnValue:
    """Say what archiving means, and what would be left undone."""
    found = taught_course(course)
    left = class_page.unfinished(db.session(), actor=actor(), course_id=found.id)
    return render_template("teach/archive.html", course=found, left=left)


@bp.post("/archive")
@access(Access.INSTRUCTOR)
def archive(course: str) -> ResponseReturnValue:
    """Archive the course."""
    found = taught_course(course, stays=True)
    with transaction() as session:
        archiving.archive_course(session, actor=actor(), course_id=found.id, now=datetime.now(UTC))
    flash("The course is archived. You find it at the end of the list of courses.", "good")
    return redirect(url_for("teach_members.ask_to_archive", course=found.slug), 303)


@bp.post("/unarchive")
@access(Access.INSTRUCTOR)
def unarchive(course: str) -> ResponseReturnValue:
    """Let the course run again."""
    found = taught_course(course, stays=True)
    with transaction() as session:
        archiving.unarchive_course(session, actor=actor(), course_id=found.id)
    flash("The course runs again, as it was.", "good")
    return redirect(url_for("teach_people.index", course=found.slug), 303)
