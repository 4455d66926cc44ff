"""YAML read strictly into plain values, with the line that everything stands on.

Only maps, lists, text, true, false and whole numbers are read: `on`, `no`, `1e3`, `~` and
`2016-08-16` stay the text that an editor typed. Tags, anchors and aliases are refused, and
so is a key that is stated twice.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from quizapp.bank.files import MAX_BYTES
from quizapp.bank.findings import Finding, Where, error, warning
from quizapp.bank.text import control_character

Value: TypeAlias = str | int | bool | list["Value"] | dict[str, "Value"]

MAX_DEPTH = 12
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,8}")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is ten times as fast


@dataclass(frozen=True, slots=True)
class Located:
    """One file's top-level map. `lines` has a line for every dotted path ("facts.0.key")."""

    file: str
    value: Mapping[str, Value]
    lines: Mapping[str, int]

    def where(self, path: str) -> Where:
        """Return the place of `path`, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return Where(self.file, self.lines.get(path, 1))

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield the path and text of every text in the file."""
        yield from _texts("", self.value)


def read_yaml(
    data: bytes, file: str, findings: list[Finding], *, most: int = MAX_BYTES
) -> Located | None:
    """Return what a file says, or None and one more finding when it cannot be read.

    :param most: the most bytes that it may have.
    """
    try:
        text = _decode(data, most)
        _refuse_control(text)
        findings.extend(_oddities(data, file))
        return _Builder(text, file, findings).build()
    except _Refused as refused:
        findings.append(error(Where(file, refused.line), str(refused)))
    except yaml.YAMLError as broken:
        findings.append(error(Where(file, _line_of(broken)), _explain(broken)))
    except (ValueError, LookupError, ArithmeticError, RecursionError):
        # The parser lets a few of its own slips through, such as "\UFFFFFFFF" in quotes.
        findings.append(error(Where(file, 1), "the YAML here cannot be read; check its escapes"))
    return None


class _Refused(Exception):
    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


class _Builder:
    def __init__(self, text: str, file: str, findings: list[Finding]) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_Loader)
        self._file = file
        self._findings = findings
        self._lines = {"": 1}

    def build(self) -> Located:
        next(self._events)  # the stream starts
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise _Refused(1, "the file is empty; write its content or delete it")
        start = next(self._events)
        value = self._value(start, "", 0)
        if not isinstance(value, dict):
            raise _Refused(_line(start), 'the file must be a map of "key: value" lines')
        next(self._events)  # the document ends
        more = next(self._events)
        if not isinstance(more, yaml.StreamEndEvent):
            raise _Refused(_line(more), "a second document starts here; keep one in each file")
        return Located(self._file, value, self._lines)

    def _value(self, event: yaml.Event, path: str, depth: int) -> Value:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Refused(
                _line(event), "anchors (&) and aliases (*) are not read; write it out or quote it"
            )
        if getattr(event, "tag", None) is not None:
            raise _Refused(_line(event), "tags (!) are not read; put the text in quotes")
        if depth > MAX_DEPTH:
            raise _Refused(_line(event), "this is nested too deeply; check the brackets")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._map(path, depth)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        raise _Refused(_line(event), "this is neither text, nor a list, nor a map")

    def _list(self, path: str, depth: int) -> Value:
        values: list[Value] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            inner = _join(path, str(len(values)))
            self._lines[inner] = _line(event)
            values.append(self._value(event, inner, depth + 1))
        return values

    def _map(self, path: str, depth: int) -> Value:
        values: dict[str, Value] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, depth)
            inner = _join(path, key)
            if key in values:
                message = f'"{key}" is stated twice, first in line {self._lines[inner]}; keep one'
                self._findings.append(error(Where(self._file, _line(event)), message))
                self._value(next(self._events), f"{inner} again", depth + 1)
                continue
            self._lines[inner] = _line(event)
            values[key] = self._value(next(self._events), inner, depth + 1)
        return values

    def _key(self, event: yaml.Event, depth: int) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise _Refused(_line(event), 'a key must be a plain word; text with "{" needs quotes')
        value = self._value(event, "", depth)
        return value if isinstance(value, str) else str(event.value)


def _scalar(event: yaml.ScalarEvent) -> str | int | bool:
    text = str(event.value)
    if event.style == '"':
        _refuse_control(text, _line(event))  # an escape can state one
    if not event.style:  # plain: neither quoted nor a block
        if text in ("true", "false"):
            return text == "true"
        if _WHOLE.fullmatch(text):
            return int(text)
    return unicodedata.normalize("NFC", text)


def _refuse_control(text: str, first_line: int = 1) -> None:
    found = control_character(text)
    if found:
        what, at = found
        line = first_line + text.count("\n", 0, at)
        raise _Refused(line, f"the {what} has no place here; delete it")


def _oddities(data: bytes, file: str) -> Iterator[Finding]:
    """Yield what reads well here but makes every line differ elsewhere."""
    if data.startswith(codecs.BOM_UTF8):
        message = "the file begins with a byte order mark; save it as UTF-8 without one"
        yield warning(Where(file, 1), message)
    if (at := data.find(b"\r")) >= 0:
        line = data.count(b"\n", 0, at) + 1
        yield warning(Where(file, line), "Windows line ends; save the file with line feeds alone")


def _decode(data: bytes, most: int) -> str:
    if len(data) > most:
        raise _Refused(1, f"the file is larger than {most:,} bytes; split it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        line = data.count(b"\n", 0, broken.start) + 1
        raise _Refused(line, "this is not UTF-8; save the file in that encoding") from broken


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return 1 if mark is None else mark.line + 1


def _line_of(broken: yaml.YAMLError) -> int:
    mark = getattr(broken, "problem_mark", None)
    context = str(getattr(broken, "context", ""))
    if mark is None or "flow" in context or "quoted" in context:
        # Where an open bracket or quote begins helps more than where the file ends.
        mark = getattr(broken, "context_mark", None) or mark
    return 1 if mark is None else int(mark.line) + 1


def _explain(broken: yaml.YAMLError) -> str:
    said = getattr(broken, "problem", None) or getattr(broken, "reason", None) or "bad characters"
    return (
        f"this is not YAML ({said}); check indentation, and quote text that has "
        '": " or " #" in it or starts with a sign'
    )


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _texts(path: str, value: Value | Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(_join(path, str(index)), inner)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(_join(path, key), inner)
