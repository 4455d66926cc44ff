"""What stands in the files of other programs, listed without any of our readers.

Here a file is read with ElementTree of the standard library, straight over its bytes, and every
piece that a person or a grader would miss is listed, question by question. `held_words` says which
of them a reading has.
"""

from __future__ import annotations

import io
import posixpath
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

#: Elements of HTML that part words.
_NOT_READ = {"script", "style"}
_SHOWS = {"img": "src", "audio": "src", "video": "src", "source": "src", "a": "href"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that must be found again.

    :param role: what it is: "asked", "option", "told", "typed", "name", "key", "right", "wrong",
        "share", "pair", "order", "mark", "case", "low", "high", "address", "words of a picture",
        "options" (all of one place, a line each), "fixed", "shuffles", "tag" or "said".
    :param value: a text, or a number as text. :param whole: all words of the text that it is part
        of, by whose beginning a note may name it.
    """

    role: str
    value: str
    whole: str = ""


@dataclass(slots=True)
class Stated:
    """One question of a file, or what stands around its questions."""

    path: str
    ident: str = ""
    is_question: bool = True
    pieces: list[Piece] = field(default_factory=list)

    def add(self, role: str, value: str, whole: str = "") -> None:
        """Note a piece; one without a word is none."""
        if value.strip():
            self.pieces.append(Piece(role, value.strip(), whole or value.strip()))

    def add_html(self, role: str, html: str) -> None:
        """Note every text, picture and link of HTML."""
        shown = shown_by(html)
        whole = " ".join(shown.texts)
        for text in shown.texts:
            self.add(role, text, whole)
        for address in shown.addresses:
            self.add("address", address, whole)
        for words in shown.alternatives:
            self.add("words of a picture", words, whole)


@dataclass(slots=True)
class Shown:
    """What HTML shows: its texts between tags, and what it points at."""

    texts: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown = Shown()
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped += tag in _NOT_READ
        values = dict(attrs)
        address = values.get(_SHOWS.get(tag, ""))
        if address and not address.startswith("#"):
            self.shown.addresses.append(address)
        if values.get("alt"):
            self.shown.alternatives.append(str(values["alt"]))

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in _NOT_READ and self._skipped > 0

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._skipped:
            self.shown.texts.append(data)


def shown_by(html: str) -> Shown:
    """Return what HTML shows."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.shown


def words_of(text: str) -> str:
    """Return a text as its words with one space between them, signs of one meaning made one."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def documents(data: bytes) -> Iterator[tuple[str, ET.Element]]:
    """Yield every document of a file with its path, "" for the file itself, names without prefix.

    What is not well formed is not yielded: a reader has to refuse it.
    """
    files: Mapping[str, bytes] = {"": data}
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            files = {
                name: packed.read(name)
                for name in packed.namelist()
                if PurePosixPath(name).suffix.lower() in {".xml", ".qti"}
            }
    for path, content in files.items():
        try:
            root = ET.fromstring(content.strip())  # noqa: S314 - files that the caller chose
        except ET.ParseError:
            continue
        for element in root.iter():
            element.tag = str(element.tag).rpartition("}")[2]
        yield path, root


def about(found: Mapping[str, ET.Element]) -> dict[str, list[Piece]]:
    """Return what the list of a package says of its documents, by their paths."""
    said: dict[str, list[Piece]] = {}
    for path, root in found.items():
        if root.tag != "manifest":
            continue
        for resource in root.iter("resource"):
            end = posixpath.join(posixpath.dirname(path), resource.get("href", ""))
            pieces = said.setdefault(posixpath.normpath(end), [])
            for name, role in (("keyword", "tag"), ("description", "said")):
                for one in (
                    found for area in resource.findall("metadata") for found in area.iter(name)
                ):
                    words = words_of(text_in(one))
                    pieces += [Piece(role, words, words)] if words else []
    return said


def markup_in(element: ET.Element) -> str:
    """Return what stands in an element as HTML, elements and texts."""
    inner = "".join(ET.tostring(child, encoding="unicode") for child in element)
    return _escaped(element.text or "") + inner


def text_in(element: ET.Element) -> str:
    return "".join(element.itertext())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
