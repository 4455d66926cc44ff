"""What a text is made of: headings and paragraphs, and the plain way to write them down.

A blank line parts paragraphs; a line that begins with "# " is the heading of what follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from quizapp.bank.text import normalise

_HEADING = re.compile(r"#{1,6}[ \t]+(?P<words>\S.*)")
_BREAK = re.compile(r"\n[^\S\n]*\n")
#: What a paragraph that begins like a heading is written with, so that it stays one.
_ESCAPED = "\\#"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph, on one line."""

    text: str
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph and the heading that it stands under, or "".

    :param line: where it begins in what was written, from 1.
    """

    text: str
    heading: str
    line: int


def write_blocks(blocks: Iterable[Block]) -> str:
    """Return blocks as people edit them; `read_paragraphs` reads them back."""
    written = []
    for block in blocks:
        text = normalise(block.text)
        if text and block.is_heading:
            written.append(f"# {text}")
        elif text:
            written.append(f"\\{text}" if _HEADING.match(text) else text)
    return "\n\n".join(written)


def read_paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a text in the plain way to write them, in order.

    A heading under which nothing stands is a paragraph itself: no words are lost.
    """
    found: list[Paragraph] = []
    heading, heading_line, is_used = "", 0, True
    for line, block in _blocks(text.replace("\r\n", "\n").replace("\r", "\n")):
        if (match := _HEADING.fullmatch(block)) is not None:
            if not is_used:
                found.append(Paragraph(heading, "", heading_line))
            heading, heading_line, is_used = normalise(match["words"]), line, False
            continue
        words = normalise(block.removeprefix("\\") if block.startswith(_ESCAPED) else block)
        found.append(Paragraph(words, heading, line))
        is_used = True
    if not is_used:
        found.append(Paragraph(heading, "", heading_line))
    return tuple(found)


def _blocks(text: str) -> Iterable[tuple[int, str]]:
    """Yield the line of each block and the block; a heading ends with its line."""
    line = 1
    for piece in _split(text):
        pending: list[str] = []
        began = line
        for row in piece.split("\n"):
            if _HEADING.fullmatch(row.strip()):
                if pending:
                    yield began, "\n".join(pending)
                    pending = []
                yield line, row.strip()
            elif row.strip():
                began = line if not pending else began
                pending.append(row.strip())
            line += 1
        if pending:
            yield began, "\n".join(pending)


def _split(text: str) -> Iterable[str]:
    """Yield the pieces between blank lines; joined by a line end each they are the text."""
    at = 0
    for found in _BREAK.finditer(text):
        yield text[at : found.start()]
        # The blank line itself is a piece, so that lines are counted as they stand.
        yield from [""] * (found.group().count("\n") - 1)
        at = found.end()
    yield text[at:]
