"""Texts of other programs as our Markdown, and ours for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from quizapp.formats.interchange import Markup, Text
from quizapp.markup import plain, render, render_inline
from quizapp.markup.html_faithful import CLOSE, OPEN, Told, read_html
from quizapp.markup.html_media import Shown, replace_shown
from quizapp.markup.html_text import escape_marks
from quizapp.markup.media import SOUNDS, replace_references

#: A text longer than this is not even read: it could be no part of a question here.
READ_LIMIT = 60_000
_BLOCK_END = re.compile(
    r"(</?(?:p|div|ul|ol|li|h[1-6]|table|tbody|tr|td|th|pre|blockquote|br|hr)\b[^<>]*>)[ \t]*$",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\([\\`*_\[\]<&+>~=#.)-])")
_TEX = re.compile(r"\\\(|\\\[|\$\$")
_LIST = re.compile(r"^ *(?:[-+*]|\d{1,9}[.)]) ", re.MULTILINE)
_MEDIA = re.compile(r"!\[([^\]]*)\]\((?!media:)[^)]*\)")
#: What Markdown elsewhere means and ours shows as it is typed.
_FOREIGN = {
    "headings (they stay as typed)": re.compile(r"^ {0,3}#{1,6}\s|^ {0,3}(?:=+|-+)[ \t]*$", re.M),
    "HTML in Markdown (it stays as typed)": re.compile(r"<[A-Za-z/][^<>]*>"),
    "a table (it stays as typed)": re.compile(r"^ {0,3}\|.*\|[ \t]*$", re.M),
    "a picture that is not in the file": _MEDIA,
}


def as_markdown(text: Text) -> Told:
    """Return a text as our Markdown, with what of it is lost."""
    stated = text.text
    if len(stated) > READ_LIMIT:
        # A picture written into the text itself is said to be lost, and not read.
        stated = replace_shown(stated, _shortened)
    told = _READERS[text.markup](stated[:READ_LIMIT])
    lost = told.lost
    if len(stated) > READ_LIMIT:
        lost = (*lost, f"everything after {READ_LIMIT:,} characters")
    if _TEX.search(stated):
        lost = (*lost, "the form of formulas (they stay as typed, in TeX)")
    return Told(told.text, told.words, lost) if lost != told.lost else told


def _shortened(shown: Shown) -> str:
    is_inline = any(address.startswith("data:") for address in shown.addresses)
    return shown.at("data:") if is_inline else shown.html


def as_line(text: Text) -> Told:
    """Return a text as inline Markdown: what only blocks can show is said to be lost."""
    told = as_markdown(text)
    if text.markup is not Markup.PLAIN and _LIST.search(told.text):
        return Told(told.text, told.words, (*told.lost, "a list (it stands in one line)"))
    return told


def as_words(text: Text) -> Told:
    """Return a text without any marks, on one line."""
    if text.markup is Markup.PLAIN:
        words = " ".join(text.text.split())
        return Told(words, words)
    told = as_markdown(text)
    bare = from_plain(told.words)
    lost = told.lost
    if " ".join(told.text.split()) != bare:
        lost = (*lost, "emphasis, links, pictures or lines")
    return Told(told.words, told.words, lost)


def from_plain(text: str) -> str:
    """Return Markdown that shows a text as it is, its lines included."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    lines = [line.strip() for line in escape_marks(text).split("\n")]
    joined = [
        line + ("  " if line and after else "")
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
    ]
    return "\n".join(joined)


def in_html(markdown: str) -> Text:
    """Return our Markdown as HTML for a writer, in blocks, with its pictures."""
    return Text(_with_media(markdown, render), Markup.HTML)


def in_inline_html(markdown: str) -> Text:
    """Return our Markdown as HTML within a line, with its pictures."""
    return Text(_with_media(markdown, render_inline), Markup.HTML)


def best(markdown: str, *, inline: bool = False) -> Text:
    """Return our Markdown as HTML where that, read again, is the same; else as it is."""
    made = in_inline_html(markdown) if inline else in_html(markdown)
    told = as_line(made) if inline else as_markdown(made)
    is_same = told.text == markdown and not told.lost
    return made if is_same else Text(markdown, Markup.MARKDOWN)


def survives(markdown: str, markup: Markup) -> bool:
    """Return whether our Markdown, taken for text of another kind, reads the same."""
    told = as_markdown(Text(markdown, markup))
    return told.text == markdown and not told.lost


def bare(markdown: str) -> tuple[str, bool]:
    """Return our Markdown without marks, with its lines, and whether nothing is lost by it."""
    lines = "\n".join(line.rstrip() for line in _ESCAPE.sub(r"\1", markdown).split("\n"))
    if from_plain(lines) == markdown:
        return lines, True
    return plain(markdown), False


def _with_media(markdown: str, write: Callable[[str], str]) -> str:
    """Write HTML in which pictures stand that our own pages do not show."""
    held: list[str] = []

    def hold(words: str, name: str) -> str:
        held.append(_shown(words, name))
        return f"{OPEN}{len(held) - 1}{CLOSE}"

    made = write(replace_references(re.sub(f"[{OPEN}{CLOSE}]", "", markdown), hold)).strip()
    return re.sub(f"{OPEN}(\\d+){CLOSE}", lambda found: held[int(found[1])], made)


def _shown(words: str, name: str) -> str:
    """Return HTML of a picture or sound; what it is stands in the ending of its name."""
    if name.rpartition(".")[2].lower() in SOUNDS:
        return f'<audio controls src="media:{name}" title="{escape(words)}"></audio>'
    return f'<img src="media:{name}" alt="{escape(words)}">'


def _read_plain(text: str) -> Told:
    return Told(from_plain(text), " ".join(text.split()))


def _read_moodle(text: str) -> Told:
    """Read HTML in which line ends count, except after a block's tag."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    ended = [line if _BLOCK_END.search(line) else line + "<br>" for line in lines[:-1]]
    return read_html("\n".join([*ended, lines[-1]]))


def _read_markdown(text: str) -> Told:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    lost = tuple(what for what, pattern in _FOREIGN.items() if pattern.search(text))
    return Told(text, plain(text[:20_000]), lost)


_READERS = {
    Markup.PLAIN: _read_plain,
    Markup.HTML: read_html,
    Markup.MOODLE: _read_moodle,
    Markup.MARKDOWN: _read_markdown,
}
