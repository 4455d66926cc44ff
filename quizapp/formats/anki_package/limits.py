"""How much of a package is taken in; whatever goes beyond is refused, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from quizapp.errors import Invalid, Problem

MEGABYTE = 1024 * 1024
#: Where in a form what is wrong with a package is shown.
FIELD = "package"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a package may hold.

    :param expanded_bytes: of its collection, unpacked.
    :param ratio: how many times as large as packed it may unpack, once it is past `free_bytes`.
    :param directory_bytes: of the list of files in the zip. :param notes: and cards at most
        `cards_a_note` times as many, reviews `answers_a_note` times.
    :param note_bytes: of one note's fields. :param seconds: for looking through the database.
    """

    expanded_bytes: int = 512 * MEGABYTE
    ratio: int = 200
    free_bytes: int = 16 * MEGABYTE
    directory_bytes: int = 8 * MEGABYTE
    notes: int = 200_000
    cards_a_note: int = 20
    answers_a_note: int = 100
    note_bytes: int = MEGABYTE
    seconds: float = 60.0


def refusal(reason: str) -> Invalid:
    """Return the error that says why a package is not taken."""
    return Invalid([Problem(FIELD, reason)])
