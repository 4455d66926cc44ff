"""What happens around a learner: an instructor who curates, grants exceptions and regrades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from quizapp.grading.settings import QuizSettings
from quizapp.questions.registry import TYPES
from quizapp.services.regrades import NewRegrade
from tests.property import palette
from tests.property.instructor import REASON
from tests.property.ledger import Decision, Ledger, Slot
from tests.property.rules import Needs, Rules
from tests.property.world import CODES, QUIZZES, Asked, World
from tests.support.make import NOON

Marks = dict[int, tuple[Fraction, Fraction]]

_ANY = st.integers(0, 19)
#: "correct" is a new version and then a regrade by it.
_FIXES = ("undo", "undo", "accept", "accept", "give_all", "drop", "correct", "correct")
_WHEN = st.sampled_from(("after", "after", "any time"))
_GRANTS = ("needs", "needs", "own", "own", "group")
_EDITS = ("question", "question", "retire", "settings", "slots", "code", "withdraw", "restore")
_LATER = (NOON + timedelta(hours=4)).isoformat()
_NEEDS = (
    Needs(50, 1, hides_countdown=True),
    Needs(100),
    Needs(0, 2, hides_countdown=True),
    Needs(),
)
_EXCEPTIONS: Sequence[Mapping[str, Any] | None] = (
    {"closes_at": _LATER, "attempts_allowed": 3},
    {"time_limit_minutes": 20},
    {"attempts_allowed": 2, "time_limit_minutes": 5},
    None,
)
_CODES = ("", "quince", "medlar")


@dataclass
class Held:
    """A decision that holds, the others that held when it was made, and the marks before it.

    :param looks: whether a dry run comes first.
    """

    decision: Decision
    beside: list[Decision]
    before: Marks
    looks: bool


class Teaching(RuleBasedStateMachine):
    """The part of the histories that is the instructor's."""

    world: World
    quiz: int
    rules_now: Rules
    books: list[Ledger]

    def begin_to_teach(self, quiz: int) -> None:
        self.quiz = quiz
        self.quiz_id = self.world.quiz_ids[quiz]
        half, settings = QUIZZES[quiz]
        self.half: Sequence[Asked] = self.world.halves[half]
        self.rules_now = Rules(
            QuizSettings.parse(settings), range(len(self.half)), CODES.get(quiz, "")
        )
        self.stated: Mapping[str, Any] = settings
        self.retired: set[int] = set()
        self.versions = {one.id: 0 for one in self.half}
        self.held: list[Held] = []

    @property
    def decided(self) -> list[Decision]:
        return [one.decision for one in self.held]

    @property
    def askable(self) -> list[Asked]:
        """What an attempt that began now would ask."""
        asked = [self.half[place] for place in self.rules_now.asks]
        return [one for one in asked if one.id not in self.retired]

    @rule(what=st.sampled_from(_EDITS), which=_ANY)
    def edit(self, what: str, which: int) -> None:
        """Edit a question or the quiz, withdraw them or bring them back."""
        self.step(f"edit: {what}")
        asked, rules = self.half[which % len(self.half)], self.rules_now
        if what in ("withdraw", "code") and self.books[-1].is_open:
            name = "code changed" if what == "code" else "withdrawn"
            self.world.counts[f"{name} while open"] += 1
        if what == "question":
            self._edit_question(asked)
        elif what == "retire":
            self.world.teach.retire_question(asked)
            self.retired.add(asked.id)
        elif what in ("withdraw", "restore"):
            rules.is_given = what == "restore"
            self.world.teach.give_quiz(self.quiz_id, is_given=rules.is_given)
            if not rules.is_given:
                self.look_at_quiz()
        else:
            self._edit_quiz(what, which)

    @rule(what=st.sampled_from(_GRANTS), which=_ANY)
    def grant(self, what: str, which: int) -> None:
        """Let the quiz, or all, run differently for the learner, or as for everybody again."""
        rules = self.rules_now
        if what == "needs":
            rules.needs = _NEEDS[which % len(_NEEDS)]
            self.step(f"needs: {'set' if rules.needs != Needs() else 'removed'}")
            self.world.teach.set_needs(rules.needs)
            return
        stated = _EXCEPTIONS[which % len(_EXCEPTIONS)]
        name = "person" if what == "own" else what
        self.step(f"exception of the {name}: {'set' if stated else 'removed'}")
        if what == "own":
            rules.own = stated
        else:
            rules.group = stated
        self.world.teach.set_exception(self.quiz_id, stated, is_group=what == "group")

    @rule(fix=st.sampled_from(_FIXES), which=_ANY, is_everywhere=st.booleans(), how=_WHEN)
    def regrade(self, fix: str, which: int, is_everywhere: bool, how: str) -> None:
        """Make a key good that was wrong, mostly of what was handed in, or take that back."""
        if fix == "undo":
            if self.held:
                self.take_back(self.held[-1 - which % len(self.held)])
            return
        if how == "after":
            self.hand_in(self.books[-1])
        book = self.books[which % len(self.books)]
        slot = book.slots[which // len(self.books) % len(book.slots)]
        self._regrade(slot, fix, which, is_everywhere)

    def hand_in(self, book: Ledger) -> None:
        """Let the learner hand an attempt in."""
        raise NotImplementedError

    def look_at_quiz(self) -> None:
        """Let the learner look at the page of the quiz."""
        raise NotImplementedError

    def step(self, what: str = "") -> None:
        self.world.counts["steps"] += 1
        if what:
            self.world.counts[what] += 1

    def take_back(self, held: Held) -> None:
        """Undo a regrade; what it alone had changed is as it was before it."""
        before = self._expected()
        self.held.remove(held)
        changes = self.world.teach.undo_regrade(held.decision.id, looks=held.looks)
        self._hold_against(changes, before)
        self.step("regrade: undone")
        self.world.counts["marks put back"] += len(changes)
        stored = self.stored_marks()
        if self.decided == held.beside:
            assert stored | held.before == stored, "a mark is not what it was before the regrade"

    def stored_marks(self) -> Marks:
        """Return the marks of what was handed in, as they are stored."""
        rows = self.world.audit.execute(
            "SELECT id, mark, max_mark FROM attempt WHERE quiz_id = ? AND state = 'submitted'",
            [self.quiz_id],
        )
        return {number: (Fraction(mark), Fraction(most)) for number, mark, most in rows}

    def _expected(self) -> Marks:
        """Return the marks that are to be stored of what was handed in."""
        stored = self.stored_marks()
        decided = self.decided
        found = {book.attempt_id: book.mark(decided) for book in self.books}
        return {number: found[number] for number in stored}

    def _regrade(self, slot: Slot, fix: str, which: int, is_everywhere: bool) -> None:
        asked = next(one for one in self.half if one.id == slot.question_id)
        if fix == "correct" and self.versions[asked.id] == slot.version and which % 4:
            self._edit_question(asked)
        choices = palette.CHOICES[slot.kind]
        response = choices[which % len(choices)].stored if fix == "accept" else None
        version = self.versions[asked.id] if fix == "correct" else None
        holds = any(
            (one.fix, one.revision_id, one.response, one.version)
            == (fix, slot.revision_id, response, version)
            and (one.is_everywhere or not is_everywhere)
            for one in self.decided
        )
        before, beside = self._expected(), self.decided
        done = self.world.teach.regrade(
            NewRegrade(
                slot.revision_id,
                fix,
                REASON,
                None if is_everywhere else self.quiz_id,
                response and palette.form(slot.kind, slot.version, response, _written(slot)),
            ),
            looks=(looks := which % 2 == 0),
        )
        assert (done is None) == (holds or version == slot.version), "refused, or not"
        if done is None:
            self.step("regrade: refused")
            return
        regrade_id, changes = done
        decision = Decision(regrade_id, fix, slot.revision_id, is_everywhere, response, version)
        self.held.append(Held(decision, beside, before, looks))
        self._hold_against(changes, before)
        self.step(f"regrade: {fix}")
        self.world.counts["marks changed"] += len(changes)

    def _hold_against(self, changes: Sequence[Any], before: Marks) -> None:
        """Hold what a regrade says that it changed, and what is stored, against the ledger."""
        after = self._expected()
        told = {
            one.attempt_id: ((one.old.points, one.old.most), (one.new.points, one.new.most))
            for one in changes
            if one.quiz_id == self.quiz_id
        }
        assert told == {
            number: (before[number], mark)
            for number, mark in after.items()
            if before[number] != mark
        }
        assert self.stored_marks() == after

    def _edit_quiz(self, what: str, which: int) -> None:
        rules = self.rules_now
        if what == "settings":
            self.stated = QUIZZES[which % len(QUIZZES)][1]
            rules.settings = QuizSettings.parse(self.stated)
        elif what == "code":
            rules.access_code = _CODES[which % len(_CODES)]
        else:
            self._reorder(which)
        asked = [self.half[place] for place in rules.asks]
        self.world.teach.edit_quiz(self.quiz_id, self.stated, asked, rules.access_code)

    def _edit_question(self, asked: Asked) -> None:
        self.world.teach.edit_question(asked)
        self.versions[asked.id] += 1
        self.retired.discard(asked.id)

    def _reorder(self, which: int) -> None:
        """Let the quiz ask its questions in another order, at times without one of them."""
        start = which % len(self.half)
        order = [*range(start, len(self.half)), *range(start)][: 4 - which % 2]
        may_ask = [place for place in order if self.half[place].id not in self.retired]
        self.rules_now.asks = may_ask or self.rules_now.asks


def _written(slot: Slot) -> range:
    """Return the options of a slot in the order that they were written in."""
    content = palette.content(slot.kind, slot.version)
    return range(TYPES[slot.kind].shuffled(content))
