"""Starting a practice: an attempt that a learner puts together, drawn from their memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, Problem
from quizapp.grading.practice import Choice, draw, pick_forms, title
from quizapp.grading.selection import Picked
from quizapp.models import Quiz, Status
from quizapp.policy import Actor, require_taker
from quizapp.queries.form_policy import form_policy
from quizapp.queries.practise import course_topics, forms_of, practised, prospects
from quizapp.services.attempt_layout import lay_out
from quizapp.services.attempt_start import (
    NewAttempt,
    attempts_so_far,
    open_attempt,
    store_attempt,
)
from quizapp.services.attempt_submit import submit_attempt

#: No bank file and no title on the site can make such a key, so no quiz is in the way of it.
PRACTICE_KEY = "(practice)"
_NOTHING = "There is nothing to ask in these topics now. Choose others."


@dataclass(frozen=True, slots=True)
class PracticeStart:
    """The practice to go on with.

    :param is_new: it has just begun. :param must_ask: it is another one that was open already,
        and nothing was done: only the learner can say that it should be handed in.
    """

    attempt_id: int
    is_new: bool = False
    must_ask: bool = False


def start_practice(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    choice: Choice,
    seed: int,
    now: datetime,
    after: int | None = None,
    instead_of: int | None = None,
) -> PracticeStart:
    """Start a practice; what it asks is drawn from the learner's memory as it is now.

    The draw can be repeated from the seed and the memory, as `grading.practice.draw` says. A seed
    also names the form that asks: the same form sent twice starts one practice.

    :param seed: 0 to 2**63 - 1, from a random source.
    :param after: an earlier practice, whose facts come last. One that is not there is passed over.
    :param instead_of: the open practice that the learner wants handed in as it is.
    :raises NotFound: the actor does not learn in the course.
    :raises Invalid: a topic is not in the course, or there is nothing to ask; at "topic".
    """
    require_taker(actor, course_id)
    topics = _topics(session, course_id, choice)
    quiz_id = practice_quiz(session, course_id)
    open_one = _settle_open(session, actor, quiz_id, seed=seed, instead_of=instead_of, now=now)
    if open_one is not None:
        return open_one
    picked = _pick(
        session, actor, course_id, choice, topics=topics, seed=seed, after=after, now=now
    )
    new = NewAttempt(
        quiz_id=quiz_id,
        number=1 + attempts_so_far(session, actor, quiz_id),
        layout=lay_out(session, picked, choice.settings, seed=seed),
        settings=choice.settings,
        seed=seed,
        title=title(tuple(topics.values())),
    )
    started = store_attempt(session, actor=actor, new=new, now=now)
    return PracticeStart(started.attempt_id, is_new=not started.resumed)


def _settle_open(
    session: Session,
    actor: Actor,
    quiz_id: int,
    *,
    seed: int,
    instead_of: int | None,
    now: datetime,
) -> PracticeStart | None:
    """Return the practice that is open, if it stays so; None when another may start."""
    found = open_attempt(session, actor, quiz_id)
    if found is None:
        return None
    if found.seed == seed:
        return PracticeStart(found.id)
    if found.id != instead_of:
        return PracticeStart(found.id, must_ask=True)
    # Handed in and not thrown away: what was answered was acknowledged, and stays.
    submit_attempt(session, actor=actor, attempt_id=found.id, now=now)
    return None


def _pick(
    session: Session,
    actor: Actor,
    course_id: int,
    choice: Choice,
    *,
    topics: Collection[int],
    seed: int,
    after: int | None,
    now: datetime,
) -> tuple[Picked, ...]:
    """Return the questions to ask, of the topics with these ids, or of all if there are none."""
    last: Collection[int] = ()
    if after is not None:
        earlier = practised(session, actor=actor, course_id=course_id, attempt_id=after)
        last = earlier.facts if earlier else ()
    candidates = [
        one
        for one in prospects(session, actor=actor, course_id=course_id, now=now)
        if not topics or one.topic_id in topics
    ]
    drawn = draw(candidates, count=choice.length, seed=seed, last=last)
    if not drawn:
        raise Invalid([Problem("topic", _NOTHING)])
    available = forms_of(session, [one.fact_id for one in drawn])
    return pick_forms(drawn, available, form_policy(session, course_id))


def practice_quiz(session: Session, course_id: int) -> int:
    """Return the id of the hidden quiz that the course's practices belong to.

    It is made when first asked for; of two who ask at once, one makes it and both get it.
    """
    known = sa.select(Quiz.id).where(Quiz.course_id == course_id, Quiz.key == PRACTICE_KEY)
    quiz_id = session.scalar(known)
    if quiz_id is not None:
        return quiz_id
    quiz = {
        "course_id": course_id,
        "key": PRACTICE_KEY,
        "title": "Practice",
        "summary": "",
        "settings": {},
        "status": Status.READY,
        "position": 0,
        "is_practice": True,
    }
    try:
        with session.begin_nested():
            session.execute(sa.insert(Quiz).values(quiz))
    except IntegrityError:
        pass  # another transaction was first, and its row can be read now
    return session.execute(known).scalar_one()


def _topics(session: Session, course_id: int, choice: Choice) -> dict[int, str]:
    """Return id and title of the topics chosen; {} for all of the course.

    :raises Invalid: one of them is not in the course, at "topic".
    """
    known = course_topics(session, course_id)
    chosen = set(choice.topics)
    if not chosen <= {row.key for row in known}:
        raise Invalid([Problem("topic", "Choose topics of this course.")])
    if len(chosen) == len(known):
        return {}
    return {row.id: row.title for row in known if row.key in chosen}
