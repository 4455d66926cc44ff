"""XML read into a small tree with line numbers, without trusting a byte of it.

On expat of the standard library: its handlers refuse a declaration in the moment it is met, say the
line of every element and error, and need no further package (docs/adr/0024-xml-and-zip.md). Nothing
outside the given bytes is ever read, and there is no entity but XML's own five.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import NoReturn
from xml.parsers import expat

from quizapp.errors import Invalid, Problem

_MEGABYTE = 1024 * 1024
_NO_ATTRIBUTES: Mapping[str, str] = {}
#: So many events lie between two looks at the clock.
_CLOCK_EVERY = 1024
#: Bytes of a document type that stay when it is blanked: line ends, and the zeros of UTF-16.
_KEPT_BYTES = frozenset(b"\r\n\x00")
#: The beginning of a document type, in UTF-8 or in UTF-16.
_DOCTYPE = re.compile(b"\x00?".join(re.escape(bytes([byte])) for byte in b"<!DOCTYPE"))
#: Elements of HTML that have no end.
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may hold; beyond it, it is refused.

    :param depth: of elements in each other. :param nodes: elements and texts together.
    :param attributes: of one element. :param seconds: for reading it.
    """

    size: int = 64 * _MEGABYTE
    depth: int = 150
    nodes: int = 500_000
    attributes: int = 100
    seconds: float = 20.0


@dataclass(slots=True)
class Element:
    """One element. :param name: without its prefix. :param line: where it begins, from 1.

    :param attributes: by their names as written, prefixes and all.
    :param children: texts and elements in their order; no two texts follow each other.
    """

    name: str
    line: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        """Return the value of an attribute."""
        return self.attributes.get(name, default)

    @property
    def elements(self) -> list[Element]:
        """Return the elements that stand directly in this one."""
        return [child for child in self.children if isinstance(child, Element)]

    def first(self, *names: str) -> Element | None:
        """Return the first element directly in this one that has one of these names, or None."""
        return next((child for child in self.elements if child.name in names), None)

    def all(self, *names: str) -> list[Element]:
        """Return the elements directly in this one that have one of these names."""
        return [child for child in self.elements if child.name in names]

    def deep(self, *names: str) -> Iterator[Element]:
        """Yield every element at any depth in this one with one of these names; all for none."""
        waiting = self.elements[::-1]
        while waiting:
            element = waiting.pop()
            if not names or element.name in names:
                yield element
            waiting.extend(element.elements[::-1])

    @property
    def text(self) -> str:
        """Return the text of this element and of everything in it."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def text_of(self, *names: str) -> str:
        """Return the text of the first child with one of these names, trimmed, or ""."""
        child = self.first(*names)
        return "" if child is None else child.text.strip()

    @property
    def inner(self) -> str:
        """Return what stands in this element as HTML, texts escaped."""
        return "".join(
            escape(child, quote=False) if isinstance(child, str) else child.outer
            for child in self.children
        )

    @property
    def outer(self) -> str:
        """Return this element as HTML."""
        attributes = "".join(
            f' {name}="{escape(value)}"' for name, value in self.attributes.items()
        )
        if self.name in _VOID and not self.children:
            return f"<{self.name}{attributes}>"
        return f"<{self.name}{attributes}>{self.inner}</{self.name}>"


def parse_xml(data: bytes, limits: Limits | None = None) -> Element:
    """Return the root of a document.

    :raises Invalid: it is not well formed, declares entities, or goes beyond the limits; problems
        have the path "line 12", or "file".
    """
    limits = limits or Limits()
    if len(data) > limits.size:
        most = limits.size // _MEGABYTE
        raise Invalid([Problem("file", f"The file is larger than {most} MB. Split it.")])
    trimmed = data.lstrip(b" \t\r\n")
    builder = _Builder(limits, lines_before=data[: len(data) - len(trimmed)].count(b"\n"))
    builder.parse(trimmed)
    if (end := builder.doctype_end) is not None:
        # What a document type names is never read. Without it, expat reports an entity that
        # nobody declared; with it, it would leave the entity out in silence.
        builder = _Builder(limits, lines_before=builder.lines_before)
        builder.parse(_without_doctype(trimmed, end))
    if builder.root is None:
        raise Invalid([Problem("file", "The file holds no XML.")])
    return builder.root


def _without_doctype(data: bytes, end: int) -> bytes:
    """Return the document with spaces for its document type, whose ">" is at `end`."""
    starts = [match.start() for match in _DOCTYPE.finditer(data, 0, end)]
    stop = data.find(b">", end) + 1
    if not starts or not stop:
        raise _refusal(1, "The document type cannot be read. Remove it.")
    blank = bytes(byte if byte in _KEPT_BYTES else 32 for byte in data[starts[-1] : stop])
    return data[: starts[-1]] + blank + data[stop:]


class _Stop(Exception):
    """The document type was found: what comes after it is read without it."""


class _Builder:
    """Makes the tree while expat reads."""

    def __init__(self, limits: Limits, *, lines_before: int) -> None:
        self.limits = limits
        self.lines_before = lines_before
        self.root: Element | None = None
        #: Where the document type ends in the bytes, or None where there is none.
        self.doctype_end: int | None = None
        self._open: list[Element] = []
        #: Pieces of the text being read; joined once, when it ends.
        self._pieces: list[str] = []
        self._nodes = 0
        self._until = time.monotonic() + limits.seconds
        self._parser = self._make_parser()

    def parse(self, data: bytes) -> None:
        try:
            self._parser.Parse(data, True)
        except _Stop:
            return
        except expat.ExpatError as error:
            line = error.lineno + self.lines_before
            words = expat.ErrorString(error.code)
            raise _refusal(line, f"This is not well-formed XML: {words}.") from error
        except (LookupError, ValueError) as error:
            raise _refusal(1, "The file names an encoding that cannot be read.") from error

    def _make_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EndDoctypeDeclHandler = self._end_doctype
        parser.EntityDeclHandler = self._refuse_entity
        parser.ExternalEntityRefHandler = self._refuse_entity
        return parser

    def _line(self) -> int:
        return self._parser.CurrentLineNumber + self.lines_before

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count()
        self._finish_text()
        if len(self._open) >= self.limits.depth:
            raise _refusal(
                self._line(), f"Elements stand more than {self.limits.depth} deep in each other."
            )
        if len(attributes) > self.limits.attributes:
            raise _refusal(self._line(), "An element has too many attributes.")
        element = Element(name.rpartition(":")[2], self._line(), attributes or _NO_ATTRIBUTES)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, name: str) -> None:
        self._finish_text()
        self._open.pop()

    def _text(self, text: str) -> None:
        self._count()
        self._pieces.append(text)

    def _finish_text(self) -> None:
        if self._pieces:
            self._open[-1].children.append("".join(self._pieces))
            self._pieces.clear()

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > self.limits.nodes:
            raise _refusal(self._line(), "The file holds too many elements. Split it.")
        if self._nodes % _CLOCK_EVERY == 0 and time.monotonic() > self._until:
            raise _refusal(self._line(), "Reading the file takes too long. Split it.")

    def _end_doctype(self) -> None:
        self.doctype_end = self._parser.CurrentByteIndex
        raise _Stop

    def _refuse_entity(self, *_: object) -> NoReturn:
        raise _refusal(self._line(), "The file declares entities. Remove the declaration.")


def _refusal(line: int, reason: str) -> Invalid:
    return Invalid([Problem(f"line {line}", reason)])
