"""A drawing area for charts: SVG that needs no script and no style attribute.

An <svg> without a viewBox: horizontal positions are percentages, vertical ones are pixels, so
text keeps its size at every width. Curves lie in a nested <svg> that is stretched, with strokes
that do not scale. Colours come from classes in static/css/components.css.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

#: A point: its place across in percent of the width, and its value.
Point = tuple[float, float]
Format = Callable[[float], str]


def number(value: float) -> str:
    """Return a number for an axis: "0.25", "30", "−0.2"."""
    return f"{value:g}".replace("-", "−")


def across(percent: float) -> str:
    """Return a horizontal position as SVG wants it, in percent, without needless digits."""
    return f"{percent:.2f}".rstrip("0").rstrip(".") + "%"


def pixels(value: float) -> str:
    """Return a vertical position as SVG wants it."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def titled(title: str) -> Markup:
    """Return the <title> of a mark, or nothing."""
    return Markup("<title>{}</title>").format(title) if title else Markup("")


def round_ticks(highest: float, steps: int = 4) -> tuple[float, ...]:
    """Return evenly spaced round numbers from 0 up to at least `highest`, for counts.

    The distance is 1, 2 or 5 times a power of ten, at least 1. Nothing to show gives 0 and 1.
    """
    if not math.isfinite(highest) or highest <= 0:
        return (0, 1)
    wanted = max(highest / steps, 1)
    power = 10.0 ** math.floor(math.log10(wanted))
    step = next(unit * power for unit in (1, 2, 5, 10) if unit * power >= wanted)
    return tuple(step * i for i in range(math.ceil(highest / step) + 1))


@dataclass(slots=True)
class Plot:
    """Collects marks and gives them out as one figure.

    :param label: the whole chart as a sentence, for those who do not see it.
    :param low, high: the values at the bottom and the top.
    :param gutter: pixels beside the plot for the numbers of the axis.
    """

    label: str
    height: int = 200
    low: float = 0.0
    high: float = 1.0
    gutter: int = 34
    top: int = 14
    bottom: int = 26
    _axis: list[Markup] = field(default_factory=list)
    _body: list[Markup] = field(default_factory=list)

    def y(self, value: float) -> float:
        """Return where a value lies, in pixels from the top; values outside stay inside."""
        span = self.high - self.low
        share = (value - self.low) / span if span > 0 else 0.0
        return self.top + (1 - min(max(share, 0.0), 1.0)) * (self.height - self.top - self.bottom)

    def add(self, svg: str, *values: object) -> None:
        """Add marks as SVG; the values fill its places and are escaped."""
        self._body.append(Markup(svg).format(*values))  # noqa: S704 – `svg` is our own text

    def y_ticks(
        self, values: Sequence[float], words: Format = number, *, quiet: bool = False
    ) -> None:
        """Draw a line for each value and its number beside it; `quiet`: the number alone."""
        for value in values:
            y = self.y(value)
            self._axis.append(
                Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
                    self.gutter - 8, pixels(y + 4), words(value)
                )
            )
            if not quiet:
                self.h_line(value, "base" if value == self.low else "g")

    def h_line(self, value: float, cls: str = "target") -> None:
        """Draw a line across at a value."""
        y = pixels(self.y(value))
        self.add('<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/>', cls, y, y)

    def v_line(self, place: float, cls: str = "g") -> None:
        """Draw a line from top to bottom at a place."""
        x, top, bottom = across(place), pixels(self.top), pixels(self.height - self.bottom)
        self.add('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>', cls, x, x, top, bottom)

    def x_label(self, place: float, text: str, *, anchor: str = "middle", cls: str = "") -> None:
        """Write under the plot."""
        y = self.height - 6
        self.add(
            '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>',
            *(cls, across(place), y, anchor, text),
        )

    def path(self, points: Sequence[Point], cls: str = "ln", close: Sequence[Point] = ()) -> None:
        """Draw a curve through points; with the points of `close`, the band between both."""
        if len(points) < 2:
            return
        height = self.height - self.top - self.bottom
        spots = [(x, (self.y(value) - self.top) / height * 100) for x, value in points]
        back = [(x, (self.y(value) - self.top) / height * 100) for x, value in reversed(close)]
        line = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in spots + back) + ("Z" if back else "")
        self.add(
            '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 100"'
            ' preserveAspectRatio="none">'
            '<path class="{}" d="{}" vector-effect="non-scaling-stroke"/></svg>',
            *(self.top, height, cls, line),
        )

    def dot(self, point: Point, r: float = 4, cls: str = "pt", title: str = "") -> None:
        """Draw a point; `title` appears when it is pointed at."""
        place, value = point
        self.add(
            '<circle class="{}" cx="{}" cy="{}" r="{}">{}</circle>',
            *(cls, across(place), pixels(self.y(value)), pixels(r), titled(title)),
        )

    def text(
        self,
        point: Point,
        words: str,
        *,
        dx: int = 0,
        dy: int = 0,
        anchor: str = "start",
        cls: str = "lab",
    ) -> None:
        """Write beside a point."""
        self.add(
            '<text class="{}" x="{}" y="{}" dx="{}" dy="{}" text-anchor="{}">{}</text>',
            *(cls, across(point[0]), pixels(self.y(point[1])), dx, dy, anchor, words),
        )

    def rect(
        self, place: float, width: float, values: Point, cls: str, *, title: str = "", rx: int = 2
    ) -> None:
        """Draw a bar from the lower to the higher of two values."""
        upper, lower = sorted((self.y(values[0]), self.y(values[1])))
        self.add(
            '<rect class="{}" x="{}" width="{}" y="{}" height="{}" rx="{}">{}</rect>',
            *(cls, across(place), across(width), pixels(upper), pixels(lower - upper), rx),
            titled(title),
        )

    def nothing(self, words: str = "Nothing to show yet") -> None:
        """Say that there are no data."""
        self.text((50, (self.low + self.high) / 2), words, anchor="middle", cls="")

    def render(self) -> Markup:
        """Return the figure."""
        empty = Markup("")
        axis = Markup('<svg width="{}" height="{}" aria-hidden="true">{}</svg>').format(
            self.gutter, self.height, empty.join(self._axis)
        )
        return Markup(
            '<div class="plot" role="img" aria-label="{}">{}'
            '<svg width="100%" height="{}" aria-hidden="true">{}</svg></div>'
        ).format(escape(self.label), axis, self.height, empty.join(self._body))
