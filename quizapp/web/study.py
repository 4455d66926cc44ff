"""The learner's day and the review of flashcards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid, NotFound
from quizapp.models import ActKind
from quizapp.queries.leeches import Leech, find_leech
from quizapp.queries.queue_counts import Waiting, waiting
from quizapp.queries.reminders import goal_of
from quizapp.queries.scope import Scope
from quizapp.queries.sittings import offers
from quizapp.queries.study import StudyView, next_card, topic_title
from quizapp.queries.today import today_view
from quizapp.services import memory_acts, study
from quizapp.web import backlog_words, sitting_words, study_charts, study_words
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.glossary import page_terms
from quizapp.web.goal_words import goal_today
from quizapp.web.study_forms import CardForm, GradeForm, Sitting, StepForm, sitting_of, small
from quizapp.web.viewer import actor

bp = Blueprint("study", __name__)

_ALREADY_RATED = "That card was already rated. Here is the next one."
_NEW_INTERVALS = "The intervals have changed since the card was shown. Rate it once more."


@bp.get("/today")
@access(Access.SIGNED_IN)
def today() -> ResponseReturnValue:
    """Show what waits today, how it goes and what comes."""
    course, now = current_course(), datetime.now(UTC)
    view = today_view(db.session(), actor=actor(), course_id=course.id, now=now)
    return render_template(
        "study/today.html",
        course=course,
        view=view,
        waiting=view.waiting,
        now=now,
        due_count=view.waiting.left,
        words=study_words.Day(actor(), view, now),
        forecast=study_charts.fortnight(view.forecast, view.history.minutes),
        year=study_charts.year(view.history),
        backlog=backlog_words.backlog_of(view, request.args.get("spread", type=small)),
        offers=sitting_words.listed(view.offers, left=view.waiting.left),
    )


@bp.get("/review")
@access(Access.SIGNED_IN)
def review() -> ResponseReturnValue:
    """Show the card to rate now, both sides in one page; or the end, if none is left."""
    course, sitting, now = current_course(), sitting_of(request.args), datetime.now(UTC)
    title = (
        topic_title(db.session(), course_id=course.id, key=sitting.topic) if sitting.topic else ""
    )
    leech_id = request.args.get("leech", type=small)
    end = url_for("study.done", **sitting.arguments(), leech=leech_id)
    if sitting.is_over:
        return redirect(end, 303)
    view = next_card(
        db.session(),
        actor=actor(),
        course_id=course.id,
        now=now,
        scope=sitting.scope,
        first=request.args.get("card", type=small),
    )
    if view.card is None:
        return redirect(end, 303)
    return render_template(
        "study/review.html",
        course=course,
        card=view.card,
        terms=page_terms(course.id, course.slug, course.glossary_sha256),
        waiting=view.waiting,
        topic_title=title,
        kind=sitting_words.kind_of(sitting),
        is_practice=view.is_practice,
        bar=study_words.bar(
            view.waiting, limit=sitting.limit, done=sitting.done, alone=bool(sitting.missed)
        ),
        carried=sitting.arguments(),
        onward=_onward(sitting, view.miss_id),
        following=_onward(sitting, view.miss_id, step=1),
        nonce=uuid4().hex,
        in_place=_is_answered_in_place(view),
        is_short=view.waiting.settings.two_buttons,
        leech=_leech(course.id, view.waiting),
    )


@bp.post("/review/grade")
@access(Access.SIGNED_IN)
def grade() -> ResponseReturnValue:
    """Record a rating and go on to the next card; a repeated or stale one changes nothing."""
    sitting = sitting_of(request.args)
    try:
        form = GradeForm.read(request.form)
        with transaction() as session:
            recorded = study.rate_card(
                session,
                actor=actor(),
                course_id=form.course_id,
                fact_id=form.fact_id,
                revision_id=form.revision_id,
                rating=form.rating,
                nonce=form.nonce,
                seen=form.seen,
                duration_ms=form.duration_ms,
                promised=form.promised,
                now=datetime.now(UTC),
            )
    except Invalid as error:
        if any(problem.path == "promised" for problem in error.problems):
            flash(_NEW_INTERVALS)
            return _next(sitting, card=request.form.get("fact", type=small))
        return _unreadable(sitting)
    except Conflict:
        # A second click, or the page of a tab left open: go on rather than complain.
        flash(_ALREADY_RATED)
        return _next(sitting)
    if recorded.repeated:
        flash(_ALREADY_RATED)
        return _next(sitting)
    return _next(sitting, step=1, leech=form.fact_id if recorded.is_leech else None)


@bp.post("/review/undo")
@access(Access.SIGNED_IN)
def undo() -> ResponseReturnValue:
    """Take back the last rating or act, and show its card again."""
    sitting = sitting_of(request.args)
    try:
        form = StepForm.read(request.form)
        with transaction() as session:
            undone = study.undo_step(
                session,
                actor=actor(),
                course_id=form.course_id,
                step_id=form.step_id,
                now=datetime.now(UTC),
            )
    except Invalid:
        return _unreadable(sitting)
    except (Conflict, NotFound) as error:
        flash(str(error))
        return _next(sitting)
    flash(study_words.undone(undone))
    card = undone.facts[0] if undone.kind is not ActKind.SPREAD else None
    return _next(sitting, step=-1 if undone.rating else 0, card=card)


@bp.post("/review/redo")
@access(Access.SIGNED_IN)
def redo() -> ResponseReturnValue:
    """Do again what was taken back last, and go on to the next card."""
    sitting = sitting_of(request.args)
    try:
        form = StepForm.read(request.form)
        with transaction() as session:
            redone = study.redo_step(
                session, actor=actor(), course_id=form.course_id, after=form.step_id
            )
    except Invalid:
        return _unreadable(sitting)
    except (Conflict, NotFound) as error:
        flash(str(error))
        return _next(sitting)
    flash(study_words.redone(redone))
    return _next(sitting, step=1 if redone.rating else 0)


@bp.post("/review/bury")
@access(Access.SIGNED_IN)
def bury() -> ResponseReturnValue:
    """Leave a card out until tomorrow."""
    return _put_away(memory_acts.bury_fact, "Put off until tomorrow.")


@bp.post("/review/suspend")
@access(Access.SIGNED_IN)
def suspend() -> ResponseReturnValue:
    """Put a card aside until the learner resumes it."""
    return _put_away(
        memory_acts.suspend_fact, "Put aside. You can bring the card back on the Progress page."
    )


@bp.get("/review/done")
@access(Access.SIGNED_IN)
def done() -> ResponseReturnValue:
    """Sum up the day, and say when the next cards come."""
    course, sitting, now = current_course(), sitting_of(request.args), datetime.now(UTC)
    clock = study_words.clock_of(actor())
    whose: dict[str, Any] = {"actor": actor(), "course_id": course.id, "clock": clock, "now": now}
    # What was gone over once more is over; the rest of the day still waits.
    scope = Scope(sitting.topic) if sitting.missed else sitting.scope
    found = waiting(db.session(), **whose, scope=scope)
    # Of one topic it is not known here whether anything else is left to do.
    whole = {"learner_id": actor().id, "course_id": course.id}
    goal = None if sitting.topic else goal_of(db.session(), **whole)
    onward = sitting.arguments() | {"done": 0} if sitting.limit else sitting.arguments()
    if sitting.missed:
        onward = {name: onward[name] for name in ("course", "topic") if name in onward}
    return render_template(
        "study/done.html",
        course=course,
        waiting=found,
        due_count=found.left,
        offers=sitting_words.listed(offers(db.session(), **whose), left=found.left),
        sitting=sitting,
        end=study_words.End(found, clock, now),
        goal=goal_today(goal, found, clock.day_of(now)),
        again=onward,
        carried={**sitting.arguments(), "done": sitting.done},
        leech=_leech(course.id, found),
    )


def _leech(course_id: int, found: Waiting) -> Leech | None:
    fact_id = request.args.get("leech", type=small)
    if not fact_id:
        return None
    threshold = found.settings.leech_threshold
    return find_leech(
        db.session(), actor=actor(), course_id=course_id, fact_id=fact_id, threshold=threshold
    )


def _is_answered_in_place(view: StudyView) -> bool:
    return (
        view.card is not None
        and view.card.is_gradable
        and view.waiting.settings.grade_for_me
        # What is gone over for practice alone is not rated, and so not graded.
        and not view.is_practice
    )


def _onward(sitting: Sitting, miss_id: int, *, step: int = 0) -> dict[str, Any]:
    """Return the arguments of the address after this card; a miss is gone over once."""
    arguments = sitting.arguments(step)
    return arguments | {"after": miss_id} if miss_id else arguments


def _put_away(act: Callable[..., None], said: str) -> ResponseReturnValue:
    sitting = sitting_of(request.args)
    try:
        form = CardForm.read(request.form)
    except Invalid:
        return _unreadable(sitting)
    with transaction() as session:
        act(
            session,
            actor=actor(),
            course_id=form.course_id,
            fact_id=form.fact_id,
            now=datetime.now(UTC),
        )
    flash(said)
    return _next(sitting)


def _next(
    sitting: Sitting, *, step: int = 0, card: int | None = None, leech: int | None = None
) -> ResponseReturnValue:
    """Lead to the next card.

    :param card: the fact to show first. :param leech: a fact to say something about.
    """
    arguments = sitting.arguments(step)
    if card:
        arguments["card"] = card
    if leech:
        arguments["leech"] = leech
    # Without the page that `redirect` writes for browsers that do not follow: no browser shows it.
    return Response(status=303, headers={"Location": url_for("study.review", **arguments)})


def _unreadable(sitting: Sitting) -> ResponseReturnValue:
    page = render_template("study/unreadable.html", carried=sitting.arguments())
    return page, 422
