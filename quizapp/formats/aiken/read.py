"""Aiken files: a stem, options with letters, and the letter that is right."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from quizapp.formats.base import LeftOut
from quizapp.formats.encodings import decode, refuse_too_many
from quizapp.formats.interchange import Choice, Item, MultipleChoice, Text

_OPTION = re.compile(r"([A-Z])[).][ \t]?")
_KEY = "ANSWER:"
_WORDS = 80
_MOST_OPTIONS = 26


@dataclass(slots=True)
class _Question:
    """A question being read: its stem's lines and its options with their letters."""

    line: int
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    is_broken_off: bool = False

    def left_out(self, reason: str) -> LeftOut:
        return LeftOut(self.line, " ".join(self.stem)[:_WORDS], reason)


def read_items(data: bytes) -> tuple[tuple[Item | LeftOut, ...], tuple[str, ...]]:
    """Return the questions of a file in their order, and what is to be said about the file.

    :raises Invalid: it is too large, or no text.
    """
    text, remarks = decode(data)
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), start=1):
        reader.take(number, line.strip())
        refuse_too_many(len(reader.found))
    reader.finish()
    return tuple(reader.found), remarks


class _Reader:
    """Takes a file line by line."""

    def __init__(self) -> None:
        self.found: list[Item | LeftOut] = []
        self._question: _Question | None = None

    def take(self, number: int, line: str) -> None:
        if not line:
            if self._question:
                self._question.is_broken_off = True
        elif line.startswith(_KEY):
            self._end(number, line)
        elif found := _OPTION.match(line):
            self._add_option(number, line, found)
        else:
            self._add_stem(number, line)

    def finish(self) -> None:
        """Say of a question at the end of the file that it lacks its key."""
        if self._question:
            self.found.append(self._question.left_out("It has no line ANSWER: at its end."))
            self._question = None

    def _add_stem(self, number: int, line: str) -> None:
        question = self._question
        if question and not question.options and not question.is_broken_off:
            question.stem.append(line)
            return
        if question:
            reason = (
                f"It has no line ANSWER: before line {number}. An option has to stand on one line."
            )
            self.found.append(question.left_out(reason))
        self._question = _Question(number, [line])

    def _add_option(self, number: int, line: str, found: re.Match[str]) -> None:
        if self._question is None:
            self.found.append(LeftOut(number, line[:_WORDS], "No question stands before it."))
            return
        self._question.options.append((found[1], line[2:].strip()))

    def _end(self, number: int, line: str) -> None:
        question, self._question = self._question, None
        if question is None:
            self.found.append(LeftOut(number, line[:_WORDS], "No question stands before it."))
            return
        letter = line.removeprefix(_KEY).strip()[:1].upper()
        self.found.append(_made(question, letter))


def _made(question: _Question, letter: str) -> Item | LeftOut:
    letters = [label for label, _ in question.options]
    if len(letters) < 2:
        return question.left_out("It has fewer than two options.")
    if len(letters) > _MOST_OPTIONS or len(set(letters)) < len(letters):
        return question.left_out("Two of its options have the same letter.")
    if letter not in letters:
        return question.left_out(f"ANSWER: names no option of it (“{letter}”).")
    choices = tuple(
        Choice(Text(text), Fraction(int(label == letter)), ident=label)
        for label, text in question.options
    )
    in_order = [chr(ord("A") + place) for place in range(len(letters))]
    notes = () if letters == in_order else ("The letters of its options are not A, B, C in order.",)
    body = MultipleChoice(choices, is_single=True)
    return Item(body, line=question.line, stem=Text("\n".join(question.stem)), notes=notes)
