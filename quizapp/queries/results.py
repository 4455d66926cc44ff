"""A submitted attempt: what was given, what is right, where it stands and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.disclosure import EVERYTHING, Shown
from quizapp.grading.marks import Mark, points_to_pass, total
from quizapp.grading.settings import Counting, QuizSettings
from quizapp.grading.standing import NOTHING, HandedIn, Standing, standing
from quizapp.models import Attempt, AttemptState, Quiz, Status
from quizapp.policy import Actor, may_learn
from quizapp.queries.allowances import own_rules
from quizapp.queries.attempt_marks import GradedSlot, graded_slots
from quizapp.queries.attempts import AttemptHead
from quizapp.queries.mark_entries import held_entries
from quizapp.queries.passages import citations_for
from quizapp.queries.quizzes import seen_entry
from quizapp.queries.result_facts import fact_lines
from quizapp.queries.reviewed import ResultSlot, told


@dataclass(frozen=True, slots=True)
class TopicBar:
    """What the questions of one topic earned together; so far, while one `waits` to be marked."""

    title: str
    mark: Mark
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """The attempt before this one. `mark` is of what is marked of it, so far if it `waits`."""

    number: int
    submitted_at: datetime
    mark: Mark
    waits: int = 0


@dataclass(frozen=True, slots=True)
class AttemptMark:
    """One attempt in the comparison of all that were handed in.

    :param seconds: from its start to handing in.
    :param waits: how many answers a person has yet to mark; `mark` is of the others.
    :param pass_mark_percent: of the settings that it began with.
    """

    id: int
    number: int
    submitted_at: datetime
    seconds: float
    mark: Mark
    passed: bool | None
    waits: int = 0
    pass_mark_percent: int | None = None


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """Everything that the results show.

    :param seconds: from the start to handing in, at most to the deadline.
    :param shown: what may be seen now. :param later: what else once the quiz has closed, at
        `closes_at`.
    :param mark: of what is marked, while answers wait for a person.
    :param attempts: all that were handed in, the newest first. :param standing: what they
        count, or an instructor set by hand; nothing where marks are hidden.
    :param may_retry: the quiz is still given and open, and an attempt is left.
    """

    head: AttemptHead
    submitted_at: datetime
    seconds: float
    mark: Mark
    slots: tuple[ResultSlot, ...]
    topics: tuple[TopicBar, ...]
    earlier: Earlier | None
    attempts: tuple[AttemptMark, ...]
    counting: Counting
    standing: Standing
    may_retry: bool
    shown: frozenset[Shown] = EVERYTHING
    later: frozenset[Shown] = frozenset()
    closes_at: datetime | None = None

    @property
    def shows_marks(self) -> bool:
        return Shown.MARKS in self.shown

    @property
    def band(self) -> str:
        """Return what the quiz says of a mark like this, Markdown.

        "" where that is hidden, and while answers wait to be marked.
        """
        if self.waits or not {Shown.MARKS, Shown.FEEDBACK} <= self.shown:
            return ""
        return self.head.settings.band(self.mark.percent)

    @property
    def right(self) -> int:
        return sum(slot.graded.is_right for slot in self.slots)

    @property
    def missed(self) -> tuple[ResultSlot, ...]:
        """Return what was not right; what waits to be marked may be."""
        return tuple(slot for slot in self.slots if not (slot.graded.is_right or slot.graded.waits))

    @property
    def flagged(self) -> tuple[ResultSlot, ...]:
        return tuple(slot for slot in self.slots if slot.graded.is_flagged)

    @property
    def counts_questions(self) -> bool:
        """Return whether the mark is the number of right responses, nothing in between."""
        return self.mark.points == self.right and self.mark.most == len(self.slots)

    @property
    def waits(self) -> int:
        """Return how many answers a person has yet to mark."""
        return sum(slot.graded.waits for slot in self.slots)

    @property
    def passed(self) -> bool | None:
        """Return whether it is passed; None without a pass mark, and while answers wait."""
        return None if self.waits else self.mark.passes(self.head.settings.pass_mark_percent)

    @property
    def points_to_pass(self) -> Fraction | None:
        percent = self.head.settings.pass_mark_percent
        return None if percent is None else points_to_pass(self.mark.most, percent)

    @property
    def new_facts(self) -> int:
        return sum(slot.fact.is_new for slot in self.slots)

    @property
    def known_facts(self) -> int:
        """Return how many facts were met before and rated again."""
        return sum(slot.fact.is_rated and not slot.fact.is_new for slot in self.slots)

    @property
    def may_undo(self) -> bool:
        """Return whether a review that the attempt wrote can still be taken back."""
        return any(slot.fact.is_last for slot in self.slots)


def results_page(
    session: Session, *, actor: Actor, head: AttemptHead, now: datetime
) -> ResultsPage:
    """Return the results of a submitted attempt, graded from its responses.

    What is shown follows the quiz as it is now, so that an instructor can open results later;
    everything else is as it was when the attempt began.
    """
    rows = _attempts(session, actor, head.quiz_id)
    own = next(row for row in rows if row.id == head.id)
    if head.is_practice:
        rows = [own]  # the others asked something else: there is nothing to compare
    rules = _rules_now(session, actor, head)
    shown = rules.shown(now=now, is_submitted=True)
    slots = _slots(session, actor, head, shown, now=now)
    attempts = tuple(_mark_line(row) for row in rows[::-1] if row.mark is not None)
    closes_at = None if rules.is_closed(now=now) else rules.closes_at
    return ResultsPage(
        head=head,
        submitted_at=own.submitted_at,
        seconds=_seconds(own),
        mark=total(slot.graded.mark for slot in slots),
        slots=slots,
        topics=_topics(slots) if Shown.MARKS in shown else (),
        earlier=_earlier(attempts, own.number),
        attempts=attempts,
        counting=rules.counting,
        standing=_standing(session, actor, head, attempts, rules, now=now),
        may_retry=_may_retry(actor, head, rows, rules, now=now),
        shown=shown,
        later=rules.disclosure.after_close - shown if closes_at else frozenset(),
        closes_at=closes_at,
    )


def shown_now(
    session: Session, *, actor: Actor, head: AttemptHead, now: datetime
) -> frozenset[Shown]:
    """Return what the learner may see of a submitted attempt, by the quiz as it is now."""
    return _rules_now(session, actor, head).shown(now=now, is_submitted=True)


def _rules_now(session: Session, actor: Actor, head: AttemptHead) -> QuizSettings:
    stated = {head.quiz_id: head.quiz_now.dump()}
    rules = own_rules(session, learner_id=actor.id, course_id=head.course_id, quizzes=stated)
    return rules[head.quiz_id].settings


def _slots(
    session: Session,
    actor: Actor,
    head: AttemptHead,
    shown: frozenset[Shown],
    *,
    now: datetime,
) -> tuple[ResultSlot, ...]:
    graded = graded_slots(
        session,
        learner_id=actor.id,
        attempt_id=head.id,
        quiz_id=head.quiz_id,
        layout=head.layout,
        settings=head.settings,
    )
    facts = fact_lines(session, actor=actor, head=head, now=now)
    citations = citations_for(session, list(facts)) if Shown.PASSAGE in shown else {}
    return tuple(
        told(one, facts[one.laid.fact_id], citations.get(one.laid.fact_id, ()), shown)
        for one in graded
    )


def _attempts(session: Session, actor: Actor, quiz_id: int) -> Sequence[Any]:
    return session.execute(
        sa.select(
            Attempt.id,
            Attempt.number,
            Attempt.state,
            Attempt.started_at,
            Attempt.due_at,
            Attempt.submitted_at,
            Attempt.mark,
            Attempt.max_mark,
            Attempt.waiting,
            Attempt.settings.label("pinned"),
            Quiz.status,
            Quiz.settings,
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.learner_id == actor.id, Attempt.quiz_id == quiz_id)
        .order_by(Attempt.number)
    ).all()


def _standing(
    session: Session,
    actor: Actor,
    head: AttemptHead,
    attempts: Sequence[AttemptMark],
    rules: QuizSettings,
    *,
    now: datetime,
) -> Standing:
    if head.is_practice:
        return NOTHING
    entries = held_entries(session, learners=[actor.id], quiz_ids=[head.quiz_id])
    entry = seen_entry(entries.get((actor.id, head.quiz_id)), rules, now=now)
    if Shown.MARKS not in rules.shown(now=now, is_submitted=True):
        return Standing(None, entry)
    handed_in = [
        HandedIn(one.number, one.mark, one.waits, one.pass_mark_percent) for one in attempts
    ]
    return standing(rules.counting, handed_in, entry)


def _mark_line(row: Any) -> AttemptMark:
    mark = Mark(row.mark, row.max_mark)
    waits = row.waiting or 0
    needed = QuizSettings.parse(row.pinned).pass_mark_percent
    passed = None if waits else mark.passes(needed)
    told = (row.id, row.number, row.submitted_at, _seconds(row))
    return AttemptMark(*told, mark, passed, waits, needed)


def _seconds(row: Any) -> float:
    ended_at = min(row.submitted_at, row.due_at) if row.due_at else row.submitted_at
    seconds: float = (ended_at - row.started_at).total_seconds()
    return max(0.0, seconds)


def _earlier(attempts: Sequence[AttemptMark], number: int) -> Earlier | None:
    before = [one for one in attempts if one.number < number]
    if not before:
        return None
    last = before[0]
    return Earlier(last.number, last.submitted_at, last.mark, last.waits)


def _may_retry(
    actor: Actor,
    head: AttemptHead,
    rows: Sequence[Any],
    rules: QuizSettings,
    *,
    now: datetime,
) -> bool:
    last = rows[-1]
    if head.is_practice or last.status is not Status.READY or not may_learn(actor, head.course_id):
        return False
    if any(row.state is AttemptState.OPEN for row in rows):
        return True
    allowed = rules.attempts_allowed
    return rules.is_open(now=now) and (allowed is None or last.number < allowed)


def _topics(slots: Iterable[ResultSlot]) -> tuple[TopicBar, ...]:
    found: dict[tuple[int, str], list[GradedSlot]] = {}
    for slot in slots:
        place = (slot.fact.topic_position, slot.fact.topic)
        found.setdefault(place, []).append(slot.graded)
    return tuple(
        TopicBar(title, total(one.mark for one in some), any(one.waits for one in some))
        for (_, title), some in sorted(found.items(), key=lambda one: one[0])
    )
