"""How a question type describes what an author fills in, without naming a form library."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The shape of one field's value as `QuestionType.parse` reads it."""

    LINE = "line"  # one line of text
    TEXT = "text"  # several lines, Markdown
    TRUTH = "truth"  # true or false
    LINES = "lines"  # a list of texts, one a line
    OPTIONS_ONE = "options-one"  # a list of {text, key, feedback}; one is the key
    OPTIONS_MANY = "options-many"  # a list of {text, key, feedback}; any number are keys


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in; `name` is the key that `QuestionType.parse` reads."""

    name: str
    kind: Kind
    label: str
    help: str = ""
    required: bool = True
