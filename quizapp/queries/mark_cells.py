"""Where students stand in quizzes: the cells of the gradebook, and what to know of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.marks import Mark
from quizapp.grading.settings import Counting, QuizSettings
from quizapp.grading.standing import Entry, HandedIn, Standing, standing
from quizapp.models import (
    Attempt,
    AttemptState,
    GroupMember,
    GroupOverride,
    LearnerOverride,
)
from quizapp.models.base import Base, fraction_of, from_millis
from quizapp.queries.mark_entries import held_entries

Key = tuple[int, int]


#: What an attempt tells of a standing: number, state, mark, full points, how many answers wait, and
#: the pass mark. Marks are as they are stored.
_Told = tuple[int, str, str | None, str, int | None, int | None]
# Columns of the table, not of the class: thousands of rows are read, and hold few different marks.
_COLUMNS = Base.metadata.tables[Attempt.__tablename__].c
_TOLD = (
    _COLUMNS.learner_id,
    _COLUMNS.quiz_id,
    _COLUMNS.number,
    sa.type_coerce(_COLUMNS.state, sa.String).label("state"),
    sa.type_coerce(_COLUMNS.mark, sa.String).label("mark"),
    sa.type_coerce(_COLUMNS.max_mark, sa.String).label("max_mark"),
    _COLUMNS.waiting,
    # The settings that matter here: reading all of thousands of attempts takes long.
    _COLUMNS.settings["pass_mark_percent"].as_integer().label("pass_mark_percent"),
)
_SHOWN = (
    sa.type_coerce(_COLUMNS.submitted_at, sa.BigInteger).label("submitted"),
    _COLUMNS.settings["time_factor"].as_string().label("time_factor"),
)
_KEY, _STORY = 2, len(_TOLD)
_PLAIN = QuizSettings()


@dataclass(frozen=True, slots=True)
class MarkedAttempt:
    """An attempt as instructors look at its mark.

    :param submitted_at: None while it is open; then it has no `mark`.
    :param mark: of what is marked, while answers wait. :param time_factor: that it began with.
    :param late: how long after the quiz had closed for everybody it was handed in; None if before,
        and within the grace: what the clock hands in at closing is on its way for a moment.
    """

    number: int
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

    :param rows: the attempts as they were read, in any order: of thousands few are looked at.
    :param settings: of the quiz, for everybody.
    :param has_exception: the quiz runs differently for them.
    """

    standing: Standing
    rows: Sequence[Any] = ()
    settings: QuizSettings = _PLAIN
    has_exception: bool = False

    @property
    def attempts(self) -> tuple[MarkedAttempt, ...]:
        """Return the attempts, the newest first."""
        found = (_attempt(row, self.settings) for row in self.rows)
        return tuple(sorted(found, key=attrgetter("number"), reverse=True))

    @property
    def is_open(self) -> bool:
        """Return whether an attempt is going on."""
        return any(row.state != AttemptState.SUBMITTED for row in self.rows)

    @property
    def handed_in(self) -> tuple[MarkedAttempt, ...]:
        return tuple(one for one in self.attempts if one.submitted_at is not None)

    @property
    def late(self) -> timedelta | None:
        """Return how late what counts was handed in; of several that count the latest."""
        if self.settings.closes_at is None:
            return None
        number = self.standing.number
        some = (row for row in self.rows if number in (None, row.number))
        lates = [late for row in some if (late := _late(row, self.settings))]
        return max(lates, default=None)

    @property
    def has_allowance(self) -> bool:
        """Return whether the student had it otherwise than everybody: more time, other dates."""
        return self.has_exception or any(_factor(row) != 1 for row in self.rows if row.time_factor)

    @property
    def is_empty(self) -> bool:
        return not self.rows and self.standing.entry is None


EMPTY = MarkCell(Standing(None))


