"""Making a wrong key good after the fact: looked at first, done as an event, undone as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.grading.regrades import RegradeFix
from quizapp.models import Question, Quiz, Regrade, Revision
from quizapp.policy import Actor, require_author
from quizapp.queries.regrades import Fixes, fixes_for
from quizapp.questions.base import Posted
from quizapp.questions.reading import clean
from quizapp.questions.registry import TYPES
from quizapp.services.mark_lock import alone
from quizapp.services.regrade_marks import Change, changes_by, fingerprint, store_changes, with_kept
from quizapp.services.statistics import recount_regraded

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
    return _changes(session, checked, after=fixes_for(session, planned=[checked]))


def apply_regrade(
    session: Session, *, actor: Actor, stated: NewRegrade, now: datetime, seen: str | None = None
) -> tuple[int, tuple[Change, ...]]:
    """Store a regrade and the marks that it changes; return its id and the changes.

    What the memories learnt from the attempts stays as it was: the log of reviews says what
    was rated then. Errors as for `plan_regrade`.

    :param seen: the fingerprint of the changes that were looked at.
    :raises Conflict: other marks would change than were looked at.
    """
    alone(session, _course_taught(session, actor, _course_of_revision(stated.revision_id)))
    checked = _check(session, actor, stated, now)
    session.add(checked)
    session.flush()  # generate its id; the marks below are worked out with it
    before = fixes_for(session, without=checked.id)
    changes = _changes(session, checked, before=before)
    _require_seen(changes, seen)
    store_changes(session, checked.id, changes, is_undo=False, now=now)
    _recount(session, checked, changes, before)
    return checked.id, changes


def plan_undo(session: Session, *, actor: Actor, regrade_id: int) -> tuple[Change, ...]:
    """Return every attempt whose mark taking a regrade back would change; nothing is stored.

    Errors as for `undo_regrade`.
    """
    regrade = _held(session, actor, regrade_id)
    return _changes(session, regrade, after=fixes_for(session, without=regrade_id))


def undo_regrade(
    session: Session, *, actor: Actor, regrade_id: int, now: datetime, seen: str | None = None
) -> tuple[Change, ...]:
    """Take a regrade back; return the marks that became what they had been.

    :param seen: as for `apply_regrade`.
    :raises NotFound: there is none in a course that the actor teaches.
    :raises Conflict: it was undone before, or other marks would change than were looked at.
    """
    of_regrade = sa.select(Regrade.course_id).where(Regrade.id == regrade_id)
    alone(session, _course_taught(session, actor, of_regrade))
    regrade = _held(session, actor, regrade_id)
    before = fixes_for(session)
    regrade.undone_by, regrade.undone_at = actor.id, now
    session.flush()  # the marks below are worked out without it
    changes = _changes(session, regrade, before=before)
    _require_seen(changes, seen)
    store_changes(session, regrade.id, changes, is_undo=True, now=now)
    _recount(session, regrade, changes, before)
    return changes


def _recount(
    session: Session, regrade: Regrade, changes: tuple[Change, ...], before: Fixes
) -> None:
    """Count the changed attempts by what is stored now and not by what held before."""
    places = [(one.learner_id, one.attempt_id) for one in changes]
    recount_regraded(
        session,
        places,
        revision_id=regrade.revision_id,
        before=before,
        after=fixes_for(session),
    )


def _changes(
    session: Session, regrade: Regrade, *, before: Fixes | None = None, after: Fixes | None = None
) -> tuple[Change, ...]:
    """Return what a regrade changes; None is what holds by what is stored now."""
    sides = {"before": before or fixes_for(session), "after": after or fixes_for(session)}
    return with_kept(session, tuple(changes_by(session, regrade, **sides)))


def _course_of_revision(revision_id: int) -> sa.Select[int]:
    return (
        sa.select(Question.course_id)
        .join(Revision, Revision.question_id == Question.id)
        .where(Revision.id == revision_id)
    )


def _course_taught(session: Session, actor: Actor, found: sa.Select[int]) -> int:
    """Return the course that a query finds.

    :raises Forbidden, NotFound: there is none, or the actor does not teach it.
    """
    course_id = session.scalar(found)
    if course_id is None:
        raise NotFound("There is no such question or regrade.")
    require_author(actor, course_id)
    return course_id


def _held(session: Session, actor: Actor, regrade_id: int) -> Regrade:
    """Return a regrade that holds, as it is stored now."""
    regrade = session.get(Regrade, regrade_id, populate_existing=True)
    if regrade is None:
        raise NotFound("There is no such regrade.")
    require_author(actor, regrade.course_id)
    if regrade.undone_at is not None:
        raise Conflict("That regrade was undone already.")
    return regrade


def _require_seen(changes: tuple[Change, ...], seen: str | None) -> None:
    if seen is not None and seen != fingerprint(changes):
        raise Conflict("Other marks would change than a moment ago. Look again before you go on.")


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
    require_author(actor, revision.course_id)
    _check_quiz(session, stated.quiz_id, revision.course_id)
    problems = [] if stated.fix in set(RegradeFix) else [Problem("fix", "Choose what to do.")]
    reason, complaint = clean(stated.reason, REASON_LIMIT)
    if complaint or not reason:
        message = "Say why; students read it beside their mark."
        problems.append(Problem("reason", complaint or message))
    detail: Mapping[str, Any] | None = None
    if stated.fix in set(RegradeFix):
        detail = _detail(session, stated, revision, problems)
    if not problems and _holds(session, stated, detail):
        problems.append(Problem("fix", "That holds already: it was decided before."))
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


def _holds(session: Session, stated: NewRegrade, detail: Mapping[str, Any] | None) -> bool:
    """Return whether the same decision about the same attempts was made and not undone."""
    rows = session.scalars(
        sa.select(Regrade.detail).where(
            Regrade.revision_id == stated.revision_id,
            Regrade.fix == stated.fix,
            Regrade.undone_at.is_(None),
            sa.or_(Regrade.quiz_id.is_(None), Regrade.quiz_id == stated.quiz_id),
        )
    )
    return any(detail == found for found in rows)


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
    kind = TYPES[revision.type]
    if stated.fix == RegradeFix.ACCEPT and not kind.is_gradable:
        message = "Its answers are marked one by one. Change a marking instead."
        problems.append(Problem("fix", message))
        return None
    if stated.fix == RegradeFix.ACCEPT:
        content = kind.parse(revision.content)
        response = kind.parse_response(content, stated.response or {})
        if response is None:
            problems.append(Problem("response", "Give the response that counts as right too."))
            return None
        return kind.dump_response(response)
    if stated.fix == RegradeFix.CORRECT:
        return _corrected(session, revision, problems)
    return None


def _corrected(
    session: Session, revision: Any, problems: list[Problem]
) -> Mapping[str, Any] | None:
    """Return which revision marks instead, or note why none can."""
    if revision.number == revision.current_number:
        message = "Correct the question first; this revision is the one asked now."
        problems.append(Problem("fix", message))
        return None
    current = session.execute(
        sa.select(Revision.id, Revision.type).where(
            Revision.question_id == revision.id, Revision.number == revision.current_number
        )
    ).one()
    if not (TYPES[revision.type].is_gradable and TYPES[current.type].is_gradable):
        message = "A person marks its answers, and no other version can. Change the markings."
        problems.append(Problem("fix", message))
        return None
    return {"revision": current.id}
