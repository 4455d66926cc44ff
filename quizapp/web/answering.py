"""Answering cards in place: one action rates them, one goes on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid, NotFound
from quizapp.queries.answered_cards import answered_card
from quizapp.queries.queue_counts import waiting
from quizapp.services import answering
from quizapp.web import answering_words as words
from quizapp.web import study_words
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.glossary import page_terms
from quizapp.web.study_forms import AnswerForm, ChangeForm, Sitting, sitting_of, small
from quizapp.web.viewer import actor

bp = Blueprint("answering", __name__)

_ALREADY_RATED = "That card was already rated. Here is the next one."


@bp.post("/review/answer")
@access(Access.SIGNED_IN)
def answer() -> ResponseReturnValue:
    """Rate a card by the response to it, and show how it did."""
    sitting = sitting_of(request.args)
    try:
        form = AnswerForm.read(request.form)
        with transaction() as session:
            recorded = answering.answer_card(
                session,
                actor=actor(),
                course_id=form.course_id,
                answer=form.answer,
                now=datetime.now(UTC),
            )
    except Invalid:
        page = render_template("study/unreadable.html", carried=sitting.arguments())
        return page, 422
    except Conflict:
        flash(_ALREADY_RATED)
        return _to_next(sitting)
    arguments = sitting.arguments(int(recorded is not None))
    if recorded and recorded.is_leech:
        arguments["leech"] = form.answer.fact_id
    return redirect(url_for("answering.answered", nonce=form.answer.nonce, **arguments), 303)


@bp.get("/review/answered")
@access(Access.SIGNED_IN)
def answered() -> ResponseReturnValue:
    """Show what was answered, what it counts as and why, with the other ratings beside it."""
    course, sitting, now = current_course(), sitting_of(request.args), datetime.now(UTC)
    nonce, person = request.args.get("nonce", ""), actor()
    if not nonce.isalnum():
        return _to_next(sitting)
    try:
        view = answered_card(db.session(), actor=person, course_id=course.id, nonce=nonce)
    except NotFound:
        return _to_next(sitting)
    clock = study_words.clock_of(person)
    found = waiting(
        db.session(),
        actor=person,
        course_id=course.id,
        clock=clock,
        now=now,
        scope=sitting.scope,
    )
    return render_template(
        "study/answered.html",
        course=course,
        view=view,
        card=view.card,
        words=words.Counted(view, is_short=found.settings.two_buttons),
        terms=page_terms(course.id, course.slug, course.glossary_sha256),
        waiting=found,
        bar=study_words.bar(
            found, limit=sitting.limit, done=sitting.done, alone=bool(sitting.missed)
        ),
        carried=_carried(sitting),
        nonce=nonce,
        new_nonce=uuid4().hex,
    )


@bp.post("/review/change")
@access(Access.SIGNED_IN)
def change() -> ResponseReturnValue:
    """Let an answer count as its learner says, and go on to the next card."""
    sitting = sitting_of(request.args)
    try:
        form = ChangeForm.read(request.form)
        with transaction() as session:
            answering.change_rating(
                session,
                actor=actor(),
                course_id=form.course_id,
                nonce=form.nonce,
                rating=form.rating,
                new_nonce=form.new_nonce,
                promised=form.promised,
                now=datetime.now(UTC),
            )
    except Invalid:
        page = render_template("study/unreadable.html", carried=sitting.arguments())
        return page, 422
    except (Conflict, NotFound) as error:
        flash(str(error))
    return _to_next(sitting)


def _carried(sitting: Sitting) -> dict[str, Any]:
    """Return the arguments of the next address: the sitting, and a leech to be told of there."""
    leech = request.args.get("leech", type=small)
    return sitting.arguments() | ({"leech": leech} if leech else {})


def _to_next(sitting: Sitting) -> ResponseReturnValue:
    return redirect(url_for("study.review", **_carried(sitting)), 303)
