"""How a question stands over all its uses."""

from __future__ import annotations

import math

import pytest

from quizapp.psychometrics.flags import Flag
from quizapp.psychometrics.standing import (
    BITS,
    Standing,
    UseFigures,
    bits,
    flags_in,
    overall,
)


def use(n: int, **given: object) -> UseFigures:
    known = {"marks": n, "most": 2 * n, "discrimination": 0.5, "flags": 0, "is_current": True}
    return UseFigures(n=n, **(known | given))  # type: ignore[arg-type]


def test_every_flag_has_a_bit_of_its_own_that_never_changes() -> None:
    assert [BITS[flag] for flag in Flag] == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert flags_in(bits([Flag.DEAD, Flag.TOO_HARD, Flag.DEAD])) == (Flag.TOO_HARD, Flag.DEAD)
    assert flags_in(0) == ()


def test_figures_are_of_every_use_and_the_mean_goes_by_fishers_z() -> None:
    found = overall([use(13, marks=13), use(23, marks=39, most=46, discrimination=0.1)])

    assert (found.answers, found.facility) == (36, pytest.approx(52 / 72))
    z = (10 * math.atanh(0.5) + 20 * math.atanh(0.1)) / 30
    assert found.discrimination == pytest.approx(math.tanh(z))
    assert found.standing is Standing.FINE


def test_below_ten_answers_only_their_number_is_said() -> None:
    found = overall([use(9)])

    assert (found.answers, found.facility, found.discrimination) == (9, None, None)
    assert found.standing is Standing.FEW


def test_answers_at_several_quizzes_are_few_while_none_has_enough_of_them() -> None:
    found = overall([use(9), use(9)])

    assert (found.standing, found.facility) == (Standing.FEW, 0.5)


@pytest.mark.parametrize(
    ("uses", "standing", "flags"),
    [
        ([use(12, flags=16), use(40)], Standing.FAILS, 16),
        ([use(12, flags=16), use(40, flags=1)], Standing.FAILS, 17),
        ([use(12, flags=16, is_current=False), use(40)], Standing.FINE, 0),
        ([use(12, flags=16, is_current=False), use(4)], Standing.FEW, 0),
    ],
)
def test_a_question_fails_where_the_revision_asked_now_is_flagged(
    uses: list[UseFigures], standing: Standing, flags: int
) -> None:
    found = overall(uses)

    assert (found.standing, found.flags) == (standing, flags)
