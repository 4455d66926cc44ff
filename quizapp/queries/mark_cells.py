"""Where students stand in quizzes: the cells of the gradebook, and what to know of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.marks import Mark
from quizapp.grading.settings import QuizSettings
from quizapp.grading.standing import Entry, HandedIn, Standing, standing
from quizapp.models import (
    Attempt,
    AttemptState,
    GroupMember,
    GroupOverride,
    LearnerOverride,
)
from quizapp.models.base import fraction_of
from quizapp.queries.mark_entries import held_entries

Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MarkedAttempt:
    """An attempt as instructors look at its mark.

    :param submitted_at: None while it is open; then it has no `mark`.
    :param mark: of what is marked, while answers wait. :param time_factor: that it began with.
    :param late: how long after the quiz had closed for everybody it was handed in; None if before,
        and within the grace: what the clock hands in at closing is on its way for a moment.
    """

    id: int
    number: int
    started_at: datetime
    submitted_at: datetime | None
    mark: Mark | None
    waits: int
    pass_mark_percent: int | None
    time_factor: Fraction
    late: timedelta | None

    @property
    def passed(self) -> bool | None:
        """Return what the results say: None without a pass mark, and while answers wait."""
        if self.mark is None or self.waits:
            return None
        return self.mark.passes(self.pass_mark_percent)


@dataclass(frozen=True, slots=True)
class MarkCell:
    """A student's place in a quiz.

    :param attempts: the newest first. :param has_exception: the quiz runs differently for them.
    """

    standing: Standing
    attempts: tuple[MarkedAttempt, ...] = ()
    has_exception: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether an attempt is going on."""
        return any(one.submitted_at is None for one in self.attempts)

    @property
    def handed_in(self) -> tuple[MarkedAttempt, ...]:
        return tuple(one for one in self.attempts if one.submitted_at is not None)

    @property
    def late(self) -> timedelta | None:
        """Return how late what counts was handed in; of several that count the latest."""
        number = self.standing.number
        lates = [one.late for one in self.handed_in if number in (None, one.number) and one.late]
        return max(lates, default=None)

    @property
    def has_allowance(self) -> bool:
        """Return whether the student had it otherwise than everybody: more time, other dates."""
        return self.has_exception or any(one.time_factor != 1 for one in self.attempts)

    @property
    def is_empty(self) -> bool:
        return not self.attempts and self.standing.entry is None


EMPTY = MarkCell(Standing(None))


def mark_cells(
    session: Session, *, learners: Any, quizzes: Mapping[int, QuizSettings]
) -> dict[Key, MarkCell]:
    """Return where learners stand in quizzes, by learner and quiz; who did nothing is not in it.

    Three statements, however many they are.

    :param learners: ids, or a select of them. :param quizzes: the settings for everybody, by id.
    """
    attempts = _attempts(session, learners, quizzes)
    entries = held_entries(session, learners=learners, quiz_ids=quizzes)
    exceptions = _exceptions(session, learners, quizzes)
    found: dict[Key, MarkCell] = {}
    for key in attempts.keys() | entries.keys() | exceptions:
        told = (attempts.get(key, ()), entries.get(key))
        found[key] = _cell(quizzes[key[1]], *told, has_exception=key in exceptions)
    return found


def _cell(
    settings: QuizSettings,
    attempts: Sequence[MarkedAttempt],
    entry: Entry | None,
    *,
    has_exception: bool,
) -> MarkCell:
    handed_in = [
        HandedIn(one.number, one.mark, one.waits, one.pass_mark_percent)
        for one in attempts
        if one.mark is not None
    ]
    needed = settings.pass_mark_percent
    held = standing(settings.counting, handed_in, entry, pass_mark_percent=needed)
    return MarkCell(held, tuple(attempts), has_exception)


def _attempts(
    session: Session, learners: Any, quizzes: Mapping[int, QuizSettings]
) -> dict[Key, list[MarkedAttempt]]:
    rows = session.execute(
        sa.select(
            Attempt.learner_id,
            Attempt.quiz_id,
            Attempt.id,
            Attempt.number,
            Attempt.state,
            Attempt.started_at,
            Attempt.submitted_at,
            Attempt.mark,
            Attempt.max_mark,
            Attempt.waiting,
            # The two settings that matter here: reading all of thousands of attempts takes long.
            Attempt.settings["pass_mark_percent"].as_integer().label("pass_mark_percent"),
            Attempt.settings["time_factor"].as_string().label("time_factor"),
        )
        .where(Attempt.learner_id.in_(learners), Attempt.quiz_id.in_(list(quizzes)))
        .order_by(Attempt.number.desc())
    )
    found: defaultdict[Key, list[MarkedAttempt]] = defaultdict(list)
    for row in rows:
        found[row.learner_id, row.quiz_id].append(_attempt(row, quizzes[row.quiz_id]))
    return found


def _attempt(row: Any, settings: QuizSettings) -> MarkedAttempt:
    is_submitted = row.state is AttemptState.SUBMITTED
    has_mark = is_submitted and row.mark is not None
    return MarkedAttempt(
        id=row.id,
        number=row.number,
        started_at=row.started_at,
        submitted_at=row.submitted_at if is_submitted else None,
        mark=Mark(row.mark, row.max_mark) if has_mark else None,
        waits=(row.waiting or 0) if has_mark else 0,
        pass_mark_percent=row.pass_mark_percent,
        time_factor=fraction_of(row.time_factor or "1"),
        late=_late(row.submitted_at, settings) if is_submitted else None,
    )


def _late(submitted_at: datetime, settings: QuizSettings) -> timedelta | None:
    closes_at = settings.closes_at
    if closes_at is None or not settings.is_overdue(closes_at, now=submitted_at):
        return None
    return submitted_at - closes_at


def _exceptions(session: Session, learners: Any, quiz_ids: Mapping[int, Any]) -> set[Key]:
    """Return who has an exception in which quiz, by themselves or by a group."""
    wanted = list(quiz_ids)
    own = sa.select(LearnerOverride.learner_id, LearnerOverride.quiz_id).where(
        LearnerOverride.learner_id.in_(learners), LearnerOverride.quiz_id.in_(wanted)
    )
    of_groups = (
        sa.select(GroupMember.learner_id, GroupOverride.quiz_id)
        .join(GroupMember, GroupMember.group_id == GroupOverride.group_id)
        .where(GroupMember.learner_id.in_(learners), GroupOverride.quiz_id.in_(wanted))
    )
    return {(learner, quiz) for learner, quiz in session.execute(sa.union(own, of_groups))}
