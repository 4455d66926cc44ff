"""What Moodle XML says of a question that an item has no place for."""

from __future__ import annotations

from fractions import Fraction

from quizapp.formats.fitting.changes import quoted
from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.gift.answers import OTHER_GRADING, OUR_GRADING
from quizapp.formats.interchange import Body, Essay, Numerical, Sequence
from quizapp.formats.moodle_xml.files import Files
from quizapp.formats.moodle_xml.numbers import fraction_in
from quizapp.formats.moodle_xml.texts import raw_text, text_in
from quizapp.formats.texts import as_words
from quizapp.formats.xml_tree import Element

_COMBINED = {
    "correctfeedback": "right",
    "partiallycorrectfeedback": "partly right",
    "incorrectfeedback": "wrong",
}
#: What Moodle writes there by itself.
_STANDARD = {
    "Your answer is correct.",
    "Your answer is partially correct.",
    "Your answer is incorrect.",
}


def notes_on(element: Element, body: Body, files: Files) -> tuple[str, ...]:
    """Return what was left out of a question, each a sentence."""
    notes = []
    for name, response in _COMBINED.items():
        said = as_words(text_in(element.first(name), files)).words
        if said in _STANDARD:
            files.remarks.setdefault("Moodle's own sentences (“Your answer is correct.”) are out.")
        elif said:
            notes.append(f"The feedback for a {response} response was left out: {quoted(said)}.")
    if element.text_of("hidden") == "1":
        notes.append("It was hidden in Moodle.")
    if isinstance(body, Essay):
        notes += _on_essay(element)
    if isinstance(body, Sequence):
        notes += _on_order(element, len(body.texts))
    if isinstance(body, Numerical) and body.units:
        notes += _on_units(element)
    return tuple(notes)


def _on_essay(element: Element) -> list[str]:
    notes = []
    if raw_text(element.first("responsetemplate")):
        notes.append("The text that the answer began with was left out.")
    if element.text_of("attachments") not in ("", "0"):
        notes.append("Files could be handed in; here a text is.")
    if element.text_of("responseformat") == "noinline":
        notes.append("Only files could be handed in; here a text is.")
    if element.text_of("minwordlimit") or element.text_of("maxwordlimit"):
        notes.append("The limits on the number of words were left out.")
    return notes


def _on_order(element: Element, count: int) -> list[str]:
    notes = []
    shown = read_fraction(element.text_of("selectcount")) or 0
    if element.text_of("selecttype") not in ("", "ALL", "0") and 2 <= shown < count:
        notes.append(f"Only {int(shown)} of the {count} items were shown at a time; here all are.")
    if element.text_of("gradingtype") not in (OUR_GRADING, "1"):
        notes.append(OTHER_GRADING)
    return notes


def _on_units(element: Element) -> list[str]:
    notes = []
    if element.text_of("unitgradingtype") not in ("", "0"):
        cost = float(fraction_in(element, "unitpenalty", Fraction(0)))
        notes.append(f"A wrong or missing unit cost {cost:.0%}; here it costs nothing.")
    return notes
