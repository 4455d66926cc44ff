"""The content of a question that matches pairs: what may be stated, and reading it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.markup import plain_inline
from quizapp.questions.base import Raw
from quizapp.questions.folding import fold
from quizapp.questions.reading import (
    EXPLANATION_LIMIT,
    FEEDBACK_LIMIT,
    OPTION_LIMIT,
    STEM_LIMIT,
    Reader,
)

MIN_PAIRS, MAX_PAIRS = 2, 10
#: Right-hand items in all; a longer list cannot be kept in mind while choosing.
MAX_CHOICES = 15


@dataclass(frozen=True, slots=True)
class Pair:
    """What belongs together: `left` and `feedback` are inline Markdown, `right` is plain text."""

    left: str
    right: str
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Matching:
    """A stem (Markdown), the pairs, and right-hand items that belong to nothing (plain text)."""

    stem: str
    pairs: tuple[Pair, ...]
    distractors: tuple[str, ...] = ()
    explanation: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the right-hand items, each once: several pairs may share one."""
        return tuple(dict.fromkeys((*(pair.right for pair in self.pairs), *self.distractors)))


def parse_matching(raw: Raw, names: Sequence[str]) -> Matching:
    """Return what an author stated.

    :param names: the fields that there are.
    :raises Invalid: something is missing, malformed or does not fit together.
    """
    reader = Reader(raw, names)
    content = Matching(
        reader.text("stem", STEM_LIMIT, "Write the question."),
        _parse_pairs(reader),
        reader.texts("distractors", OPTION_LIMIT, "", "Write the item or remove it."),
        reader.text("explanation", EXPLANATION_LIMIT),
    )
    if not reader.problems:
        _check(reader, content)
    reader.finish()
    return content


def _parse_pairs(reader: Reader) -> tuple[Pair, ...]:
    items = reader.items("pairs", f"Give at least {MIN_PAIRS} pairs.")
    if items and not MIN_PAIRS <= len(items) <= MAX_PAIRS:
        reader.refuse("pairs", f"Give {MIN_PAIRS} to {MAX_PAIRS} pairs, not {len(items)}.")
        items = items[:MAX_PAIRS]
    return tuple(_parse_pair(reader, place, item) for place, item in enumerate(items))


def _parse_pair(reader: Reader, place: int, raw: Any) -> Pair:
    names = ("left", "right", "feedback")
    one = Reader(raw, names, path=f"pairs.{place}", problems=reader.problems)
    return Pair(
        one.text("left", OPTION_LIMIT, "Write the left-hand item, or remove the pair."),
        one.text("right", OPTION_LIMIT, "Write what belongs to it, or remove the pair."),
        one.text("feedback", FEEDBACK_LIMIT),
    )


def _check(reader: Reader, content: Matching) -> None:
    """Note what does not fit together; every text is there."""
    lefts = [_said(plain_inline(pair.left)) for pair in content.pairs]
    for place, left in enumerate(lefts):
        if left in lefts[:place]:
            message = f"This says the same as pair {lefts.index(left) + 1}; change it or remove it."
            reader.refuse(f"pairs.{place}.left", message)
    rights: dict[str, str] = {}
    for place, pair in enumerate(content.pairs):
        if rights.setdefault(_said(pair.right), pair.right) != pair.right:
            message = f"Write this as elsewhere, “{rights[_said(pair.right)]}”, or tell it apart."
            reader.refuse(f"pairs.{place}.right", message)
    for place, text in enumerate(content.distractors):
        if _said(text) in rights:
            message = "Change or remove this; it stands in the list already."
            reader.refuse(f"distractors.{place}", message)
        rights.setdefault(_said(text), text)
    if len(rights) < 2:
        reader.refuse("pairs", "Give at least two different right-hand items to choose from.")
    if len(rights) > MAX_CHOICES:
        message = f"Give at most {MAX_CHOICES} right-hand items in all; there are {len(rights)}."
        reader.refuse("distractors", message)


def _said(text: str) -> str:
    return fold(text) or text
