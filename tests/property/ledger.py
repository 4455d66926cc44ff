"""What a learner did in one attempt, kept beside the program, and what must follow from it.

Of each slot it knows every request that was acknowledged. Which of them stand is decided here by
the rules as they are told to people:

- The same request again changes nothing, however late it comes.
- Of what one page sends, what it sent later stands (`turn` counts where a script sends; without
  one, what arrives later was sent later).
- A page that was loaded before another page wrote may be stale. What is chosen on it stands as a
  later step; what it was shown, or goes on showing, was not chosen.
- A check is asked for on purpose. The same response is no second try.
- After the last check a slot takes nothing more, and after the end an attempt does not.
- What an instructor decided about a wrong key counts while it holds, as if it had always held:
  what was dropped counts for nobody, then come full marks for all, then responses accepted as
  right, then the later key. What was decided for one quiz goes before what was for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from quizapp.grading.settings import Behaviour, QuizSettings
from tests.property.palette import worth

Said = tuple[Mapping[str, Any] | None, int | None]  # content, certainty
NOTHING: Said = (None, None)


@dataclass(frozen=True)
class Row:
    """One step that was stored."""

    action: str
    page: str
    turn: int
    said: Said = NOTHING


@dataclass(frozen=True)
class Decision:
    """What was decided about one revision, and the marks that there were before.

    :param response: what is accepted. :param version: by whose key it is corrected.
    """

    id: int
    fix: str
    revision_id: int
    is_everywhere: bool
    response: Mapping[str, Any] | None = None
    version: int | None = None


@dataclass
class Slot:
    """The rows of one slot; flags and responses are numbered together, as the program does."""

    kind: str
    version: int
    order: tuple[int, ...]
    max_mark: Fraction
    rows: list[Row] = field(default_factory=list)
    revision_id: int = 0
    question_id: int = 0

    def responses(self) -> list[tuple[int, Row]]:
        """Return the rows that say a response, each with its number from 1."""
        numbered = enumerate(self.rows, start=1)
        return [(number, row) for number, row in numbered if not row.action.endswith("flag")]

    @property
    def last(self) -> tuple[int, Row]:
        """Return the last response and its number; number 0 for none."""
        found = self.responses()
        return found[-1] if found else (0, Row("clear", "", 0))

    @property
    def said(self) -> Said:
        return self.last[1].said

    @property
    def is_flagged(self) -> bool:
        flags = [row.action for row in self.rows if row.action.endswith("flag")]
        return bool(flags) and flags[-1] == "flag"

    @property
    def checked(self) -> list[Mapping[str, Any]]:
        return [row.said[0] for row in self.rows if row.action == "check" and row.said[0]]

    def worth(self, content: Mapping[str, Any], decided: Sequence[Decision] = ()) -> Fraction:
        """Return what a response is worth by the key, or by what was `decided` about it."""
        if any(one.response == content for one in decided if one.fix == "accept"):
            return Fraction(1)
        in_order = sorted(decided, key=lambda one: (not one.is_everywhere, one.id))
        versions = [one.version for one in in_order if one.version is not None]
        return worth(self.kind, versions[-1] if versions else self.version, content)


@dataclass
class Ledger:
    """One attempt."""

    attempt_id: int
    settings: QuizSettings
    slots: list[Slot]
    due_at: datetime | None
    submitted_at: datetime | None = None
    shows_countdown: bool = True

    @property
    def is_open(self) -> bool:
        return self.submitted_at is None

    def is_due(self, now: datetime) -> bool:
        return self.due_at is not None and now >= self.due_at

    def look(self, now: datetime) -> None:
        """Hand in what is overdue: anyone who looks does."""
        grace = timedelta(seconds=self.settings.grace_seconds)
        if self.is_open and self.due_at is not None and now > self.due_at + grace:
            self.submitted_at = self.due_at

    def submit(self, now: datetime) -> None:
        self.look(now)
        if self.is_open:
            self.submitted_at = now

    def is_final(self, slot: Slot) -> bool:
        """Return whether the slot takes no other response."""
        if self.settings.behaviour is Behaviour.IMMEDIATE:
            return bool(slot.checked)
        if self.settings.behaviour is Behaviour.PRACTICE:
            tried = slot.checked
            return len(tried) >= self.settings.tries or any(slot.worth(one) == 1 for one in tried)
        return False

    def say(self, number: int, row: Row, seen: int, shown: Said) -> str:
        """Take a response that arrived at an open attempt; return what became of it, in words.

        :param row: its action is "check" if that was pressed, "cleared" for the button that
            clears. :param seen: what the page says it has seen. :param shown: what it showed.
        """
        slot = self.slots[number]
        if self.is_final(slot):
            return "final"
        row = self._meant(slot, row)
        last_number, last = slot.last
        own = [one for _, one in slot.responses() if one.page == row.page]
        if any(row.turn < one.turn for one in own):
            return "taken back by the page itself"
        is_other = last_number > 0 and last.page != row.page
        is_stale = is_other and row.action != "cleared" and seen != last_number
        if row.action != "check":
            if row.said == last.said and not is_stale:
                return "so already"
            if is_other and own and self._is_told(own, row):
                return "said before"
            if is_stale and row.said == shown:
                return "nothing chosen on a stale page"
        action = {"cleared": "clear"}.get(row.action, row.action)
        slot.rows.append(replace(row, action=action))
        return "saved from a stale page" if is_stale else "saved"

    def _meant(self, slot: Slot, row: Row) -> Row:
        content, certainty = row.said
        if row.action == "cleared":
            return row
        if content is None:
            return Row("clear", row.page, row.turn, row.said)
        if row.action == "check" and self.settings.behaviour.checks and content not in slot.checked:
            return Row("check", row.page, row.turn, (content, None))
        return Row("save", row.page, row.turn, (content, certainty))

    @staticmethod
    def _is_told(own: list[Row], row: Row) -> bool:
        """Return whether the page goes on saying what it said, or sends the same again."""
        again = any((one.turn, one.said) == (row.turn, row.said) for one in own)
        return again or own[-1].said == row.said

    def flag(self, number: int, row: Row) -> bool:
        """Take a flag or its removal; return whether it was stored."""
        slot = self.slots[number]
        if slot.is_flagged == (row.action == "flag"):
            return False
        flags = [one for one in slot.rows if one.action.endswith("flag")]
        is_other = bool(flags) and flags[-1].page != row.page
        if is_other and any((one.action, one.page) == (row.action, row.page) for one in flags):
            return False
        slot.rows.append(row)
        return True

    def mark(self, decided: Sequence[Decision] = ()) -> tuple[Fraction, Fraction]:
        """Return what the attempt earns once handed in, and the most it could.

        :param decided: what was decided that holds.
        """
        most = 3 if self.settings.behaviour is Behaviour.CERTAINTY else 1
        points = full = Fraction(0)
        for slot in self.slots:
            about = [one for one in decided if one.revision_id == slot.revision_id]
            fixes = {one.fix for one in about}
            if "drop" in fixes:
                continue
            share = Fraction(most) if "give_all" in fixes else self._share(slot, about)
            points += share * slot.max_mark
            full += most * slot.max_mark
        return points, full

    def rated(self) -> int:
        """Return how many slots tell the memory something."""
        is_practice = self.settings.behaviour is Behaviour.PRACTICE
        return sum(bool(slot.said[0] or (is_practice and slot.checked)) for slot in self.slots)

    def _share(self, slot: Slot, decided: Sequence[Decision]) -> Fraction:
        (content, certainty), tried = slot.said, slot.checked
        behaviour = self.settings.behaviour
        if behaviour is Behaviour.PRACTICE:
            given = list(tried)
            if content is not None and content not in tried and not self.is_final(slot):
                given.append(content)
            penalty = Fraction(self.settings.penalty_percent, 100)
            earned = [slot.worth(one, decided) - penalty * place for place, one in enumerate(given)]
            return max([Fraction(0), *earned])
        if behaviour is Behaviour.IMMEDIATE and tried:
            content = tried[0]
        if content is None:
            return Fraction(0)
        worth = slot.worth(content, decided)
        if behaviour is not Behaviour.CERTAINTY:
            return worth
        sure = certainty or 1
        return worth * sure if worth else Fraction({1: 0, 2: -2, 3: -6}[sure])
