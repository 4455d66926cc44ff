"""Paragraphs of pages, whose lines end where the paper did."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from quizapp.formats.reader_text.blocks import Block

#: A line that stands on so large a share of the pages belongs to their frame.
_FRAME_SHARE = 0.5
_FEWEST_PAGES = 3
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"\W*(?:page\s+)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?\W*", re.IGNORECASE)
_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]$")
_SENTENCE_END = re.compile(r"[.!?:][\"'”’)\]]*$")
#: A line that is shorter than this share of the usual one and ends a sentence ends a paragraph.
_SHORT = 0.75
#: So many spaces before its first word make a line the first of a paragraph.
_INDENT = 2
#: Space within lines, on so large a share of them, means columns beside each other.
_COLUMNS = re.compile(r"\S {4,}\S")
_COLUMN_SHARE = 0.4
_HEADING_LENGTH = 90
_HEADING_END = re.compile(r"[^.,;:!?]$")


def has_columns(page: str) -> bool:
    """Return whether lines of a page, as they are set, belong to columns beside each other."""
    lines = [line for line in page.splitlines() if line.strip()]
    apart = sum(_COLUMNS.search(line) is not None for line in lines)
    return apart > len(lines) * _COLUMN_SHARE


def from_pages(pages: Sequence[str]) -> tuple[list[Block], int]:
    """Return the paragraphs of the pages' texts, and how many lines of their frame were left out.

    The frame is page numbers, and what stands first or last on half of the pages. Words parted
    at the end of a line are joined; a paragraph goes on over the end of a page. A short line
    apart that ends no sentence is taken for a heading.

    :param pages: lines as they are set, with the spaces before them and blank lines between.
    """
    sheets = [_dedented(page.splitlines()) for page in pages]
    frame = _frame(sheets)
    lines: list[str] = []
    left_out = 0
    for sheet in sheets:
        kept = _without_frame(sheet, frame)
        left_out += sum(map(bool, sheet)) - sum(map(bool, kept))
        lines += kept
    return _paragraphs(lines), left_out


def _dedented(lines: Sequence[str]) -> list[str]:
    """Return the lines without the margin that all have; blank ones are ""."""
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[margin:].rstrip() for line in lines]


def _edges(sheet: Sequence[str]) -> list[int]:
    """Return the indexes of the first two and last two lines that say something."""
    filled = [index for index, line in enumerate(sheet) if line]
    return sorted({*filled[:2], *filled[-2:]})


def _frame(sheets: Sequence[Sequence[str]]) -> set[str]:
    """Return what stands at the edges of many pages, digits aside."""
    if len(sheets) < _FEWEST_PAGES:
        return set()
    seen = Counter(
        alike for sheet in sheets for alike in {_alike(sheet[index]) for index in _edges(sheet)}
    )
    return {line for line, count in seen.items() if count > len(sheets) * _FRAME_SHARE}


def _alike(line: str) -> str:
    return _NUMBER.sub("0", " ".join(line.split())).casefold()


def _without_frame(sheet: Sequence[str], frame: set[str]) -> list[str]:
    edges = set(_edges(sheet))
    return [
        line
        for index, line in enumerate(sheet)
        if index not in edges or not (_alike(line) in frame or _PAGE_NUMBER.fullmatch(line.strip()))
    ]


def _paragraphs(lines: Sequence[str]) -> list[Block]:
    usual = median([len(line) for line in lines if line] or [0])
    blocks: list[Block] = []
    words, count = "", 0
    for index, line in enumerate(lines):
        words, count = _joined(words, line.strip()), count + bool(line)
        rest = next((other for other in lines[index + 1 :] if other), "")
        is_gap = index + 1 == len(lines) or not lines[index + 1]
        if words and _ends(line, rest, usual, is_gap=is_gap):
            blocks.append(Block(words, _is_heading(words, count, rest)))
            words, count = "", 0
    if words:
        blocks.append(Block(words))
    return blocks


def _is_heading(words: str, count: int, following: str) -> bool:
    return (
        count == 1
        and bool(following)
        and len(words) <= _HEADING_LENGTH
        and _HEADING_END.search(words) is not None
    )


def _joined(words: str, line: str) -> str:
    if not words or not line:
        return words or line
    if _HYPHENATED.search(words) and line[:1].islower():
        return words[:-1] + line
    return f"{words} {line}"


def _ends(line: str, following: str, usual: float, *, is_gap: bool) -> bool:
    """Return whether a paragraph ends with a line."""
    if not line or not following:
        return False
    if following.strip()[:1].islower():
        return False  # words go on in lower case, even over the gap between two pages
    is_indented = following.startswith(" " * _INDENT) and not line.startswith(" " * _INDENT)
    is_short = len(line) < usual * _SHORT and _SENTENCE_END.search(line) is not None
    return is_gap or is_indented or is_short
