"""Reading a list of addresses as people paste it: one a line, from a letter or a spreadsheet.

A first line that names its columns, "Email" and others, makes it a table.
"""

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
from quizapp.services.list_table import NOTHING, ListTable, read_table

#: More than 500 lines of an address and a name can take.
LONGEST_TEXT = 200_000
#: Of a line that could not be read, so much comes back to be mended.
LONGEST_LINE = 200
LONGEST_SECTION = 80
_SECTION = f"Shorten the section's name to {LONGEST_SECTION} characters."
_NO_ADDRESS = "No email address is on this line."
#: Quoted names may hold the signs that part one entry from the next.
_PIECES = re.compile(r'(?:"[^"]*"|<[^<>]*>|[^,;\t"<]|["<])+')
_ANGLED = re.compile(r"<([^<>]*)>")
_AROUND = "\"'()[]<>.:"


@dataclass(frozen=True, slots=True)
class Listed:
    """An address of a list as it is stored, the name beside it, and its line from 1.

    :param section: that a table puts them into, or "".
    """

    email: str
    name: str
    line: int
    section: str = ""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line, or a part of one, that holds no address one can write to, and why."""

    line: int
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class ReadList:
    """What a list says: addresses in its order, each once; those named again; what is no address.

    :param head: the line that names the columns, where it is a table.
    """

    listed: tuple[Listed, ...]
    doubled: tuple[Listed, ...]
    bad: tuple[BadLine, ...]
    head: str = ""


def read_list(text: str) -> ReadList:
    """Return the addresses of a list; nothing that is typed is passed over in silence.

    Read are `a@b.c`, `Name <a@b.c>`, several on a line parted by commas, semicolons, tabs or
    spaces, and rows of a spreadsheet with the name in cells of its own. Of a table whose first
    line names the columns, the section is read too.
    """
    table = read_table(text)
    found: dict[str, Listed] = {}
    doubled: list[Listed] = []
    bad: list[BadLine] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip(NOTHING) or (table and line == table.head):
            continue
        in_table = table.entries(line) if table else []
        entries = in_table or _named(line)
        for email, name, section in entries:
            said = _returned(line, email, table, len(entries))[:LONGEST_LINE]
            problems = email_problems(email) if email else []
            if not email or problems:
                bad.append(BadLine(number, said, _says(problems)))
                continue
            if len(section) > LONGEST_SECTION:
                bad.append(BadLine(number, said, _SECTION))
                continue
            named = clean_name(name)[:MAXIMUM_NAME].strip()
            one = Listed(fold_email(email), named, number, section)
            if one.email in found:
                doubled.append(one)
            else:
                found[one.email] = one
    return ReadList(tuple(found.values()), tuple(doubled), tuple(bad), table.head if table else "")


def _returned(line: str, email: str, table: ListTable | None, several: int) -> str:
    """Return what of a line comes back to be mended: all of it, or the one address of several.

    Of a table the cells keep their places: an empty one at the beginning is a tab.
    """
    if table and several == 1:
        return line.rstrip()
    return email or line.strip()


def _says(problems: list[Problem]) -> str:
    return "This is no email address one can write to." if problems else _NO_ADDRESS


def _named(line: str) -> list[tuple[str, str, str]]:
    return [(*one, "") for one in _entries(line.strip().strip("\ufeff\u200b"))]


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
