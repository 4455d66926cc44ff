"""A class by its marks: in what order students stand, and what all of them come to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from quizapp.grading.standing import Standing, mean_share
from quizapp.queries.mark_cells import Key


class SortBy(StrEnum):
    """By what students stand; the value is what stands in an address."""

    NAME = "name"
    MEAN = "mean"
    QUIZ = "quiz"


@dataclass(frozen=True, slots=True)
class Order:
    """The order of students: names from A, marks from the lowest; reversed, the other way round.

    Who has no mark is last either way, and who has the same stands by name.

    :param quiz_id: what `SortBy.QUIZ` sorts by.
    """

    by: SortBy = SortBy.NAME
    quiz_id: int | None = None
    is_reversed: bool = False

    @property
    def is_by_mark(self) -> bool:
        return self.by is not SortBy.NAME

    @property
    def address(self) -> str:
        """Return what stands in an address."""
        key = f"{self.by}-{self.quiz_id}" if self.by is SortBy.QUIZ else self.by.value
        return f"-{key}" if self.is_reversed else key

    def among(self, quiz_ids: Collection[int]) -> Order:
        """Return the order, by name where it is by a quiz that is none of these."""
        return BY_NAME if self.by is SortBy.QUIZ and self.quiz_id not in quiz_ids else self


BY_NAME = Order()


@dataclass(frozen=True, slots=True)
class Middle:
    """The exact mean of shares, None of none, and of how many."""

    mean: Fraction | None
    marks: int


def in_order(
    ids: Sequence[int],
    order: Order,
    held: Mapping[Key, Standing],
    means: Mapping[int, Fraction | None],
) -> list[int]:
    """Return students in an order.

    :param ids: by name. :param held: where they stand. :param means: of their marks.
    """
    if order.by is SortBy.NAME:
        return list(reversed(ids)) if order.is_reversed else list(ids)
    if order.by is SortBy.MEAN:
        shares = {one: mean for one in ids if (mean := means.get(one)) is not None}
    else:
        quiz_id = order.quiz_id or 0
        stand = {one: held.get((one, quiz_id)) for one in ids}
        shares = {one: own.mark.share for one, own in stand.items() if own and own.mark}
    # Sorting keeps equals as they stand, by name, reversed too.
    marked = sorted(shares, key=shares.__getitem__, reverse=order.is_reversed)
    return marked + [one for one in ids if one not in shares]


def means_of(
    held: Mapping[Key, Standing], ids: Iterable[int], quiz_ids: Collection[int]
) -> dict[int, Fraction | None]:
    """Return the mean share of each student's marks; None where there are none."""
    return {
        one: mean_share(held[one, quiz] for quiz in quiz_ids if (one, quiz) in held) for one in ids
    }


def middle_of_quiz(held: Mapping[Key, Standing], ids: Iterable[int], quiz_id: int) -> Middle:
    """Return what the marks of students in a quiz come to."""
    found = [held[one, quiz_id] for one in ids if (one, quiz_id) in held]
    return Middle(mean_share(found), sum(one.mark is not None for one in found))
