"""The pages of an open attempt: nothing here knows a key but of what may be told already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.behaviour import CERTAINTIES, Settled
from quizapp.grading.disclosure import Shown
from quizapp.grading.marks import show, slot_mark
from quizapp.grading.settings import Behaviour
from quizapp.models import Fact
from quizapp.policy import Actor
from quizapp.queries.attempt_marks import (
    Contents,
    GradedSlot,
    revision_contents,
    settle_slot,
)
from quizapp.queries.attempts import AttemptHead
from quizapp.queries.hints import Hint, hints
from quizapp.queries.passages import citations_for
from quizapp.queries.responses import UNTOUCHED, SlotState, slot_states
from quizapp.queries.reviewed import FactLine, ResultSlot, points_at_stake, told, verdict


@dataclass(frozen=True, slots=True)
class Step:
    """One question in the list beside the question. `number` counts from 1.

    :param verdict: how it did, once it was checked and as far as that is shown; else "".
    :param is_final: it was checked for the last time, so that its response stays.
    """

    number: int
    is_answered: bool
    is_flagged: bool
    stem: str = ""
    verdict: str = ""
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question of an open attempt.

    :param public: what the type shows before an answer.
    :param filled: posted values that restore the last response; {} without one.
    :param settled: how often it was checked, and how often it still may be.
    :param reviewed: its outcome, once it takes no other response.
    :param hints: what helps with the next try. :param asks_people: a person marks it later.
    """

    head: AttemptHead
    number: int
    type_name: str
    public: Any
    filled: Mapping[str, list[str]]
    state: SlotState
    steps: tuple[Step, ...]
    settled: Settled
    reviewed: ResultSlot | None = None
    hints: tuple[Hint, ...] = ()
    asks_people: bool = False

    @property
    def full_points(self) -> str:
        """Return what it is worth, as marks are shown."""
        return show(self.head.layout[self.number - 1].max_mark)

    @property
    def last_verdict(self) -> str:
        """Return how the last try did; "" before the first. It is wrong or partly right while
        another may follow, and how much of it was right is for those who may see marks."""
        if not self.settled.tries:
            return ""
        found = verdict(self.settled.tries[-1])
        return found if Shown.MARKS in self.head.shown_during or found == "right" else "wrong"

    @property
    def next_percent(self) -> int:
        """Return what the next try can earn, in whole percent of the full mark."""
        cost = self.head.settings.penalty_percent * len(self.settled.tries)
        return max(0, 100 - cost)

    @property
    def stakes(self) -> tuple[tuple[int, Fraction, Fraction], ...]:
        """Return each certainty with its points if right and if wrong; () if none is asked."""
        if self.head.settings.behaviour is not Behaviour.CERTAINTY or self.asks_people:
            return ()
        laid = self.head.layout[self.number - 1]
        return tuple((one, *points_at_stake(one, laid.max_mark)) for one in CERTAINTIES)

    @property
    def is_last(self) -> bool:
        return self.number == self.head.count


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What stands before handing in: each question in a line."""

    head: AttemptHead
    steps: tuple[Step, ...]

    @property
    def answered(self) -> int:
        return sum(step.is_answered for step in self.steps)

    @property
    def unanswered(self) -> int:
        return len(self.steps) - self.answered

    @property
    def flagged(self) -> int:
        return sum(step.is_flagged for step in self.steps)


def question_page(
    session: Session, *, actor: Actor, head: AttemptHead, number: int
) -> QuestionPage:
    """Return one question of an open attempt.

    :param number: from 1.
    :raises NotFound: the attempt has no such question.
    """
    position = head.position(number)
    laid = head.layout[position]
    states = slot_states(session, learner_id=actor.id, attempt_id=head.id)
    state = states.get(position, UNTOUCHED)
    contents = _contents(session, head, states, position)
    kind, content = contents[laid.revision_id]
    settled = settle_slot(head.settings, state, kind, content, is_submitted=False)
    filled: Mapping[str, list[str]] = {}
    if state.content is not None:
        response = kind.load_response(content, state.content)
        filled = kind.fill(content, response, laid.order)
    page = QuestionPage(
        head=head,
        number=number,
        type_name=kind.name,
        public=kind.public(content, laid.order),
        filled=filled,
        state=state,
        steps=_steps(head, states, contents),
        settled=settled,
        asks_people=not kind.is_gradable,
    )
    if not settled.is_checked:
        return page
    if settled.is_final:
        return replace(page, reviewed=_reviewed(session, page, contents))
    return replace(page, hints=_hints(session, page, contents))


def _contents(
    session: Session, head: AttemptHead, states: Mapping[int, SlotState], position: int
) -> Contents:
    """Return the content of the question at hand, and of those whose verdict is listed."""
    wanted = {head.layout[position].revision_id}
    if Shown.MARKS in head.shown_during:
        wanted |= {head.layout[one].revision_id for one, state in states.items() if state.checked}
    return revision_contents(session, sorted(wanted))


def _reviewed(session: Session, page: QuestionPage, contents: Contents) -> ResultSlot:
    head = page.head
    laid = head.layout[page.number - 1]
    kind, content = contents[laid.revision_id]
    settled = page.settled
    graded = GradedSlot(
        position=page.number - 1,
        laid=laid,
        type=kind,
        content=content,
        settled=settled,
        mark=slot_mark(settled.share, laid.max_mark, settled.most),
        is_flagged=page.state.is_flagged,
    )
    citations: Any = {}
    fact = FactLine()
    if Shown.PASSAGE in head.shown_during:
        citations = citations_for(session, [laid.fact_id])
        note = session.scalar(sa.select(Fact.note).where(Fact.id == laid.fact_id))
        fact = FactLine(note=note or "")
    return told(graded, fact, citations.get(laid.fact_id, ()), head.shown_during)


def _hints(session: Session, page: QuestionPage, contents: Contents) -> tuple[Hint, ...]:
    if Shown.PASSAGE not in page.head.shown_during:
        return ()
    laid = page.head.layout[page.number - 1]
    citations = citations_for(session, [laid.fact_id]).get(laid.fact_id, ())
    kind, content = contents[laid.revision_id]
    return hints(citations, kind, content, wrong_tries=len(page.settled.tries))


def first_unanswered(session: Session, *, actor: Actor, head: AttemptHead) -> int | None:
    """Return the number of the first question without a response; None when all have one."""
    states = slot_states(session, learner_id=actor.id, attempt_id=head.id)
    steps = _steps(head, states, {})
    return next((step.number for step in steps if not step.is_answered), None)


def check_page(session: Session, *, actor: Actor, head: AttemptHead) -> CheckPage:
    """Return every question of an open attempt with what is still open about it."""
    states = slot_states(session, learner_id=actor.id, attempt_id=head.id)
    contents = revision_contents(session, [laid.revision_id for laid in head.layout])
    return CheckPage(head, _steps(head, states, contents, with_stems=True))


def _steps(
    head: AttemptHead,
    states: Mapping[int, SlotState],
    contents: Contents,
    *,
    with_stems: bool = False,
) -> tuple[Step, ...]:
    steps = []
    for position, laid in enumerate(head.layout):
        state = states.get(position, UNTOUCHED)
        stem, outcome, is_final = "", "", False
        if laid.revision_id in contents:
            kind, content = contents[laid.revision_id]
            stem = kind.stem(content) if with_stems else ""
            if state.checked:
                settled = settle_slot(head.settings, state, kind, content, is_submitted=False)
                is_final = settled.is_final
                outcome = verdict(settled.grade) if Shown.MARKS in head.shown_during else ""
        steps.append(
            Step(position + 1, state.is_answered, state.is_flagged, stem, outcome, is_final)
        )
    return tuple(steps)
