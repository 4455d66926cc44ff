"""Marking answers in a learner's own words: each marking is an event, and the last one counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.grading.layout import load_layout
from quizapp.grading.markings import SHARES
from quizapp.grading.marks import total
from quizapp.grading.settings import QuizSettings
from quizapp.models import Attempt, AttemptState, Marking, Quiz
from quizapp.policy import Actor, require_author
from quizapp.queries.attempt_marks import GradedSlot, graded_slots, waiting_in
from quizapp.questions.reading import clean
from quizapp.services.mark_lock import share
from quizapp.services.statistics import count_attempt

COMMENT_LIMIT = 2_000
_POINTS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}|/[1-9][0-9]{0,3})?")
_SHARES = {str(share): share for share in SHARES}
_MARKED_SINCE = "Somebody has marked this answer since you opened it. Look at it before you go on."
_NO_ANSWER = "There is no such answer in this course."


@dataclass(frozen=True, slots=True)
class Written:
    """A marking as it was typed, unchecked.

    :param share: one of `SHARES` as text, or ""; :param points: exact ones, or "". One of the two.
    """

    share: str = ""
    points: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """Which answer; `slot` counts from 0."""

    learner_id: int
    attempt_id: int
    slot: int


def mark_answer(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    place: AnswerPlace,
    written: Written,
    seen: int,
    now: datetime,
) -> Fraction:
    """Store what an instructor gives for an answer, and the mark of its attempt; return the share.

    :param seen: the number of its last marking as the form showed it, 0 for none.
    :raises NotFound: there is no such answer in a course that the actor teaches, or it is empty.
    :raises Invalid: with every problem at "share", "points" or "comment".
    :raises Conflict: somebody has marked it since.
    """
    attempt, slots = _locked(session, actor, course_id, place)
    slot = slots[place.slot]
    problems: list[Problem] = []
    fraction = _fraction(written, slot.laid.max_mark, problems)
    comment, complaint = clean(written.comment, COMMENT_LIMIT)
    if complaint:
        problems.append(Problem("comment", complaint))
    if problems:
        raise Invalid(problems)
    events = _events(session, place)
    if _is_same(events, actor, seen, (fraction, comment)):
        return fraction
    _require_seen(events, seen)
    _append(session, _event(actor, place, slot, events, now), (fraction, comment), is_undo=False)
    _store(session, attempt, slots)
    return fraction


def undo_marking(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    place: AnswerPlace,
    seen: int,
    now: datetime,
) -> None:
    """Take the last marking of an answer back: what held before it holds again.

    Errors as for `mark_answer`.

    :raises Conflict: besides, it was taken back already.
    """
    attempt, slots = _locked(session, actor, course_id, place)
    slot = slots[place.slot]
    events = _events(session, place)
    _require_seen(events, seen)
    if not events or events[-1].is_undo:
        raise Conflict("That marking was taken back already.")
    before = events[-2] if len(events) > 1 else None
    held = (before.fraction, before.comment) if before else (None, "")
    _append(session, _event(actor, place, slot, events, now), held, is_undo=True)
    _store(session, attempt, slots)


def _locked(
    session: Session, actor: Actor, course_id: int, place: AnswerPlace
) -> tuple[Any, Sequence[GradedSlot]]:
    """Return the attempt, held until the end of the transaction, and its slots as they stand.

    :raises NotFound: there is no such attempt, or the slot holds no answer that people mark.
    """
    require_author(actor, course_id)
    share(session, course_id)
    attempt = session.execute(
        sa.select(
            Attempt.learner_id,
            Attempt.id,
            Attempt.quiz_id,
            Attempt.number,
            Attempt.started_at,
            Attempt.layout,
            Attempt.settings,
            Quiz.is_practice,
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(
            Attempt.learner_id == place.learner_id,
            Attempt.id == place.attempt_id,
            Attempt.state == AttemptState.SUBMITTED,
            Quiz.course_id == course_id,
        )
        # Of two who mark it at once, the second waits, and then sees the first one's marking.
        .with_for_update(of=Attempt)
    ).one_or_none()
    slots = _slots(session, attempt) if attempt is not None else ()
    if not 0 <= place.slot < len(slots):
        raise NotFound(_NO_ANSWER)
    slot = slots[place.slot]
    if slot.type.is_gradable or slot.response is None:
        raise NotFound(_NO_ANSWER)
    return attempt, slots


def _slots(session: Session, attempt: Any) -> tuple[GradedSlot, ...]:
    return graded_slots(
        session,
        learner_id=attempt.learner_id,
        attempt_id=attempt.id,
        quiz_id=attempt.quiz_id,
        layout=load_layout(attempt.layout),
        settings=QuizSettings.parse(attempt.settings),
    )


def _store(session: Session, attempt: Any, before: Sequence[GradedSlot]) -> None:
    """Store what the attempt is worth now, where it was worth what slots earned before."""
    slots = _slots(session, attempt)
    mark = total(slot.mark for slot in slots)
    session.execute(
        sa.update(Attempt)
        .where(Attempt.learner_id == attempt.learner_id, Attempt.id == attempt.id)
        .values(mark=mark.points, max_mark=mark.most, waiting=waiting_in(slots)),
        execution_options={"synchronize_session": False},
    )
    count_attempt(session, attempt=attempt, before=before, after=slots)


def _events(session: Session, place: AnswerPlace) -> list[Any]:
    return list(
        session.execute(
            sa.select(
                Marking.seq,
                Marking.fraction,
                Marking.comment,
                Marking.is_undo,
                Marking.made_by,
            )
            .where(
                Marking.learner_id == place.learner_id,
                Marking.attempt_id == place.attempt_id,
                Marking.slot == place.slot,
            )
            .order_by(Marking.seq)
        )
    )


def _require_seen(events: list[Any], seen: int) -> None:
    if seen != (events[-1].seq if events else 0):
        raise Conflict(_MARKED_SINCE)


def _is_same(events: list[Any], actor: Actor, seen: int, held: tuple[Fraction | None, str]) -> bool:
    """Return whether a form was sent twice, or changes nothing that it showed."""
    if not events or (events[-1].fraction, events[-1].comment) != held:
        return False
    was_own = events[-1].made_by == actor.id
    return events[-1].seq in ((seen, seen + 1) if was_own else (seen,))


def _event(
    actor: Actor, place: AnswerPlace, slot: GradedSlot, events: list[Any], now: datetime
) -> Marking:
    """Return the next event in the log of an answer, which says nothing yet."""
    return Marking(
        learner_id=place.learner_id,
        attempt_id=place.attempt_id,
        slot=place.slot,
        seq=events[-1].seq + 1 if events else 1,
        revision_id=slot.laid.revision_id,
        made_by=actor.id,
        at=now,
    )


def _append(
    session: Session, event: Marking, held: tuple[Fraction | None, str], *, is_undo: bool
) -> None:
    event.fraction, event.comment = held
    event.is_undo = is_undo
    session.add(event)
    session.flush()  # the mark is worked out with it


def _fraction(written: Written, most: Fraction, problems: list[Problem]) -> Fraction:
    """Return the share of the points that was given, or note what is wrong with it."""
    points, share = written.points.strip().replace(",", "."), _SHARES.get(written.share)
    if not points and share is None:
        problems.append(Problem("share", "Choose what it is worth, or give exact points."))
        return Fraction(0)
    if not points and share is not None:
        return share
    if not _POINTS.fullmatch(points) or Fraction(points) > most:
        message = f"Give points from 0 to {_plain(most)}, such as 0.5 or 1/3."
        problems.append(Problem("points", message))
        return Fraction(0)
    exact = Fraction(points) / most
    if share is not None and share != exact:
        problems.append(Problem("points", "You chose a share and gave other points: give one."))
    return exact


def _plain(most: Fraction) -> str:
    return f"{float(most):g}" if most.denominator in (1, 2, 4, 5, 10) else str(most)
