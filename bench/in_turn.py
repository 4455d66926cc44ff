"""A page opened on two sides in turn, a small and a large one, and what that takes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient


@dataclass(frozen=True, slots=True)
class Spent:
    """What one request took: milliseconds of CPU and of the clock, and its queries."""

    cpu: float
    clock: float
    queries: int


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody signed in to a program."""

    client: FlaskClient
    engine: sa.Engine

    def open(self, address: str) -> Spent:
        """Return what a page takes.

        :raises RuntimeError: it cannot be opened.
        """
        queries: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            queries.append(statement)

        sa.event.listen(self.engine, "before_cursor_execute", note)
        began, began_at = process_time(), perf_counter()
        answer = self.client.get(address)
        spent = (process_time() - began) * 1000, (perf_counter() - began_at) * 1000
        sa.event.remove(self.engine, "before_cursor_execute", note)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status}")
        return Spent(*spent, len(queries))


def heading(times: int) -> str:
    """Return what stands above the lines that `open_in_turn` prints."""
    return f"median of {times}, milliseconds{'':16} few: CPU  clock  many: CPU  clock  queries"


def open_in_turn(
    name: str, address: str, sides: Sequence[Browser], *, times: int, most: float
) -> int:
    """Open a page on both sides, the small one first, in turn and print; return 1 if it grows.

    It grows where the sides ask other numbers of queries, or the large one takes more than `most`
    times as long.
    """
    for side in sides:
        side.open(address)  # templates and statements are compiled once
    spent: tuple[list[Spent], list[Spent]] = ([], [])
    for _ in range(times):
        for side, taken in zip(sides, spent, strict=True):
            taken.append(side.open(address))
    cpu, clock = (
        [statistics.median(getattr(one, what) for one in taken) for taken in spent]
        for what in ("cpu", "clock")
    )
    queries = [{one.queries for one in taken} for taken in spent]
    ratios = [many / few for few, many in (cpu, clock)]
    same = queries[0] == queries[1] and len(queries[0]) == 1
    is_slow = max(ratios) > most or not same
    told = "/".join(str(number) for number in sorted(queries[0] | queries[1]))
    grows = "  GROWS" if is_slow else ""
    print(
        f"{name:34}{cpu[0]:13.1f}{clock[0]:7.1f}{cpu[1]:11.1f}{clock[1]:7.1f}{told:>9}"
        f"  ratio {ratios[0]:.2f} of CPU, {ratios[1]:.2f} of the clock{grows}"
    )
    return int(is_slow)
