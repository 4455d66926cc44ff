"""Which marks a decision about a wrong key changes, and storing them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.marks import Mark, total
from quizapp.grading.settings import QuizSettings
from quizapp.models import Attempt, MarkChange, Regrade
from quizapp.queries.asked_attempts import BATCH, attempts_asking
from quizapp.queries.attempt_marks import grade_slots, revision_contents, waiting_in
from quizapp.queries.markings import markings_of
from quizapp.queries.regrades import Fixes
from quizapp.queries.responses import states_of_many


@dataclass(frozen=True, slots=True)
class Change:
    """What a regrade does to one attempt.

    :param old: what is marked of it, as `new`; :param waits: how many answers a person has yet to
        mark, as `waits_then`. None where there are none to mark.
    :param number: of the attempt. :param pass_mark_percent: None where the quiz has none.
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
        told.update(f"{change.learner_id} {change.attempt_id} {marks} {waits}\n".encode())
    return told.hexdigest()[:32]


def changes_by(
    session: Session, regrade: Regrade, fixes: Fixes, *, lock: bool = False
) -> Iterator[Change]:
    """Yield the attempts of which another mark is stored than `fixes` give.

    :param regrade: only attempts that it may be about are looked at.
    :param lock: keep others from marking them until the marks are stored.
    """
    contents: dict[int, Any] = {}
    for asked in attempts_asking(
        session,
        course_id=regrade.course_id,
        revision_ids={regrade.revision_id},
        quiz_id=regrade.quiz_id,
        lock=lock,
    ):
        if not asked:
            continue
        needed = {laid.revision_id for one in asked for laid in one.layout}
        contents |= revision_contents(session, sorted(needed - contents.keys()))
        states = states_of_many(session, [(one.learner_id, one.id) for one in asked])
        markings = markings_of(
            session, [(one.learner_id, one.id) for one in asked if one.waiting is not None]
        )
        for one in asked:
            settings = QuizSettings.parse(one.settings)
            own = (one.learner_id, one.id)
            fixes_of = partial(fixes.of, one.quiz_id)
            log, given = states.get(own, {}), markings.get(own, {})
            slots = grade_slots(one.layout, settings, log, contents, fixes_of, markings=given)
            new, old = total(slot.mark for slot in slots), Mark(one.mark, one.max_mark)
            waits_then = waiting_in(slots)
            if (new, waits_then) != (old, one.waiting):
                yield Change(
                    learner_id=one.learner_id,
                    attempt_id=one.id,
                    old=old,
                    new=new,
                    quiz_id=one.quiz_id,
                    number=one.number,
                    pass_mark_percent=settings.pass_mark_percent,
                    waits=one.waiting,
                    waits_then=waits_then,
                )


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
        .where(sa.tuple_(*key).in_(wanted))
        .group_by(*key)
    )
    return {(row.learner_id, row.attempt_id): row.seq for row in rows}
