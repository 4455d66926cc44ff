"""One question of ours as an item of QTI 1.2, with the fields by which Canvas knows its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from quizapp.formats.fitting.changes import decimal
from quizapp.formats.interchange import (
    Essay,
    Gaps,
    Item,
    Match,
    MultipleChoice,
    Numerical,
    Sequence,
    ShortAnswer,
    TrueFalse,
)
from quizapp.formats.qti12.metadata import UNNAMED
from quizapp.formats.qti12.written_parts import (
    Parts,
    write_choices,
    write_essay,
    write_gaps,
    write_match,
    write_numbers,
    write_sequence,
    write_texts,
    write_truth,
)
from quizapp.formats.texts import in_html
from quizapp.formats.xml_write import lines, node, words

_WRITERS: Mapping[type, Callable[[Item, Any], Parts]] = {
    MultipleChoice: write_choices,
    TrueFalse: write_truth,
    ShortAnswer: write_texts,
    Numerical: write_numbers,
    Gaps: write_gaps,
    Match: write_match,
    Sequence: write_sequence,
    Essay: write_essay,
}


def write_item(item: Item, number: int) -> str:
    """Return a question as an item. :param number: from 1, for items without an identifier."""
    parts = _WRITERS[type(item.body)](item, item.body)
    if item.explanation:
        parts.feedback["general_fb"] = in_html(item.explanation.text).text
        parts.conditions.insert(0, _shown_always())
    decvar = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"}
    processing = node(
        "resprocessing",
        {},
        lines([node("outcomes", {}, node("decvar", decvar)), *parts.conditions]),
    )
    attributes = {"ident": item.key or f"{UNNAMED}{number}"}
    if item.name:
        attributes["title"] = item.name
    return node(
        "item",
        attributes,
        lines(
            [
                _metadata(item, parts.kind),
                node("presentation", {}, lines(parts.presentation)),
                processing,
                *(_feedback(name, html) for name, html in parts.feedback.items()),
            ]
        ),
    )


def _metadata(item: Item, kind: str) -> str:
    fields = {"question_type": kind, "points_possible": decimal(item.mark)}
    if item.tags:
        fields["keywords"] = ",".join(item.tags)
    written = [
        node(
            "qtimetadatafield",
            {},
            node("fieldlabel", {}, name),
            node("fieldentry", {}, words(value)),
        )
        for name, value in fields.items()
    ]
    return node("itemmetadata", {}, node("qtimetadata", {}, lines(written)))


def _shown_always() -> str:
    return node(
        "respcondition",
        {"continue": "Yes"},
        node("conditionvar", {}, node("other")),
        node("displayfeedback", {"feedbacktype": "Response", "linkrefid": "general_fb"}),
    )


def _feedback(name: str, html: str) -> str:
    text = node("mattext", {"texttype": "text/html"}, words(html))
    return node("itemfeedback", {"ident": name}, node("flow_mat", {}, node("material", {}, text)))
