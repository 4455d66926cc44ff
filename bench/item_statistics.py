"""How far our item statistics are from those of another program, over files of marks and figures.

    python -m bench.item_statistics FOLDER

The folder holds sets of marks with what another program says of them: `live_moodle` has
`marks_*.csv` (one row an attempt, one column a question) and `expected_*.json`; `moodle` has
`mdl_question_states.csv`, `mdl_question.csv` and `expected_statistics_test.json`. Prints the
largest difference of each figure and what it was held to, and ends with 1 where one is beyond.

Each number is held to the larger of 1e-9 of itself and half a unit of the last digit that its file
prints. Files leave out noughts at the end ("50" may be 50.00000000), so the last digit is that of
the file: one that prints ten significant digits at most prints all its numbers to ten. What is 0,
is held to 1e-9.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from quizapp.psychometrics.counts import ItemCounts, Kind, Tally, Totals
from quizapp.psychometrics.items import ItemFigures, item_figures
from quizapp.psychometrics.quizzes import QuizFigures, quiz_figures, weights

_GRAIN = 10_000_000
_EXACT = Decimal("1e-9")
Marks = Mapping[int, Sequence[int]]


@dataclass(slots=True)
class Held:
    """How the numbers of one figure compare.

    :param relative: how many were held to 1e-9; :param printed: to half a unit of the last digit.
    :param furthest: the largest difference, :param beyond: how many differ by more than allowed.
    """

    relative: int = 0
    printed: int = 0
    furthest: Decimal = Decimal(0)
    beyond: int = 0

    def __str__(self) -> str:
        held = [(self.relative, "to 1e-9"), (self.printed, "to its printed digits")]
        told = ", ".join(f"{number} {what}" for number, what in held if number)
        return f"{self.furthest:10.1e}  {told}{'  TOO FAR' if self.beyond else ''}"


@dataclass(frozen=True, slots=True)
class Reference:
    """What another program says, and a comparison with it.

    :param digits: significant ones, that its file prints at most.
    """

    said: Any
    digits: int
    figures: dict[str, Held]

    @classmethod
    def read(cls, path: Path) -> Reference:
        """Read a file, numbers as they are printed."""
        said = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
        digits = max(len(number.as_tuple().digits) for number in _numbers(said))
        return cls(said, digits, defaultdict(Held))

    def compare(self, name: str, value: float | None, said: Decimal | None) -> None:
        """Compare one number of a figure; that there is none has to be said by both."""
        held = self.figures[name]
        if value is None or said is None:
            held.beyond += (value is None) != (said is None)
            return
        relative = _EXACT * abs(said) if said else _EXACT
        last = Decimal(5).scaleb(said.adjusted() - self.digits) if said else Decimal(0)
        held.relative += relative >= last
        held.printed += relative < last
        difference = abs(Decimal(value) - said)
        # What is no number is as far off as can be.
        if not difference.is_finite():
            difference = Decimal("Infinity")
        held.furthest = max(held.furthest, difference)
        held.beyond += difference > max(relative, last)


def _numbers(said: Any) -> Iterator[Decimal]:
    if isinstance(said, Decimal):
        yield said
    elif isinstance(said, dict | list):
        for one in said.values() if isinstance(said, dict) else said:
            yield from _numbers(one)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare and print; return 1 where a figure differs by more than its file's precision.

    2 is returned where the folder holds nothing to compare with.
    """
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    wrong = 0
    test = folder / "moodle"
    live = sorted((folder / "live_moodle").glob("marks_*.csv"))
    if not live or not (test / "expected_statistics_test.json").exists():
        print(f"{folder} does not hold both sets of numbers.")
        return 2
    for marks in live:
        name = marks.stem.removeprefix("marks_")
        expected = marks.with_name(f"expected_{name}.json")
        wrong += _report(f"live_moodle, {name}", _live(marks, expected))
    wrong += _report("moodle, its own test", _test(test))
    return int(wrong > 0)


