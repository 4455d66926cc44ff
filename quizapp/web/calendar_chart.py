"""The year of a learner as a calendar of days, drawn on the server as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from quizapp.web.plot import titled
from quizapp.web.wording import count, short_month, short_weekday

#: From how many on a day has which of the four darker shades.
LEVELS = (1, 15, 30, 45)
_CELL, _GAP, _TOP, _START = 17, 3, 18, 30
_PITCH = _CELL + _GAP
_NAMED_ROWS = {0: "Mon", 2: "Wed", 4: "Fri"}
#: Columns that a month's name needs before the next one may be written.
_NAME_COLUMNS = 3


def calendar(
    label: str,
    values: Sequence[int],
    last: date,
    *,
    levels: Sequence[int] = LEVELS,
    noun: str = "review",
) -> Markup:
    """Draw one square a day, weeks from Monday downwards, the newest week at the end.

    :param values: one count a day, the oldest first; the last one belongs to `last`.
    :param noun: what is counted.
    """
    first = last - timedelta(days=max(len(values) - 1, 0))
    before = first.weekday()
    weeks = max(1, -(-(before + len(values)) // 7))
    marks = [*_row_names(), *_month_names(first, len(values), weeks)]
    for i, value in enumerate(values):
        when = first + timedelta(days=i)
        column, row = divmod(i + before, 7)
        shade = sum(value >= level for level in levels)
        marks.append(
            Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}">{}</rect>').format(
                f"h{shade}{' today' if when == last else ''}",
                *(_START + column * _PITCH, _TOP + row * _PITCH, _CELL, _CELL),
                titled(f"{_named(when)}: {count(value, noun)}"),
            )
        )
    # The box lets print shrink it to the width of the page.
    width, height = _START + weeks * _PITCH + 1, _TOP + 7 * _PITCH
    return Markup(
        '<div class="cal" role="img" aria-label="{}">'
        '<svg width="{}" height="{}" viewBox="0 0 {} {}" aria-hidden="true">{}</svg></div>'
    ).format(label, width, height, width, height, Markup("").join(marks))


def _named(when: date) -> str:
    return f"{short_weekday(when)} {when.day} {short_month(when.month)} {when.year}"


def _row_names() -> Iterator[Markup]:
    for row, name in _NAMED_ROWS.items():
        yield _text(0, _TOP + row * _PITCH + 13, name)


def _month_names(first: date, days: int, weeks: int) -> Iterator[Markup]:
    month, named_column = 0, -_NAME_COLUMNS
    for i in range(days):
        when = first + timedelta(days=i)
        column = (i + first.weekday()) // 7
        if when.month == month:
            continue
        month = when.month
        # The name of a month that has just begun would stick out at the end.
        if column - named_column >= _NAME_COLUMNS and (column < weeks - 1 or weeks == 1):
            named_column = column
            yield _text(_START + column * _PITCH, 10, short_month(month))


def _text(x: int, y: int, words: str) -> Markup:
    return Markup('<text x="{}" y="{}">{}</text>').format(x, y, words)
