"""Files that other programs wrote, read here and compared with a reference reading.

    python -m bench.foreign FOLDER
    python -m bench.foreign FOLDER --format gift

FOLDER holds a folder for each format; beside each file `<file>.expected.json` says how the
reference reads it, and for QTI FOLDER/manifest.json says what is in it. Prints what is read
otherwise, then two tables. Ends with 1 if anything crashed or differs without a reason.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import foreign_moodle, foreign_qti
from bench.foreign_outcomes import Comparer, Difference, Outcome

#: Each module named foreign_<family> adds the formats that it compares.
COMPARERS: Mapping[str, Comparer] = {**foreign_moodle.COMPARERS, **foreign_qti.COMPARERS}

_EXPECTED = ".expected.json"
_COLUMNS = (
    *("files", "questions", "looked for", "same", "changed", "refused", "crashed", "silent"),
    "same %",
)
_FITS = ("questions", "whole", "named", "left out", "unnamed")
_MOST_REASONS = 12


def main() -> int:
    """Print the tables, and return 1 if anything crashed or differs without a reason.

    2 is returned where there was nothing to read.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--format", default="", choices=["", *COMPARERS], help="one folder")
    chosen = parser.parse_args()
    names = [name for name in COMPARERS if chosen.format in ("", name)]
    outcomes = {name: list(_outcomes(chosen.folder, name)) for name in names}
    _print_table("format", _COLUMNS, {name: _row(outcomes[name]) for name in names})
    print("\nOf what was read, our question types take:")
    _print_table("format", _FITS, {name: _fits(outcomes[name]) for name in names})
    _print_reasons(one for name in names for one in outcomes[name])
    every = [one for name in names for one in outcomes[name]]
    if not every:
        print(f"{chosen.folder} holds no file of these formats.")
        return 2
    return int(any(one.crashed or one.silent or one.unnamed for one in every))


def _outcomes(folder: Path, name: str) -> Iterable[Outcome]:
    for path, stated in _files(folder, name):
        outcome = _outcome(name, path, stated)
        _print_differences(path.relative_to(folder), outcome)
        yield outcome


def _files(folder: Path, name: str) -> Iterable[tuple[Path, Mapping[str, Any]]]:
    """Yield the files of a format, each with what the reference says of it."""
    if name in foreign_qti.COMPARERS:
        yield from foreign_qti.files(folder, name)
        return
    for expected in sorted((folder / name).rglob(f"*{_EXPECTED}")):
        path = expected.with_name(expected.name.removesuffix(_EXPECTED))
        if path.exists():
            yield path, json.loads(expected.read_text(encoding="utf-8"))


def _outcome(name: str, path: Path, stated: Mapping[str, Any]) -> Outcome:
    try:
        return COMPARERS[name](path, stated)
    except Exception:  # noqa: BLE001 - what crashes is counted
        return Outcome(expected=int(stated.get("questions") or 0), crashed=traceback.format_exc())


def _print_differences(path: Path, outcome: Outcome) -> None:
    if outcome.crashed:
        print(f"CRASHED {path}\n{outcome.crashed}")
    for kind, found in (
        ("SILENT", outcome.silent),
        ("UNNAMED", outcome.unnamed),
        ("changed", outcome.changed),
        ("refused", outcome.refused),
    ):
        for one in found:
            _print_difference(kind, path, one)


def _print_difference(kind: str, path: Path, one: Difference) -> None:
    print(f"{kind} {path}, {one.where}: {one.what}" + (f" ({one.reason})" if one.reason else ""))
    print(f"    here {one.ours}\n    reference {one.reference}")


def _row(outcomes: Sequence[Outcome]) -> list[str]:
    expected = sum(one.expected for one in outcomes)
    same = sum(one.same for one in outcomes)
    figures = (
        len(outcomes),
        expected,
        sum(one.pieces for one in outcomes),
        same,
        sum(len(one.changed) for one in outcomes),
        sum(len(one.refused) for one in outcomes),
        sum(bool(one.crashed) for one in outcomes),
        sum(len(one.silent) for one in outcomes),
    )
    share = f"{same / expected:.1%}" if expected else "–"
    return [*map(str, figures), share]


def _fits(outcomes: Sequence[Outcome]) -> list[str]:
    sums = [sum(getattr(one, name) for one in outcomes) for name in ("whole", "named", "left_out")]
    unnamed = sum(len(one.unnamed) for one in outcomes)
    return [str(figure) for figure in (sum(sums), *sums, unnamed)]


def _print_table(first: str, columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> None:
    print(f"{first:18}" + "".join(f"{column:>11}" for column in columns))
    for name, row in rows.items():
        print(f"{name:18}" + "".join(f"{cell:>11}" for cell in row))


def _print_reasons(outcomes: Iterable[Outcome]) -> None:
    reasons: Counter[str] = Counter()
    for outcome in outcomes:
        reasons.update(outcome.reasons)
    print("\nWhat is named most often (questions):")
    for reason, count in reasons.most_common(_MOST_REASONS):
        print(f"{count:6}  {reason}")


if __name__ == "__main__":
    sys.exit(main())
