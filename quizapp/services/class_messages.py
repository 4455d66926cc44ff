"""Writing to students of a course: a note on their Today, and a letter that says it is there.

The letter holds no word of the instructor's: anybody may own a course, and an address of an
account has never been proved (ADR 29).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, LimitReached, NotFound, Problem
from quizapp.models import ClassMessage, Course, ReceivedMessage
from quizapp.models.base import Instant
from quizapp.policy import Actor, require_author
from quizapp.queries.class_messages import Audience, Recipient, recipients
from quizapp.questions.reading import clean
from quizapp.services.jobs import JobName, enqueue_all
from quizapp.services.limits import CLASS_LETTERS, CLASS_MESSAGES, count_against
from quizapp.services.mail import class_message_letter

LONGEST_TEXT = 2_000
_LONGEST_WHOM = 120
#: The same words to the same students within so long are a second click.
_SECOND_CLICK = timedelta(minutes=2)
#: Letters leave one after the other, so that others get in between.
_APART = timedelta(milliseconds=500)


def send_message(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    audience: Audience,
    only: Collection[int] | None,
    text: str,
    site: str,
    now: datetime,
) -> int:
    """Write to students of a course; return to how many.

    :param only: those who were picked, by id; None for the whole audience.
    :param site: the address of this site, with a slash at the end.
    :raises Forbidden, NotFound: the actor does not teach the course, it is archived, or it has no
        such group or student.
    :raises Invalid: no text or too long at "text"; nobody at "whom".
    :raises LimitReached: the actor wrote too often, or to too many, today.
    """
    require_author(actor, course_id)
    words, complaint = clean(text, LONGEST_TEXT)
    problems = []
    if complaint or not words:
        problems.append(Problem("text", complaint or "Write what they should read."))
    whom, found = recipients(
        session, actor=actor, course_id=course_id, audience=audience, only=only, now=now
    )
    if not found:
        problems.append(Problem("whom", "Choose at least one student."))
    if problems:
        raise Invalid(problems)
    message = ClassMessage(
        course_id=course_id,
        author_id=actor.id,
        whom=whom[:_LONGEST_WHOM],
        text=words,
        sent_at=now,
    )
    if _is_said_just_now(session, message, found):
        return len(found)
    # Counting locks the count, so that a second click waits here and then sees the first.
    _count(session, actor, len(found), now)
    if _is_said_just_now(session, message, found):
        return len(found)
    _store(session, message, found)
    _post(session, course_id, found, site, now)
    return len(found)


def put_away(session: Session, *, actor: Actor, message_id: int, now: datetime) -> None:
    """Take a message off the learner's Today.

    :raises NotFound: it is none of theirs.
    """
    found: Any = session.execute(
        sa.update(ReceivedMessage)
        .where(ReceivedMessage.learner_id == actor.id, ReceivedMessage.message_id == message_id)
        .values(seen_at=sa.func.coalesce(ReceivedMessage.seen_at, sa.literal(now, Instant))),
        execution_options={"synchronize_session": False},
    )
    if not found.rowcount:
        raise NotFound("There is no such message.")


def _count(session: Session, actor: Actor, letters: int, now: datetime) -> None:
    subject = str(actor.id)
    try:
        count_against(session, limit=CLASS_MESSAGES, subject=subject, now=now)
        count_against(session, limit=CLASS_LETTERS, subject=subject, now=now, many=letters)
    except LimitReached as error:
        # A class may be larger than all letters of a day: to wait alone would never help there.
        message = (
            f"You may send {CLASS_MESSAGES.tries} messages and {CLASS_LETTERS.tries:,} letters a "
            "day, and this would be more. Write to one section after the other, the rest tomorrow."
        )
        raise LimitReached(message, retry_after_seconds=error.retry_after_seconds) from error


def _store(session: Session, message: ClassMessage, found: Collection[Recipient]) -> None:
    session.add(message)
    session.flush()  # generate the id that the rows carry
    rows = [{"learner_id": one.id, "message_id": message.id, "seen_at": None} for one in found]
    session.execute(sa.insert(ReceivedMessage), rows)


def _is_said_just_now(
    session: Session, message: ClassMessage, found: Collection[Recipient]
) -> bool:
    """Return whether all of them got these words a moment ago: others of one name did not."""
    of = [
        ClassMessage.course_id == message.course_id,
        ClassMessage.author_id == message.author_id,
        ClassMessage.whom == message.whom,
        ClassMessage.text == message.text,
        ClassMessage.sent_at > message.sent_at - _SECOND_CLICK,
    ]
    got = session.scalars(
        sa.select(ReceivedMessage.learner_id)
        .join(ClassMessage, ClassMessage.id == ReceivedMessage.message_id)
        .where(*of)
    )
    return {one.id for one in found} <= set(got)


def _post(
    session: Session,
    course_id: int,
    found: tuple[Recipient, ...],
    site: str,
    now: datetime,
) -> None:
    """Have a letter sent to each of them who has an address, to that address alone."""
    course = session.execute(
        sa.select(Course.title, Course.slug).where(Course.id == course_id)
    ).one()
    letters = [
        class_message_letter(email=one.email, course=course.title, slug=course.slug, site=site)
        for one in found
        if one.email
    ]
    wanted = [(asdict(letter), now + n * _APART) for n, letter in enumerate(letters)]
    enqueue_all(session, name=JobName.SEND_MAIL, wanted=wanted, now=now)
