"""How often margins hold what they are about, and how many quizzes are flagged wrongly.

    python -m bench.intervals

Students answer quizzes that are made up: every one has an ability, every question a difficulty and
a slope (a logistic curve, and marks in quarters for every fifth question). Abilities are normal, in
levels. What is true of a question, and of a quiz, is what `--truth` students come to: so many that
their own error is a tenth of that of the largest class. A margin holds where it contains that. A
flag is wrong where the truth is on the good side of its limit.

Beside each share stands its standard error, reckoned over classes, as a class has many questions:
figures of a whole quiz are of `--classes` classes, those of single questions of `--full` of them.
Ends with 1 where a kind of margin holds less than 93 or more than 97 times of 100, where an error
is above 0.4 points, or where more than 5 of 100 quizzes are flagged wrongly.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from quizapp.psychometrics import flags, intervals
from quizapp.psychometrics.counts import EVERYBODY, GRAIN, ItemCounts, Kind, Tally, Totals, band
from quizapp.psychometrics.distractors import OptionTable, option_table
from quizapp.psychometrics.flags import Flag, Probe
from quizapp.psychometrics.intervals import Interval
from quizapp.psychometrics.items import ItemFigures, item_figures
from quizapp.psychometrics.quizzes import QuizFigures, quiz_figures

_SIZES = (10, 20, 50, 200)
_ITEMS, _OPTIONS = 20, 4
_GUESS = 0.25
_LEVELS = 128
_ABILITIES = [statistics.NormalDist().inv_cdf((level + 0.5) / _LEVELS) for level in range(_LEVELS)]
_QUARTER = GRAIN // 4
_MOST_ERROR = 0.4


@dataclass(frozen=True, slots=True)
class Question:
    """How a question behaves: at each level of ability the chances of its outcomes, summed up.

    Outcomes are the quarters earned where marks are for parts, else the option; 0 is the key.
    """

    has_parts: bool
    chances: tuple[tuple[float, ...], ...]

    def mark(self, outcome: int) -> int:
        """Return the quarters that an outcome earns."""
        return outcome if self.has_parts else 4 * (outcome == 0)


@dataclass(frozen=True, slots=True)
class Measured:
    """What some students come to; `tables` is empty where options are not looked at."""

    items: list[ItemFigures]
    tables: list[OptionTable | None]
    quiz: QuizFigures


#: By figure and size of the class: of each class the share of its margins that hold.
Held = dict[tuple[str, int], list[float]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate and print; return 1 where a share is outside its limits."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--quizzes", type=int, default=20, help="made up, each with its truth")
    parser.add_argument("--classes", type=int, default=3_600, help="of each size, over all quizzes")
    parser.add_argument("--full", type=int, default=1_600, help="of these, with every question")
    parser.add_argument("--truth", type=int, default=20_000, help="students that the truth is of")
    parser.add_argument("--seed", type=int, default=6)
    chosen = parser.parse_args(arguments)
    chance = Random(chosen.seed)  # noqa: S311
    held: Held = defaultdict(list)
    wrong: dict[int, list[bool]] = {size: [] for size in _SIZES}
    kinds: Counter[Flag] = Counter()
    for _ in range(chosen.quizzes):
        questions = [_question(chance, place) for place in range(_ITEMS)]
        truth = _measure(questions, chosen.truth, chance, is_full=True)
        for size in _SIZES:
            for number in range(chosen.classes // chosen.quizzes):
                is_full = number < chosen.full // chosen.quizzes
                found = _measure(questions, size, chance, is_full=is_full)
                _note(held, size, _held(found, truth) if is_full else _whole(found, truth))
                if is_full:
                    flagged = list(_wrong(found, truth))
                    kinds.update(flagged)
                    wrong[size].append(bool(flagged))
    return _report(held, wrong, kinds)


def _question(chance: Random, place: int) -> Question:
    difficulty, slope = chance.gauss(0, 1), chance.uniform(0.6, 2)
    pulls = [(chance.gauss(0, 0.7), chance.gauss(-0.1, 0.25)) for _ in range(_OPTIONS - 1)]
    has_parts = place % 5 == 4
    chances = []
    for ability in _ABILITIES:
        knows = 1 / (1 + math.exp(-slope * (ability - difficulty)))
        right = _GUESS + (1 - _GUESS) * knows
        drawn = [math.exp(base + tilt * ability) for base, tilt in pulls]
        outcomes = [right, *((1 - right) * one / sum(drawn) for one in drawn)]
        if has_parts:
            outcomes = [math.comb(4, n) * knows**n * (1 - knows) ** (4 - n) for n in range(5)]
        # The last is whatever is left.
        chances.append(tuple(accumulate(outcomes))[:-1])
    return Question(has_parts, tuple(chances))


def _measure(
    questions: Sequence[Question], students: int, chance: Random, *, is_full: bool
) -> Measured:
    """Let a class answer. :param is_full: look at the options too."""
    draw = chance.random
    levels = chance.choices(range(_LEVELS), k=students)
    given = [[bisect(one.chances[level], draw()) for level in levels] for one in questions]
    quarters = [
        [one.mark(outcome) for outcome in outcomes]
        for one, outcomes in zip(questions, given, strict=True)
    ]
    totals = [sum(row) for row in zip(*quarters, strict=True)]
    counts = [
        _counts(one, Counter(zip(outcomes, totals, strict=True)), is_full=is_full)
        for one, outcomes in zip(questions, given, strict=True)
    ]
    items = [item_figures(one) for one in counts]
    tables = [
        None if question.has_parts else option_table(one, options=_OPTIONS, keys=[0])
        for question, one in zip(questions, counts, strict=True)
        if is_full
    ]
    grains = {total * _QUARTER: n for total, n in Counter(totals).items()}
    whole = Totals(grains, students * GRAIN * len(questions))
    return Measured(items, tables, quiz_figures(whole, items))


def _counts(question: Question, seen: Counter[tuple[int, int]], *, is_full: bool) -> ItemCounts:
    """Return what an item counts. :param seen: how many had an outcome and a total."""
    counts = ItemCounts()
    for (outcome, total), n in seen.items():
        mark = question.mark(outcome)
        rest = (total - mark) * _QUARTER
        counts.count(Kind.MARK, (mark * _QUARTER, 0), Tally(n, n * rest, n * GRAIN))
        counts.count(Kind.REST, (rest, 0), Tally(n))
        if is_full and not question.has_parts:
            group = band(rest, GRAIN * (_ITEMS - 1))
            for value in (outcome, EVERYBODY):
                counts.count(Kind.CHOICE, (value, group), Tally(n, n * rest))
    return counts


def _note(held: Held, size: int, found: Iterator[tuple[str, bool]]) -> None:
    by_name: defaultdict[str, list[bool]] = defaultdict(list)
    for name, holds in found:
        by_name[name].append(holds)
    for name, several in by_name.items():
        held[name, size].append(statistics.fmean(several))


def _held(found: Measured, truth: Measured) -> Iterator[tuple[str, bool]]:
    for place, (item, real) in enumerate(zip(found.items, truth.items, strict=True)):
        name = "facility, marks for parts" if place % 5 == 4 else "facility"
        yield from _one(name, intervals.facility(item), real.facility)
        margin = intervals.correlation(item.discrimination, item.n)
        yield from _one("discrimination", margin, real.discrimination)
        yield from _one("efficiency", intervals.efficiency(item), real.efficiency)
    yield from _whole(found, truth)


def _whole(found: Measured, truth: Measured) -> Iterator[tuple[str, bool]]:
    yield from _one("alpha", intervals.alpha(found.quiz), truth.quiz.alpha)
    error = truth.quiz.standard_error
    yield from _one("standard error", intervals.standard_error(found.quiz), error)
    yield from _one("mean", intervals.mean(found.quiz), truth.quiz.mean)
    yield from _one("spread", intervals.spread(found.quiz), truth.quiz.sd)


def _one(name: str, margin: Interval | None, real: float | None) -> Iterator[tuple[str, bool]]:
    if margin is not None and real is not None:
        yield name, not margin.excludes(real)


def _wrong(found: Measured, truth: Measured) -> Iterator[Flag]:
    """Yield the flags that are not true of the questions."""
    tested = [
        Probe(item, 0.0 if table is None else _GUESS, table)
        for item, table in zip(found.items, found.tables, strict=True)
    ]
    for place, several in enumerate(flags.findings(tested)):
        real, table = truth.items[place], truth.tables[place]
        for one in several:
            if not _is_true(one.flag, one.option, real, table):
                yield one.flag


def _is_true(flag: Flag, option: int | None, real: ItemFigures, table: OptionTable | None) -> bool:
    facility, r = real.facility or 0.0, real.discrimination or 0.0
    hard = max(flags.HARD, 0.0 if table is None else _GUESS + flags.ABOVE_GUESSING)
    about_items = {
        Flag.TOO_EASY: facility > flags.EASY,
        Flag.TOO_HARD: facility < hard,
        Flag.LOW: r < flags.LEAST_DISCRIMINATION,
        Flag.DUBIOUS: (real.efficiency or 0.0) < flags.LEAST_EFFICIENCY,
        Flag.NEGATIVE: r < 0,
        Flag.KEY_SUSPECT: r < 0,
    }
    if option is None or table is None:
        return about_items[flag]
    key, chosen = table.options[0], table.options[option]
    return {
        Flag.DEAD: chosen.share < flags.DEAD_SHARE,
        Flag.ATTRACTIVE: (chosen.correlation or 0.0) > 0,
        Flag.TWO_KEYS: (chosen.mean_rest or 0.0) > (key.mean_rest or 0.0),
    }[flag]


def _report(held: Held, wrong: dict[int, list[bool]], kinds: Counter[Flag]) -> int:
    outside = 0
    print(
        f"{'margins that hold, % ± error':28}" + "".join(f"{f'S = {size}':>14}" for size in _SIZES)
    )
    for name in dict.fromkeys(name for name, _ in held):
        told = f"{name:28}"
        for size in _SIZES:
            shares = held[name, size]
            share, error = 100 * statistics.fmean(shares), _error(shares)
            is_outside = not 93 <= share <= 97 or error > _MOST_ERROR
            outside += is_outside
            told += f"{share:7.1f} ± {error:.1f}{'!' if is_outside else ' '} "
        print(told.rstrip())
    flagged = [100 * statistics.fmean(wrong[size]) for size in _SIZES]
    print(
        f"{'quizzes flagged wrongly, %':28}" + "".join(f"{share:7.1f}       " for share in flagged)
    )
    told = ", ".join(f"{flag.value} {number}" for flag, number in kinds.most_common())
    classes = f"{len(held['alpha', _SIZES[0]]):,} classes of each size"
    print(f"wrong flags: {told or 'none'}; {classes}, {len(wrong[_SIZES[0]]):,} in full")
    return int(outside > 0 or max(flagged) > 5)


def _error(shares: Sequence[float]) -> float:
    """Return the standard error of a mean over classes, in points."""
    return 100 * statistics.stdev(shares) / math.sqrt(len(shares))


if __name__ == "__main__":
    sys.exit(main())
