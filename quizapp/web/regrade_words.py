"""Decisions about wrong keys, and what they change, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quizapp.grading.marks import Mark
from quizapp.grading.regrades import RegradeFix
from quizapp.grading.standing import Entry
from quizapp.services.regrade_marks import Change
from quizapp.web.wording import count

PAGE_SIZE = 100

#: What an instructor chooses from.
CHOICES: Mapping[RegradeFix, str] = {
    RegradeFix.ACCEPT: "Accept another response too",
    RegradeFix.GIVE_ALL: "Give everybody full marks for it",
    RegradeFix.DROP: "Drop the question: it counts for nobody",
    RegradeFix.CORRECT: "Mark by the corrected question",
}


def decided(fix: RegradeFix, accepted: str = "") -> str:
    """Return a decision as students and instructors read it.

    :param accepted: the response that counts as right too, where it may be told.
    """
    if fix is RegradeFix.ACCEPT:
        return f"“{accepted}” counts as right too." if accepted else "Another answer counts too."
    return {
        RegradeFix.GIVE_ALL: "Everybody has full marks for this question.",
        RegradeFix.DROP: "This question counts for nobody.",
        RegradeFix.CORRECT: "Responses are marked by the corrected question.",
    }[fix]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One student's change as the table shows it. `kind`: the colour of `verdict`.

    :param waits: answers wait to be marked before it, as `waits_then` afterwards.
    :param stays: what counts for the student all the same: "8 of 10 by hand", "excused", or "".
    """

    name: str
    quiz_title: str
    number: int
    old: Mark
    new: Mark
    verdict: str
    kind: str
    waits: bool = False
    waits_then: bool = False
    stays: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a regrade comes to. Marks are compared by their share, since a dropped question
    lowers what can be reached.

    :param by_hand: marks in the gradebook that were set by hand over these attempts, and stay; as
        `excused`, of students for whom the quiz does not count. Each student counts once a quiz.
    """

    attempts: int
    better: int
    worse: int
    now_pass: int
    now_fail: int
    by_hand: int = 0
    excused: int = 0


@dataclass(frozen=True, slots=True)
class ChangePage:
    """One page of the changes, with the totals of all."""

    rows: tuple[ChangeRow, ...]
    totals: Totals
    page: int
    pages: int

    @property
    def kept(self) -> str:
        """Return what the gradebook keeps of all, as a sentence; "" for nothing."""
        return kept_words(self.totals)


def page_of(changes: Sequence[Change], page: int) -> tuple[Sequence[Change], int, int]:
    """Return the changes on a page, its number and how many there are."""
    pages = max(1, -(-len(changes) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    return changes[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], page, pages


def totals(changes: Sequence[Change]) -> Totals:
    """Return the totals of changes."""
    kept = {(one.learner_id, one.quiz_id): one.kept for one in changes if one.kept}
    return Totals(
        attempts=len(changes),
        better=sum(change.new.share > change.old.share for change in changes),
        worse=sum(change.new.share < change.old.share for change in changes),
        now_pass=sum(change.passes is True and not change.passed for change in changes),
        now_fail=sum(change.passes is False and bool(change.passed) for change in changes),
        by_hand=sum(entry.mark is not None for entry in kept.values()),
        excused=sum(entry.is_excused for entry in kept.values()),
    )


def change_row(change: Change, names: Mapping[int, str], quizzes: Mapping[int, str]) -> ChangeRow:
    """Return a change with the names of who and what it is about."""
    verdict, kind = _verdict(change.passed, change.passes)
    return ChangeRow(
        name=names.get(change.learner_id, ""),
        quiz_title=quizzes.get(change.quiz_id, ""),
        number=change.number,
        old=change.old,
        new=change.new,
        verdict=verdict,
        kind=kind,
        waits=bool(change.waits),
        waits_then=bool(change.waits_then),
        stays=_stays(change.kept) if change.kept else "",
    )


def kept_words(totals_of_all: Totals) -> str:
    """Return what of the gradebook stays as it is, in sentences; "" for nothing."""
    told = []
    if totals_of_all.by_hand:
        told.append(f"{count(totals_of_all.by_hand, 'mark')} set by hand")
    if totals_of_all.excused:
        told.append(count(totals_of_all.excused, "excuse"))
    if not told:
        return ""
    is_one = totals_of_all.by_hand + totals_of_all.excused == 1
    return (
        f"{' and '.join(told)} {'stays as it is' if is_one else 'stay as they are'}: only the "
        f"attempts under {'it' if is_one else 'them'} change. Where those then count something "
        "else, the gradebook tells you."
    )


def _stays(kept: Entry) -> str:
    return "excused" if kept.is_excused else f"{kept.mark} by hand"


def _verdict(passed: bool | None, passes: bool | None) -> tuple[str, str]:
    if passes is None:
        return "", ""
    if passes:
        return ("Still passes", "") if passed else ("Now passes", "good")
    return ("No longer passes", "bad") if passed else ("Still fails", "")
