"""The mark that a student has in a quiz: what attempts count, unless a person said otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from quizapp.grading.counting import Counted, counted
from quizapp.grading.marks import Mark, mean_of_shares
from quizapp.grading.settings import Counting


@dataclass(frozen=True, slots=True)
class Entry:
    """What an instructor last wrote in the gradebook about a student's quiz.

    :param seq: its number in the log of entries, from 1. :param mark: None: as attempts count.
    :param is_excused: the quiz does not count for the student. :param reason: of either.
    :param comment: to the student, Markdown, or "". :param was: what attempts counted then.
    """

    seq: int
    at: datetime
    mark: Mark | None = None
    is_excused: bool = False
    reason: str = ""
    comment: str = ""
    was: Mark | None = None

    @property
    def is_change(self) -> bool:
        """Return whether it stands in place of what attempts count."""
        return self.is_excused or self.mark is not None


@dataclass(frozen=True, slots=True)
class HandedIn:
    """An attempt that was handed in, as far as its mark goes.

    :param mark: of what is marked; whole once nothing `waits`.
    :param pass_mark_percent: of the settings that the attempt began with.
    """

    number: int
    mark: Mark
    waits: int = 0
    pass_mark_percent: int | None = None

    @property
    def settled(self) -> Mark | None:
        """Return the mark once it is whole; None while answers wait to be marked."""
        return None if self.waits else self.mark


@dataclass(frozen=True, slots=True)
class Standing:
    """The mark of a student in a quiz, and where it comes from.

    :param reckoned: what the attempts count; None while none counts. :param entry: the last one.
    :param waits: how many answers of all attempts a person has yet to mark.
    :param pass_mark_percent: that the mark has to reach; None without one.
    """

    reckoned: Counted | None
    entry: Entry | None = None
    waits: int = 0
    pass_mark_percent: int | None = None

    @property
    def is_changed(self) -> bool:
        """Return whether a person's word stands in place of what attempts count."""
        return self.entry is not None and self.entry.is_change

    @property
    def number(self) -> int | None:
        """Return the number of the attempt that counts; None where no single one does."""
        return None if self.is_changed or self.reckoned is None else self.reckoned.number

    @property
    def is_excused(self) -> bool:
        return self.entry is not None and self.entry.is_excused

    @property
    def is_by_hand(self) -> bool:
        return self.entry is not None and self.entry.mark is not None

    @property
    def mark(self) -> Mark | None:
        """Return the mark that holds; None where there is none, and for who is excused."""
        if self.entry is not None and self.is_changed:
            return self.entry.mark
        return self.reckoned.mark if self.reckoned else None

    @property
    def is_so_far(self) -> bool:
        """Return whether an attempt that waits to be marked may change the mark."""
        return not self.is_changed and self.reckoned is not None and self.reckoned.is_so_far

    @property
    def passed(self) -> bool | None:
        """Return whether the mark passes; None without a mark or a pass mark, and so far."""
        if self.mark is None or self.is_so_far:
            return None
        return self.mark.passes(self.pass_mark_percent)

    @property
    def has_moved(self) -> bool:
        """Return whether attempts count something else than when somebody wrote over it."""
        if self.entry is None or not self.is_changed:
            return False
        return self.entry.was != (self.reckoned.mark if self.reckoned else None)


NOTHING = Standing(None)


def standing(
    rule: Counting,
    attempts: Sequence[HandedIn],
    entry: Entry | None = None,
    *,
    pass_mark_percent: int | None = None,
) -> Standing:
    """Return where a student stands in a quiz.

    To pass, a mark has to reach the pass mark of the attempt that it comes from. An average and a
    mark by hand come from none: for them the newest attempt's holds.

    :param pass_mark_percent: that the quiz has now, for who handed nothing in.
    """
    reckoned = counted(rule, [(one.number, one.settled) for one in attempts])
    by_number = {one.number: one for one in attempts}
    number = reckoned.number if reckoned else None
    if number is None or (entry is not None and entry.is_change):
        number = max(by_number, default=None)
    needed = pass_mark_percent if number is None else by_number[number].pass_mark_percent
    return Standing(reckoned, entry, sum(one.waits for one in attempts), needed)


def mean_share(standings: Iterable[Standing]) -> Fraction | None:
    """Return the mean share of the quizzes that have a mark; None while none has.

    Each quiz weighs the same, however many points it has.
    """
    return mean_of_shares(one.mark for one in standings if one.mark is not None)
