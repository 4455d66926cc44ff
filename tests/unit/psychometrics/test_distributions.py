"""The distributions that margins are read from, against SciPy's."""

from __future__ import annotations

import pytest

from quizapp.psychometrics.distributions import beta_below, f_quantile, t_above


@pytest.mark.parametrize(
    ("x", "a", "b", "expected"),
    [(0.2, 2, 3, 0.1808), (0.01, 0.5, 20, 0.4713699354850154), (0, 2, 3, 0), (1, 2, 3, 1)],
)
def test_the_share_of_a_beta_distribution(x: float, a: float, b: float, expected: float) -> None:
    assert beta_below(x, a, b) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("share", "first", "second", "expected"),
    [
        (0.025, 9, 81, 0.29242687272713735),
        (0.025, 199, 1791, 0.805476998397149),
        (0.975, 9, 81, 2.275392121369917),
        (0.975, 199, 1791, 1.2200343892827263),
    ],
)
def test_a_quantile_of_f(share: float, first: int, second: int, expected: float) -> None:
    assert f_quantile(share, first, second) == pytest.approx(expected, rel=1e-10)


def test_the_tail_of_student() -> None:
    assert t_above(2, 20) == pytest.approx(0.02963276772328522, rel=1e-12)
    assert t_above(-2, 20) == pytest.approx(1 - 0.02963276772328522, rel=1e-12)
