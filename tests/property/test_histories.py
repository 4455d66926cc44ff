"""Whatever happens in an attempt: nothing acknowledged is lost, and no submit can hurt."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.property.telling import tell, words

#: Always the same histories; `python -m bench.histories` tells others.
COUNT = int(os.environ.get("TEST_HISTORIES", "2000"))

#: What some of them must have, by the names in their figures.
HAPPENINGS = (
    *("saved from a stale page", "said before", "too late", "final"),
    *("regrade: accept", "regrade: give_all", "regrade: drop", "regrade: correct"),
    *("regrade: refused", "regrade: undone", "marks changed", "marks put back"),
    *("needs: set", "needs: removed", "exception of the person: set"),
    *("exception of the person: removed", "exception of the group: set"),
    *("exception of the group: removed", "deadline moved by what is granted", "no countdown"),
    *("start: with the code", "start: wrong code", "start: no code", "start: refused"),
    *("start: gone on with", "start: free", "code changed while open"),
    *("edit: question", "edit: retire", "edit: settings", "edit: slots"),
    *("edit: withdraw", "edit: restore", "withdrawn while open"),
    *("quiz page, withdrawn", "results", "results with secrets"),
    "results, closed for others",
)


def test_every_history_ends_as_its_ledger_says(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    counts = tell(tmp_path, COUNT)

    record_property("figures", words(counts))
    assert counts["histories"] >= COUNT
    assert counts["differences"] == 0
    # They went where it is dangerous.
    for name in HAPPENINGS:
        assert counts[name] > 0, f"no history has: {name}"
