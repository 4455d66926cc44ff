"""How far our item statistics are from those of another program, over files of marks and figures.

    python -m bench.item_statistics FOLDER

The folder holds sets of marks with what another program says of them: `live_moodle` has
`marks_*.csv` (one row an attempt, one column a question) and `expected_*.json`; `moodle` has
`mdl_question_states.csv`, `mdl_question.csv` and `expected_statistics_test.json`. Prints the
largest difference of each figure, and ends with 1 where one is beyond the precision that the file
gives: 1e-9, or what its printed digits allow.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import isnan
from pathlib import Path
from typing import Any

from quizapp.psychometrics.counts import ItemCounts, Kind, Tally, Totals
from quizapp.psychometrics.items import ItemFigures, item_figures
from quizapp.psychometrics.quizzes import QuizFigures, quiz_figures, weights

_GRAIN = 10_000_000
_EXACT = 1e-9
#: The test's own figures are printed with ten digits, of percentages and thousandths.
_PRINTED = 5e-7
Marks = Mapping[int, Sequence[int]]


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
        differences = _live(marks, marks.with_name(f"expected_{name}.json"))
        wrong += _report(f"live_moodle, {name}", differences, _EXACT)
    wrong += _report("moodle, its own test", _test(test), _PRINTED)
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


def _live(path: Path, expected: Path) -> dict[str, float]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name.startswith("q")]
    said = json.loads(expected.read_text(encoding="utf-8"))
    marks = {int(name[1:]): [_units(row[name]) for row in rows] for name in names}
    most = {slot: _units(str(said["slots"][str(slot)]["maxmark"])) for slot in marks}
    items, quiz = figures_of(marks, most)
    found: defaultdict[str, float] = defaultdict(float)
    for slot, item, weight in zip(marks, items, weights(items), strict=True):
        for name, value in _moodle_names(item).items():
            _compare(found, name, value, said["slots"][str(slot)][name])
        _compare(found, "effectiveweight", _percent(weight.effective), said["slots"][str(slot)])
    for name, value in _quiz_names(quiz).items():
        _compare(found, name, value, said["quiz"][name])
    return found


def _test(folder: Path) -> dict[str, float]:
    with (folder / "mdl_question_states.csv").open(encoding="utf-8") as file:
        states = list(csv.DictReader(file))
    with (folder / "mdl_question.csv").open(encoding="utf-8") as file:
        most = {int(row["slot"]): _units(row["maxmark"]) for row in csv.DictReader(file)}
    said = json.loads((folder / "expected_statistics_test.json").read_text(encoding="utf-8"))
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
    found: defaultdict[str, float] = defaultdict(float)
    for place, (item, weight) in enumerate(zip(items, weights(items), strict=True)):
        for name, value in shares.items():
            if name in said and said[name][place] is not None:
                _compare(found, name, value(item), said[name][place])
        _compare(
            found, "effectiveweight", _percent(weight.effective), said["effectiveweight"][place]
        )
    return found


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


def _compare(found: dict[str, float], name: str, value: float | None, said: Any) -> None:
    expected = said.get(name) if isinstance(said, dict) else said
    if value is None or expected is None:
        found[name] = max(found[name], 0.0 if value is None and expected is None else float("inf"))
        return
    difference = abs(value - float(expected))
    # What is no number is as far off as can be.
    found[name] = max(found[name], float("inf") if isnan(difference) else difference)


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _units(points: str) -> int:
    return round(Fraction(points) * _GRAIN)


def _report(name: str, differences: Mapping[str, float], allowed: float) -> int:
    print(f"{name} (allowed {allowed:g})")
    for figure, difference in differences.items():
        print(f"  {figure:26}{difference:10.1e}{'' if difference <= allowed else '  TOO FAR'}")
    return sum(difference > allowed for difference in differences.values())


if __name__ == "__main__":
    sys.exit(main())
