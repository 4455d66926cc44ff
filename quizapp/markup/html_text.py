"""HTML of other programs, made into our Markdown: the one place where it is cleaned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

from quizapp.markup.html_media import Shown, replace_shown

#: What has a meaning here; of everything else the words are kept and the marks are not.
_CLEANER = nh3.Cleaner(
    tags={
        *("p", "div", "br", "hr", "b", "strong", "i", "em", "a", "ul", "ol", "li", "code", "pre"),
        *("blockquote", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"),
    },
    clean_content_tags={"script", "style", "title", "svg", "math", "iframe", "object", "template"},
    attributes={"*": set(), "a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel=None,
)
_SOUND = re.compile(r"\[sound:[^\]]{0,500}\]", re.IGNORECASE)
_HTML = re.compile(r"[<>&]")
#: What Markdown would read as a mark, and so is written with a backslash.
_MARKS = re.compile(r"[\\`*_\[\]<]|&(?=#?\w+;)")
#: What it would read as one at the beginning of a line: lists, quotations, code.
_LINE_MARKS = re.compile(r"^([ \t]*)(?:([-+>~=#])|(\d{1,9})([.)]))(?=\s|$)", re.MULTILINE)
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\n{3,}")
_BLOCKS = {"p", "div", "blockquote", "pre", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol"}
#: What parts one word from the next.
_APART = {*_BLOCKS, "br", "hr", "li", "td", "th"}
_EMPHASIS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
_DEEPEST_LIST = 4


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Markdown, its words alone on one line, and how many pictures and sounds were left out."""

    text: str
    words: str
    media: int = 0


def from_html(html: str) -> Cleaned:
    """Return HTML of unknown origin as Markdown that shows the same words.

    Bold, italics, code, links, lists, quotations and lines are kept; scripts, styles, pictures,
    sounds and everything else are not.
    """
    html, media = _SOUND.subn(" ", html)
    shown: list[Shown] = []

    def leave_out(one: Shown) -> str:
        shown.append(one)
        return " "

    html = replace_shown(html, leave_out)
    media += len(shown)
    if not _HTML.search(html):
        return Cleaned(_escaped(html).strip(), " ".join(html.split()), media)
    writer = _Writer()
    writer.feed(_CLEANER.clean(html))
    writer.close()
    return Cleaned(writer.text(), writer.words(), media)


def escape_marks(text: str) -> str:
    """Return Markdown in which no sign of the text is read as a mark."""
    text = _MARKS.sub(lambda found: "\\" + found.group(), text)
    return _LINE_MARKS.sub(_escape_line, text)


def _escaped(text: str) -> str:
    return escape_marks(_SPACES.sub(" ", text.replace("\r", "")))


def _escape_line(found: re.Match[str]) -> str:
    before, mark, number, point = found.groups()
    return f"{before}\\{mark}" if mark else f"{before}{number}\\{point}"


@dataclass(slots=True)
class _List:
    """A list being written: how many items so far; `is_numbered` or with dots."""

    is_numbered: bool
    items: int = 0


class _Writer(HTMLParser):
    """Writes Markdown while it is fed with cleaned HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._words: list[str] = []
        self._lists: list[_List] = []
        self._hrefs: list[str] = []
        self._is_code = 0

    def text(self) -> str:
        """Return what was written, without space at the ends of lines that means nothing."""
        joined = _BREAKS.sub("\n\n", "".join(self._out))
        lines = (line if line.endswith("  ") else line.rstrip() for line in joined.split("\n"))
        return "\n".join(lines).strip()

    def words(self) -> str:
        """Return the words without any mark."""
        return " ".join("".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _APART:
            self._words.append(" ")
        if tag == "br":
            self._out.append("  \n" if self._has_words() else "")
        elif tag in ("ul", "ol"):
            self._lists.append(_List(tag == "ol"))
            self._break()
        elif tag == "li":
            self._begin_item()
        elif tag == "a":
            self._hrefs.append(dict(attrs).get("href") or "")
            self._out.append("[" if self._hrefs[-1] else "")
        elif tag in _EMPHASIS:
            self._is_code += tag == "code"
            self._out.append(_EMPHASIS[tag])
        elif tag in _BLOCKS or tag == "hr":
            self._break()
        elif tag in ("td", "th"):
            self._out.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _APART:
            self._words.append(" ")
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self._break()
        elif tag == "a" and self._hrefs:
            href = self._hrefs.pop()
            self._out.append(f"](<{href}>)" if href else "")
        elif tag in _EMPHASIS:
            self._is_code -= tag == "code"
            self._end_emphasis(_EMPHASIS[tag])
        elif tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        if self._is_code:
            self._out.append(data.replace("`", "'").replace("\n", " "))
            return
        # A line of HTML ends where its tags say so.
        text = _escaped(" ".join(re.split(r"[^\S\xa0]+", data)))
        at_start = not self._out or self._out[-1].endswith("\n")
        self._out.append(text.lstrip(" ") if at_start else _LINE_FREE.sub(r"\1", text))

    def _has_words(self) -> bool:
        return bool(self._out) and not self._out[-1].endswith("\n\n")

    def _break(self) -> None:
        if self._lists:
            return
        if self._has_words():
            self._out.append("\n\n")

    def _begin_item(self) -> None:
        depth = min(len(self._lists), _DEEPEST_LIST)
        mark = "-"
        if self._lists and self._lists[-1].is_numbered:
            self._lists[-1].items += 1
            mark = f"{self._lists[-1].items}."
        self._out.append("\n" + "    " * max(0, depth - 1) + mark + " ")

    def _end_emphasis(self, mark: str) -> None:
        """Close what was opened; a mark with nothing in it, or with space at an end, is none."""
        if self._out and self._out[-1] == mark:
            self._out.pop()
            return
        trailing = ""
        if self._out:
            stripped = self._out[-1].rstrip(" ")
            trailing = self._out[-1][len(stripped) :]
            self._out[-1] = stripped
        self._out.append(mark + trailing)


#: In the middle of a line its first sign is no mark.
_LINE_FREE = re.compile(r"^\\([-+>~=#])")
