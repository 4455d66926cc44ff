"""What is flagged, and what is left alone; and who chose what."""

from __future__ import annotations

from collections.abc import Sequence

from quizapp.psychometrics.counts import (
    EVERYBODY,
    GRAIN,
    NONE_CHOSEN,
    ItemCounts,
    Kind,
    Tally,
    band,
)
from quizapp.psychometrics.distractors import OptionTable, Thirds, option_table
from quizapp.psychometrics.flags import Flag, Probe, findings
from quizapp.psychometrics.items import item_figures

MOST_REST = 10


def item(chosen: Sequence[tuple[int, int]], *, guess: float = 0.25) -> Probe:
    """Return an item with four options, the first its key.

    :param chosen: of each attempt the option and the points on the rest, of 10.
    """
    counts = ItemCounts()
    for option, points in chosen:
        rest, right = points * GRAIN, GRAIN * (option == 0)
        counts.count(Kind.MARK, (right, 0), Tally(1, rest, GRAIN))
        counts.count(Kind.REST, (rest, 0), Tally(1))
        for value in (EVERYBODY, option):
            counts.count(Kind.CHOICE, (value, band(rest, MOST_REST * GRAIN)), Tally(1, rest))
    return Probe(item_figures(counts), guess, option_table(counts, options=4, keys=[0]))


def flags(*items: Probe) -> list[list[tuple[Flag, int | None]]]:
    return [[(one.flag, one.option) for one in several] for several in findings(items)]


def good(times: int = 1) -> list[tuple[int, int]]:
    """Return forty attempts: who knows the rest, knows this; all distractors are chosen."""
    strong = [(0, 8), (0, 9), (0, 7), (0, 8), (1, 6)]
    weak = [(1, 3), (2, 2), (3, 4), (0, 5), (2, 3)]
    return (strong + weak) * 4 * times


def test_a_good_item_is_left_alone() -> None:
    assert flags(item(good())) == [[]]


def test_an_option_that_the_strong_choose_is_told_as_a_second_key() -> None:
    chosen = [(1, 9), (1, 8), (0, 6), (0, 5), (2, 3), (3, 2), (1, 9), (0, 5)] * 10

    (found,) = flags(item(chosen))

    assert found[0] == (Flag.TWO_KEYS, 1)
    assert (Flag.ATTRACTIVE, 1) not in found  # it says less of the same


def test_a_key_that_the_strong_miss_is_suspect_and_nothing_milder_is_said() -> None:
    chosen = [(1, 9), (2, 8), (3, 9), (0, 2), (0, 3), (0, 1)] * 10

    (found,) = flags(item(chosen))

    assert found[0] == (Flag.KEY_SUSPECT, None)
    assert not {Flag.LOW, Flag.DUBIOUS, Flag.ATTRACTIVE} & {flag for flag, _ in found}


def test_what_nearly_everybody_gets_right_or_wrong_is_told() -> None:
    easy = [(0, points) for points in (4, 6, 8, 9)] * 30 + [(1, 5)]
    hard = [(1 + place % 3, place % 9) for place in range(120)] + [(0, 8)] * 12

    assert flags(item(easy), item(hard)) == [[(Flag.TOO_EASY, None)], [(Flag.TOO_HARD, None)]]


def test_a_distractor_that_nobody_chooses_is_dead_once_enough_have_not() -> None:
    chosen = [(option if option != 3 else 2, rest) for option, rest in good(5)]

    assert flags(item(chosen)) == [[(Flag.DEAD, 3)]]
    assert flags(item(chosen[:30])) == [[]]


def test_fewer_than_ten_answers_flag_nothing_however_bad_they_look() -> None:
    chosen = [(1, 9), (1, 9), (0, 1), (0, 1), (1, 8), (0, 2), (1, 9), (0, 0), (1, 7)]

    assert flags(item(chosen)) == [[]]


def test_the_same_figure_counts_for_less_among_many() -> None:
    chosen = [(1, 9), (1, 8), (0, 6), (0, 5), (2, 4), (3, 5), (0, 8), (0, 5)] * 3
    alone = flags(item(chosen))[0]
    among = flags(item(chosen), *[item(good())] * 40)[0]

    assert (Flag.TWO_KEYS, 1) in alone
    assert (Flag.TWO_KEYS, 1) not in among


def table(chosen: Sequence[tuple[int, int]]) -> OptionTable:
    found = item(chosen).options
    assert found
    return found


def test_thirds_keep_equal_scores_together_and_count_those_who_chose_nothing() -> None:
    found = table([(0, 9), (0, 9), (1, 5), (2, 5), (1, 1), (NONE_CHOSEN, 1)])

    assert found.thirds == Thirds(top=2, middle=2, bottom=2)
    assert {one.option: one.thirds for one in found.options} == {
        0: Thirds(2, 0, 0),
        1: Thirds(0, 1, 1),
        2: Thirds(0, 1, 0),
        3: Thirds(0, 0, 0),
        NONE_CHOSEN: Thirds(0, 0, 1),
    }


def test_choosing_the_key_correlates_as_the_mark_does() -> None:
    found = item(good())
    assert found.options

    assert found.options.options[0].correlation == found.figures.discrimination
    assert sum(one.n for one in found.options.options) == 40
