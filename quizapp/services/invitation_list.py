"""Reading a list of addresses as people paste it: one a line, from a letter or a spreadsheet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from quizapp.errors import Problem
from quizapp.services.accounts import (
    MAXIMUM_NAME,
    clean_name,
    email_problems,
    fold_email,
)

LONGEST_LIST = 500
#: More than 500 lines of an address and a name can take.
LONGEST_TEXT = 200_000
_NO_ADDRESS = "No email address is on this line."
#: Quoted names may hold the signs that part one entry from the next.
_PIECES = re.compile(r'(?:"[^"]*"|<[^<>]*>|[^,;\t"<]|["<])+')
_ANGLED = re.compile(r"<([^<>]*)>")
_AROUND = "\"'()[]<>.:"


@dataclass(frozen=True, slots=True)
class Listed:
    """An address of a list as it is stored, the name beside it, and its line from 1."""

    email: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line, or a part of one, that holds no address one can write to, and why."""

    line: int
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class ReadList:
    """What a list says: addresses in its order, each once; those named again; what is no address.

    `total` counts the lines that say anything.
    """

    listed: tuple[Listed, ...]
    doubled: tuple[Listed, ...]
    bad: tuple[BadLine, ...]


def read_list(text: str) -> ReadList:
    """Return the addresses of a list; nothing that is typed is passed over in silence.

    Read are `a@b.c`, `Name <a@b.c>`, several on a line parted by commas, semicolons, tabs or
    spaces, and rows of a spreadsheet with the name in cells of its own.
    """
    found: dict[str, Listed] = {}
    doubled: list[Listed] = []
    bad: list[BadLine] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip(" \t,;\ufeff\u200b"):
            continue
        for email, name in _entries(line.strip().strip("\ufeff\u200b")):
            problems = email_problems(email) if email else []
            if not email or problems:
                bad.append(BadLine(number, (email or line.strip())[:200], _says(problems)))
                continue
            one = Listed(fold_email(email), clean_name(name)[:MAXIMUM_NAME].strip(), number)
            if one.email in found:
                doubled.append(one)
            else:
                found[one.email] = one
    return ReadList(tuple(found.values()), tuple(doubled), tuple(bad))


def _says(problems: list[Problem]) -> str:
    return "This is no email address one can write to." if problems else _NO_ADDRESS


def _entries(line: str) -> list[tuple[str, str]]:
    """Return the addresses of a line with their names; ("", "") where it has none."""
    entries: list[tuple[str, str]] = []
    words: list[str] = []
    for piece in _PIECES.findall(line):
        if "@" not in piece:
            words.append(piece)
        elif angled := _ANGLED.findall(piece):
            name = _ANGLED.sub(" ", piece).strip("\"' ")
            entries += [(one.strip().removeprefix("mailto:").strip(), name) for one in angled]
        else:
            parts = piece.split()
            entries += [(_bare(part), "") for part in parts if "@" in part]
            words += [part for part in parts if "@" not in part]
    if not entries:
        return [("", "")]
    if len(entries) == 1:
        # One address and other cells: together they are its name.
        (email, name), beside = entries[0], [word.strip(" \"'") for word in words]
        return [(email, " ".join(word for word in [*beside, name] if word))]
    return entries


def _bare(text: str) -> str:
    return text.strip(_AROUND).removeprefix("mailto:")
