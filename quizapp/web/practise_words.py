"""What the page says before a practice, in plain words."""

from __future__ import annotations

from wtforms import SelectChoice

from quizapp.grading.practice import BAND
from quizapp.grading.settings import Behaviour
from quizapp.queries.practise import PracticePage, PracticeTopic
from quizapp.web.wording import NO_BREAK_SPACE, count

#: The usual one first.
BEHAVIOURS = [
    SelectChoice(Behaviour.IMMEDIATE.value, "After each question"),
    SelectChoice(Behaviour.PRACTICE.value, "After each try: up to three, with hints"),
    SelectChoice(Behaviour.DEFERRED.value, "At the end"),
    SelectChoice(Behaviour.CERTAINTY.value, "At the end, and I say how sure I am"),
]


def why(page: PracticePage) -> str:
    """Return in one line why a practice asks what it asks."""
    if not page.met:
        return "You have met none of these facts yet: they come as questions to recognise first."
    low, high = (round(share * 100) for share in BAND)
    first = f"First comes what you would recall with a chance of {low} to {high}{NO_BREAK_SPACE}%"
    if not page.in_band:
        return f"{first}; nothing is there now, so the nearest comes first and new facts last."
    there = "1 fact is" if page.in_band == 1 else f"{count(page.in_band, 'fact')} are"
    return f"{first}, where practice helps most. {there} there now."


def topic(counted: PracticeTopic) -> str:
    """Return what there is to practise in a topic: "4 to practise now, 12 of 20 met"."""
    if not counted.met:
        return f"{count(counted.facts, 'fact')}, all new"
    met = f"{counted.met} of {counted.facts} met"
    return f"{counted.in_band} to practise now, {met}" if counted.in_band else met
