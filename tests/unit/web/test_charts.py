"""Charts: valid SVG for any data, with nothing in it that was not escaped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from markupsafe import Markup

from quizapp.web import charts
from quizapp.web.forgetting_chart import gaps
from quizapp.web.plot import Plot, round_ticks

EVIL = '<script>"&</script>'
DAY = date(2026, 11, 22)
DRAWN: dict[str, Callable[[str], Markup]] = {
    "bars": lambda text: charts.bars(text, [text], [[3]], ["f-ink"], titles=[text]),
    "line": lambda text: charts.line(
        text, [text, "b"], [1, 2], target=1, target_label=text, end_label=text
    ),
    "scatter": lambda text: charts.scatter(
        text,
        [charts.Dot(0.5, 0.2, text, text, named=True)],
        [0, 1],
        [0, 1],
        zone=charts.Zone((0, 1), (0, 1), text),
        x_name=text,
        y_name=text,
    ),
    "calendar": lambda text: charts.calendar(text, [1, 2], DAY, noun=text),
    "segments": lambda text: charts.segments([(1, "f-ink", text)], text),
}


def parsed(drawing: Markup) -> Element:
    return ElementTree.fromstring(drawing)  # noqa: S314 – our own text


def marks(drawing: Markup, tag: str) -> list[Element]:
    return list(parsed(drawing).iter(tag))


def texts(drawing: Markup) -> list[str]:
    return [mark.text or "" for mark in marks(drawing, "text")]


def titles(drawing: Markup) -> list[str]:
    return [mark.text or "" for mark in marks(drawing, "title")]


@pytest.mark.parametrize("name", DRAWN)
def test_text_of_any_kind_is_shown_and_not_run(name: str) -> None:
    drawing = DRAWN[name](EVIL)

    assert parsed(drawing).get("aria-label") == EVIL
    assert "<script" not in drawing
    assert any(EVIL in text for text in titles(drawing))


@pytest.mark.parametrize("name", DRAWN)
def test_no_chart_holds_a_style_or_a_script(name: str) -> None:
    elements = list(parsed(DRAWN[name]("A chart")).iter())

    assert not [element for element in elements if element.get("style") is not None]
    assert {element.tag for element in elements} <= {
        *("div", "svg", "rect", "circle", "line", "path", "text", "title")
    }


def test_bars_stack_from_the_bottom_and_say_their_total() -> None:
    drawing = charts.bars("Due", ["Today", "23"], [[10, 0], [10, 20]], ["f-ink", "f-grey"])

    bars = [(rect.get("class"), float(rect.get("height", ""))) for rect in marks(drawing, "rect")]
    assert [cls for cls, _ in bars] == ["f-ink", "f-grey", "f-grey"]
    assert bars[0][1] == bars[1][1] == pytest.approx(bars[2][1] / 2, abs=0.1)
    assert titles(drawing) == ["Today: 20", "Today: 20", "23: 20"]


def test_bars_write_their_totals_where_asked() -> None:
    drawing = charts.bars("Cards", ["a", "b"], [[7, 0]], ["f-ink"], value_labels=True)

    assert {"7", "0"} <= set(texts(drawing))


@pytest.mark.parametrize("values", [[], [0], [0, 0, 0]])
def test_bars_without_anything_to_show_are_still_drawn(values: list[float]) -> None:
    drawing = charts.bars("Due", [str(i) for i in range(len(values))], [values], ["f-ink"])

    assert not marks(drawing, "rect")
    assert ("Nothing to show yet" in texts(drawing)) is (not values)


def test_bars_refuse_parts_of_different_lengths() -> None:
    with pytest.raises(ValueError, match="zip"):
        charts.bars("Due", ["a", "b"], [[1, 2], [1]], ["f-ink", "f-grey"])


def test_a_line_joins_its_points_from_edge_to_edge() -> None:
    drawing = charts.line("Recall", ["a", "b", "c"], [0, 5, 10], [0, 5, 10])

    assert [path.get("d") for path in marks(drawing, "path")] == [
        "M2.00 100.00L50.00 50.00L98.00 0.00"
    ]
    assert titles(drawing) == ["a: 0", "b: 5", "c: 10"]


def test_a_line_has_a_gap_where_nothing_was_measured() -> None:
    drawing = charts.line("Recall", list("abcde"), [1, 2, None, 3, 4])

    assert len(marks(drawing, "path")) == 2
    assert len(marks(drawing, "circle")) == 4


@pytest.mark.parametrize("values", [[], [None, None]])
def test_a_line_without_data_says_so(values: list[float | None]) -> None:
    drawing = charts.line("Recall", ["a"] * len(values), values, target=0.9, end_label="91")

    assert "Nothing to show yet" in texts(drawing)
    assert "91" not in texts(drawing)


def test_a_single_point_lies_in_the_middle() -> None:
    drawing = charts.line("Recall", ["a"], [0.5], [0, 1], end_label="50")

    assert [dot.get("cx") for dot in marks(drawing, "circle")] == ["50%"]
    assert not marks(drawing, "path")


def test_the_margin_of_a_line_is_a_closed_shape() -> None:
    drawing = charts.line("Recall", ["a", "b"], [2, 3], [0, 4], band=[(1, 3), (2, 4)])

    band = marks(drawing, "path")[0]
    assert band.get("class") == "band"
    assert band.get("d") == "M2.00 25.00L98.00 0.00L98.00 50.00L2.00 75.00Z"


def test_shares_are_said_in_percent() -> None:
    drawing = charts.line("Recall", ["a", "b"], [0.8, 0.9], [0, 1], words=charts.percent)

    assert titles(drawing) == ["a: 80\u00a0%", "b: 90\u00a0%"]


def test_a_value_beyond_the_axis_stays_inside_the_chart() -> None:
    plot = Plot("A chart", height=100, low=0, high=1, top=10, bottom=10)

    assert [plot.y(value) for value in (-1, 0, 1, 2)] == [90, 90, 10, 10]


def test_an_axis_of_no_length_does_not_divide_by_zero() -> None:
    assert Plot("A chart", height=100, low=1, high=1, top=10, bottom=10).y(1) == 90


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, (0, 1)),
        (-3, (0, 1)),
        (float("nan"), (0, 1)),
        (1, (0, 1)),
        (3, (0, 1, 2, 3)),
        (4.2, (0, 2, 4, 6)),
        (33, (0, 10, 20, 30, 40)),
        (100, (0, 50, 100)),
        (1000, (0, 500, 1000)),
    ],
)
def test_axes_count_in_round_steps(highest: float, ticks: tuple[float, ...]) -> None:
    assert round_ticks(highest) == ticks


def test_the_name_of_a_point_near_the_end_is_written_before_it() -> None:
    dots = [
        charts.Dot(0.1, 0.5, "Q1", "Q1", named=True),
        charts.Dot(0.97, 0.5, "Q2", "Q2", named=True),
    ]

    drawing = charts.scatter("Items", dots, [0, 1], [0, 1])

    anchors = {text.text: text.get("text-anchor") for text in marks(drawing, "text")}
    assert (anchors["Q1"], anchors["Q2"]) == ("start", "end")


def test_a_scatter_chart_without_points_says_so() -> None:
    assert "Nothing to show yet" in texts(charts.scatter("Items", [], [0, 1], [0, 1]))


def test_the_calendar_ends_today_and_shades_by_level() -> None:
    drawing = charts.calendar("A year", [0, 1, 15, 30, 45], DAY)

    days = [(rect.get("class"), rect[0].text) for rect in marks(drawing, "rect")]
    assert days == [
        ("h0", "Wed 18 Nov 2026: 0 reviews"),
        ("h1", "Thu 19 Nov 2026: 1 review"),
        ("h2", "Fri 20 Nov 2026: 15 reviews"),
        ("h3", "Sat 21 Nov 2026: 30 reviews"),
        ("h4 today", "Sun 22 Nov 2026: 45 reviews"),
    ]


def test_weeks_of_the_calendar_begin_on_monday() -> None:
    drawing = charts.calendar("A year", [1] * 8, DAY)

    places = [(int(r.get("x", "")), int(r.get("y", ""))) for r in marks(drawing, "rect")]
    assert places[0] == (30, 18 + 6 * 20)  # Sunday, the end of the first column
    assert places[1] == (50, 18)  # Monday, the top of the next


def test_the_names_of_months_do_not_overlap() -> None:
    drawing = charts.calendar("A year", [1] * 365, DAY)

    columns = [int(text.get("x", "")) for text in marks(drawing, "text") if text.get("y") == "10"]
    assert len(columns) >= 11
    assert min(b - a for a, b in pairwise(columns)) >= 60


def test_a_calendar_without_days_is_still_a_drawing() -> None:
    assert not marks(charts.calendar("A year", [], DAY), "rect")


def test_segments_share_the_width_and_leave_out_what_is_empty() -> None:
    drawing = charts.segments(
        [(3, "f-ink", "Known"), (0, "f-soft", "x"), (1, "f-grey", "New")], "x"
    )

    shown = [(r.get("class"), r.get("x"), r.get("width")) for r in marks(drawing, "rect")]
    assert shown == [("f-ink", "0%", "74.65%"), ("f-grey", "75%", "24.65%")]


def test_segments_of_nothing_are_an_empty_bar() -> None:
    assert not marks(charts.segments([], "Nothing"), "rect")
    assert not marks(charts.segments([(0, "f-ink", "x")], "Nothing"), "rect")


@pytest.mark.parametrize(
    ("share", "width"), [(0, "2"), (0.5, "32"), (1, "64"), (1.7, "64"), (-1, "2")]
)
def test_a_small_bar_stays_in_its_frame(share: float, width: str) -> None:
    assert marks(charts.sparkbar(share), "rect")[1].get("width") == width


def test_the_curve_on_the_landing_page_tells_the_gaps_that_the_text_beside_it_tells() -> None:
    assert [round(gap) for gap in gaps()] == [2, 11, 46]
    assert len(marks(charts.forgetting(), "circle")) == 3


@pytest.mark.parametrize(
    ("values", "target", "under"),
    [
        ([0.4, 0.4, 0.5], None, -14),
        ([0.6, 0.6, 0.5], None, 24),
        ([0.4, 0.4, 0.5], 0.6, -28),
        ([0.6, 0.6, 0.5], 0.4, 38),
        ([0.8, 0.8, 0.9], 0.98, 24),
        ([0.9, 0.9, 1.0], None, 24),
        ([0.1, 0.1, 0.0], None, -14),
    ],
)
def test_the_last_value_is_written_where_no_line_and_no_edge_is(
    values: list[float], target: float | None, under: int
) -> None:
    drawing = charts.line("Recall", list("abc"), values, [0, 1], target=target, end_label="now")

    (label,) = [one for one in marks(drawing, "text") if one.text == "now"]
    assert label.get("dy") == str(under)
