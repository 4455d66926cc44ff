"""What each kind of job does. A handler opens its own transactions and may run twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from quizapp.config import Settings
from quizapp.db import reading, transaction
from quizapp.jobs.closing import close_overdue
from quizapp.jobs.course_copying import copy_course
from quizapp.jobs.deleting import delete_account
from quizapp.jobs.emptying import empty_hidden_courses
from quizapp.jobs.exporting import export_data, purge_exports
from quizapp.jobs.figuring import figure_items
from quizapp.jobs.fitting import FitFailed
from quizapp.jobs.importing import import_package, purge_files
from quizapp.jobs.learning import APART, learn
from quizapp.jobs.letters import look_for_letters, send_confirmation, send_week
from quizapp.jobs.mail import deliver
from quizapp.jobs.planning import plan_day, plan_days
from quizapp.jobs.question_importing import import_questions, purge_plans
from quizapp.jobs.standing import refresh_standings
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.duplicates import find_pairs
from quizapp.queries.memory_fits import ground_of
from quizapp.queries.review_log import review_history
from quizapp.services.account_deletions import resume_deletions
from quizapp.services.bulk_acts import purge_bulk_acts
from quizapp.services.duplicates import keep_pairs
from quizapp.services.email_changes import make_change_letter, purge_email_changes
from quizapp.services.guests import purge_guests
from quizapp.services.invitation_links import make_letter, mark_sent
from quizapp.services.invitations import purge_invitations
from quizapp.services.jobs import JobName, enqueue_only, purge_failed
from quizapp.services.limits import purge_limits
from quizapp.services.mail import Letter, reset_letter
from quizapp.services.memory_fits import ask_grown, fail_fit, is_waiting, keep_fit
from quizapp.services.resets import make_reset
from quizapp.services.sessions import purge_expired
from quizapp.services.standings import drop_former

Handler = Callable[[Settings, Mapping[str, Any]], None]

_PURGE_EVERY = timedelta(hours=1)
#: What is left of them then goes an hour later.
_GUESTS_SECONDS = 20.0
#: Between two batches others may write; without a pause, whoever waits might wait on.
_PAUSE_SECONDS = 0.02
_LOOK_EVERY = timedelta(minutes=10)
_PLAN_EVERY = timedelta(minutes=10)


def send_mail(settings: Settings, payload: Mapping[str, Any]) -> None:
    """Deliver one letter."""
    deliver(settings, Letter(**payload))


def send_reset(settings: Settings, payload: Mapping[str, Any]) -> None:
    """Send the link for a new password, if anyone has the address."""
    with transaction() as session:
        reset = make_reset(session, email=payload["email"], now=datetime.now(UTC))
    if reset is not None:
        deliver(settings, reset_letter(reset, site=payload["site"]))


def send_invitation(settings: Settings, payload: Mapping[str, Any]) -> None:
    """Send the link of an invitation, unless it was taken back meanwhile."""
    with transaction() as session:
        letter = make_letter(session, **payload, now=datetime.now(UTC))
    if letter is None:
        return
    deliver(settings, letter)
    with transaction() as session:
        mark_sent(session, invitation_id=payload["invitation_id"], now=datetime.now(UTC))


def send_email_change(settings: Settings, payload: Mapping[str, Any]) -> None:
    """Ask the mailbox of a new address, unless nobody wants it any more."""
    with transaction() as session:
        letter = make_change_letter(session, **payload, now=datetime.now(UTC))
    if letter is not None:
        deliver(settings, letter)


def purge_all(settings: Settings, _payload: Mapping[str, Any]) -> None:
    """Drop what is over, and do so again in an hour."""
    now = datetime.now(UTC)
    # First and on its own: should the rest fail for good, the next hour still tries.
    with transaction() as session:
        enqueue_only(session, name=JobName.PURGE_EXPIRED, now=now, run_after=now + _PURGE_EVERY)
    with transaction() as session:
        purge_expired(session, now=now)
        purge_limits(session, now=now)
        purge_failed(session, now=now)
        purge_bulk_acts(session, now=now)
        purge_invitations(session, now=now)
        purge_email_changes(session, now=now)
        resume_deletions(session, now=now)
        drop_former(session)
    _purge_guests(now)
    purge_exports(settings, now=now)
    purge_plans(settings, now=now)
    purge_files(settings, now=now)
    empty_hidden_courses(now=now)


def _purge_guests(now: datetime) -> None:
    """Drop guests whom nobody can be any more, a few at a time; others write in between."""
    until, is_more = time.monotonic() + _GUESTS_SECONDS, True
    while is_more and time.monotonic() < until:
        with transaction() as session:
            is_more = purge_guests(session, now=now)
        time.sleep(_PAUSE_SECONDS)


def look_for_fits(_settings: Settings, _payload: Mapping[str, Any]) -> None:
    """Ask for a fit wherever reviews have grown enough, and look again in ten minutes."""
    now = datetime.now(UTC)
    with transaction() as session:
        enqueue_only(session, name=JobName.LOOK_FOR_FITS, now=now, run_after=now + _LOOK_EVERY)
    with transaction() as session:
        ask_grown(session, now=now)


def fit_memory(_settings: Settings, payload: Mapping[str, Any]) -> None:
    """Fit the model to one learner's reviews of one course; nothing is locked meanwhile."""
    learner_id, course_id = payload["learner_id"], payload["course_id"]
    keys = {"learner_id": learner_id, "course_id": course_id}
    with reading() as session:
        actor = actor_for_id(session, learner_id)
        if actor is None or not is_waiting(session, **keys, number=payload["number"]):
            return
        ground = ground_of(session, **keys)
        history = review_history(session, learner_id=learner_id, course=ground.slug)
    kept = {"course_id": course_id, "number": payload["number"]}
    try:
        learnt = learn(history, ground, APART)
    except FitFailed:
        with transaction() as session:
            fail_fit(
                session, actor=actor, **kept, reviews=len(history.reviews), now=datetime.now(UTC)
            )
        raise
    with transaction() as session:
        keep_fit(session, actor=actor, **kept, ground=ground, learnt=learnt, now=datetime.now(UTC))


