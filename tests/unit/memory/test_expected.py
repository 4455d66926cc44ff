"""The model in closed form says what the library says."""

from __future__ import annotations

from random import Random

import fsrs_rs_python
import pytest

from quizapp.memory.expected import Expected
from quizapp.memory.model import DEFAULT_WEIGHTS, recall_after

FITTED = tuple(weight * (1.1 if n % 2 else 0.93) for n, weight in enumerate(DEFAULT_WEIGHTS))


@pytest.mark.parametrize("weights", [DEFAULT_WEIGHTS, FITTED])
def test_answers_lead_where_the_library_leads(weights: tuple[float, ...]) -> None:
    model, library = Expected(weights), fsrs_rs_python.FSRS(list(weights))
    chance = Random(1)  # noqa: S311
    for _ in range(500):
        s, d, days = 10 ** chance.uniform(-1, 3), chance.uniform(1, 10), chance.randint(1, 200)
        p = model.recall(days, s)
        nexts = library.next_states(fsrs_rs_python.MemoryState(s, d), 0.9, days)
        relearnt = library.next_states(nexts.again.memory, 0.9, 0).good.memory

        assert p == pytest.approx(recall_after(days, s, weights))
        assert model.recalled(s, d, p) == pytest.approx(nexts.good.memory.stability, rel=1e-4)
        assert model.hard(s, d, p) == pytest.approx(nexts.hard.memory.stability, rel=1e-4)
        assert model.forgotten(s, d, p) == pytest.approx(relearnt.stability, rel=1e-4)
        right, wrong = (model.difficulty_after(d, recalled=known) for known in (True, False))
        assert right == pytest.approx(nexts.good.memory.difficulty, abs=1e-4)
        assert wrong == pytest.approx(relearnt.difficulty, abs=1e-4)


def test_the_first_day_leads_where_the_library_leads() -> None:
    model, library = Expected(None), fsrs_rs_python.FSRS(list(DEFAULT_WEIGHTS))
    nexts = library.next_states(None, 0.9, 0)
    for known, first in ((True, nexts.good), (False, nexts.again)):
        after = library.next_states(first.memory, 0.9, 0).good.memory

        assert model.first(recalled=known) == pytest.approx(
            (after.stability, after.difficulty), rel=1e-4
        )


def test_after_its_interval_recall_is_what_was_aimed_for() -> None:
    model = Expected(FITTED)

    assert model.recall(model.interval(12.0, 0.83), 12.0) == pytest.approx(0.83)
