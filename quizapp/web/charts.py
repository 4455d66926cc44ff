"""The charts of the site, drawn on the server as SVG.

Each function returns Markup. `label` says the whole chart as a sentence; the page puts the
chart into the frame of templates/components/charts.html, with the same numbers as a table.
Classes of marks: f-ink, f-soft, f-grey, f-amber, f-good, f-bad, f-warn.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

from markupsafe import Markup

from quizapp.web.calendar_chart import calendar
from quizapp.web.forgetting_chart import forgetting
from quizapp.web.plot import Format, Plot, Point, across, number, pixels, round_ticks, titled
from quizapp.web.scatter_chart import Dot, Zone, scatter
from quizapp.web.wording import percent

__all__ = [
    "Dot",
    "Zone",
    "bars",
    "calendar",
    "forgetting",
    "line",
    "percent",
    "scatter",
    "segments",
    "sparkbar",
]

#: So many labels fit beside each other on a phone; of more, every second one gives way there.
_FEW_LABELS = 5
#: Where the last point of a curve is labelled, and how tall that is; see static/css/components.css.
_ABOVE, _BELOW, _LETTER_HEIGHT = (-14, -28), (24, 38), 12


def bars(
    label: str,
    labels: Sequence[str],
    series: Sequence[Sequence[float]],
    classes: Sequence[str],
    ticks: Sequence[float] = (),
    *,
    height: int = 190,
    every: int = 1,
    titles: Sequence[str] = (),
    strong: Collection[int] = (),
    value_labels: bool = False,
    gap: float = 0.28,
    words: Format = number,
) -> Markup:
    """Draw stacked bars.

    :param series: one list for each part of a bar, the lowest first, each as long as `labels`.
    :param ticks: the numbers of the axis, from its lowest to its highest; chosen if empty.
    :param every: write every n-th label.
    :param titles: what each bar says when it is pointed at; its label and total if empty.
    :param strong: positions whose labels stand out, such as today's.
    :param value_labels: write the totals above the bars.
    :param gap: the share of its place that a bar leaves free, 0 to 1.
    :param words: how the axis says a value; `percent` for shares.
    """
    totals = [sum(parts) for parts in zip(*series, strict=True)] if labels else []
    ticks = ticks or round_ticks(max(totals, default=0))
    plot = Plot(label, height, ticks[0], ticks[-1], gutter=34 if words is number else 48)
    plot.y_ticks(ticks, words)
    if not labels:
        plot.nothing()
    step = 100 / max(len(labels), 1)
    for i, name in enumerate(labels):
        title = titles[i] if titles else f"{name}: {number(totals[i])}"
        base = 0.0
        for part, cls in zip(series, classes, strict=True):
            if part[i] > 0:
                place = i * step + step * gap / 2
                plot.rect(place, step * (1 - gap), (base, base + part[i]), cls, title=title)
            base += part[i]
        centre, is_strong = i * step + step / 2, i in strong
        if value_labels:
            cls = "lab" if is_strong else ""
            plot.text((centre, base), number(base), dy=-6, anchor="middle", cls=cls)
        if i % every == 0:
            crowded = len(labels) / every > _FEW_LABELS and (i // every) % 2 == 1
            plot.x_label(centre, name, cls=_label_class(is_strong, crowded))
    return plot.render()


def line(
    label: str,
    labels: Sequence[str],
    values: Sequence[float | None],
    ticks: Sequence[float] = (),
    *,
    height: int = 220,
    band: Sequence[tuple[float, float] | None] = (),
    target: float | None = None,
    target_label: str = "",
    second: Sequence[float | None] = (),
    words: Format = number,
    end_label: str = "",
    every: int = 1,
) -> Markup:
    """Draw one curve, with a margin of error and a target if there are any.

    :param values: as long as `labels`; None where nothing was measured leaves a gap.
    :param ticks: the numbers of the axis, from its lowest to its highest; chosen if empty.
    :param band: the lower and the upper end of the margin at each place.
    :param second: a curve to compare with, dashed.
    :param words: how the axis and the titles say a value; `percent` for shares.
    :param every: write every n-th label; the last one is always written.
    """
    known = [value for value in values if value is not None]
    ticks = ticks or round_ticks(max([*known, target or 0]))
    plot = Plot(label, height, ticks[0], ticks[-1], gutter=48)
    plot.y_ticks(ticks, words)
    if band:
        _draw_band(plot, band)
    if target is not None:
        plot.h_line(target)
        plot.text((0, target), target_label, dx=4, dy=-7, cls="")
    if not known:
        plot.nothing()
    for run in _runs(second):
        plot.path(run, "ln dash")
    for run in _runs(values):
        plot.path(run)
    _draw_points(plot, labels, values, words)
    _draw_labels(plot, labels, every)
    if end_label and known:
        end = _runs(values)[-1]
        plot.text(end[-1], end_label, dy=_beside_the_end(plot, end, target), anchor="end")
    return plot.render()


def segments(parts: Sequence[tuple[float, str, str]], label: str, height: int = 14) -> Markup:
    """Draw one bar in parts: (value, class, name) for each; empty parts are left out."""
    total = sum(value for value, _, _ in parts if value > 0) or 1
    start, out = 0.0, []
    for value, cls, name in parts:
        if value <= 0:
            continue
        width = value / total * 100
        out.append(
            Markup('<rect class="{}" x="{}" width="{}" height="{}">{}</rect>').format(
                *(cls, across(start), across(max(width - 0.35, 0.2)), height),
                titled(f"{name}: {number(value)}"),
            )
        )
        start += width
    return Markup(
        '<svg class="segs" width="100%" height="{}" role="img" aria-label="{}">{}</svg>'
    ).format(height, label, Markup("").join(out))


def sparkbar(share: float, cls: str = "f-ink", width: int = 64, height: int = 8) -> Markup:
    """Draw a share, 0 to 1, as a small bar; the number stands beside it in the page."""
    filled = min(max(share, 0.0), 1.0) * width
    return Markup(
        '<svg class="sparkbar" width="{}" height="{}" aria-hidden="true">'
        '<rect class="h0" width="{}" height="{}" rx="4"/>'
        '<rect class="{}" width="{}" height="{}" rx="4"/></svg>'
    ).format(width, height, width, height, cls, pixels(max(filled, 2)), height)


def _beside_the_end(plot: Plot, end: Sequence[Point], target: float | None) -> int:
    """Return how far under the last point its label is written, in pixels; above it: negative.

    On the side that the curve does not come from, a line further where the target is in the way.
    """
    y = plot.y(end[-1][1])
    falls = len(end) > 1 and end[-2][1] > end[-1][1]

    def is_free(dy: int) -> bool:
        first, last = y + dy - _LETTER_HEIGHT, y + dy + 2
        if first < 0 or last > plot.height - plot.bottom:
            return False
        return target is None or not first <= plot.y(target) <= last

    sides = (*_BELOW, *_ABOVE) if falls else (*_ABOVE, *_BELOW)
    return next((dy for dy in sides if is_free(dy)), sides[0])


def _label_class(is_strong: bool, is_alternate: bool) -> str:
    """Return the class of a label; every second one gives way where there is no room."""
    if is_strong:
        return "strong"
    return "alt" if is_alternate else ""


def _place(i: int, n: int) -> float:
    """Return where the i-th of n points lies, in percent; a single one lies in the middle."""
    return 50.0 if n < 2 else 2 + i * 96 / (n - 1)


def _runs(values: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    """Return the points of a curve, in pieces between its gaps."""
    n = len(values)
    spots = [(_place(i, n), value) for i, value in enumerate(values)]
    pieces = groupby(spots, key=lambda spot: spot[1] is not None)
    return [
        [(place, value) for place, value in piece if value is not None]
        for is_known, piece in pieces
        if is_known
    ]


def _draw_band(plot: Plot, band: Sequence[tuple[float, float] | None]) -> None:
    lower = _runs([None if ends is None else ends[0] for ends in band])
    upper = _runs([None if ends is None else ends[1] for ends in band])
    for low, high in zip(lower, upper, strict=True):
        plot.path(high, "band", close=low)


def _draw_points(
    plot: Plot, labels: Sequence[str], values: Sequence[float | None], words: Format
) -> None:
    known = [i for i, value in enumerate(values) if value is not None]
    for i in known:
        value = values[i] or 0.0
        r, cls = (5, "pt end") if i == known[-1] else (3, "pt")
        plot.dot((_place(i, len(values)), value), r, cls, f"{labels[i]}: {words(value)}")


def _draw_labels(plot: Plot, labels: Sequence[str], every: int) -> None:
    last = len(labels) - 1
    for i, name in enumerate(labels):
        place = _place(i, len(labels))
        if i == last:
            plot.x_label(place, name, anchor="end" if last else "middle", cls="strong")
        elif i % every == 0 and last - i >= every:
            cls = _label_class(False, last / every > _FEW_LABELS and i % (2 * every) != 0)
            plot.x_label(place, name, anchor="middle" if i else "start", cls=cls)
