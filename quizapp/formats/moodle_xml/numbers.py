"""Numbers and truths as Moodle XML writes them."""

from __future__ import annotations

from fractions import Fraction

from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.xml_tree import Element


def fraction_in(element: Element, name: str, usual: Fraction) -> Fraction:
    """Return the number in a child, the usual one where it is missing or none."""
    value = read_fraction(element.text_of(name))
    return usual if value is None else value


def is_true(element: Element, name: str, usual: bool) -> bool:
    """Return what a child says, in words or as 1 and 0; the usual where it is missing."""
    said = element.text_of(name).lower()
    return usual if not said else said in ("true", "1")


def fraction_of(answer: Element) -> Fraction | None:
    """Return what share of the marks an answer earns, or None where it says nothing readable."""
    said = answer.get("fraction", "") or answer.text_of("fraction") or "0"
    percent = read_fraction(said)
    return None if percent is None else percent / 100
