"""Grading an attempt: always from the responses as saved and the revisions as pinned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.behaviour import Logged, Settled, most_share, settle
from quizapp.grading.layout import LaidSlot
from quizapp.grading.markings import Marking, settle_marked
from quizapp.grading.marks import Mark, slot_mark
from quizapp.grading.regrades import Fix, grader, with_fixes
from quizapp.grading.settings import QuizSettings
from quizapp.models import Revision
from quizapp.queries.markings import Markings, asks_people, markings_of
from quizapp.queries.regrades import fixes_for
from quizapp.queries.responses import UNTOUCHED, SlotState, slot_states
from quizapp.questions.base import Grade, QuestionType
from quizapp.questions.registry import TYPES

_NONE = Fraction(0)
_UNMARKED = Mark(_NONE, _NONE)


@dataclass(frozen=True, slots=True)
class GradedSlot:
    """One slot with what was asked, what was given and what that earns.

    :param position: from 0. :param content: what `type.parse` returned.
    :param settled: the response that counts, its grade and the tries; see `grading.behaviour`.
    :param mark: 0 of 0 while a person has yet to mark it.
    :param fixes: what was decided about the question since; the mark has it in.
    :param saved_at: when the response was last saved or cleared; None if never.
    """

    position: int
    laid: LaidSlot
    type: QuestionType[Any, Any]
    content: Any
    settled: Settled
    mark: Mark
    is_flagged: bool
    fixes: Sequence[Fix] = ()
    saved_at: datetime | None = None

    @property
    def response(self) -> Any | None:
        """Return the response that counts; None for an empty slot."""
        return self.settled.response

    @property
    def grade(self) -> Grade | None:
        """Return the grade of the response that counts; None for an empty slot, and for one that
        waits to be marked."""
        return self.settled.grade

    @property
    def waits(self) -> bool:
        """Return whether a person has yet to mark it."""
        return self.settled.waits

    @property
    def is_right(self) -> bool:
        return self.grade is not None and self.grade.is_right


def graded_slots(
    session: Session,
    *,
    learner_id: int,
    attempt_id: int,
    quiz_id: int,
    layout: Sequence[LaidSlot],
    settings: QuizSettings,
) -> tuple[GradedSlot, ...]:
    """Return every slot of a submitted attempt graded, in order; an empty slot earns nothing."""
    states = slot_states(session, learner_id=learner_id, attempt_id=attempt_id)
    contents = revision_contents(session, [laid.revision_id for laid in layout])
    fixes = fixes_for(session, list(contents))
    markings: Markings = {}
    if asks_people(layout, contents):
        own = (learner_id, attempt_id)
        markings = markings_of(session, [own]).get(own, {})
    return grade_slots(
        layout, settings, states, contents, partial(fixes.of, quiz_id), markings=markings
    )


Contents = Mapping[int, tuple[QuestionType[Any, Any], Any]]


def grade_slots(
    layout: Sequence[LaidSlot],
    settings: QuizSettings,
    states: Mapping[int, SlotState],
    contents: Contents,
    fixes_of: Callable[[int], Sequence[Fix]],
    *,
    markings: Markings,
) -> tuple[GradedSlot, ...]:
    """Return every slot of a submitted attempt graded: from its log, its revisions, what people
    gave for its answers and the decisions about wrong keys alone.

    :param contents: type and parsed content by the id of a revision.
    :param fixes_of: returns the decisions that hold for a revision.
    """
    slots = []
    for position, laid in enumerate(layout):
        state = states.get(position, UNTOUCHED)
        kind, content = contents[laid.revision_id]
        fixes = fixes_of(laid.revision_id)
        marking = markings.get(position)
        settled = settle_slot(
            settings, state, kind, content, fixes, is_submitted=True, marking=marking
        )
        mark = slot_mark(settled.share, laid.max_mark, settled.most)
        if settled.waits:
            mark = _UNMARKED
        given = (settled, mark, state.is_flagged, fixes, state.saved_at)
        slots.append(GradedSlot(position, laid, kind, content, *given))
    return tuple(slots)


def settle_slot(
    settings: QuizSettings,
    state: SlotState,
    kind: QuestionType[Any, Any],
    content: Any,
    fixes: Sequence[Fix] = (),
    *,
    is_submitted: bool,
    marking: Marking | None = None,
) -> Settled:
    """Return where a slot stands, from its log and the revision that it asks.

    :param marking: what a person gave for it, where one does.
    """
    logged = Logged(
        None if state.content is None else kind.load_response(content, state.content),
        tuple(kind.load_response(content, checked) for checked in state.checked),
        state.certainty,
    )
    if not kind.is_gradable:
        return with_fixes(settle_marked(logged, marking), fixes)
    grade = grader(kind, content, fixes)
    return with_fixes(settle(settings, logged, grade, is_submitted=is_submitted), fixes)


def full_mark(
    layout: Sequence[LaidSlot], settings: QuizSettings, contents: Contents | None = None
) -> Fraction:
    """Return the most points that an attempt can earn.

    :param contents: of its revisions; None where it asks nothing that a person marks.
    """
    share = most_share(settings)
    shares = {
        laid.revision_id: share if contents[laid.revision_id][0].is_gradable else 1
        for laid in layout
        if contents is not None
    }
    return sum((laid.max_mark * shares.get(laid.revision_id, share) for laid in layout), _NONE)


def waiting_in(slots: Sequence[GradedSlot]) -> int | None:
    """Return how many answers a person has yet to mark; None where there are none to mark."""
    if all(slot.type.is_gradable for slot in slots):
        return None
    return sum(slot.waits for slot in slots)


def review_nonce(attempt_id: int, position: int) -> str:
    """Return the nonce of the review that one slot of an attempt writes, at most once."""
    return f"quiz-{attempt_id}-{position}"


def revision_contents(
    session: Session, revision_ids: Sequence[int]
) -> dict[int, tuple[QuestionType[Any, Any], Any]]:
    """Return the type and the parsed content of revisions, by id."""
    rows = session.execute(
        sa.select(Revision.id, Revision.type, Revision.content).where(Revision.id.in_(revision_ids))
    )
    return {row.id: (TYPES[row.type], TYPES[row.type].parse(row.content)) for row in rows}
