"""Keeping what attempts add up to: in the transaction that changes what one of them is worth.

Nothing here is read before it is written: a row takes what is added to it, whoever else adds. Rows
are taken in the order of their keys, and last of all that a transaction locks: a class that hands
in at once waits for each other's commits in turn, and never for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from quizapp.grading.layout import load_layout
from quizapp.models import (
    Attempt,
    AttemptState,
    Base,
    DepartedTally,
    DepartedTotal,
    ItemTally,
    Quiz,
    QuizCount,
    QuizTotal,
)
from quizapp.psychometrics.counts import Tally
from quizapp.queries.asked_attempts import BATCH
from quizapp.queries.attempt_marks import GradedSlot, revision_contents
from quizapp.queries.attempt_terms import CountedAttempt, Terms, add_attempt, earned
from quizapp.queries.counted_slots import Contents, SlotGrader, SlotLog, counted_slots
from quizapp.queries.markings import asks_people, markings_of
from quizapp.queries.places import among
from quizapp.queries.regrades import Fixes, fixes_for
from quizapp.queries.responses import states_of_many
from quizapp.services.mark_lock import share

_TABLES = Base.metadata.tables
_TOTALS, _ITEMS, _COUNTS, _GONE_TOTALS, _GONE_ITEMS = (
    _TABLES[model.__tablename__]
    for model in (QuizTotal, ItemTally, QuizCount, DepartedTotal, DepartedTally)
)
#: Learner and attempt.
Place = tuple[int, int]


def _adding(insert: Callable[[Any], Any], table: sa.Table, *names: str) -> Any:
    row = insert(table)
    added = [table.c[name] for name in names] or [c for c in table.c if not c.primary_key]
    return row.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={column.name: column + row.excluded[column.name] for column in added},
    )


_ADD: Mapping[str, tuple[Any, Any, Any, Any, Any]] = {
    dialect: (
        _adding(insert, _TOTALS),
        _adding(insert, _ITEMS),
        _adding(insert, _COUNTS, "changed"),
        _adding(insert, _GONE_TOTALS),
        _adding(insert, _GONE_ITEMS),
    )
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def count_attempt(
    session: Session,
    *,
    attempt: Any,
    before: Sequence[GradedSlot] | None,
    after: Sequence[GradedSlot],
) -> None:
    """Let the statistics of a quiz know what an attempt is worth now.

    :param attempt: a row with quiz_id, number, started_at and is_practice. What learners put
        together for themselves is no quiz that others take, and is not counted.
    :param before: the slots as they were counted; None where they were not.
    """
    if attempt.is_practice:
        return
    counted = CountedAttempt(attempt.quiz_id, attempt.number, attempt.started_at)
    change = Terms()
    for slots, sign in ((before, -1), (after, 1)):
        if slots is not None:
            told = [(earned(slot), slot.saved_at) for slot in slots]
            add_attempt(change, counted, told, sign)
    add_terms(session, change)


def recount_regraded(
    session: Session, places: Sequence[Place], *, revision_id: int, before: Fixes, after: Fixes
) -> None:
    """Count attempts by other decisions about a wrong key than they were counted by.

    :param revision_id: what the decisions differ about; what was given to others is graded once.
    """
    change = Terms()
    contents: Contents = {}
    was, now = SlotGrader(contents, before, earned), SlotGrader(contents, after, earned)
    for counted, log in _logs(session, places, contents):
        slots = counted_slots(was, log)
        add_attempt(change, counted, slots, -1)
        asked = {at: laid for at, laid in log.layout.items() if laid.revision_id == revision_id}
        anew = counted_slots(now, replace(log, layout=asked))
        for at, slot in zip(asked, anew, strict=True):
            slots[at] = slot
        add_attempt(change, counted, slots)
    add_terms(session, change)


def forget_learners(session: Session, learner_ids: Sequence[int]) -> None:
    """Take out of the statistics what learners added whose attempts are about to be deleted."""
    theirs = session.execute(
        sa.select(Attempt.learner_id, Attempt.id, Quiz.course_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.learner_id.in_(learner_ids), Attempt.state == AttemptState.SUBMITTED)
    ).all()
    for course_id in sorted({row.course_id for row in theirs}):
        share(session, course_id)
    places = [(row.learner_id, row.id) for row in theirs]
    add_terms(session, terms_of_attempts(session, places, sign=-1))


def terms_of_attempts(session: Session, places: Sequence[Place], *, sign: int = 1) -> Terms:
    """Return what attempts add by the decisions that hold now, or with sign −1 what goes."""
    change = Terms()
    contents: Contents = {}
    grader = SlotGrader(contents, fixes_for(session), earned)
    for counted, log in _logs(session, places, contents):
        add_attempt(change, counted, counted_slots(grader, log), sign)
    return change


def terms_of_quiz(session: Session, quiz_id: int, *, fixes: Fixes) -> Terms:
    """Return what every attempt at a quiz adds, worked out anew from their logs.

    What people added whose accounts are gone has no log: it is taken from where it was kept.
    """
    whole, last = departed_terms(session, quiz_id), (-1, -1)
    contents: Contents = {}
    grader = SlotGrader(contents, fixes, earned)
    while True:
        rows = session.execute(
            sa.select(Attempt.learner_id, Attempt.id)
            .where(
                Attempt.quiz_id == quiz_id,
                Attempt.state == AttemptState.SUBMITTED,
                sa.tuple_(Attempt.learner_id, Attempt.id) > sa.tuple_(*map(sa.literal, last)),
            )
            .order_by(Attempt.learner_id, Attempt.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return whole
        places = [(row.learner_id, row.id) for row in rows]
        for counted, log in _logs(session, places, contents):
            add_attempt(whole, counted, counted_slots(grader, log))
        last = places[-1]


def add_terms(session: Session, terms: Terms) -> None:
    """Add to the rows, in the order of their keys; what comes to nothing is left alone.

    Figures that lists are sorted by follow soon after: `services.item_figures`.
    """
    connection = session.connection()
    to_totals, to_items, to_counts, *_ = _ADD[connection.dialect.name]
    totals, items = list(_rows(_TOTALS, terms.totals)), list(_rows(_ITEMS, terms.items))
    if totals:
        connection.execute(to_totals, totals)
    if items:
        connection.execute(to_items, items)
    if quizzes := {row["quiz_id"] for row in (*totals, *items)}:
        changes = [{"quiz_id": one, "changed": 1} for one in sorted(quizzes)]
        connection.execute(to_counts, changes)


def keep_departed(session: Session, terms: Terms) -> None:
    """Note what stays counted though its attempts are about to go: a recount begins with it."""
    connection = session.connection()
    *_, to_totals, to_items = _ADD[connection.dialect.name]
    if totals := list(_rows(_GONE_TOTALS, terms.totals)):
        connection.execute(to_totals, totals)
    if items := list(_rows(_GONE_ITEMS, terms.items)):
        connection.execute(to_items, items)


def departed_terms(session: Session, quiz_id: int) -> Terms:
    """Return what people added to a quiz whose accounts are gone."""
    found = Terms()
    totals = sa.select(_GONE_TOTALS).where(_GONE_TOTALS.c.quiz_id == quiz_id)
    for quiz, cohort, total, n, most in session.execute(totals):
        found.totals[quiz, cohort, total] = Tally(n, most=most)
    items = sa.select(_GONE_ITEMS).where(_GONE_ITEMS.c.quiz_id == quiz_id)
    for *key, n, amount, most in session.execute(items):
        place: Any = tuple(key)
        found.items[place] = Tally(n, amount, most)
    return found


def _rows(table: sa.Table, added: Mapping[Any, Any]) -> Iterator[dict[str, int]]:
    keys = [column.name for column in table.primary_key.columns]
    sums = [column.name for column in table.columns if not column.primary_key]
    for key in sorted(added):
        tally = added[key]
        if tally.n or tally.amount or tally.most:
            yield {
                **{name: int(value) for name, value in zip(keys, key, strict=True)},
                **{name: getattr(tally, name) for name in sums},
            }


def _logs(
    session: Session, places: Sequence[Place], contents: Contents
) -> Iterator[tuple[CountedAttempt, SlotLog]]:
    """Yield the logs of attempts at quizzes that others take too, with where they are counted.

    :param contents: gets the revisions that they ask.
    """
    for start in range(0, len(places), BATCH):
        rows = _attempts(session, places[start : start + BATCH])
        layouts = {(row.learner_id, row.id): load_layout(row.layout) for row in rows}
        asked = {laid.revision_id for layout in layouts.values() for laid in layout}
        if missing := asked - contents.keys():
            contents |= revision_contents(session, sorted(missing))
        people = [place for place, layout in layouts.items() if asks_people(layout, contents)]
        states, markings = states_of_many(session, list(layouts)), markings_of(session, people)
        for row in rows:
            own = (row.learner_id, row.id)
            counted = CountedAttempt(row.quiz_id, row.number, row.started_at)
            layout = dict(enumerate(layouts[own]))
            log = (layout, states.get(own, {}), markings.get(own, {}))
            yield counted, SlotLog(row.quiz_id, row.settings, *log)


def _attempts(session: Session, places: Sequence[Place]) -> Sequence[Any]:
    return session.execute(
        sa.select(
            Attempt.learner_id,
            Attempt.id,
            Attempt.quiz_id,
            Attempt.number,
            Attempt.started_at,
            Attempt.layout,
            Attempt.settings,
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(
            among((Attempt.learner_id, Attempt.id), places),
            ~Quiz.is_practice,
        )
    ).all()
