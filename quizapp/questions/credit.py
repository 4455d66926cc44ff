"""Shares of full marks as people write them: a percentage, read as the exact share it stands for.

A third is written 33.33333 in files and on pages, and three of them make a whole: a percentage
with two or more decimals is the simplest fraction that is written so.
"""

from __future__ import annotations

import re
from fractions import Fraction

NOTHING, FULL = Fraction(0), Fraction(1)
#: As many as Moodle writes.
_DECIMALS = 5
#: Shares of marks are halves, thirds, sevenths; Moodle knows them up to a tenth.
_LARGEST_PART = 20
_PERCENT = re.compile(r"([-−+]?)\s*(\d{1,3}(?:[.,]\d{1,20})?)\s*%?")


def read_percent(text: str) -> Fraction | None:
    """Return the share that a percentage such as "50", "33.33 %" or "-25" stands for, or None."""
    found = _PERCENT.fullmatch(text.strip())
    if found is None:
        return None
    whole, _, decimals = found[2].replace(",", ".").partition(".")
    stated = Fraction(int(whole + decimals), 100 * 10 ** len(decimals))
    shown = _digits(stated)
    share = Fraction(int(shown), 100 * 10**_DECIMALS)
    simple = share.limit_denominator(_LARGEST_PART)
    places = len(shown[-_DECIMALS:].rstrip("0"))
    # Cut off or rounded: 66.66 and 66.67 are both two thirds.
    if places > 1 and abs(simple - share) < Fraction(1, 100 * 10**places):
        share = simple
    return -share if found[1] in ("-", "−") else share


def show_percent(share: Fraction) -> str:
    """Return what `read_percent` reads as the share: "50", "33.33333", "-25"."""
    shown = _digits(abs(share))
    whole, decimals = shown[:-_DECIMALS], shown[-_DECIMALS:].rstrip("0")
    sign = "-" if share < 0 and shown.strip("0") else ""
    return sign + whole + (f".{decimals}" if decimals else "")


def nearest(share: Fraction) -> Fraction:
    """Return the share that is stored for one: what its percentage is read as."""
    return read_percent(show_percent(share)) or NOTHING


def bounded(share: Fraction) -> Fraction:
    """Return a grade: not under 0 and not over 1."""
    return max(NOTHING, min(FULL, share))


def words_for(share: Fraction) -> str:
    """Return how right something is that earns part of the marks: "half right", "25 % right"."""
    return "half right" if share == Fraction(1, 2) else f"{percent(share)} right"


def signed(share: Fraction) -> str:
    """Return what a choice adds or takes off: "+60 %", "−50 %", "0 %"."""
    return f"{'−' if share < 0 else '+' if share else ''}{percent(abs(share))}"


def percent(share: Fraction) -> str:
    """Return a share as people read it: "50 %", "66.67 %"."""
    return f"{float(share * 100):.2f}".rstrip("0").rstrip(".") + " %"


def _digits(share: Fraction) -> str:
    """Return the digits of a percentage, the last `_DECIMALS` of them decimals."""
    return f"{round(share * 100 * 10**_DECIMALS):0{_DECIMALS + 1}d}"
