"""A text file that is one question with gaps in Moodle's notation for them."""

from __future__ import annotations

from fractions import Fraction

from quizapp.formats.base import LeftOut
from quizapp.formats.embedded import BadGap, read_gaps
from quizapp.formats.encodings import decode
from quizapp.formats.interchange import Gap, Item, Markup

_WORDS = 80


def read_items(data: bytes) -> tuple[tuple[Item | LeftOut, ...], tuple[str, ...]]:
    """Return the one question of a file, and what is to be said about the file.

    :raises Invalid: it is too large, or no text.
    """
    text, remarks = decode(data)
    if not text.strip():
        return (), remarks
    try:
        body = read_gaps(text, Markup.MOODLE)
    except BadGap as why:
        return (LeftOut(1, " ".join(text.split())[:_WORDS], str(why)),), remarks
    mark = sum((piece.weight for piece in body.pieces if isinstance(piece, Gap)), Fraction(0))
    return (Item(body, line=1, mark=mark),), remarks
