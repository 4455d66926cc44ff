"""What an attempt pins."""

from __future__ import annotations

import json
from fractions import Fraction

from quizapp.grading.layout import LaidSlot, load_layout


def test_a_layout_survives_being_stored_as_json() -> None:
    slots = (
        LaidSlot(7, 3, (2, 0, 1), Fraction(3, 2)),
        LaidSlot(9, 4, (), Fraction(1)),
    )

    stored = json.loads(json.dumps([slot.dump() for slot in slots]))

    assert load_layout(stored) == slots
    assert stored[0] == [7, 3, "3/2", 2, 0, 1]
