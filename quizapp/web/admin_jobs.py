"""The background worker's jobs, for those who run the site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import NotFound
from quizapp.queries.jobs import job_row, jobs_page
from quizapp.services.jobs import MAXIMUM_TRIES, throw_away, try_again
from quizapp.web.access import Access, access
from quizapp.web.job_words import place_of, reason, words_of
from quizapp.web.question_form import LARGEST_ID
from quizapp.web.viewer import actor

bp = Blueprint("admin_jobs", __name__, url_prefix="/admin")
#: A worker looks every second: what is due for longer than this waits for nobody.
_IDLE = timedelta(minutes=3)
_WORDS = {"words_of": words_of, "reason": reason, "place_of": place_of, "most": MAXIMUM_TRIES}


@bp.get("/jobs")
@access(Access.ADMIN)
def index() -> ResponseReturnValue:
    """Show what is being done, what waits and what failed."""
    now = datetime.now(UTC)
    found = jobs_page(db.session(), actor=actor(), now=now)
    is_idle = found.behind is not None and found.behind > _IDLE and not found.running
    return render_template("admin/jobs.html", found=found, is_idle=is_idle, now=now, **_WORDS)


@bp.post(f"/jobs/<int(max={LARGEST_ID}):job_id>/again")
@access(Access.ADMIN)
def again(job_id: int) -> ResponseReturnValue:
    """Have a job that failed done now."""
    with transaction() as session:
        try_again(session, actor=actor(), job_id=job_id, now=datetime.now(UTC))
    flash("It is next. Look again in a moment.", "good")
    return redirect(url_for("admin_jobs.index"), 303)


@bp.get(f"/jobs/<int(max={LARGEST_ID}):job_id>/throw-away")
@access(Access.ADMIN)
def ask(job_id: int) -> ResponseReturnValue:
    """Say what throwing a job away would mean."""
    row = job_row(db.session(), actor=actor(), job_id=job_id)
    if row is None:
        raise NotFound("There is no such job any more: it was done, or thrown away.")
    return render_template("admin/throw_away.html", row=row, **_WORDS)


@bp.post(f"/jobs/<int(max={LARGEST_ID}):job_id>/throw-away")
@access(Access.ADMIN)
def discard(job_id: int) -> ResponseReturnValue:
    """Throw a job that failed away."""
    with transaction() as session:
        throw_away(session, actor=actor(), job_id=job_id, now=datetime.now(UTC))
    flash("Thrown away.", "good")
    return redirect(url_for("admin_jobs.index"), 303)
