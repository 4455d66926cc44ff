"""The weekly letter as it is sent: plain text, and HTML that needs nothing from elsewhere.

Mail programs drop style sheets and lay out with tables, so styles stand at their elements here.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape

from quizapp.services.mail import Letter
from quizapp.services.week_words import Told, Words

_WIDTH = 72
_INK, _TEXT, _MUTED, _LINE, _PAGE = "#2b44d0", "#14162b", "#4a4d68", "#d9dcea", "#f3f4fb"
_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"


def week_letter(words: Words, *, to: str, stop: str, settings: str, key: str) -> Letter:
    """Return the letter.

    :param stop: the address that stops these letters. :param settings: and that of all settings.
    :param key: names this very letter.
    """
    links = (("Stop these letters", stop), ("Settings", settings))
    return Letter(
        to=to,
        subject=words.subject,
        body="\n".join(_text(words, links)) + "\n",
        html="".join(_html(words, links)),
        stop=stop,
        key=key,
    )


def _text(words: Words, links: tuple[tuple[str, str], ...]) -> Iterator[str]:
    yield "Hello,\n"
    yield from textwrap.wrap(words.opening, _WIDTH)
    if words.days:
        yield ""
        yield "  ".join(f"{name} {cards}" for name, cards in words.days)
    for course in words.courses:
        yield f"\n{course.title}\n"
        for line in course.lines:
            yield from textwrap.wrap(line, _WIDTH, initial_indent="- ", subsequent_indent="  ")
        yield f"\n{course.url}"
    yield "\n-- "
    yield from textwrap.wrap(words.reason, _WIDTH)
    for label, url in links:
        yield f"{label}: {url}"


def _html(words: Words, links: tuple[tuple[str, str], ...]) -> Iterator[str]:
    yield (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(words.subject)}</title></head>"
        f'<body style="margin:0;background:{_PAGE};color:{_TEXT};{_FONT};line-height:1.5">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr>'
        '<td align="center" style="padding:24px 12px">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        'style="max-width:560px;text-align:left"><tr><td>'
        f'<p style="margin:0 0 12px;font-weight:700;color:{_INK}">Footnote</p>'
        f'<h1 style="margin:0 0 16px;font-size:20px;line-height:1.35">{escape(words.opening)}</h1>'
    )
    yield from _days(words.days)
    for course in words.courses:
        yield from _course(course)
    ends = " · ".join(
        f'<a style="color:{_MUTED}" href="{escape(url)}">{escape(label)}</a>'
        for label, url in links
    )
    yield (
        f'<p style="margin:24px 0 0;font-size:13px;color:{_MUTED}">{escape(words.reason)}<br>'
        f"{ends}</p></td></tr></table></td></tr></table></body></html>"
    )


def _days(days: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """Yield the week as a row of days, each with its cards; darker where there were any."""
    if not days:
        return
    yield (
        '<table width="100%" cellpadding="0" cellspacing="6" style="margin:0 0 16px;'
        'table-layout:fixed;text-align:center"><caption style="text-align:left;font-size:13px;'
        f'color:{_MUTED}">Cards on each day</caption><tr>'
    )
    for name, cards in days:
        colours = (
            f"background:{_INK};color:#ffffff"
            if cards.isdigit()
            else f"background:#ffffff;color:{_MUTED}"
        )
        yield (
            f'<td style="{colours};border-radius:8px;padding:8px 0;font-weight:700">{escape(cards)}'
            f'<br><span style="font-size:12px;font-weight:400">{escape(name)}</span></td>'
        )
    yield "</tr></table>"


def _course(course: Told) -> Iterator[str]:
    lines = "".join(f'<li style="margin:0 0 6px">{escape(line)}</li>' for line in course.lines)
    yield (
        f'<div style="background:#ffffff;border:1px solid {_LINE};border-radius:12px;'
        'padding:16px 20px;margin:0 0 16px">'
        f'<h2 style="margin:0 0 8px;font-size:16px">{escape(course.title)}</h2>'
        f'<ul style="margin:0 0 14px;padding-left:18px">{lines}</ul>'
        f'<a href="{escape(course.url)}" style="display:inline-block;background:{_INK};'
        "color:#ffffff;text-decoration:none;font-weight:700;border-radius:8px;"
        'padding:10px 16px">Open Today</a></div>'
    )
