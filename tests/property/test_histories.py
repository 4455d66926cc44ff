"""Whatever happens in an attempt: nothing acknowledged is lost, and no submit can hurt."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.property.telling import tell, words

#: Always the same histories; `python -m bench.histories` tells others.
COUNT = int(os.environ.get("TEST_HISTORIES", "2000"))


def test_every_history_ends_as_its_ledger_says(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    counts = tell(tmp_path, COUNT)

    record_property("figures", words(counts))
    assert counts["histories"] >= COUNT
    assert counts["differences"] == 0
    # They went where it is dangerous.
    for name in ("saved from a stale page", "said before", "too late", "final"):
        assert counts[name] > 0, f"no history has: {name}"
