"""How quizzes run for one learner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.allowances import NOTHING_SPECIAL, Allowance, Override, personal
from quizapp.grading.settings import QuizSettings
from quizapp.models import Accommodation, GroupMember, GroupOverride, LearnerOverride


@dataclass(frozen=True, slots=True)
class OwnRules:
    """The settings of a quiz as they hold for one learner, and why they differ.

    :param reasons: what the instructor wrote beside an exception for this quiz.
    """

    settings: QuizSettings
    allowance: Allowance
    reasons: tuple[str, ...] = ()


_OVERRIDE = ("opens_at", "closes_at", "time_limit_minutes", "attempts_allowed", "reason")


def own_rules(
    session: Session, *, learner_id: int, course_id: int, quizzes: Mapping[int, Mapping[str, Any]]
) -> dict[int, OwnRules]:
    """Return how each quiz runs for a learner; `quizzes` has the stored settings by id."""
    found = _overrides(session, learner_id, quizzes)
    allowance = allowance_of(session, learner_id=learner_id, course_id=course_id)
    rules = {}
    for quiz_id, stored in quizzes.items():
        rows = found[quiz_id]
        own = next((_override(row) for row in rows if row.is_own), None)
        rules[quiz_id] = OwnRules(
            personal(
                QuizSettings.parse(stored),
                own=own,
                of_groups=[_override(row) for row in rows if not row.is_own],
                allowance=allowance,
            ),
            allowance,
            tuple(row.reason for row in rows if row.reason),
        )
    return rules


def own_dates(
    session: Session, *, learner_id: int, quizzes: Mapping[int, Mapping[str, Any]]
) -> dict[int, QuizSettings]:
    """Return how quizzes of any courses run for a learner, but for time and attempts added.

    When they open and close, that is: one statement, however many there are.
    """
    found = _overrides(session, learner_id, quizzes)
    return {
        quiz_id: personal(
            QuizSettings.parse(stored),
            own=next((_override(row) for row in found[quiz_id] if row.is_own), None),
            of_groups=[_override(row) for row in found[quiz_id] if not row.is_own],
        )
        for quiz_id, stored in quizzes.items()
    }


def allowance_of(session: Session, *, learner_id: int, course_id: int) -> Allowance:
    """Return what a learner has in every quiz of a course."""
    row = session.execute(
        sa.select(
            Accommodation.time_factor, Accommodation.extra_attempts, Accommodation.hides_countdown
        ).where(Accommodation.learner_id == learner_id, Accommodation.course_id == course_id)
    ).one_or_none()
    return NOTHING_SPECIAL if row is None else Allowance(*row)


def _overrides(
    session: Session, learner_id: int, quiz_ids: Collection[int]
) -> defaultdict[int, list[Any]]:
    """Return the exceptions by quiz: the learner's own and those of the groups they are in."""
    own = sa.select(
        LearnerOverride.quiz_id,
        sa.true().label("is_own"),
        *(getattr(LearnerOverride, name) for name in _OVERRIDE),
    ).where(LearnerOverride.learner_id == learner_id)
    groups = (
        sa.select(
            GroupOverride.quiz_id,
            sa.false().label("is_own"),
            *(getattr(GroupOverride, name) for name in _OVERRIDE),
        )
        .join(GroupMember, GroupMember.group_id == GroupOverride.group_id)
        .where(GroupMember.learner_id == learner_id)
    )
    both = sa.union_all(own, groups).subquery()
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(sa.select(both).where(both.c.quiz_id.in_(list(quiz_ids)))):
        found[row.quiz_id].append(row)
    return found


def _override(row: Any) -> Override:
    return Override(row.opens_at, row.closes_at, row.time_limit_minutes, row.attempts_allowed)
