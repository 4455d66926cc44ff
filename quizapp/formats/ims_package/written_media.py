"""Pictures and sounds in a package that we write."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape

from quizapp.formats.xml_write import node

_POINTER = re.compile(r'\b(src|data)="media:([^"\s]+)"')


def pointed(document: str, names: Collection[str], folder: str) -> str:
    """Return a document whose texts point at the files of these names in a folder.

    :param folder: as addresses in the document name it, with its slash.
    """

    def put(found: re.Match[str]) -> str:
        is_held = found[2] in names
        return f'{found[1]}="{folder}{escape(found[2])}"' if is_held else found[0]

    return _POINTER.sub(put, document) if names else document


def shown_in(document: str, names: Sequence[str]) -> list[str]:
    """Return which of the names the texts of a document point at."""
    found = {one[2] for one in _POINTER.finditer(document)}
    return [name for name in names if name in found]


def listed(names: Sequence[str], folder: str) -> list[str]:
    """Return files as the resource lists them that shows them."""
    return [node("file", {"href": f"{folder}{name}"}) for name in names]


def laid(
    names: Sequence[str], media: Mapping[str, bytes], folder: str
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of these names with their paths, one after the other."""
    for name in names:
        yield f"{folder}{name}", media[name]
