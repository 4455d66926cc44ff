"""Which marks a decision about a wrong key changes, and storing them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.marks import Mark, total
from quizapp.grading.settings import QuizSettings
from quizapp.grading.standing import Entry
from quizapp.models import Attempt, MarkChange, MarkEntry, Regrade
from quizapp.queries.asked_attempts import BATCH, AskedAttempt, attempts_asking
from quizapp.queries.attempt_marks import GradedSlot, revision_contents
from quizapp.queries.counted_slots import SlotGrader, SlotLog
from quizapp.queries.mark_entries import held_entries
from quizapp.queries.markings import markings_of
from quizapp.queries.places import among
from quizapp.queries.regrades import Fixes
from quizapp.queries.responses import states_of_places

#: What a slot earns, and whether it waits for a person.
_Worth = tuple[Mark, bool]


@dataclass(frozen=True, slots=True)
class Change:
    """What a regrade does to one attempt.

    :param old: what is marked of it, as `new`; :param waits: how many answers a person has yet to
        mark, as `waits_then`. None where there are none to mark.
    :param number: of the attempt. :param pass_mark_percent: None where the quiz has none.
    :param kept: what an instructor wrote in the gradebook in place of what the student's attempts
        count; it stays. None where they count.
    """

    learner_id: int
    attempt_id: int
    old: Mark
    new: Mark
    quiz_id: int = 0
    number: int = 0
    pass_mark_percent: int | None = None
    waits: int | None = None
    waits_then: int | None = None
    kept: Entry | None = None

    @property
    def passed(self) -> bool | None:
        """Return whether it is passed; None without a pass mark, and while it waits."""
        return None if self.waits else self.old.passes(self.pass_mark_percent)

    @property
    def passes(self) -> bool | None:
        return None if self.waits_then else self.new.passes(self.pass_mark_percent)


def fingerprint(changes: Sequence[Change]) -> str:
    """Return what tells whether the same marks change as somebody has looked at: 32 digits."""
    told = hashlib.sha256()
    for change in changes:
        marks = (change.old.points, change.old.most, change.new.points, change.new.most)
        waits = (change.waits, change.waits_then)
        kept = change.kept.seq if change.kept else 0
        told.update(f"{change.learner_id} {change.attempt_id} {marks} {waits} {kept}\n".encode())
    return told.hexdigest()[:32]


def changes_by(
    session: Session, regrade: Regrade, *, before: Fixes, after: Fixes
) -> Iterator[Change]:
    """Yield the attempts that have another mark by one set of decisions than by another.

    Only what was given to the question is graded again: the other slots earn what they did.

    :param regrade: only attempts that it may be about are looked at.
    """
    contents = revision_contents(session, [regrade.revision_id])
    kind, _ = contents[regrade.revision_id]
    was, now = SlotGrader(contents, before, _worth), SlotGrader(contents, after, _worth)
    pass_marks: dict[str, int | None] = {}  # by settings, which nearly all share
    for asked in attempts_asking(
        session,
        course_id=regrade.course_id,
        revision_ids={regrade.revision_id},
        quiz_id=regrade.quiz_id,
    ):
        if not asked:
            continue
        places = [(one.learner_id, one.id, place) for one in asked for place in one.asked]
        states = states_of_places(session, places)
        marked = [(one.learner_id, one.id) for one in asked if one.waiting is not None]
        markings = {} if kind.is_gradable else markings_of(session, marked)
        for one in asked:
            own = (one.learner_id, one.id)
            said = (states.get(own, {}), markings.get(own, {}))
            log = SlotLog(one.quiz_id, one.settings, one.asked, *said)
            earned, earns = list(was.of(log)), list(now.of(log))
            if earned != earns:
                stated = repr(one.settings)
                if stated not in pass_marks:
                    pass_marks[stated] = QuizSettings.parse(one.settings).pass_mark_percent
                yield _change(one, earned, earns, pass_marks[stated])


def with_kept(session: Session, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return changes with what is written in the gradebook over the attempts that they are about.

    No regrade changes that (ADR 30).
    """
    quiz_ids = {change.quiz_id for change in changes}
    if not quiz_ids:
        return ()
    # Databases take some ten thousand values in a statement, and a course may have more students.
    written = sa.select(MarkEntry.learner_id).where(MarkEntry.quiz_id.in_(quiz_ids))
    entries = held_entries(session, learners=written, quiz_ids=quiz_ids)
    kept = {key: entry for key, entry in entries.items() if entry.is_change}
    return tuple(
        replace(one, kept=kept[key]) if (key := (one.learner_id, one.quiz_id)) in kept else one
        for one in changes
    )


def _change(
    asked: AskedAttempt,
    earned: Sequence[_Worth],
    earns: Sequence[_Worth],
    pass_mark_percent: int | None,
) -> Change:
    was, now = total(mark for mark, _ in earned), total(mark for mark, _ in earns)
    old = Mark(asked.mark, asked.max_mark)
    # A mark that was stored wrongly stays so till a replay, and must be no fault here.
    most = max(Fraction(0), old.most - was.most + now.most)
    points = min(most, old.points - was.points + now.points)
    waits_then = asked.waiting
    if waits_then is not None:
        waits_then += sum(waits for _, waits in earns) - sum(waits for _, waits in earned)
    return Change(
        learner_id=asked.learner_id,
        attempt_id=asked.id,
        old=old,
        new=Mark(points, most),
        quiz_id=asked.quiz_id,
        number=asked.number,
        pass_mark_percent=pass_mark_percent,
        waits=asked.waiting,
        waits_then=waits_then,
    )


def _worth(slot: GradedSlot) -> _Worth:
    return slot.mark, slot.waits


def store_changes(
    session: Session,
    regrade_id: int,
    changes: Sequence[Change],
    *,
    is_undo: bool,
    now: datetime,
) -> None:
    """Store the new marks, and beside each what it was; three statements for many changes."""
    for start in range(0, len(changes), BATCH):
        some = changes[start : start + BATCH]
        # Where nothing was marked yet, only what waits has changed: that is no other mark.
        told = [change for change in some if change.new != change.old]
        last = _last_numbers(session, told)
        shared = {"regrade_id": regrade_id, "is_undo": is_undo, "at": now}
        if told:
            rows = [_change_row(one, last) | shared for one in told]
            session.execute(sa.insert(MarkChange), rows)
        session.execute(
            sa.update(Attempt),
            [
                {
                    "learner_id": change.learner_id,
                    "id": change.attempt_id,
                    "mark": change.new.points,
                    "max_mark": change.new.most,
                    "waiting": change.waits_then,
                }
                for change in some
            ],
        )


def _change_row(change: Change, last: Mapping[tuple[int, int], int]) -> dict[str, Any]:
    return {
        "learner_id": change.learner_id,
        "attempt_id": change.attempt_id,
        "seq": last.get((change.learner_id, change.attempt_id), 0) + 1,
        "old_mark": change.old.points,
        "old_max_mark": change.old.most,
        "new_mark": change.new.points,
        "new_max_mark": change.new.most,
    }


def _last_numbers(session: Session, changes: Sequence[Change]) -> dict[tuple[int, int], int]:
    """Return the number of the last change that each attempt has had."""
    key = (MarkChange.learner_id, MarkChange.attempt_id)
    wanted = [(change.learner_id, change.attempt_id) for change in changes]
    rows = session.execute(
        sa.select(*key, sa.func.max(MarkChange.seq).label("seq"))
        .where(among(key, wanted))
        .group_by(*key)
    )
    return {(row.learner_id, row.attempt_id): row.seq for row in rows}
