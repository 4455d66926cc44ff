"""Two values of each of many things, drawn on the server as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quizapp.web.plot import Plot, across
from quizapp.web.wording import percent


@dataclass(frozen=True, slots=True)
class Dot:
    """One point of a scatter chart; `named`: its name is written beside it."""

    x: float
    y: float
    name: str
    title: str
    cls: str = "f-ink"
    named: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    """The part of a scatter chart where the points should lie, and what is written in it."""

    x: tuple[float, float]
    y: tuple[float, float]
    words: str = ""


def scatter(
    label: str,
    dots: Sequence[Dot],
    x_ticks: Sequence[float],
    y_ticks: Sequence[float],
    *,
    height: int = 360,
    zone: Zone | None = None,
    x_name: str = "",
    y_name: str = "",
    guide: float | None = None,
) -> Markup:
    """Draw points by two values; the axis along is one of shares.

    :param x_ticks, y_ticks: the numbers of the axes, each from its lowest to its highest.
    :param guide: a value with a line across, such as zero.
    """
    plot = Plot(label, height, y_ticks[0], y_ticks[-1], gutter=40, top=30, bottom=44)
    first, last = x_ticks[0], x_ticks[-1]

    def place(x: float) -> float:
        return min(max((x - first) / (last - first) * 100, 0), 100)

    if zone:
        left, right = place(zone.x[0]), place(zone.x[1])
        plot.rect(left, right - left, zone.y, "zone", rx=6)
        plot.text((left + 1.5, zone.y[1]), zone.words, dy=18, cls="")
    plot.y_ticks(y_ticks, lambda y: f"{y:.1f}".replace("-", "−"))
    for x in x_ticks:
        _draw_x_tick(plot, place(x), percent(x))
    plot.add(
        '<text class="strong" x="50%" y="{}" text-anchor="middle">{}</text>', height - 6, x_name
    )
    plot.add('<text class="strong" x="0" y="12">{}</text>', y_name)
    if guide is not None:
        plot.h_line(guide, "base")
    if not dots:
        plot.nothing()
    for dot in sorted(dots, key=lambda dot: dot.named):
        plot.dot((place(dot.x), dot.y), 6 if dot.named else 5, f"sc {dot.cls}", dot.title)
        if dot.named:
            fits = place(dot.x) < 82
            anchor, dx = ("start", 10) if fits else ("end", -10)
            plot.text((place(dot.x), dot.y), dot.name, dx=dx, dy=4, anchor=anchor)
    return plot.render()


def _draw_x_tick(plot: Plot, place: float, words: str) -> None:
    anchor = {0: "start", 100: "end"}.get(round(place), "middle")
    y = plot.height - 26
    plot.add('<text x="{}" y="{}" text-anchor="{}">{}</text>', across(place), y, anchor, words)
