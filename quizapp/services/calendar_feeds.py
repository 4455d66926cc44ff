"""The secret address that calendars read: made, made anew, removed; and what they read there."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Forbidden
from quizapp.formats.icalendar_feed import Entry, calendar_file
from quizapp.memory.days import LearnerClock
from quizapp.models import CalendarFeed
from quizapp.policy import Actor
from quizapp.queries.accounts import token_hash
from quizapp.queries.agenda import Agenda
from quizapp.services.sessions import new_token

#: How many days of cards a calendar shows, today among them.
DAYS = 28
_REFRESH_HOURS = 6


def make_feed(session: Session, *, actor: Actor, now: datetime) -> str:
    """Return the secret of a new address, which is kept nowhere; one that was there before fails.

    :raises Forbidden: the actor is a guest.
    """
    if actor.is_guest:
        raise Forbidden("A calendar needs an account.")
    token = new_token()
    kept = session.execute(
        sa.update(CalendarFeed)
        .where(CalendarFeed.learner_id == actor.id)
        .values(token_hash=token_hash(token), made_at=now)
        .returning(CalendarFeed.uid)
    ).scalar_one_or_none()
    if kept is None:
        session.execute(
            sa.insert(CalendarFeed).values(
                learner_id=actor.id,
                token_hash=token_hash(token),
                uid=secrets.token_hex(8),
                made_at=now,
            )
        )
    return token


def remove_feed(session: Session, *, actor: Actor) -> bool:
    """Let the address fail from now on; return whether there was one."""
    gone = session.execute(
        sa.delete(CalendarFeed)
        .where(CalendarFeed.learner_id == actor.id)
        .returning(CalendarFeed.learner_id)
    ).scalar_one_or_none()
    return gone is not None


def calendar_of(agenda: Agenda, *, uid: str, clock: LearnerClock, site: str) -> bytes:
    """Return a learner's calendar: cards day by day, quizzes that open and close, exams.

    Until something changes, the same bytes come all day.

    :param uid: of `CalendarFeed`. :param site: the address of this site, with a slash at the end.
    """
    stamp = clock.start_of(agenda.today)
    entries = [*_days(agenda, uid, site), *_quizzes(agenda, uid, site), *_exams(agenda, uid, site)]
    return calendar_file(entries, name="Footnote", stamp=stamp, refresh_hours=_REFRESH_HOURS)


def _days(agenda: Agenda, uid: str, site: str) -> Iterator[Entry]:
    """Yield an entry for each day with cards, whatever the courses they are of."""
    for place in range(DAYS):
        of_day = [(one, one.days[place]) for one in agenda.courses if one.days[place].cards]
        if not of_day:
            continue
        day = of_day[0][1].day
        cards = sum(ahead.cards for _, ahead in of_day)
        minutes = sum(one.minutes(ahead) for one, ahead in of_day)
        yield Entry(
            uid=f"cards-{day.isoformat()}-{uid}@footnote",
            when=day,
            title=f"Footnote: {_count(cards, 'card')}, about {minutes} min",
            text="\n".join(
                f"{one.course.title}: {ahead.due} due, {ahead.new} new, "
                f"about {one.minutes(ahead)} min"
                for one, ahead in of_day
            ),
            url=f"{site}today",
        )


def _quizzes(agenda: Agenda, uid: str, site: str) -> Iterator[Entry]:
    for quiz in agenda.quizzes:
        kind = "closes" if quiz.is_closing else "opens"
        yield Entry(
            uid=f"quiz-{quiz.quiz_id}-{kind}-{uid}@footnote",
            when=quiz.at,
            title=f"Quiz {kind}: {quiz.title}",
            url=f"{site}quizzes/{quiz.quiz_id}",
        )


def _exams(agenda: Agenda, uid: str, site: str) -> Iterator[Entry]:
    courses = {one.course.id: one.course for one in agenda.courses}
    for exam in agenda.exams:
        if found := courses.get(exam.course_id):
            yield Entry(
                uid=f"exam-{exam.course_id}-{uid}@footnote",
                when=exam.day,
                title=f"Exam: {found.title}",
                url=f"{site}exam?course={found.slug}",
            )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
