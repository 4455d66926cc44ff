"""Writing to students of a class, what was sent, and putting a message away."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, TextAreaField

from quizapp.db import db, transaction
from quizapp.errors import Invalid, LimitReached
from quizapp.queries.class_messages import (
    Audience,
    audience_named,
    recipients,
    sent_messages,
)
from quizapp.queries.courses import CourseInfo
from quizapp.services.class_messages import LONGEST_TEXT, put_away, send_message
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.quiz_rows import LARGEST_ID, id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor
from quizapp.web.wording import count

bp = blueprint("class_messages")
received = Blueprint("received_messages", __name__)


class MessageForm(Form):
    """What students are to read."""

    text = TextAreaField(
        "Message",
        description="Plain text. It stands on their page Today until they put it away.",
        render_kw={"rows": 7, "maxlength": LONGEST_TEXT, "required": True},
    )
    whom = HiddenField()


@bp.get("/class/message")
@access(Access.INSTRUCTOR)
def write(course: str) -> ResponseReturnValue:
    """Show whom a message would reach, and ask what it says."""
    found = taught_course(course)
    audience = audience_named(request.args.get("to", ""))
    return _page(found, audience, MessageForm(formdata=None), picked=None)


@bp.post("/class/message")
@access(Access.INSTRUCTOR)
def send(course: str) -> ResponseReturnValue:
    """Send what was written to those who were picked."""
    found, form = taught_course(course), MessageForm()
    audience = audience_named(request.args.get("to", ""))
    picked = {learner_id for one in request.form.getlist("learner") if (learner_id := id_of(one))}
    only = picked if audience.is_picked else None
    try:
        with transaction() as session:
            students = send_message(
                session,
                actor=actor(),
                course_id=found.id,
                audience=audience,
                only=only,
                text=form.text.data or "",
                site=request.url_root,
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form.attach(error)
        return _page(found, audience, form, picked=picked), 422
    except LimitReached as error:
        form.form_errors.append(str(error))
        return _page(found, audience, form, picked=picked), 429
    flash(f"Sent to {count(students, 'student')}. Letters are on the way.", "good")
    return redirect(url_for("class_messages.index", course=found.slug), 303)


@bp.get("/class/messages")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """List what was sent to students of the course."""
    found = taught_course(course)
    listed = sent_messages(
        db.session(),
        actor=actor(),
        course_id=found.id,
        page=id_of(request.args.get("page")) or 1,
    )
    return render_template("teach/class_messages.html", course=found, found=listed)


@received.post(f"/messages/<int(max={LARGEST_ID}):message_id>/seen")
@access(Access.SIGNED_IN)
def seen(message_id: int) -> ResponseReturnValue:
    """Take a message off the learner's Today."""
    with transaction() as session:
        put_away(session, actor=actor(), message_id=message_id, now=datetime.now(UTC))
    return redirect(url_for("study.today", course=request.args.get("course")), 303)


def _page(
    course: CourseInfo, audience: Audience, form: MessageForm, *, picked: set[int] | None
) -> str:
    """Return the form; `picked` is who was left ticked when it was sent, None before."""
    whom, students = recipients(
        db.session(),
        actor=actor(),
        course_id=course.id,
        audience=audience,
        only=None,
        now=datetime.now(UTC),
    )
    return render_template(
        "teach/class_message.html",
        course=course,
        form=form,
        audience=audience,
        whom=whom,
        students=students,
        picked=picked,
        without_letter=sum(one.email is None for one in students),
    )
