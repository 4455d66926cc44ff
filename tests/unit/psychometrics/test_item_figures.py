"""The figures of items and quizzes, against what NumPy and SciPy gave for the same marks."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

import pytest

from quizapp.psychometrics import intervals, moments
from quizapp.psychometrics.counts import GRAIN, ItemCounts, Kind, Tally, Totals, grains, merged
from quizapp.psychometrics.items import ItemFigures, item_figures
from quizapp.psychometrics.quizzes import QuizFigures, quiz_figures, weights

#: Four questions worth 1, right or wrong, and one worth 2 that gives half points.
ROWS = (
    *("1010 4", "1111 4", "1011 3", "0100 2", "1110 1", "0001 2", "1010 3", "1100 1"),
    *("1111 3", "1000 0", "1111 2", "0101 1", "1110 4", "1010 2", "1000 3", "1101 1"),
    *("1110 2", "0000 0", "0010 3", "1100 2", "0100 0", "0100 1", "1001 4", "1100 2"),
)
MARKS = [[*(Fraction(int(mark)) for mark in row[:4]), Fraction(int(row[5]), 2)] for row in ROWS]
MOST = (1, 1, 1, 1, 2)


def counted(marks: list[list[Fraction]], item: int) -> ItemCounts:
    counts = ItemCounts()
    for row in marks:
        rest = grains(sum(row)) - grains(row[item])
        counts.count(Kind.MARK, (grains(row[item]), 0), Tally(1, rest, MOST[item] * GRAIN))
        counts.count(Kind.REST, (rest, 0), Tally(1))
    return counts


def figures() -> list[ItemFigures]:
    return [item_figures(counted(MARKS, item)) for item in range(5)]


def quiz() -> QuizFigures:
    totals = Totals(Counter(grains(sum(row)) for row in MARKS), len(MARKS) * 6 * GRAIN)
    return quiz_figures(totals, figures())


def test_items_are_measured_as_numpy_and_scipy_do() -> None:
    expected = {
        "facility": (
            0.7083333333333334,
            0.5833333333333334,
            0.4583333333333333,
            0.3333333333333333,
            0.5208333333333334,
        ),
        "sd": (
            0.4643056214875365,
            0.5036101551853349,
            0.5089773777040516,
            0.48154341234307685,
            0.6412736421045006,
        ),
        "discrimination": (
            0.4092342231988099,
            -0.09417371899953124,
            0.44089034453834275,
            0.18153709195905832,
            0.42629175034715855,
        ),
        "efficiency": (
            0.5752212389380532,
            -0.11377245508982033,
            0.5522388059701493,
            0.23880597014925364,
            0.44864864864864856,
        ),
    }

    for name, values in expected.items():
        found = [getattr(item, name) for item in figures()]
        assert found == pytest.approx(values, rel=1e-12), name


def test_weights_add_up_and_are_as_numpy_says() -> None:
    found = weights(figures())

    assert [weight.effective for weight in found] == pytest.approx(
        (
            0.20595175164474683,
            0.13181532427268294,
            0.22264467419238415,
            0.18084913290292903,
            0.258739116987257,
        ),
        rel=1e-12,
    )
    assert [weight.intended for weight in found] == pytest.approx([1 / 6] * 4 + [1 / 3])


def test_an_item_that_pulls_against_the_rest_has_no_effective_weight() -> None:
    against = [[mark, 1 - mark, mark, Fraction(0), Fraction(0)] for *_, mark in MARKS]
    items = [item_figures(counted(against, item)) for item in range(3)]

    assert [weight.effective is None for weight in weights(items)] == [False, True, False]


def test_the_quiz_is_measured_as_numpy_and_scipy_do() -> None:
    found = quiz()
    expected = {
        "mean": 3.125,
        "median": 3.0,
        "sd": 1.4909145136313222,
        "skewness": -0.038910944405809604,
        "kurtosis": -0.26738677598010163,
        "alpha": 0.4788101059494705,
        "standard_error": 1.0763431110726833,
    }

    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx(value, rel=1e-12), name


def test_margins_are_those_of_wilson_fisher_feldt_and_student() -> None:
    first, whole = figures()[0], quiz()
    margins = {
        intervals.facility(first): (0.5083230633550337, 0.8508535180303913),
        intervals.correlation(first.discrimination, 24): (0.006991735233376174, 0.6974871467570932),
        intervals.alpha(whole): (0.05618691596144887, 0.7473607320995108),
        intervals.mean(whole): (2.495442014669695, 3.754557985330305),
    }

    for margin, expected in margins.items():
        assert margin is not None
        assert (margin.low, margin.high) == pytest.approx(expected, rel=1e-10)


def test_a_score_is_as_sure_as_what_it_is_the_mean_of() -> None:
    # Two questions, each right for half and neither telling of the other: marks 11, 10, 01, 00.
    both = []
    for _ in range(2):
        counts = ItemCounts()
        for mark, rest in ((1, 1), (1, 0), (0, 1), (0, 0)):
            counts.count(Kind.MARK, (mark, 0), Tally(1, rest, 1))
            counts.count(Kind.REST, (rest, 0), Tally(1))
        both.append(item_figures(counts, grain=1))

    found = quiz_figures(Totals({0: 1, 1: 2, 2: 1}, 8), both, grain=1)
    margin = intervals.standard_error(found)

    # Variance 2/3, alpha 0, kurtosis 3/2 of which 4/24 counts: √((2 + 1/4) · (2/3)² / 3) / (2/3).
    assert found.error_doubt == pytest.approx(3**0.5 / 2, rel=1e-12)
    # √(2/3) · exp(± 1.959964 · √3 / 4)
    assert margin is not None
    assert (margin.low, margin.high) == pytest.approx((0.349442, 1.907811), abs=2e-6)


def test_nothing_and_one_answer_give_no_figures_and_no_fault() -> None:
    for number in (0, 1):
        item = item_figures(counted(MARKS[:number], 0))
        found = quiz_figures(Totals(dict.fromkeys(range(number), 1)), [item, item])

        assert (item.discrimination, item.efficiency, intervals.facility(item)) == (None,) * 3
        assert (found.sd, found.alpha, found.skewness, intervals.mean(found)) == (None,) * 4


def test_equal_marks_have_no_discrimination_but_a_facility() -> None:
    item = item_figures(counted([[Fraction(1)] * 5] * 12, 0))

    assert (item.facility, item.sd, item.discrimination, item.efficiency) == (1, 0, None, None)


def test_reliability_is_not_told_where_attempts_were_asked_different_questions() -> None:
    items = figures()
    items[0] = item_figures(counted(MARKS[:20], 0))
    totals = Totals(Counter(grains(sum(row)) for row in MARKS))

    assert quiz_figures(totals, items).alpha is None


def test_counts_that_are_taken_away_again_leave_nothing_behind() -> None:
    chance = random.Random(3)  # noqa: S311
    thirds = [[Fraction(chance.randrange(4), 3) for _ in range(5)] for _ in range(40)]
    together, apart = counted(thirds, 2), merged([counted(thirds[:9], 2), counted(thirds[9:], 2)])
    for row in thirds[9:]:
        rest = grains(sum(row)) - grains(row[2])
        together.count(Kind.MARK, (grains(row[2]), 0), Tally(-1, -rest, -GRAIN))
        together.count(Kind.REST, (rest, 0), Tally(-1))

    assert item_figures(apart) == item_figures(counted(thirds, 2))
    assert item_figures(together) == item_figures(counted(thirds[:9], 2))


def test_the_largest_covariance_is_that_of_the_best_pairing() -> None:
    chance = random.Random(8)  # noqa: S311
    ours = [chance.randrange(4) for _ in range(30)]
    theirs = [chance.randrange(-3, 9) for _ in range(30)]
    products = sum(a * b for a, b in zip(sorted(ours), sorted(theirs), strict=True))

    found = moments.largest_covariance(Counter(ours), Counter(theirs))

    assert found == Fraction(30 * products - sum(ours) * sum(theirs), 30 * 29)


@pytest.mark.parametrize(("values", "middle"), [((5,), 5), ((1, 4), 2.5), ((1, 1, 2, 9), 1.5)])
def test_the_median_is_in_the_middle(values: tuple[int, ...], middle: float) -> None:
    assert moments.median(Counter(values)) == middle


def test_marks_for_parts_have_narrower_margins_than_right_and_wrong() -> None:
    halves = [[Fraction(1, 2)] * 5 for _ in range(20)]
    half = intervals.facility(item_figures(counted(halves, 0)))
    split = [[Fraction(number % 2)] * 5 for number in range(20)]
    whole = intervals.facility(item_figures(counted(split, 0)))

    assert half
    assert whole
    assert 0.02 < half.high - half.low < (whole.high - whole.low) / 2
    assert (whole.low, whole.high) == pytest.approx((0.2992980, 0.7007020), abs=1e-6)
