"""What a learner doubts of a submitted attempt, what was answered, and what was decided since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid
from quizapp.grading.disclosure import Shown
from quizapp.grading.marks import Mark
from quizapp.grading.regrades import RegradeFix
from quizapp.models import Challenge, MarkChange, Regrade, User
from quizapp.policy import Actor
from quizapp.queries.attempt_marks import GradedSlot
from quizapp.queries.attempts import AttemptHead
from quizapp.queries.response_words import in_words


@dataclass(frozen=True, slots=True)
class OwnChallenge:
    """What a learner said about a question, and the answer to it.

    :param passage_id: the passage that is meant; None for the key.
    """

    text: str
    passage_id: int | None
    made_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    is_seen: bool = False

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a question after the quiz, and why.

    :param accepted: the response that counts as right too. It is "" for other fixes, and where
        the right answer is hidden; so is `reason` there, as it may tell it.
    """

    fix: RegradeFix
    made_at: datetime
    reason: str = ""
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class FormerMark:
    """A mark that an attempt had until something was decided, or undone."""

    mark: Mark
    until: datetime


@dataclass(frozen=True, slots=True)
class Doubts:
    """All of it for one attempt; by the position of the question."""

    challenges: Mapping[int, OwnChallenge] = field(default_factory=dict)
    decisions: Mapping[int, tuple[Decision, ...]] = field(default_factory=dict)
    former: tuple[FormerMark, ...] = ()


def doubts_about(
    session: Session,
    *,
    actor: Actor,
    head: AttemptHead,
    graded: Iterable[GradedSlot],
    shown: frozenset[Shown],
) -> Doubts:
    """Return what stands beside the questions and the mark of the actor's own attempt.

    :param graded: its questions. :param shown: what may be seen of it now.
    """
    challenges, was_changed = _challenges(session, actor.id, head.id)
    shows_marks = Shown.MARKS in shown
    return Doubts(
        challenges=challenges,
        decisions=_decisions(session, head, graded, shown) if shows_marks else {},
        former=_former(session, actor.id, head.id) if shows_marks and was_changed else (),
    )


def _challenges(
    session: Session, learner_id: int, attempt_id: int
) -> tuple[dict[int, OwnChallenge], bool]:
    """Return the challenges by position, and whether the mark was ever changed.

    Mostly nothing was: one statement that gives a row in any case says both.
    """
    changes = sa.select(MarkChange.seq).where(
        MarkChange.learner_id == learner_id, MarkChange.attempt_id == attempt_id
    )
    one = sa.select(sa.literal(1).label("one")).subquery()
    is_own = sa.and_(Challenge.learner_id == learner_id, Challenge.attempt_id == attempt_id)
    rows = session.execute(
        sa.select(
            changes.exists().label("was_changed"),
            Challenge.slot,
            Challenge.text,
            Challenge.passage_id,
            Challenge.made_at,
            Challenge.answer,
            User.name,
            Challenge.answered_at,
            Challenge.answer_seen_at,
        )
        .select_from(one)
        .outerjoin(Challenge, is_own)
        .outerjoin(User, User.id == Challenge.answered_by)
    ).all()
    found = {
        row.slot: OwnChallenge(
            row.text,
            row.passage_id,
            row.made_at,
            row.answer,
            row.name or "",
            row.answered_at,
            row.answer_seen_at is not None,
        )
        for row in rows
        if row.slot is not None
    }
    return found, rows[0].was_changed


def _decisions(
    session: Session,
    head: AttemptHead,
    graded: Iterable[GradedSlot],
    shown: frozenset[Shown],
) -> dict[int, tuple[Decision, ...]]:
    """Return what was decided; nothing is asked of the database where nothing was."""
    slots = [slot for slot in graded if slot.fixes]
    if not slots:
        return {}
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(
        sa.select(Regrade.revision_id, Regrade.fix, Regrade.detail, Regrade.reason, Regrade.made_at)
        .where(
            Regrade.revision_id.in_([slot.laid.revision_id for slot in slots]),
            Regrade.undone_at.is_(None),
            sa.or_(Regrade.quiz_id.is_(None), Regrade.quiz_id == head.quiz_id),
        )
        .order_by(Regrade.id)
    ):
        found[row.revision_id].append(row)
    tells = Shown.RIGHT_ANSWER in shown
    return {
        slot.position: tuple(_decision(slot, row, tells) for row in found[slot.laid.revision_id])
        for slot in slots
    }


def _decision(slot: GradedSlot, row: Any, tells: bool) -> Decision:
    if not tells:
        return Decision(row.fix, row.made_at)
    is_accept = row.fix is RegradeFix.ACCEPT
    accepted = accepted_words(slot.type, slot.content, row.detail) if is_accept else ""
    return Decision(row.fix, row.made_at, row.reason, accepted)


def accepted_words(kind: Any, content: Any, detail: Mapping[str, Any]) -> str:
    """Return a response as a regrade keeps it in plain words; "" where it cannot be read."""
    try:
        return in_words(kind, content, kind.load_response(content, detail))
    except Invalid:
        return ""


def _former(session: Session, learner_id: int, attempt_id: int) -> tuple[FormerMark, ...]:
    rows: Sequence[Any] = session.execute(
        sa.select(MarkChange.old_mark, MarkChange.old_max_mark, MarkChange.at)
        .where(MarkChange.learner_id == learner_id, MarkChange.attempt_id == attempt_id)
        .order_by(MarkChange.seq)
    ).all()
    return tuple(FormerMark(Mark(row.old_mark, row.old_max_mark), row.at) for row in rows)
