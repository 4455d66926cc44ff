"""The blocks of a GIFT file: lines up to a blank one, with what their comments say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quizapp.formats.gift.escapes import hold

#: Longer ones are none: without a limit, every beginning would be looked for to the end.
_KEY = re.compile(r"\[id:((?:\\\]|[^\]\x00-\x1f\x7f]){1,200})\]")
_COMMENTS_READ = 20_000
_TAG = re.compile(r"\[tag:((?:\\\]|[^\]<>`\x00-\x1f\x7f]){1,100})\]")


@dataclass(frozen=True, slots=True)
class Block:
    """One block. :param line: of its first line that is no comment, from 1.

    :param text: its escapes held. :param key: and tags: what its comments say.
    """

    line: int
    text: str
    key: str = ""
    tags: tuple[str, ...] = ()


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a file that hold more than comments."""
    gathered: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if stripped := line.strip():
            gathered.append((number, stripped))
            continue
        yield from _block(gathered)
        gathered = []
    yield from _block(gathered)


def _block(gathered: list[tuple[int, str]]) -> Iterator[Block]:
    comments = "\n".join(line for _, line in gathered if line.startswith("//"))[:_COMMENTS_READ]
    said = [(number, line) for number, line in gathered if not line.startswith("//")]
    if not said:
        return
    # A comment between two lines leaves a line with a space.
    lines = "\n".join(" " if line.startswith("//") else line for _, line in gathered).strip()
    key = _KEY.search(comments)
    yield Block(
        said[0][0],
        hold(lines),
        _bare(key[1]) if key else "",
        tuple(tag for found in _TAG.finditer(comments) if (tag := _bare(found[1]))),
    )


def _bare(text: str) -> str:
    return text.strip().replace("\\]", "]")
