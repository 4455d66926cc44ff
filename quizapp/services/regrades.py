"""Making a wrong key good after the fact: looked at first, done as an event, undone as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.grading.regrades import RegradeFix
from quizapp.models import Attempt, MarkChange, Question, Quiz, Regrade, Revision
from quizapp.policy import Actor, require_instructor
from quizapp.queries.regrades import fixes_for
from quizapp.questions.base import Posted
from quizapp.questions.registry import TYPES
from quizapp.services.regrade_marks import Change, changes_by

REASON_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class NewRegrade:
    """What an instructor decides, unchecked.

    :param quiz_id: None for every quiz of the course.
    :param response: for `ACCEPT`, the response to accept as a form of the question posts it, its
        options in the order they were written.
    :param reason: what students read beside their changed mark.
    """

    revision_id: int
    fix: str
    reason: str
    quiz_id: int | None = None
    response: Posted | None = None


def plan_regrade(
    session: Session, *, actor: Actor, stated: NewRegrade, now: datetime
) -> tuple[Change, ...]:
    """Return every attempt whose mark a regrade would change; nothing is stored.

    :raises NotFound: there is no such revision or quiz in a course that the actor teaches.
    :raises Invalid: with every problem at "fix", "response" or "reason".
    """
    checked = _check(session, actor, stated, now)
    return tuple(changes_by(session, checked, fixes_for(session, planned=[checked])))


def apply_regrade(
    session: Session, *, actor: Actor, stated: NewRegrade, now: datetime
) -> tuple[int, tuple[Change, ...]]:
    """Store a regrade and the marks that it changes; return its id and the changes.

    What the memories learnt from the attempts stays as it was: the log of reviews says what
    was rated then. Errors as for `plan_regrade`.
    """
    checked = _check(session, actor, stated, now)
    session.add(checked)
    session.flush()  # generate its id; the marks below are worked out with it
    changes = tuple(changes_by(session, checked, fixes_for(session)))
    _store(session, checked.id, changes, is_undo=False, now=now)
    return checked.id, changes


def undo_regrade(
    session: Session, *, actor: Actor, regrade_id: int, now: datetime
) -> tuple[Change, ...]:
    """Take a regrade back; return the marks that became what they had been.

    :raises NotFound: there is none in a course that the actor teaches.
    :raises Conflict: it was undone before.
    """
    regrade = session.get(Regrade, regrade_id, with_for_update=True)
    if regrade is None:
        raise NotFound("There is no such regrade.")
    require_instructor(actor, regrade.course_id)
    if regrade.undone_at is not None:
        raise Conflict("That regrade was undone already.")
    regrade.undone_by, regrade.undone_at = actor.id, now
    session.flush()  # the marks below are worked out without it
    changes = tuple(changes_by(session, regrade, fixes_for(session)))
    _store(session, regrade.id, changes, is_undo=True, now=now)
    return changes


def _check(session: Session, actor: Actor, stated: NewRegrade, now: datetime) -> Regrade:
    """Return the regrade that is stated, not yet stored."""
    revision = session.execute(
        sa.select(
            Question.course_id,
            Question.id,
            Question.current_number,
            Revision.number,
            Revision.type,
            Revision.content,
        )
        .join(Question, Question.id == Revision.question_id)
        .where(Revision.id == stated.revision_id)
    ).one_or_none()
    if revision is None:
        raise NotFound("There is no such question.")
    require_instructor(actor, revision.course_id)
    _check_quiz(session, stated.quiz_id, revision.course_id)
    problems = [] if stated.fix in set(RegradeFix) else [Problem("fix", "Choose what to do.")]
    reason = stated.reason.strip()
    if not 0 < len(reason) <= REASON_LIMIT:
        message = f"Say why, in at most {REASON_LIMIT:,} characters; students read it."
        problems.append(Problem("reason", message))
    detail: Mapping[str, Any] | None = None
    if not problems:
        detail = _detail(session, stated, revision, problems)
    if problems:
        raise Invalid(problems)
    return Regrade(
        course_id=revision.course_id,
        quiz_id=stated.quiz_id,
        revision_id=stated.revision_id,
        fix=RegradeFix(stated.fix),
        detail=dict(detail) if detail else None,
        reason=reason,
        made_by=actor.id,
        made_at=now,
    )


def _check_quiz(session: Session, quiz_id: int | None, course_id: int) -> None:
    if quiz_id is None:
        return
    found = sa.select(Quiz.id).where(Quiz.id == quiz_id, Quiz.course_id == course_id)
    if session.scalar(found) is None:
        raise NotFound("There is no such quiz.")


def _detail(
    session: Session, stated: NewRegrade, revision: Any, problems: list[Problem]
) -> Mapping[str, Any] | None:
    """Return what the fix needs to know, or note what is missing."""
    if stated.fix == RegradeFix.ACCEPT:
        kind = TYPES[revision.type]
        content = kind.parse(revision.content)
        response = kind.parse_response(content, stated.response or {})
        if response is None:
            problems.append(Problem("response", "Give the response that counts as right too."))
            return None
        return kind.dump_response(response)
    if stated.fix == RegradeFix.CORRECT:
        if revision.number == revision.current_number:
            message = "Correct the question first; this revision is the one asked now."
            problems.append(Problem("fix", message))
            return None
        current = sa.select(Revision.id).where(
            Revision.question_id == revision.id, Revision.number == revision.current_number
        )
        return {"revision": session.scalar(current)}
    return None


def _store(
    session: Session,
    regrade_id: int,
    changes: Sequence[Change],
    *,
    is_undo: bool,
    now: datetime,
) -> None:
    """Store the new marks, and beside each what it was."""
    for change in changes:
        own = (change.learner_id, change.attempt_id)
        is_own = (MarkChange.learner_id == own[0], MarkChange.attempt_id == own[1])
        last = session.scalar(sa.select(sa.func.max(MarkChange.seq)).where(*is_own))
        session.add(
            MarkChange(
                learner_id=own[0],
                attempt_id=own[1],
                seq=(last or 0) + 1,
                regrade_id=regrade_id,
                is_undo=is_undo,
                at=now,
                old_mark=change.old.points,
                old_max_mark=change.old.most,
                new_mark=change.new.points,
                new_max_mark=change.new.most,
            )
        )
        session.execute(
            sa.update(Attempt)
            .where(Attempt.learner_id == own[0], Attempt.id == own[1])
            .values(mark=change.new.points, max_mark=change.new.most),
            execution_options={"synchronize_session": False},
        )
    session.flush()  # a page that reads it with Core in this transaction sees it
