"""Reading numbers as people write them, and comparing them exactly."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

#: Decimals beyond this are not shown: nobody can use them.
MOST_DECIMALS = 12

_GROUP = "'"
# A space, an apostrophe and the Arabic thousands separator only ever group digits.
_MARKS = str.maketrans({"’": _GROUP, "٬": _GROUP, "٫": "."} | dict.fromkeys("−‐‑‒–—﹣－", "-"))
_SPACE = re.compile(r"(?<=\d)\s(?=\d)")
_NUMBER = re.compile(r"([+-]?)\s?(\d[\d.,']*|[.,]\d+)")
_WHOLE = re.compile(r"\d*|[1-9]\d{0,2}(?:([.,'])\d{3})(?:\1\d{3})*")
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")


def read_number(text: str) -> Fraction | None:
    """Return the number that `text` is, exactly, or None when it is not a number.

    Digits of any script count. Thousands may be grouped by a space, an apostrophe, a comma
    or, beside a decimal comma or when there are several, a point. A single comma is a
    thousands mark when exactly three digits follow (1,000) and else a decimal mark (1,5), as
    it is after a lone 0, which no thousands follow (0,125). A single point is a decimal mark
    (1.000 is 1). Fractions and powers of ten are not read.
    """
    found = _NUMBER.fullmatch(_SPACE.sub(_GROUP, _ascii(text).strip()))
    if found is None:
        return None
    sign, body = found.groups()
    mark = _decimal_mark(body)
    whole, _, decimals = body.rpartition(mark) if mark else (body, "", "")
    if not _WHOLE.fullmatch(whole) or (decimals and not decimals.isdecimal()):
        return None
    digits = re.sub(r"\D", "", whole)
    value = Fraction(int(digits + decimals), 10 ** len(decimals))
    return -value if sign == "-" else value


def read_span(text: str) -> tuple[Fraction, Fraction] | None:
    """Return the least and the most of "1820 to 1824", a number twice, or None for words."""
    least, between, most = text.partition(" to ")
    low = read_number(least)
    high = read_number(most) if between else low
    return (low, high) if low is not None and high is not None else None


def show_number(value: Fraction) -> str:
    """Return a number in digits ("2,500.75"), or "" when it has no short decimal form."""
    for decimals in range(MOST_DECIMALS + 1):
        scaled = abs(value) * 10**decimals
        if scaled.denominator == 1:
            whole, rest = divmod(scaled.numerator, 10**decimals)
            point = f".{rest:0{decimals}}" if decimals else ""
            return f"{'−' if value < 0 else ''}{whole:,}{point}"
    return ""


def _ascii(text: str) -> str:
    """Return `text` with ASCII digits and marks, without characters that cannot be seen."""
    kept = (sign for sign in text.translate(_MARKS) if unicodedata.category(sign) != "Cf")
    return "".join(
        sign if sign.isascii() or not sign.isdecimal() else str(unicodedata.decimal(sign))
        for sign in kept
    )


def _decimal_mark(body: str) -> str:
    """Return "." or "," when it stands before the decimals, "" when there are none."""
    if "." in body and "," in body:
        return max(".,", key=body.rfind)
    if body.count(",") == 1:
        return "" if _THOUSANDS.fullmatch(body.replace(_GROUP, "")) else ","
    return "." if body.count(".") == 1 else ""
