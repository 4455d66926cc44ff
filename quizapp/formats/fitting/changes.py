"""What a question held otherwise in its file, gathered while it is fitted into a type of ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from quizapp.formats.interchange import Text
from quizapp.formats.texts import as_line, as_markdown, as_words
from quizapp.markup.html_faithful import Told

_LONGEST = 60


class CannotFit(Exception):
    """The question has no place in our types; `str` of it is the reason, as a sentence."""


@dataclass(slots=True)
class Changes:
    """Sentences in plain words, each once, in the order in which they came up."""

    said: dict[str, None] = field(default_factory=dict)

    def say(self, sentence: str) -> None:
        self.said.setdefault(sentence)

    def markdown(self, text: Text, what: str) -> str:
        """Return a text as Markdown; `what` names it in a sentence ("the question")."""
        return self._told(as_markdown(text), what).text

    def line(self, text: Text, what: str) -> str:
        """Return a text as inline Markdown."""
        return self._told(as_line(text), what).text

    def words(self, text: Text, what: str) -> str:
        """Return a text without marks."""
        return self._told(as_words(text), what).text

    def drop_feedback(self, feedback: Text, what: str) -> None:
        """Say that a feedback was left out, if there is one."""
        if feedback:
            self.say(f"The feedback for {what} was left out: {quoted(as_words(feedback).words)}.")

    def _told(self, told: Told, what: str) -> Told:
        for lost in told.lost:
            self.say(f"In {what}, this is lost: {lost}.")
        return told


def quoted(text: str) -> str:
    """Return a text in quotation marks, shortened, on one line."""
    words = " ".join(text.split())
    return f"“{words[:_LONGEST].rstrip()}…”" if len(words) > _LONGEST else f"“{words}”"


def percent(fraction: Fraction) -> str:
    """Return a share of full marks as people write it ("33.33 %")."""
    shown = f"{float(fraction * 100):.2f}".rstrip("0").rstrip(".")
    return f"{shown.replace('-', '−')} %"


def decimal(value: Fraction) -> str:
    """Return a number in digits, exactly where it ends and to 20 digits where it does not."""
    sign = "-" if value < 0 else ""
    value = abs(value)
    places = next((n for n in range(60) if (value * 10**n).denominator == 1), 20)
    whole, rest = divmod(round(value * 10**places), 10**places)
    return f"{sign}{whole}" + (f".{rest:0{places}}".rstrip("0") if places and rest else "")


def is_exact(value: Fraction) -> bool:
    """Return whether a number has an end in digits."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1
