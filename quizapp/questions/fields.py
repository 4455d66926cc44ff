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
    CHOICE = "choice"  # one of the field's `choices`
    OPTIONS_ONE = "options-one"  # a list of {text, key, credit, feedback, locked}; one is the key
    OPTIONS_MANY = "options-many"  # the same; any number are keys
    PAIRS = "pairs"  # a list of {left, right, feedback}
    ITEMS = "items"  # a list of {text, feedback}, in the right order
    FORESEEN = "foreseen"  # a list of {text, credit, feedback}: answers beside the right ones
    FORESEEN_GAPS = "foreseen-gaps"  # a list of {gap, text, credit, feedback}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in; `name` is the key that `QuestionType.parse` reads.

    :param choices: for `Kind.CHOICE`, each value with its words; the first is the usual one.
    """

    name: str
    kind: Kind
    label: str
    help: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