def standings(
    session: Session, *, learners: Any, quizzes: Mapping[int, QuizSettings]
) -> dict[Key, Standing]:
    """Return where learners stand in quizzes, by learner and quiz; who did nothing is not in it.

    Two statements, however many they are. Parameters as for `mark_cells`.
    """
    told: defaultdict[Key, list[_Told]] = defaultdict(list)
    for row in _rows(session, learners, quizzes, _TOLD):
        told[row[:_KEY]].append(row[_KEY:])
    entries = held_entries(session, learners=learners, quiz_ids=quizzes)
    return {
        key: _standing_in(quizzes[key[1]], told.get(key, ()), entries.get(key))
        for key in told.keys() | entries.keys()
    }


def mark_cells(
    session: Session, *, learners: Any, quizzes: Mapping[int, QuizSettings]
) -> dict[Key, MarkCell]:
    """Return the cells of learners in quizzes, by learner and quiz; who did nothing is not in it.

    Three statements, however many they are.

    :param learners: ids, or a select of them. :param quizzes: the settings for everybody, by id.
    """
    rows: defaultdict[Key, list[Any]] = defaultdict(list)
    for row in _rows(session, learners, quizzes, _TOLD + _SHOWN):
        rows[row[:_KEY]].append(row)
    entries = held_entries(session, learners=learners, quiz_ids=quizzes)
    exceptions = _exceptions(session, learners, quizzes)
    found: dict[Key, MarkCell] = {}
    for key in rows.keys() | entries.keys() | exceptions:
        own = rows.get(key, ())
        told = [row[_KEY:_STORY] for row in own]
        held = _standing_in(quizzes[key[1]], told, entries.get(key))
        found[key] = MarkCell(held, own, quizzes[key[1]], key in exceptions)
    return found


def _standing_in(settings: QuizSettings, told: Sequence[_Told], entry: Entry | None) -> Standing:
    """Return where somebody with these attempts stands in a quiz."""
    stated = (settings.counting, settings.pass_mark_percent, tuple(told))
    return _read(*stated, entry) if entry else _kept(*stated)


# Attempts of a class tell few different stories, and the same ones on every page.
@lru_cache(maxsize=8192)
def _kept(counting: Counting, needed: int | None, told: tuple[_Told, ...]) -> Standing:
    return _read(counting, needed, told, None)


def _read(
    counting: Counting, needed: int | None, told: tuple[_Told, ...], entry: Entry | None
) -> Standing:
    handed_in = [
        HandedIn(number, mark_of(mark, most), waits or 0, own)
        for number, state, mark, most, waits, own in told
        if state == AttemptState.SUBMITTED and mark is not None
    ]
    return standing(counting, handed_in, entry, pass_mark_percent=needed)


def _rows(
    session: Session, learners: Any, quizzes: Mapping[int, Any], columns: Sequence[Any]
) -> Sequence[Any]:
    """Return the attempts of learners at quizzes, in any order."""
    return session.execute(
        sa.select(*columns).where(
            _COLUMNS.learner_id.in_(learners), _COLUMNS.quiz_id.in_(list(quizzes))
        )
    ).all()


def _attempt(row: Any, settings: QuizSettings) -> MarkedAttempt:
    is_submitted = row.state == AttemptState.SUBMITTED
    has_mark = is_submitted and row.mark is not None
    return MarkedAttempt(
        number=row.number,
        submitted_at=from_millis(row.submitted) if is_submitted else None,
        mark=mark_of(row.mark, row.max_mark) if has_mark else None,
        waits=(row.waiting or 0) if has_mark else 0,
        pass_mark_percent=row.pass_mark_percent,
        time_factor=_factor(row),
        late=_late(row, settings),
    )


def _late(row: Any, settings: QuizSettings) -> timedelta | None:
    closes_at = settings.closes_at
    if closes_at is None or row.state != AttemptState.SUBMITTED:
        return None
    submitted_at = from_millis(row.submitted)
    if not settings.is_overdue(closes_at, now=submitted_at):
        return None
    return submitted_at - closes_at


def _factor(row: Any) -> Fraction:
    return fraction_of(row.time_factor or "1")


@lru_cache(maxsize=4096)
def mark_of(points: str, most: str) -> Mark:
    """Return a mark from its two numbers as they are stored."""
    return Mark(fraction_of(points), fraction_of(most))


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
