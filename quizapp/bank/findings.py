"""What is wrong in a bank file, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """Errors keep a bank from being loaded; warnings do not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A place in a bank file: its name from the bank's folder on, and a line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong; `message` says what, and what to do about it.

    :param rule: the id of the craft rule that it breaks, or "".
    """

    file: str
    line: int
    message: str
    severity: Severity = Severity.ERROR
    rule: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        word = self.rule or ("" if self.is_error else "warning")
        return f"{self.file}:{self.line}: {word}{': ' if word else ''}{self.message}"


def error(where: Where, message: str) -> Finding:
    """Return a finding that keeps the bank from being loaded."""
    return Finding(where.file, where.line, message)


def warning(where: Where, message: str, rule: str = "") -> Finding:
    """Return a finding that an editor should look at; of a craft rule, if one is named."""
    return Finding(where.file, where.line, message, Severity.WARNING, rule)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings by file, line and message, each once."""
    return tuple(sorted(set(findings), key=lambda f: (f.file, f.line, f.rule, f.message)))
