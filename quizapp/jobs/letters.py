"""Weekly letters: looking for those that are due, and sending each once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from quizapp.config import Settings
from quizapp.db import reading, transaction
from quizapp.jobs.mail import deliver
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.week import addressee, week
from quizapp.services.jobs import JobName, enqueue_only
from quizapp.services.mail import Letter
from quizapp.services.stop_links import stop_token
from quizapp.services.week_letter import week_letter
from quizapp.services.week_words import last_words, week_words
from quizapp.services.weekly_letters import ask_due, begin_letter, give_back, make_confirmation

_LOOK_EVERY = timedelta(minutes=10)


def send_confirmation(settings: Settings, payload: Mapping[str, Any]) -> None:
    """Send the link that confirms an address, if letters are still wanted there."""
    with transaction() as session:
        letter = make_confirmation(session, **payload, now=datetime.now(UTC))
    if letter is not None:
        deliver(settings, letter)


def look_for_letters(_settings: Settings, _payload: Mapping[str, Any]) -> None:
    """Ask for the letters that are due, and look again in ten minutes; at once if many are."""
    now = datetime.now(UTC)
    with transaction() as session:
        enqueue_only(session, name=JobName.LOOK_FOR_LETTERS, now=now, run_after=now + _LOOK_EVERY)
    with transaction() as session:
        if ask_due(session, now=now):
            enqueue_only(session, name=JobName.LOOK_FOR_LETTERS, now=now, run_after=now)


def send_week(settings: Settings, payload: Mapping[str, Any]) -> None:
    """Send one learner the letter of a day: once at most, whatever becomes of the worker.

    A letter that could not be handed over may be begun again; whatever broke off later may have
    been taken, and is not.
    """
    learner_id, day = payload["learner_id"], date.fromisoformat(payload["day"])
    now = datetime.now(UTC)
    made = _make(settings, learner_id, day, now)
    if made is None:
        return
    letter, is_last = made
    with transaction() as session:
        keys = {"learner_id": learner_id, "day": day, "now": now}
        if not begin_letter(session, **keys, is_last=is_last):
            return
    try:
        deliver(settings, letter)
    except Exception:
        with transaction() as session:
            give_back(session, **keys)
        raise


def _make(
    settings: Settings, learner_id: int, day: date, now: datetime
) -> tuple[Letter, bool] | None:
    """Return the letter, and whether it is the last; None where there is nothing to say."""
    with reading() as session:
        actor, to = actor_for_id(session, learner_id), addressee(session, learner_id=learner_id)
        if actor is None or to is None:
            return None
        found = week(session, actor=actor, since=to.since, now=now)
    if found.is_long_quiet:
        words = last_words(site=to.site)
    elif found.is_worth_a_letter:
        words = week_words(found, zone=actor.timezone, weekday=to.weekday, site=to.site)
    else:
        return None
    token = stop_token(settings.secret_key, learner_id=learner_id, since=to.made_at)
    letter = week_letter(
        words,
        to=to.email,
        stop=f"{to.site}letters/stop/{token}",
        settings=f"{to.site}settings/goals",
        key=f"week-{day.isoformat()}-{learner_id}",
    )
    return letter, found.is_long_quiet
