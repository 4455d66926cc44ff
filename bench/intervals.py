"""How often margins hold what they are about, and how many quizzes are flagged wrongly.

    python -m bench.intervals

Students answer quizzes that are made up: every one has an ability, every question a difficulty and
a slope (a logistic curve, and marks in quarters for every fifth question). What is true of a
question is what a hundred thousand of them come to; a margin holds where it contains that. A flag
is wrong where the truth is on the good side of its limit. Ends with 1 where a kind of margin holds
less than 93 or more than 97 times of 100, or more than 5 of 100 quizzes are flagged wrongly.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Question:
    """How a question behaves; `pulls`: how much each distractor draws, by ability too."""

    difficulty: float
    slope: float
    has_parts: bool
    pulls: tuple[tuple[float, float], ...]

    def answer(self, ability: float, chance: Random) -> tuple[int, int]:
        """Return the mark in quarters and the option; option 0 is the key."""
        knows = 1 / (1 + math.exp(-self.slope * (ability - self.difficulty)))
        if self.has_parts:
            return sum(chance.random() < knows for _ in range(4)), -1
        if chance.random() < _GUESS + (1 - _GUESS) * knows:
            return 4, 0
        weights = [math.exp(base + tilt * ability) for base, tilt in self.pulls]
        return 0, 1 + chance.choices(range(len(weights)), weights)[0]


@dataclass(frozen=True, slots=True)
class Measured:
    """What some students come to."""

    items: list[ItemFigures]
    tables: list[OptionTable | None]
    quiz: QuizFigures


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate and print; return 1 where a share is outside its limits."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--quizzes", type=int, default=8, help="made up, each with its truth")
    parser.add_argument("--classes", type=int, default=60, help="that take each quiz")
    parser.add_argument("--truth", type=int, default=20_000, help="students that the truth is of")
    parser.add_argument("--seed", type=int, default=6)
    chosen = parser.parse_args(arguments)
    chance = Random(chosen.seed)  # noqa: S311
    held: dict[tuple[str, int], list[bool]] = {}
    wrong: dict[int, list[bool]] = {size: [] for size in _SIZES}
    kinds: Counter[Flag] = Counter()
    for _ in range(chosen.quizzes):
        questions = [_question(chance, place) for place in range(_ITEMS)]
        truth = _measure(questions, chosen.truth, chance)
        for size in _SIZES:
            for _ in range(chosen.classes):
                found = _measure(questions, size, chance)
                for name, holds in _held(found, truth):
                    held.setdefault((name, size), []).append(holds)
                flagged = list(_wrong(found, truth))
                kinds.update(flagged)
                wrong[size].append(bool(flagged))
    return _report(held, wrong, kinds)


def _question(chance: Random, place: int) -> Question:
    pulls = tuple((chance.gauss(0, 0.7), chance.gauss(-0.1, 0.25)) for _ in range(_OPTIONS - 1))
    return Question(chance.gauss(0, 1), chance.uniform(0.6, 2), place % 5 == 4, pulls)


def _measure(questions: Sequence[Question], students: int, chance: Random) -> Measured:
    counts = [ItemCounts() for _ in questions]
    totals: Counter[int] = Counter()
    quarter, most = GRAIN // 4, GRAIN
    for _ in range(students):
        ability = chance.gauss(0, 1)
        given = [question.answer(ability, chance) for question in questions]
        total = sum(mark for mark, _ in given) * quarter
        totals[total] += 1
        for one, (mark, option) in zip(counts, given, strict=True):
            rest = total - mark * quarter
            one.count(Kind.MARK, (mark * quarter, 0), Tally(1, rest, most))
            one.count(Kind.REST, (rest, 0), Tally(1))
            if option >= 0:
                group = band(rest, most * (len(questions) - 1))
                for value in (option, EVERYBODY):
                    one.count(Kind.CHOICE, (value, group), Tally(1, rest))
    items = [item_figures(one) for one in counts]
    tables = [
        None if question.has_parts else option_table(one, options=_OPTIONS, keys=[0])
        for question, one in zip(questions, counts, strict=True)
    ]
    whole = Totals(totals, students * most * len(questions))
    return Measured(items, tables, quiz_figures(whole, items))


def _held(found: Measured, truth: Measured) -> Iterator[tuple[str, bool]]:
    for place, (item, real) in enumerate(zip(found.items, truth.items, strict=True)):
        name = "facility, marks for parts" if place % 5 == 4 else "facility"
        yield from _one(name, intervals.facility(item), real.facility)
        margin = intervals.correlation(item.discrimination, item.n)
        yield from _one("discrimination", margin, real.discrimination)
    yield from _one("alpha", intervals.alpha(found.quiz), truth.quiz.alpha)
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


def _report(
    held: dict[tuple[str, int], list[bool]], wrong: dict[int, list[bool]], kinds: Counter[Flag]
) -> int:
    outside = 0
    print(f"{'margins that hold, %':28}" + "".join(f"{f'S = {size}':>10}" for size in _SIZES))
    for name in dict.fromkeys(name for name, _ in held):
        shares = [100 * _mean(held.get((name, size), [])) for size in _SIZES]
        outside += sum(not 93 <= share <= 97 for share in shares)
        print(f"{name:28}" + "".join(f"{share:10.1f}" for share in shares))
    flagged = [100 * _mean(wrong[size]) for size in _SIZES]
    print(f"{'quizzes flagged wrongly, %':28}" + "".join(f"{share:10.1f}" for share in flagged))
    told = ", ".join(f"{flag.value} {number}" for flag, number in kinds.most_common())
    print(f"wrong flags: {told or 'none'}; {len(wrong[_SIZES[0]])} classes of each size")
    return int(outside > 0 or max(flagged) > 5)


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else math.nan


if __name__ == "__main__":
    sys.exit(main())
