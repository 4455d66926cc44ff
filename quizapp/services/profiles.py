"""What people set for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, Problem
from quizapp.memory.settings import MemorySettings
from quizapp.models import User
from quizapp.policy import Actor, require_learner
from quizapp.services.accounts import clean_name, name_problems
from quizapp.services.memory_rules import keep_rules
from quizapp.services.zones import zone_problems

MAXIMUM_NEW_PER_DAY = 100


def update_profile(
    session: Session, *, actor: Actor, name: str, timezone: str, day_start_hour: int
) -> None:
    """Keep a member's name and when their day begins.

    :param day_start_hour: 0 to 23, in the learner's zone.
    :raises Invalid: with a problem for everything that is wrong.
    """
    cleaned = clean_name(name)
    problems = name_problems(cleaned) + zone_problems(timezone)
    if not 0 <= day_start_hour <= 23:
        problems.append(Problem("day_start_hour", "Choose an hour from 0 to 23."))
    if problems:
        raise Invalid(problems)
    session.execute(
        sa.update(User)
        .where(User.id == actor.id)
        .values(name=cleaned, timezone=timezone, day_start_hour=day_start_hour)
    )


def update_timezone(session: Session, *, actor: Actor, timezone: str) -> None:
    """Keep where a guest is; it is all that a guest can set.

    :raises Invalid: there is no such zone.
    """
    if problems := zone_problems(timezone):
        raise Invalid(problems)
    session.execute(sa.update(User).where(User.id == actor.id).values(timezone=timezone))


def update_study(
    session: Session, *, actor: Actor, course_id: int, now: datetime, **chosen: Any
) -> None:
    """Keep how a learner wants to study one course.

    :param chosen: fields of `MemorySettings` by their names; the others stay as they are. At
        most 100 new facts a day: each comes back several times in its first weeks.
    :raises Invalid: with a problem for everything that is wrong.
    :raises NotFound: the learner is not in the course.
    """
    new_per_day = chosen.get("new_per_day")
    if new_per_day is not None and not 0 <= new_per_day <= MAXIMUM_NEW_PER_DAY:
        message = f"Choose from 0 to {MAXIMUM_NEW_PER_DAY} new facts a day."
        raise Invalid([Problem("new_per_day", message)])
    update_settings(session, actor=actor, course_id=course_id, chosen=chosen, now=now)


def update_settings(
    session: Session, *, actor: Actor, course_id: int, chosen: Mapping[str, Any], now: datetime
) -> None:
    """Keep some of the settings by which a learner's cards of one course are scheduled.

    Cards keep the dates that they have; the next rating of each is made by the new settings.

    :param chosen: settings by their names in `MemorySettings`; all others stay as they are.
    :raises Invalid: with a problem for every setting that is wrong.
    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    changed: dict[str, Any] = dict(chosen)

    def change(held: MemorySettings) -> MemorySettings:
        return replace(held, **changed)

    keep_rules(session, actor=actor, course_id=course_id, change=change, now=now)