def figures_of(marks: Marks, most: Mapping[int, int]) -> tuple[list[ItemFigures], QuizFigures]:
    """Return the figures of each question and of the quiz.

    :param marks: of each question by attempt, in units; :param most: of each question.
    """
    totals = [sum(row) for row in zip(*marks.values(), strict=True)]
    items = []
    for question, column in marks.items():
        counts = ItemCounts()
        for mark, total in zip(column, totals, strict=True):
            counts.count(Kind.MARK, (mark, 0), Tally(1, total - mark, most[question]))
            counts.count(Kind.REST, (total - mark, 0), Tally(1))
        items.append(item_figures(counts, grain=_GRAIN))
    histogram: defaultdict[int, int] = defaultdict(int)
    for total in totals:
        histogram[total] += 1
    whole = Totals(histogram, sum(most.values()) * len(totals))
    return items, quiz_figures(whole, items, grain=_GRAIN)


def _live(path: Path, expected: Path) -> Reference:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name.startswith("q")]
    reference = Reference.read(expected)
    said = reference.said
    marks = {int(name[1:]): [_units(row[name]) for row in rows] for name in names}
    most = {slot: _units(str(said["slots"][str(slot)]["maxmark"])) for slot in marks}
    items, quiz = figures_of(marks, most)
    for slot, item, weight in zip(marks, items, weights(items), strict=True):
        theirs = said["slots"][str(slot)]
        for name, value in _moodle_names(item).items():
            reference.compare(name, value, theirs[name])
        reference.compare("effectiveweight", _percent(weight.effective), theirs["effectiveweight"])
    for name, value in _quiz_names(quiz).items():
        reference.compare(name, value, said["quiz"][name])
    return reference


def _test(folder: Path) -> Reference:
    with (folder / "mdl_question_states.csv").open(encoding="utf-8") as file:
        states = list(csv.DictReader(file))
    with (folder / "mdl_question.csv").open(encoding="utf-8") as file:
        most = {int(row["slot"]): _units(row["maxmark"]) for row in csv.DictReader(file)}
    reference = Reference.read(folder / "expected_statistics_test.json")
    said = reference.said
    marks: dict[int, list[int]] = {slot: [] for slot in sorted(most)}
    for row in states:
        marks[int(row["slot"])].append(_units(row["mark"]))
    items, _ = figures_of(marks, most)
    shares: dict[str, Callable[[ItemFigures], float | None]] = {
        "facility_x100": lambda item: _percent(item.facility),
        "sd_x1000": lambda item: None if item.sd is None else item.sd * 1000,
        "discriminationindex": lambda item: _percent(item.discrimination),
        "discriminativeefficiency": lambda item: _percent(item.efficiency),
    }
    for place, (item, weight) in enumerate(zip(items, weights(items), strict=True)):
        for name, value in shares.items():
            if said[name][place] is not None:
                reference.compare(name, value(item), said[name][place])
        effective = said["effectiveweight"][place]
        reference.compare("effectiveweight", _percent(weight.effective), effective)
    return reference


def _moodle_names(item: ItemFigures) -> dict[str, float | None]:
    return {
        "facility": item.facility,
        "sd": item.sd,
        "discriminationindex": _percent(item.discrimination),
        "discriminativeefficiency": _percent(item.efficiency),
        "markvariance": item.variance,
        "covariance": item.covariance,
        "covariancemax": item.largest_covariance,
    }


def _quiz_names(quiz: QuizFigures) -> dict[str, float | None]:
    return {
        "avg": quiz.mean,
        "median": quiz.median,
        "standarddeviation": quiz.sd,
        "skewness": quiz.skewness,
        "kurtosis": quiz.kurtosis,
        "cic": _percent(quiz.alpha),
        "errorratio": _percent(quiz.error_ratio),
        "standarderror": quiz.standard_error,
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _units(points: str) -> int:
    return round(Fraction(points) * _GRAIN)


def _report(name: str, reference: Reference) -> int:
    print(f"{name} (printed with {reference.digits} digits)")
    for figure, held in reference.figures.items():
        print(f"  {figure:26}{held}")
    return sum(held.beyond for held in reference.figures.values())


if __name__ == "__main__":
    sys.exit(main())
