"""Where each slot of an attempt stands: the last row of its log that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.models import Action, Response
from quizapp.queries.compiled import Compiled
from quizapp.queries.places import among

#: What says how a slot is answered; the rest is flags.
RESPONSES = (Action.SAVE, Action.CLEAR, Action.CHECK)


@dataclass(frozen=True, slots=True)
class SlotState:
    """What a learner left in one slot.

    :param content: what `dump_response` gave; None while nothing is answered.
    :param certainty: how sure the learner said to be of it, 1 to 3, or None.
    :param checked: the responses that were checked, in order.
    :param saved_at: when the response was last saved or cleared; None if never.
    :param seen: the number of the row that did it, 0 if none: a page sends it back, so that
        one that was left open in another tab is known.
    :param writer: the nonce of that row. :param flag_writer: of the last flag's or its removal's.
    :param last: the highest number in the slot's log, 0 for an empty one.
    """

    content: Mapping[str, Any] | None = None
    certainty: int | None = None
    checked: tuple[Mapping[str, Any], ...] = ()
    saved_at: datetime | None = None
    seen: int = 0
    writer: str = ""
    is_flagged: bool = False
    flag_writer: str = ""
    last: int = 0

    @property
    def is_answered(self) -> bool:
        return self.content is not None


UNTOUCHED = SlotState()


_PLACE = (Response.learner_id, Response.attempt_id, Response.slot)
_STEP = (
    *_PLACE,
    Response.seq,
    Response.at,
    Response.action,
    Response.nonce,
    Response.content,
    Response.certainty,
)


def _latest(*conditions: Any) -> Any:
    """Return the statement for the rows that the others have been overwritten by.

    Of each slot the last response, the last flag, and whatever was checked.
    """
    later = aliased(Response)
    # Row by row in the primary key. A join with the last row of each slot, found by grouping, is
    # no matter on SQLite; PostgreSQL takes many places for one row and groups again for every row.
    is_overwritten = sa.exists().where(
        *(getattr(later, column.key) == column for column in _PLACE),
        later.seq > Response.seq,
        _is_response(later) == _is_response(Response),
    )
    return (
        sa.select(*_STEP)
        .where(*conditions, sa.or_(Response.action == Action.CHECK, ~is_overwritten))
        .order_by(*_PLACE, Response.seq)
    )


def _is_response(row: Any) -> Any:
    return sa.case((sa.or_(*(row.action == action for action in RESPONSES)), 1), else_=0)


_OWN = (
    Response.learner_id == sa.bindparam("learner_id"),
    Response.attempt_id == sa.bindparam("attempt_id"),
)
_OF_ATTEMPT = Compiled(_latest(*_OWN))
_OF_SLOT = Compiled(_latest(*_OWN, Response.slot == sa.bindparam("slot")))
_BETWEEN = Compiled(
    sa.select(*_STEP)
    .where(
        sa.tuple_(Response.learner_id, Response.attempt_id)
        >= sa.tuple_(sa.bindparam("first_learner"), sa.bindparam("first_attempt")),
        sa.tuple_(Response.learner_id, Response.attempt_id)
        <= sa.tuple_(sa.bindparam("last_learner"), sa.bindparam("last_attempt")),
    )
    .order_by(*_PLACE, Response.seq)
)


def slot_states(
    session: Session, *, learner_id: int, attempt_id: int, slot: int | None = None
) -> dict[int, SlotState]:
    """Return where the slots of an attempt stand; one never touched is left out.

    :param slot: look at this one only.
    """
    values = {"learner_id": learner_id, "attempt_id": attempt_id}
    statement = _OF_ATTEMPT
    if slot is not None:
        statement, values["slot"] = _OF_SLOT, slot
    rows = statement.rows(session.connection(), values)
    return _states(rows).get((learner_id, attempt_id), {})


def states_of_many(
    session: Session, attempts: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], dict[int, SlotState]]:
    """Return `slot_states` of many attempts, by learner and attempt; one query for all."""
    if not attempts:
        return {}
    return _states(session.execute(_latest(among(_PLACE[:2], attempts))).all())


def states_of_places(
    session: Session, places: Sequence[tuple[int, int, int]]
) -> dict[tuple[int, int], dict[int, SlotState]]:
    """Return `states_of_many` for single slots: learner, attempt and slot; one query for all."""
    return _states(session.execute(_latest(among(_PLACE, places))).all())


def states_between(
    session: Session, first: tuple[int, int], last: tuple[int, int]
) -> dict[tuple[int, int], dict[int, SlotState]]:
    """Return `states_of_many` for every attempt in a range of the primary key.

    :param first: learner and attempt; :param last: likewise, included.
    """
    values = {
        "first_learner": first[0],
        "first_attempt": first[1],
        "last_learner": last[0],
        "last_attempt": last[1],
    }
    return _states(_BETWEEN.rows(session.connection(), values))


def _states(rows: Sequence[Any]) -> dict[tuple[int, int], dict[int, SlotState]]:
    found: dict[tuple[int, int], dict[int, SlotState]] = {}
    for row in rows:
        states = found.setdefault((row.learner_id, row.attempt_id), {})
        states[row.slot] = after_step(states.get(row.slot, UNTOUCHED), row)
    return found


def after_step(state: SlotState, row: Any) -> SlotState:
    """Return the state once a row of `Response` is in the slot's log."""
    last = max(state.last, row.seq)
    if row.action not in RESPONSES:
        is_flagged = row.action is Action.FLAG
        return replace(state, is_flagged=is_flagged, flag_writer=row.nonce, last=last)
    checked = (*state.checked, row.content) if row.action is Action.CHECK else state.checked
    # Not by `replace`, which takes three times as long: there are as many rows as answers.
    return SlotState(
        content=row.content,
        certainty=row.certainty,
        checked=checked,
        saved_at=row.at,
        seen=row.seq,
        writer=row.nonce,
        is_flagged=state.is_flagged,
        flag_writer=state.flag_writer,
        last=last,
    )
