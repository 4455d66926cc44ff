"""The slot that a step of an attempt falls into, held until the transaction ends."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, NotFound, Problem
from quizapp.grading.layout import LaidSlot, load_layout
from quizapp.grading.settings import QuizSettings
from quizapp.models import Attempt, AttemptState
from quizapp.policy import Actor
from quizapp.queries.responses import UNTOUCHED, SlotState, slot_states
from quizapp.services.attempt_submit import submit_attempt

MAXIMUM_NONCE_LENGTH = 64
MAXIMUM_TURN = 1_000_000


class Outcome(Enum):
    """What became of a step."""

    SAVED = "saved"
    UNCHANGED = "unchanged"  # it was so already, or the same request came twice
    HANDED_IN = "handed in"  # submitted, or past the deadline and its grace: nothing is taken
    TIME_UP = "time up"  # saved, and handed in because the deadline has come
    REPLACED = "replaced"  # saved, in place of what another tab had saved meanwhile
    FINAL = "final"  # the question has been checked for the last time: it takes nothing more


@dataclass(frozen=True, slots=True)
class Step:
    """What became of a step, and where the slot stands now.

    :param is_due: the deadline has come; the grace is all that is left.
    """

    outcome: Outcome
    state: SlotState
    is_due: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The slot of a step, the page that it comes from, and whether the attempt takes one."""

    learner_id: int
    attempt_id: int
    slot: int
    page: str
    turn: int
    laid: LaidSlot
    settings: QuizSettings
    state: SlotState
    is_open: bool
    is_due: bool

    def step(self, outcome: Outcome, state: SlotState | None = None) -> Step:
        """Return what became of the step; without a new state, the slot stands as it was."""
        return Step(outcome, state or self.state, self.is_due)

    def wrote(self, nonce: str) -> bool:
        """Return whether a row with that nonce came from the same page."""
        return nonce.startswith(self.page)

    def is_overtaken(self) -> bool:
        """Return whether the same page has sent something later that is here already."""
        writer = self.state.writer
        return self.wrote(writer) and self.turn < turn_of(writer)


def turn_of(nonce: str) -> int:
    """Return the turn that a row's nonce holds."""
    return int(nonce.split(".")[1])


def find_place(
    session: Session,
    actor: Actor,
    attempt_id: int,
    slot: int,
    *,
    nonce: str,
    now: datetime,
    turn: int = 0,
) -> Place:
    """Return the slot, its attempt held until the end of the transaction.

    Steps and the submission of one attempt then follow each other: no response slips in
    between its grading and its end. An attempt that is overdue is handed in.
    """
    attempt = session.execute(
        sa.select(Attempt.state, Attempt.layout, Attempt.settings, Attempt.due_at)
        .where(Attempt.learner_id == actor.id, Attempt.id == attempt_id)
        .with_for_update()
    ).one_or_none()
    if attempt is None:
        raise NotFound("There is no such attempt.")
    layout, settings = load_layout(attempt.layout), QuizSettings.parse(attempt.settings)
    if not 0 <= slot < len(layout):
        raise NotFound("This attempt has no such question.")
    is_open = attempt.state is AttemptState.OPEN
    if is_open and settings.is_overdue(attempt.due_at, now=now):
        submit_attempt(session, actor=actor, attempt_id=attempt_id, now=now)
        is_open = False
    states = slot_states(session, learner_id=actor.id, attempt_id=attempt_id, slot=slot)
    state = states.get(slot, UNTOUCHED)
    return Place(
        learner_id=actor.id,
        attempt_id=attempt_id,
        slot=slot,
        page=_page(attempt_id, slot, nonce),
        turn=min(max(turn, 0), MAXIMUM_TURN),
        laid=layout[slot],
        settings=settings,
        state=state,
        is_open=is_open,
        is_due=attempt.due_at is not None and now >= attempt.due_at,
    )


def _page(attempt_id: int, slot: int, nonce: str) -> str:
    """Return what the nonces of the rows begin with that one page writes into one slot.

    :raises Invalid: the client's nonce is missing or too long.
    """
    if not 0 < len(nonce) <= MAXIMUM_NONCE_LENGTH:
        raise Invalid([Problem("nonce", "Load the page again, then make your change once more.")])
    # Every row holds it, twice with the index: 128 bits in 22 characters are enough.
    digest = hashlib.sha256(f"{attempt_id} {slot} {nonce}".encode()).digest()
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=") + "."
