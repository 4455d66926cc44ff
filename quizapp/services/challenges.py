"""A learner doubts a question of an attempt, and an instructor answers."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.grading.layout import load_layout
from quizapp.models import Attempt, AttemptState, Challenge, Passage, Quiz, Source
from quizapp.policy import Actor, require_author, require_taker
from quizapp.questions.reading import clean
from quizapp.services.limits import CHALLENGE, count_against

TEXT_LEAST, TEXT_MOST = 10, 2_000
ANSWER_MOST = 4_000


def count_challenge(session: Session, *, actor: Actor, now: datetime) -> None:
    """Count one challenge, in a transaction of its own.

    :raises LimitReached: the learner sent too many within the hour.
    """
    count_against(session, limit=CHALLENGE, subject=str(actor.id), now=now)


def challenge_question(
    session: Session,
    *,
    actor: Actor,
    attempt_id: int,
    slot: int,
    text: str,
    passage_id: int | None,
    now: datetime,
) -> None:
    """Store what a learner doubts about one question of an attempt, or what they say now.

    It is about the revision that was asked.

    :param slot: from 0. :param passage_id: the passage that is meant; None for the key.
    :raises NotFound: the actor has no such attempt, it has no such slot, or they have left the
        course. :raises Forbidden: the course is archived.
    :raises Conflict: the attempt is still open, or the challenge was answered.
    :raises Invalid: with every problem at "text" or "about".
    """
    attempt = session.execute(
        sa.select(Attempt.layout, Attempt.state, Quiz.course_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.learner_id == actor.id, Attempt.id == attempt_id)
        .with_for_update(of=Attempt)  # two tabs that send at once: one after the other
    ).one_or_none()
    if attempt is None:
        raise NotFound("There is no such attempt.")
    layout = load_layout(attempt.layout)
    if not 0 <= slot < len(layout):
        raise NotFound("This attempt has no such question.")
    if attempt.state is AttemptState.OPEN:
        raise Conflict("Hand the quiz in first; then say what is wrong with a question.")
    require_taker(actor, attempt.course_id)
    said = _checked(session, attempt.course_id, text, passage_id)
    challenge = session.get(Challenge, (actor.id, attempt_id, slot), populate_existing=True)
    if challenge is None:
        challenge = Challenge(
            learner_id=actor.id,
            attempt_id=attempt_id,
            slot=slot,
            course_id=attempt.course_id,
            revision_id=layout[slot].revision_id,
            made_at=now,
        )
        session.add(challenge)
    elif challenge.answered_at is not None:
        raise Conflict("Your instructor has answered this meanwhile.")
    challenge.text, challenge.passage_id = said, passage_id
    session.flush()


def answer_challenge(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    attempt_id: int,
    slot: int,
    answer: str,
    seen: str,
    now: datetime,
) -> None:
    """Store what an instructor says to a challenge, or says instead of what was said.

    :param answer: Markdown. :param seen: the fingerprint of what the instructor has read.
    :raises NotFound, Forbidden: the actor does not teach the course, or it has no such challenge.
    :raises Conflict: the learner or another instructor changed it meanwhile.
    :raises Invalid: at "answer".
    """
    require_author(actor, course_id)
    challenge = session.scalars(
        sa.select(Challenge)
        .where(
            Challenge.course_id == course_id,
            Challenge.attempt_id == attempt_id,
            Challenge.slot == slot,
        )
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if challenge is None:
        raise NotFound("There is no such challenge in this course.")
    words, complaint = clean(answer, ANSWER_MOST)
    if complaint or not words:
        raise Invalid([Problem("answer", complaint or "Write an answer.")])
    if seen != fingerprint(challenge.text, challenge.passage_id, challenge.answer):
        raise Conflict("This was changed while you wrote. Read it again, then send your answer.")
    challenge.answer, challenge.answered_by, challenge.answered_at = words, actor.id, now
    challenge.answer_seen_at = None  # another answer is news again
    session.flush()


def note_seen(
    session: Session, *, actor: Actor, attempt_id: int, slots: Collection[int], now: datetime
) -> None:
    """Note that the actor has the answers about such slots of their attempt on a page."""
    session.execute(
        sa.update(Challenge)
        .where(
            Challenge.learner_id == actor.id,
            Challenge.attempt_id == attempt_id,
            Challenge.slot.in_(slots),
            Challenge.answered_at.is_not(None),
            Challenge.answer_seen_at.is_(None),
        )
        .values(answer_seen_at=now),
        execution_options={"synchronize_session": False},
    )


def fingerprint(text: str, passage_id: int | None, answer: str) -> str:
    """Return what tells whether a challenge is still as somebody read it: 16 digits."""
    return hashlib.sha256(f"{text}\0{passage_id}\0{answer}".encode()).hexdigest()[:16]


def _checked(session: Session, course_id: int, text: str, passage_id: int | None) -> str:
    """Return what was said, cleaned."""
    problems = []
    said, complaint = clean(text, TEXT_MOST)
    if complaint or len(said) < TEXT_LEAST:
        message = f"Say what is wrong and why, in at least {TEXT_LEAST} characters."
        problems.append(Problem("text", complaint or message))
    # Any text of the course will do: whether a passage proves the fact may still be hidden.
    is_there = passage_id is None or session.scalar(
        sa.select(Passage.id)
        .join(Source, Source.id == Passage.source_id)
        .where(Passage.id == passage_id, Source.course_id == course_id)
    )
    if not is_there:
        problems.append(Problem("about", "Choose what you mean: the key or a passage."))
    if problems:
        raise Invalid(problems)
    return said
