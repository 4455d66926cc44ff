"""How the reader's page words and draws what a learner knows of a paragraph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from quizapp.memory.mastery import Level
from quizapp.web import charts
from quizapp.web.progress_words import LEVELS


@dataclass(frozen=True, slots=True)
class Look:
    """How a level is called, and the class that gives its mark the colour of the charts."""

    words: str
    mark: str


LOOKS = {level: Look(words, cls.replace("f-", "b-")) for level, cls, words in LEVELS}
_HEIGHT = 6


def strip(levels: Mapping[Level, int]) -> Markup:
    """Return a bar of a paragraph's cards by how well each is known, the best first."""
    parts = [(levels.get(level, 0), cls, words) for level, cls, words in LEVELS]
    said = ", ".join(f"{number:g} {words.lower()}" for number, _, words in parts if number)
    return charts.segments(parts, f"Your cards: {said}", height=_HEIGHT)
