"""Reading one map of a bank file key by key; whatever is wrong becomes a finding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from quizapp.bank.findings import Finding, Where, error
from quizapp.bank.located import Located, Value
from quizapp.bank.text import normalise, suggestion

KEY_LIMIT = 80
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_POINTS = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]{1,4})?")


class Entry:
    """One map of a file, such as one fact.

    The readers return a harmless value ("", None, no entries) for what is missing or wrong
    and add a finding, so that one slip does not hide the next. `close` then reports every
    key that nothing asked for.

    :param what: what the map is, with its article, for messages ("a fact").
    """

    def __init__(
        self,
        located: Located,
        path: str,
        value: Mapping[str, Value],
        what: str,
        findings: list[Finding],
    ) -> None:
        self.value = value
        self.where = located.where(path)
        self._located = located
        self._path = path
        self._what = what
        self._findings = findings
        self._asked: list[str] = []

    def at(self, name: str) -> Where:
        """Return the place of one of this map's keys, or of a dotted path under it."""
        return self._located.where(f"{self._path}.{name}" if self._path else name)

    def report(self, name: str, message: str) -> None:
        """Add an error at one of this map's keys."""
        self._findings.append(error(self.at(name), message))

    def text(self, name: str, *, limit: int, required: bool = True) -> str:
        """Return the normalised text of a key; a whole number counts as its digits."""
        value = self._ask(name, required=required)
        if value is None:
            return ""
        if isinstance(value, bool):
            self.report(name, f'"{name}" must be text; put quotes around it')
            return ""
        if not isinstance(value, str | int):
            self.report(name, f'"{name}" must be text, not {_kind(value)}')
            return ""
        text = normalise(str(value))
        if not text:
            advice = "write it" if required else "write it or leave the key out"
            self.report(name, f'"{name}" is empty; {advice}')
        if len(text) > limit:
            self.report(name, f'"{name}" has {len(text):,} characters; shorten it to {limit:,}')
        return text

    def key(self, name: str = "key") -> str:
        """Return a key: lower-case letters, digits and single hyphens."""
        text = self.text(name, limit=KEY_LIMIT)
        if text and not _KEY.fullmatch(text):
            self.report(
                name,
                f'"{text}" cannot be a {name}; use lower-case letters, digits and single hyphens',
            )
        return text

    def keys(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        """Return a list of keys of other things, each once; at least one, if it is there."""
        values = self._list(name, required=required)
        keys: list[str] = []
        for index, value in enumerate(values):
            if isinstance(value, bool) or not isinstance(value, str | int):
                self.report(f"{name}.{index}", f'"{name}" must list keys, not {_kind(value)}')
            elif str(value) in keys:
                self.report(f"{name}.{index}", f'"{value}" is listed twice; keep one')
            else:
                keys.append(str(value))
        return tuple(keys)

    def texts(self, name: str, *, limit: int) -> tuple[tuple[str, Where], ...]:
        """Return one text or a list of them that need not be there, each with its place."""
        value = self._ask(name, required=False)
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        if not values:
            self.report(name, f'"{name}" is empty; list at least one or leave the key out')
        found: list[tuple[str, Where]] = []
        for index, one in enumerate(values):
            path = f"{name}.{index}" if isinstance(value, list) else name
            if not isinstance(one, str) and (isinstance(one, bool) or not isinstance(one, int)):
                self.report(path, f'"{name}" must be text, not {_kind(one)}')
                continue
            text = normalise(str(one))
            if not text or len(text) > limit:
                self.report(path, f'a text of "{name}" must have 1 to {limit} characters')
            else:
                found.append((text, self.at(path)))
        return tuple(found)

    def whole(
        self, name: str, *, low: int, high: int, unit: str = "", required: bool = False
    ) -> int | None:
        """Return a whole number from `low` to `high`, or None."""
        value = self._ask(name, required=required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.report(name, f'"{name}" must be a whole number from {low} to {high}{unit}')
            return None
        return value

    def points(self, name: str, *, default: Fraction, most: int) -> Fraction:
        """Return a mark above 0, at most `most`, such as 1 or 0.5, exactly."""
        value = self._ask(name, required=False)
        if value is None:
            return default
        is_number = not isinstance(value, bool | list | dict) and _POINTS.fullmatch(str(value))
        mark = Fraction(str(value)) if is_number else None
        if mark is None or not 0 < mark <= most:
            self.report(
                name, f'"{name}" must be a number above 0, at most {most}, such as 1 or 0.5'
            )
            return default
        return mark

    def truth(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._ask(name, required=False)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.report(name, f'"{name}" must be true or false')
        return default

    def choice(self, name: str, options: tuple[str, ...]) -> str:
        """Return one of `options`; the first is the default."""
        value = self._ask(name, required=False)
        if value is None or value in options:
            return options[0] if value is None else str(value)
        self.report(name, f'"{name}" must be {_either(options)}')
        return options[0]

    def entry(self, name: str, what: str) -> Entry | None:
        """Return an optional map inside this one, or None."""
        value = self._ask(name, required=False)
        if value is None:
            return None
        return self._inner(name, value, what)

    def entries(self, name: str, what: str) -> list[Entry]:
        """Return the maps of a list that must be there and not be empty."""
        inner = [
            self._inner(f"{name}.{index}", value, what)
            for index, value in enumerate(self._list(name))
        ]
        return [entry for entry in inner if entry is not None]

    def take(self, name: str) -> Value | None:
        """Return the value of a key as it is, for a reader with rules of its own."""
        return self._ask(name, required=False)

    def close(self) -> None:
        """Report every key that nothing asked for."""
        for name in self.value:
            if name not in self._asked:
                advice = suggestion(name, self._asked) or f"; known are {', '.join(self._asked)}"
                self.report(name, f'unknown key "{name}" in {self._what}{advice}')

    def _ask(self, name: str, *, required: bool) -> Value | None:
        self._asked.append(name)
        value = self.value.get(name)
        if value is None and required:
            self._findings.append(error(self.where, f'{self._what} needs "{name}"; add it'))
        return value

    def _list(self, name: str, *, required: bool = True) -> list[Value]:
        value = self._ask(name, required=required)
        if value is None:
            return []
        if value in ("", []):
            self.report(name, f'"{name}" is empty; list at least one')
            return []
        if not isinstance(value, list):
            self.report(name, f'"{name}" must be a list ("- …" lines), not {_kind(value)}')
            return []
        return value

    def _inner(self, name: str, value: Value, what: str) -> Entry | None:
        if not isinstance(value, dict):
            self.report(name, f'{what} must be a map of "key: value" lines, not {_kind(value)}')
            return None
        path = f"{self._path}.{name}" if self._path else name
        return Entry(self._located, path, value, what, self._findings)


def _either(options: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(options[:-1]), options[-1])))


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "a map"
