"""What an item or test of QTI 2 says and a question here has no place for: named, not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.html_pieces import words_in
from quizapp.formats.qti2.question import Question
from quizapp.formats.xml_tree import Element

_INFORMATION = {
    "companionMaterialsInfo": "What else was at hand",
    "catalogInfo": "What is for aids to reading",
    "apipAccessibility": "What is for aids to reading",
}
_SPACES = {"textEntryInteraction", "extendedTextInteraction"}
_MOST_NAMED = 20


def notes_of(item: Element) -> Iterator[str]:
    """Yield what an item says beside its question, each a sentence."""
    for name, what in _INFORMATION.items():
        for one in item.all(name):
            if words := words_in(one.text):
                yield f"{what} was left out: “{words}”."
    for one in item.deep():
        if one.name == "choiceInteraction":
            yield from _numbers(one)
        elif one.name in _SPACES:
            if mask := one.get("patternMask"):
                yield f"What is typed had to have the form “{words_in(mask)}”; here it has not."
            if words := words_in(one.get("placeholderText")):
                yield f"The words in the empty field were left out: “{words}”."


def _numbers(interaction: Element) -> Iterator[str]:
    options = len(interaction.all("simpleChoice"))
    for name, most in (("minChoices", "least"), ("maxChoices", "most")):
        number = read_fraction(interaction.get(name))
        if number is not None and 1 < number < options + (most == "least"):
            yield f"At {most} {number} options were to be chosen; here any number may be."


def unscored(question: Question) -> list[str]:
    """Return what a map gives points for and the item's own rules do not."""
    notes = []
    for response in question.processing.responses.values():
        for value in response.positive[:_MOST_NAMED]:
            if response.base_type == "string" and question.score(response, [value]) <= 0:
                named = words_in(value)
                notes.append(f"“{named}” has points in the file; its own scoring gives it none.")
    return notes


def remarks_of(element: Element, title: str) -> Iterator[str]:
    """Yield what a test or one of its parts says beside its questions."""
    where = f"“{words_in(title)}”" if title else "the test"
    for child in element.elements:
        reader = _RULES.get(child.name)
        if reader is not None and (said := reader(child)):
            yield f"{said} ({where})."


def _time(element: Element) -> str:
    seconds = element.get("maxTime")
    return f"A time limit of {words_in(seconds)} seconds was passed over" if seconds else ""


def _text(element: Element) -> str:
    words = words_in(element.text)
    return f"A text before the questions was left out: “{words}”" if words else ""


def _feedback(element: Element) -> str:
    words = words_in(element.text)
    return f"Feedback for the whole test was left out: “{words}”" if words else ""


def _weight(element: Element) -> str:
    return f"A question counted {words_in(element.get('value'))} times; here it counts once"


_RULES: Mapping[str, Callable[[Element], str]] = {
    "timeLimits": _time,
    "rubricBlock": _text,
    "testFeedback": _feedback,
    "weight": _weight,
}