def plan_exam(_settings: Settings, payload: Mapping[str, Any]) -> None:
    """Plan the day of one learner who has just set a date."""
    plan_day(**payload, now=datetime.now(UTC))


def plan_exams(_settings: Settings, _payload: Mapping[str, Any]) -> None:
    """Plan the day of everybody whose day has begun and who studies for a date; look again soon.

    Where many days begin at once, other jobs get their turn in between.
    """
    now = datetime.now(UTC)
    with transaction() as session:
        enqueue_only(session, name=JobName.PLAN_EXAMS, now=now, run_after=now + _PLAN_EVERY)
    if plan_days(now=now):
        again = datetime.now(UTC)
        with transaction() as session:
            enqueue_only(session, name=JobName.PLAN_EXAMS, now=again, run_after=again)


def find_duplicates(_settings: Settings, payload: Mapping[str, Any]) -> None:
    """Look for questions of a course that ask the same; nothing is locked meanwhile."""
    course_id = payload["course_id"]
    with reading() as session:
        pairs, questions = find_pairs(session, course_id=course_id)
    with transaction() as session:
        keep_pairs(
            session,
            course_id=course_id,
            pairs=pairs,
            questions=questions,
            now=datetime.now(UTC),
        )


HANDLERS: dict[JobName, Handler] = {
    JobName.SEND_MAIL: send_mail,
    JobName.SEND_RESET: send_reset,
    JobName.SEND_INVITATION: send_invitation,
    JobName.PURGE_EXPIRED: purge_all,
    JobName.CLOSE_OVERDUE: close_overdue,
    JobName.LOOK_FOR_FITS: look_for_fits,
    JobName.FIT_MEMORY: fit_memory,
    JobName.PLAN_EXAM: plan_exam,
    JobName.PLAN_EXAMS: plan_exams,
    JobName.IMPORT_PACKAGE: import_package,
    JobName.FIND_DUPLICATES: find_duplicates,
    JobName.IMPORT_QUESTIONS: import_questions,
    JobName.COPY_COURSE: copy_course,
    JobName.FIGURE_ITEMS: figure_items,
    JobName.LOOK_FOR_LETTERS: look_for_letters,
    JobName.SEND_CONFIRMATION: send_confirmation,
    JobName.SEND_WEEK: send_week,
    JobName.EXPORT_DATA: export_data,
    JobName.DELETE_ACCOUNT: delete_account,
    JobName.SEND_EMAIL_CHANGE: send_email_change,
    JobName.REFRESH_STANDINGS: refresh_standings,
}
