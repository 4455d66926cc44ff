"""Numbers in files, read exactly and within bounds."""

from __future__ import annotations

import re
from fractions import Fraction

_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?")


def read_fraction(text: str) -> Fraction | None:
    """Return a decimal number exactly, or None where the text is none (or a monstrous one)."""
    text = text.strip()
    return Fraction(text) if _NUMBER.fullmatch(text) else None
