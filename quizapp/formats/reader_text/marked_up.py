"""Headings and paragraphs of HTML and of Markdown."""

from __future__ import annotations

from html.parser import HTMLParser

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from quizapp.formats.reader_text.blocks import Block

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
#: Where one of these begins or ends, so does a paragraph.
_PARTING = {
    *_HEADINGS,
    *("p", "div", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "pre", "tr", "table", "hr"),
    *("section", "article", "aside", "main", "header", "footer", "figure", "figcaption"),
    *("address", "caption", "details", "summary"),
}
_SPACING = {"br", "td", "th"}
_CLEANER = nh3.Cleaner(
    tags=_PARTING | _SPACING,
    # What stands in these is not text to read.
    clean_content_tags={
        *("title", "script", "style", "template", "noscript", "svg", "math", "nav", "iframe"),
        *("object", "select", "textarea"),
    },
    attributes={"*": set()},
)
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def from_html(html: str) -> list[Block]:
    """Return what a page of HTML says; scripts, styles and navigation are not read."""
    reader = _Reader()
    # Cleaned, every tag that is open gets closed, as a browser would.
    reader.feed(_CLEANER.clean(html))
    reader.close()
    return reader.finish()


def from_markdown(text: str) -> list[Block]:
    """Return what a text in Markdown says, without its marks; a picture is its description."""
    tokens = _MARKDOWN.parse(text)
    blocks: list[Block] = []
    is_heading = False
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            is_heading = token.type == "heading_open"
        elif token.type == "inline":
            blocks.append(Block(_words(token), is_heading))
        elif token.type in ("fence", "code_block"):
            blocks.append(Block(token.content))
    return blocks


def _words(token: Token) -> str:
    return "".join(
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children or ()
    )


class _Reader(HTMLParser):
    """Collects blocks while it is fed with cleaned HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[Block] = []
        self._words: list[str] = []
        self._is_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SPACING:
            self._words.append(" ")
        else:
            self._end_block()
            self._is_heading = self._is_heading or tag in _HEADINGS

    def handle_endtag(self, tag: str) -> None:
        if tag not in _SPACING:
            self._end_block()
            self._is_heading = self._is_heading and tag not in _HEADINGS

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def finish(self) -> list[Block]:
        """Return the blocks, the last one ended."""
        self._end_block()
        return self._blocks

    def _end_block(self) -> None:
        text = "".join(self._words)
        self._words.clear()
        if text.strip():
            self._blocks.append(Block(text, self._is_heading))
