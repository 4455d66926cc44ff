"""GIFT's control characters, with a backslash before them where they are meant as they stand."""

from __future__ import annotations

import re

from quizapp.formats.interchange import Markup, Text

#: What a backslash takes its meaning from, and a line feed written as \\n.
_SIGNS = ":#={}~n"
#: Signs that stand for no letter, one for each: they cannot be in a text that anybody wrote.
_HELD = "".join(chr(0xFDD0 + place) for place in range(len(_SIGNS)))
_ESCAPED = re.compile(r"\\(\\|[" + re.escape(_SIGNS) + "])")
_HOLD = str.maketrans(_SIGNS, _HELD)
_LET_GO = str.maketrans(_HELD, _SIGNS[:-1] + "\n")
_NOT_HELD = str.maketrans(dict.fromkeys(_HELD))
_CONTROL = re.compile(r"([\\:#={}~])")

_FORMATS = {
    "html": Markup.HTML,
    "moodle": Markup.MOODLE,
    "plain": Markup.PLAIN,
    "markdown": Markup.MARKDOWN,
}
_FORMAT = re.compile(r"\[(\w+)\]")


def hold(text: str) -> str:
    """Return a text in which only control characters that control something are left."""
    return _ESCAPED.sub(_held, text.translate(_NOT_HELD))


def let_go(text: str) -> str:
    """Return what `hold` held back, as it is to be read."""
    return text.translate(_LET_GO)


def escape(text: str) -> str:
    """Return a text that `hold` and `let_go` give back; line ends are written as \\n."""
    return _CONTROL.sub(r"\\\1", text).replace("\n", "\\n")


def text_of(held: str, usual: Markup = Markup.MOODLE) -> Text:
    """Return a text with the format that stands before it, or the usual one."""
    found = _FORMAT.match(held)
    if found and found[1] in _FORMATS:
        return Text(let_go(held[found.end() :]).strip(), _FORMATS[found[1]])
    return Text(let_go(held).strip(), usual)


def _held(found: re.Match[str]) -> str:
    return "\\" if found[1] == "\\" else found[1].translate(_HOLD)
