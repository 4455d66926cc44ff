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
    """

    mark: Mark
    number: int | None


def counted(rule: Counting, marks: Sequence[tuple[int, Mark]]) -> Counted | None:
    """Return what counts of the attempts that were handed in; None while there is none.

    Attempts are compared by the share of their points, as a quiz may have changed in between; of
    equals the newest counts. An average is the exact mean of the shares, of the points that the
    newest attempt was out of.

    :param marks: the number of each attempt with its mark, in any order.
    """
    if not marks:
        return None
    in_order = sorted(marks, key=lambda one: one[0])
    if rule is Counting.AVERAGE:
        most = in_order[-1][1].most
        share = sum((mark.share for _, mark in in_order), Fraction(0)) / len(in_order)
        return Counted(Mark(share * most, most), None)
    number, mark = in_order[-1]
    if rule is Counting.FIRST:
        number, mark = in_order[0]
    elif rule is Counting.HIGHEST:
        number, mark = max(in_order, key=lambda one: (one[1].share, one[0]))
    return Counted(mark, number)
