"""Who chose what: each option of an item by how its choosers did on the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizapp.psychometrics import moments
from quizapp.psychometrics.counts import EVERYBODY, GRAIN, NONE_CHOSEN, ItemCounts
from quizapp.psychometrics.items import correlation


@dataclass(frozen=True, slots=True)
class Thirds:
    """How many are in each third by the score on the rest; equal scores stay together."""

    top: int
    middle: int
    bottom: int


@dataclass(frozen=True, slots=True)
class OptionFigures:
    """What the choosers of an option tell.

    :param option: its index; `NONE_CHOSEN` for those who chose nothing. :param is_part: it earns
        part of the marks, so that who knows more may well choose it.
    :param n: how many chose it, `share` of all. :param thirds: the same in each third.
    :param mean_rest: points on the rest, None where nobody chose it.
    :param correlation: of choosing it with the rest.
    """

    option: int
    is_key: bool
    n: int
    share: float
    thirds: Thirds
    mean_rest: float | None
    correlation: float | None
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class OptionTable:
    """Every option of an item, and how many attempts there are in each third.

    :param sd_rest: of the score on the rest, in points.
    """

    n: int
    thirds: Thirds
    options: tuple[OptionFigures, ...]
    sd_rest: float | None


def option_table(
    counts: ItemCounts,
    *,
    options: int,
    keys: Sequence[int],
    parts: Sequence[int] = (),
    grain: int = GRAIN,
) -> OptionTable | None:
    """Return the options of an item with their choosers; None where nothing was counted.

    :param options: how many there are; :param keys: the indexes of the right ones, and `parts` of
        those that are partly right.
    """
    bands = {place[1]: tally.n for place, tally in counts.choices.items() if place[0] == EVERYBODY}
    n = moments.size(bands)
    if not n:
        return None
    cuts = _cuts(bands, n)
    spread = moments.variance(counts.rests)
    summed = moments.total(counts.rests)
    found = []
    for option in (*range(options), NONE_CHOSEN):
        mine = {place[1]: t for place, t in counts.choices.items() if place[0] == option}
        number, amount = sum(t.n for t in mine.values()), sum(t.amount for t in mine.values())
        if option == NONE_CHOSEN and not number:
            continue
        with_rest = moments.covariance_from(n, number, summed, amount)
        own = moments.covariance_from(n, number, number, number)
        found.append(
            OptionFigures(
                option=option,
                is_key=option in keys,
                n=number,
                share=number / n,
                thirds=_thirds({band: t.n for band, t in mine.items()}, cuts),
                mean_rest=float(Fraction(amount, number)) / grain if number else None,
                correlation=correlation(with_rest, own, spread),
                is_part=option in parts,
            )
        )
    sd = None if spread is None else math.sqrt(spread) / grain
    return OptionTable(n, _thirds(bands, cuts), tuple(found), sd)


def _cuts(bands: moments.Histogram, n: int) -> tuple[int, int]:
    """Return the last bands of the bottom and of the middle third, as near to thirds as can be."""
    seen, places = 0, []
    for place, count in sorted(bands.items()):
        seen += count
        places.append((seen, place))
    low = min(places, key=lambda one: abs(3 * one[0] - n))[1]
    high = min(places, key=lambda one: abs(3 * one[0] - 2 * n))[1]
    return low, high


def _thirds(bands: moments.Histogram, cuts: tuple[int, int]) -> Thirds:
    bottom = sum(n for place, n in bands.items() if place <= cuts[0])
    top = sum(n for place, n in bands.items() if place > cuts[1])
    return Thirds(top, moments.size(bands) - top - bottom, bottom)
