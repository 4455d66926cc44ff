"""What a document of QTI 1.2 says beside its questions and their scoring: named, not kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quizapp.formats.html_pieces import words_in
from quizapp.formats.qti12.material import text_of
from quizapp.formats.qti12.metadata import FIELDS_READ, read_fields
from quizapp.formats.xml_tree import Element

#: Parts of an item whose texts nobody is shown here.
_TEXTS = {
    "rubric": "A note for whoever marks or takes it",
    "itemrubric": "A note for whoever marks or takes it",
    "objectives": "What it is to teach",
    "qticomment": "A comment",
    "duration": "Its own time limit",
}
#: The same of a quiz, a section or a bank.
_TEXTS_AROUND = {
    "presentation_material": "A text before the questions",
    "rubric": "A note before the questions",
    "objectives": "What the questions are to teach",
    "qticomment": "A comment",
    "duration": "A time limit",
    "assessfeedback": "Feedback for the whole quiz",
    "sectionfeedback": "Feedback for a section",
}
#: Attributes of an essay's field that bound it, and what people call them.
_WORD_LIMITS = {"word_limit_min": "least", "word_limit_max": "most"}
_MOST_NOTES = 20


def notes_of(item: Element) -> list[str]:
    """Return what an item says and a question here has no place for, each a sentence."""
    notes = [
        f"The field “{name}” was left out: “{words_in(value)}”."
        for name, value in read_fields(item).items()
        if name not in FIELDS_READ and value
    ]
    notes += _named(item, _TEXTS)
    for field in item.deep("response_str", "response_lid"):
        notes += _limits(field)
    return notes[:_MOST_NOTES] + _surplus(notes)


def remarks_of(group: Element) -> list[str]:
    """Return what a quiz, a section or a bank says and questions have no place for."""
    settings = [
        f"“{name}: {words_in(value)}”"
        for name, value in read_fields(group).items()
        if name not in FIELDS_READ and value
    ]
    said = [f"Settings of the quiz were passed over: {', '.join(settings[:_MOST_NOTES])}."]
    return (said if settings else []) + _named(group, _TEXTS_AROUND)[:_MOST_NOTES]


def _named(element: Element, texts: dict[str, str]) -> list[str]:
    return [
        f"{texts[child.name]} was left out: “{said}”."
        for child in element.elements
        if child.name in texts and (said := _said(child))
    ]


def _said(element: Element) -> str:
    shown = text_of([element]).text or ("" if element.elements else element.text)
    return words_in(shown)


def _limits(field: Element) -> Iterator[str]:
    if field.get("word_limit_enabled").strip().lower() in {"yes", "true"}:
        for name, most in _WORD_LIMITS.items():
            if field.get(name):
                words = field.get(name)[:10]
                yield f"It set a limit of at {most} {words} words; here there is none."
    for render in field.all("render_choice"):
        for name, most in (("minnumber", "least"), ("maxnumber", "most")):
            number = render.get(name).strip()
            if number.isdecimal() and 1 < int(number[:6]) < _labels(render):
                yield f"At {most} {number[:6]} options were to be chosen; here any number may be."


def _labels(render: Element) -> int:
    return sum(1 for _ in render.deep("response_label"))


def _surplus(notes: Iterable[str]) -> list[str]:
    left = len(list(notes)) - _MOST_NOTES
    return [f"{left} more fields of it were left out."] if left > 0 else []
