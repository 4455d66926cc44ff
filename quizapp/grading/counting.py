"""Which of several attempts counts, and what it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizapp.grading.marks import Mark
from quizapp.grading.settings import Counting


@dataclass(frozen=True, slots=True)
class Counted:
    """The mark that a learner has in a quiz.

    :param number: of the attempt that it comes from; None for an average.
    :param is_so_far: an attempt waits to be marked that may change it.
    """

    mark: Mark
    number: int | None
    is_so_far: bool = False


def counted(rule: Counting, marks: Sequence[tuple[int, Mark | None]]) -> Counted | None:
    """Return what counts of the attempts that were handed in; None while there is none.

    Attempts are compared by the share of their points, as a quiz may have changed in between; of
    equals the newest counts. An average is the exact mean of the shares, of the points that the
    newest attempt was out of.

    An attempt that waits to be marked has no mark that could count. Where the rule names it, the
    first or the last, nothing counts until it has one; the highest and the average are those of
    the others until then.

    :param marks: the number of each attempt with its mark, None where it waits, in any order.
    """
    in_order = sorted(marks, key=lambda one: one[0])
    if rule in (Counting.FIRST, Counting.LAST):
        named = in_order[:1] if rule is Counting.FIRST else in_order[-1:]
        return next((Counted(mark, number) for number, mark in named if mark), None)
    settled = [(number, mark) for number, mark in in_order if mark is not None]
    if not settled:
        return None
    is_so_far = len(settled) < len(in_order)
    if rule is Counting.AVERAGE:
        most = settled[-1][1].most
        share = sum((mark.share for _, mark in settled), Fraction(0)) / len(settled)
        return Counted(Mark(share * most, most), None, is_so_far)
    number, mark = max(settled, key=lambda one: (one[1].share, one[0]))
    return Counted(mark, number, is_so_far)
