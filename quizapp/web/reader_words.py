"""How the reader's page words and draws what a learner knows of a card."""

from __future__ import annotations

from dataclasses import dataclass

from quizapp.web.progress_words import LEVELS


@dataclass(frozen=True, slots=True)
class Look:
    """How a level is called, and the class that gives its mark the colour of the charts."""

    words: str
    mark: str


LOOKS = {level: Look(words, cls.replace("f-", "b-")) for level, cls, words in LEVELS}
