"""What calendars read: whoever has the secret address reads it, without signing in."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import NotFound
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.agenda import agenda
from quizapp.queries.reminders import feed_of
from quizapp.services.calendar_feeds import DAYS, calendar_of
from quizapp.services.limits import (
    CALENDAR_GUESS,
    CALENDAR_READ,
    count_against,
    network_of,
    require_tries_left,
)
from quizapp.web.access import Access, access
from quizapp.web.study_words import clock_of

bp = Blueprint("calendar", __name__)


@bp.get("/calendar/<token>/footnote.ics")
@access(Access.EVERYONE)
def feed(token: str) -> ResponseReturnValue:
    """Send the calendar of the learner whose secret this is; nothing new if nothing changed."""
    now, network = datetime.now(UTC), network_of(request.remote_addr)
    require_tries_left(db.session(), limit=CALENDAR_GUESS, subject=network, now=now)
    found = feed_of(db.session(), token=token)
    limit, subject = (CALENDAR_READ, found.uid) if found else (CALENDAR_GUESS, network)
    with transaction() as session:
        count_against(session, limit=limit, subject=subject, now=now)
    person = actor_for_id(db.session(), found.learner_id) if found else None
    if found is None or person is None:
        raise NotFound("There is no calendar at this address. It may have been reset.")
    ahead = agenda(db.session(), actor=person, now=now, days=DAYS)
    made = calendar_of(ahead, uid=found.uid, clock=clock_of(person), site=request.url_root)
    response = Response(made, content_type="text/calendar; charset=utf-8")
    # Kept by whoever asked, who asks again whether it still holds.
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)
