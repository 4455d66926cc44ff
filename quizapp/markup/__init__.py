"""Markdown to HTML that is safe to show: one parser set-up, one allow-list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from quizapp.markup.media import ADDRESS, allow_media, is_media_address

MAX_CHARACTERS = 20_000

# What the allow-list would have to throw away is not parsed in the first place: nothing that
# an author wrote may vanish. A heading, a rule, an image or a link definition stays as typed.
_MARKDOWN = allow_media(
    MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(
        ["heading", "lheading", "hr", "image", "reference", "html_block", "html_inline"]
    )
)


def _own_files(tag: str, attribute: str, value: str) -> str | None:
    """Return what an attribute may say: pictures and sounds are files that the site keeps."""
    if attribute == "src" or (tag == "a" and value.startswith(ADDRESS)):
        return value if tag != "a" and is_media_address(value) else None
    return value


_CLEANER = nh3.Cleaner(
    tags={
        *("p", "em", "strong", "a", "ul", "ol", "li", "code", "pre", "blockquote", "br"),
        *("img", "audio"),
    },
    # `start`: without it "1979. The Shah leaves" would be shown as number 1.
    # "*": the cleaner would let title and lang through on every element.
    attributes={
        "*": set(),
        "a": {"href"},
        "ol": {"start"},
        "img": {"src", "alt", "loading"},
        "audio": {"src", "controls", "preload", "aria-label"},
    },
    attribute_filter=_own_files,
    url_schemes={"http", "https", "mailto"},
    url_relative=lambda url: url if is_media_address(url) else None,
    link_rel="noopener nofollow",
)
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
#: One line that holds nothing that Markdown reads as a mark within a line.
_NO_MARKS = re.compile(r"[^\\`*_\[\]!<>&\x00\n\r]*")


def render(text: str) -> str:
    """Return Markdown as sanitised HTML, in blocks.

    :raises ValueError: `text` is longer than `MAX_CHARACTERS`.
    """
    return sanitise(_MARKDOWN.render(_checked(text)))


def render_inline(text: str) -> str:
    """Return Markdown as sanitised HTML that may stand inside a line, a label or a legend.

    White space at either end stays, as one space or line break, so that the pieces of a
    sentence can be rendered apart. A blank line becomes two line breaks.

    :raises ValueError: `text` is longer than `MAX_CHARACTERS`.
    """
    pieces = _PARAGRAPHS.split(_checked(text).replace("\r\n", "\n"))
    return sanitise("<br><br>".join(_inline(piece) for piece in pieces))


def sanitise(html: str) -> str:
    """Return `html` with everything outside the allow-list taken out; idempotent."""
    return _CLEANER.clean(html)


def plain(text: str) -> str:
    """Return Markdown as words on one line, without markup, for lists and searches.

    :raises ValueError: `text` is longer than `MAX_CHARACTERS`.
    """
    if text[:1].isalpha() and _NO_MARKS.fullmatch(_checked(text)):
        return " ".join(text.split())
    return " ".join("".join(_words(_MARKDOWN.parse(text))).split())


def plain_inline(text: str) -> str:
    """Return inline Markdown as words on one line; white space at an end stays as one space.

    Unlike `plain`, this reads "1. May" and "- the base" as text and not as lists.

    :raises ValueError: `text` is longer than `MAX_CHARACTERS`.
    """
    words = text
    if not _NO_MARKS.fullmatch(_checked(text)):
        words = "".join(_words(_MARKDOWN.parseInline(text)))
    return _with_ends(text, " ".join(words.split()))


def _checked(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise ValueError(
            f"Keep the text under {MAX_CHARACTERS:,} characters; it has {len(text):,}."
        )
    return text


def _inline(piece: str) -> str:
    return _with_ends(piece, _MARKDOWN.renderInline(piece.strip()))


def _with_ends(text: str, inner: str) -> str:
    if not inner:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{inner}{' ' if text[-1].isspace() else ''}"


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.children is not None:
            yield from _words(token.children)
            yield " "
        elif token.type in {"text", "code_inline", "code_block", "fence", "media"}:
            yield token.content
        elif token.type == "list_item_open" and token.info:
            yield f"{token.info}{token.markup} "
        elif token.type in {"softbreak", "hardbreak"}:
            yield " "
