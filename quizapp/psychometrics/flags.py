"""Which items to look at: only where the data leave no other reading, however many are tested.

Each kind of flag is a hypothesis about an item or an option that has a limit. An item is flagged
where the margin of its figure excludes the limit, and where that still holds when it is known how
many were tested: Benjamini and Hochberg's procedure (1995) over the quiz, for each kind by itself.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizapp.psychometrics.distractors import OptionFigures, OptionTable
from quizapp.psychometrics.distributions import normal_below, t_above
from quizapp.psychometrics.intervals import ENOUGH, answers
from quizapp.psychometrics.items import ItemFigures

LEAST_DISCRIMINATION = 0.2
LEAST_EFFICIENCY = 0.15
EASY, HARD = 0.9, 0.3
#: How much better than guessing an item must be answered not to count as too hard.
ABOVE_GUESSING = 0.1
#: An option that fewer choose does no work; so many answers are needed to say so.
DEAD_SHARE, DEAD_LEAST = 0.05, 40
_ERRORS = 0.05


class Flag(StrEnum):
    """What is the matter with an item, the worst first."""

    KEY_SUSPECT = "key_suspect"  # who knows more, misses the key
    TWO_KEYS = "two_keys"  # who chose this knows more than who chose the key
    NEGATIVE = "negative"  # who knows more, does worse; there are no options
    ATTRACTIVE = "attractive"  # who knows more, tends to choose this distractor
    TOO_HARD = "too_hard"
    LOW = "low"  # hardly tells who knows more
    DUBIOUS = "dubious"  # tells little of what its marks could tell
    TOO_EASY = "too_easy"
    DEAD = "dead"  # hardly anybody chooses this distractor


#: What is not said beside what says more.
_COVERED: dict[Flag, frozenset[Flag]] = {
    Flag.KEY_SUSPECT: frozenset({Flag.LOW, Flag.DUBIOUS, Flag.ATTRACTIVE, Flag.TOO_HARD}),
    Flag.TWO_KEYS: frozenset({Flag.LOW, Flag.DUBIOUS, Flag.ATTRACTIVE}),
    Flag.ATTRACTIVE: frozenset({Flag.LOW, Flag.DUBIOUS}),
    Flag.NEGATIVE: frozenset({Flag.LOW, Flag.DUBIOUS}),
    Flag.TOO_HARD: frozenset({Flag.LOW, Flag.DUBIOUS}),
    Flag.TOO_EASY: frozenset({Flag.LOW, Flag.DUBIOUS, Flag.DEAD}),
    Flag.LOW: frozenset({Flag.DUBIOUS}),
}


@dataclass(frozen=True, slots=True)
class Probe:
    """An item as it is tested.

    :param guess: the facility of guessing blindly, 0 to 1.
    :param options: None where there are none to choose from.
    """

    figures: ItemFigures
    guess: float = 0.0
    options: OptionTable | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One flag. :param option: the index that it is about; None for the item as a whole."""

    flag: Flag
    chance: float
    option: int | None = None

    @property
    def rank(self) -> tuple[int, float]:
        """Return what sorts the worst first."""
        return list(Flag).index(self.flag), self.chance


def findings(items: Sequence[Probe]) -> tuple[tuple[Finding, ...], ...]:
    """Return the flags of each item, the worst first."""
    tested: defaultdict[Flag, list[tuple[int, Finding]]] = defaultdict(list)
    for place, item in enumerate(items):
        if item.figures.n >= ENOUGH:
            for finding in _hypotheses(item):
                tested[finding.flag].append((place, finding))
    found: defaultdict[int, list[Finding]] = defaultdict(list)
    for several in tested.values():
        limit = _limit([finding.chance for _, finding in several])
        for place, finding in several:
            if finding.chance <= limit:
                found[place].append(finding)
    return tuple(_told(found[place]) for place in range(len(items)))


def _limit(chances: Sequence[float]) -> float:
    """Return the largest chance that still counts when so many were tested; below 0 for none."""
    number = len(chances)
    held = [
        chance
        for rank, chance in enumerate(sorted(chances), start=1)
        if chance <= _ERRORS * rank / number
    ]
    return max(held, default=-1.0)


def _told(several: Sequence[Finding]) -> tuple[Finding, ...]:
    covered = frozenset().union(*(_COVERED.get(one.flag, frozenset()) for one in several))
    return tuple(sorted((f for f in several if f.flag not in covered), key=lambda f: f.rank))


def _hypotheses(item: Probe) -> Iterator[Finding]:
    """Yield every flag that the item could have, with the chance of so much by luck.

    The chances are of both sides, as those of margins are.
    """
    figures = item.figures
    if (worth := answers(figures)) is not None:
        easy = worth.place(EASY)
        yield Finding(Flag.TOO_EASY, _share_beyond(easy, worth.share, worth.n))
        hard = worth.place(max(HARD, min(item.guess + ABOVE_GUESSING, EASY)))
        yield Finding(Flag.TOO_HARD, _share_beyond(1 - hard, 1 - worth.share, worth.n))
    if figures.discrimination is not None:
        negative = Flag.NEGATIVE if item.options is None else Flag.KEY_SUSPECT
        yield Finding(negative, _correlation_below(0, figures.discrimination, figures.n))
        low = _correlation_below(LEAST_DISCRIMINATION, figures.discrimination, figures.n)
        yield Finding(Flag.LOW, low)
        if figures.efficiency is not None and figures.efficiency:
            limit = LEAST_EFFICIENCY * figures.discrimination / figures.efficiency
            dubious = _correlation_below(min(limit, 0.99), figures.discrimination, figures.n)
            yield Finding(Flag.DUBIOUS, dubious)
    if item.options is not None:
        yield from _about_options(item.options)


def _about_options(table: OptionTable) -> Iterator[Finding]:
    keys = [option for option in table.options if option.is_key and option.n]
    for option in table.options:
        if option.is_key or option.option < 0:
            continue
        if table.n >= DEAD_LEAST:
            chance = _share_beyond(1 - DEAD_SHARE, 1 - option.share, table.n)
            yield Finding(Flag.DEAD, chance, option.option)
        if option.correlation is not None and not option.is_part:
            chance = _correlation_below(0, -option.correlation, table.n)
            yield Finding(Flag.ATTRACTIVE, chance, option.option)
        if len(keys) == 1 and (better := _better(option, keys[0], table)) is not None:
            yield Finding(Flag.TWO_KEYS, better, option.option)


def _better(option: OptionFigures, key: OptionFigures, table: OptionTable) -> float | None:
    """Return how likely luck alone lets the choosers of an option do so much better on the rest."""
    if option.mean_rest is None or key.mean_rest is None or not table.sd_rest:
        return None
    error = table.sd_rest * math.sqrt(1 / option.n + 1 / key.n)
    degrees = option.n + key.n - 2
    if degrees < 1:
        return None
    return min(1.0, 2 * t_above((option.mean_rest - key.mean_rest) / error, degrees))


def _share_beyond(limit: float, share: float, n: float) -> float:
    """Return the chance of a share so far above the limit if the limit is the truth."""
    error = math.sqrt(limit * (1 - limit) / n)
    return min(1.0, 2 * normal_below(-(share - limit) / error))


def _correlation_below(limit: float, value: float, n: int) -> float:
    """Return the chance of a correlation so far below the limit if the limit is the truth."""
    if n < 4:
        return 1.0
    value = min(max(value, -0.999_999), 0.999_999)
    distance = (math.atanh(value) - math.atanh(limit)) * math.sqrt(n - 3)
    return min(1.0, 2 * normal_below(distance))
