"""Charts as a browser would show them, read back into numbers by the scale beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_FIGURE = re.compile(r'<figure class="chart" aria-labelledby="([^"]+)-t">.*?</figure>', re.DOTALL)
_NUMBER = re.compile(r"[−-]?[\d,]*\.?\d+")
_ABOVE_BASELINE = 4


def figures(page: str) -> dict[str, Figure]:
    """Return every chart of a page by its id."""
    found = _FIGURE.finditer(page)
    return {one[1]: Figure(ET.fromstring(one[0])) for one in found}  # noqa: S314 – our own page


def number(text: str) -> float | None:
    """Return "91.2 %" as 0.912, "1,234" as 1234 and "−2" as −2; None for a dash."""
    found = _NUMBER.search(text)
    if found is None:
        return None
    value = float(found[0].replace(",", "").replace("−", "-"))
    return value / 100 if "%" in text else value


def ends(text: str) -> tuple[float, float] | None:
    """Return "85 % to 95 %" as 0.85 and 0.95; None for a dash."""
    low, _, high = text.partition(" to ")
    first, last = number(low), number(high)
    return None if first is None or last is None else (first, last)


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart: what is drawn in it and what stands in its table."""

    root: ET.Element

    @property
    def head(self) -> list[str]:
        return [_text(cell) for cell in self._table.iter("th") if cell.get("scope") == "col"]

    @property
    def rows(self) -> list[list[str]]:
        body = self._table.find("tbody")
        assert body is not None
        return [[_text(cell) for cell in row] for row in body]

    def column(self, name: str) -> list[str]:
        at = self.head.index(name)
        return [row[at] for row in self.rows]

    def numbers(self, name: str) -> list[float | None]:
        return [number(cell) for cell in self.column(name)]

    def marks(self, tag: str, cls: str) -> list[ET.Element]:
        """Return the marks whose class begins with `cls`, in the order drawn."""
        return [mark for mark in self.root.iter(tag) if (mark.get("class") or "").startswith(cls)]

    def titles(self, tag: str, cls: str) -> list[str]:
        return [_text(mark) for mark in self.marks(tag, cls)]

    def bars(self, cls: str) -> list[float]:
        """Return what the bars of a class show, by their height on the scale."""
        value = self.scale
        found = []
        for bar in self.marks("rect", cls):
            top, height = float(bar.get("y", "")), float(bar.get("height", ""))
            found.append(value(top) - value(top + height))
        return found

    def dots(self, cls: str = "pt") -> list[float]:
        return [self.scale(float(dot.get("cy", ""))) for dot in self.marks("circle", cls)]

    def whiskers(self) -> list[tuple[float, float]]:
        lines = self.marks("line", "whisker")
        heights = [(float(one.get("y1", "")), float(one.get("y2", ""))) for one in lines]
        return [(self.scale(low), self.scale(high)) for low, high in heights]

    def path(self, cls: str) -> list[list[float]]:
        """Return the values along each curve of a class, point by point."""
        return [list(self._along(path)) for path in self.marks("path", cls)]

    @property
    def scale(self) -> Callable[[float], float]:
        """Return what a height in pixels stands for, from the numbers beside the plot."""
        axis = next(one for one in self.root.iter("svg") if one.get("width") in ("34", "48", "40"))
        ticks = [
            (float(text.get("y", "")) - _ABOVE_BASELINE, number(_text(text)) or 0.0)
            for text in axis.iter("text")
        ]
        (first_y, first), (last_y, last) = ticks[0], ticks[-1]
        slope = (last - first) / (last_y - first_y)
        return lambda y: first + (y - first_y) * slope

    @property
    def _table(self) -> ET.Element:
        details = next(one for one in self.root.iter("details") if one.get("class") == "as-table")
        return next(details.iter("table"))

    def _along(self, path: ET.Element) -> Iterator[float]:
        # The curve lies in an <svg> of its own, stretched over the plot: 0 to 100 is its height.
        holder = next(one for one in self.root.iter("svg") if path in list(one))
        top, height = float(holder.get("y", "")), float(holder.get("height", ""))
        for point in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", path.get("d", "")):
            yield self.scale(top + float(point[1]) / 100 * height)


def _text(element: ET.Element) -> str:
    return "".join(element.itertext()).strip()
