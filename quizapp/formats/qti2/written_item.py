"""One question of ours as an item of QTI 2.1."""

from __future__ import annotations

import re
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
from quizapp.formats.qti2.item import UNNAMED
from quizapp.formats.qti2.written_parts import (
    CHOSEN,
    Parts,
    block,
    write_choices,
    write_essay,
    write_gaps,
    write_match,
    write_numbers,
    write_sequence,
    write_texts,
    write_truth,
)
from quizapp.formats.xml_write import lines, node

ITEM_NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
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
    feedback, rules = [], list(parts.rules)
    if item.explanation:
        shown = {"outcomeIdentifier": "FEEDBACK", "identifier": "explanation", "showHide": "show"}
        feedback.append(node("modalFeedback", shown, block(item.explanation)))
        explanation = node("baseValue", {"baseType": "identifier"}, "explanation")
        told = node("multiple", {}, explanation)
        rules.append(node("setOutcomeValue", {"identifier": "FEEDBACK"}, told))
    is_identifier = bool(_IDENTIFIER.fullmatch(item.key)) and not item.key.startswith(UNNAMED)
    attributes = {
        "xmlns": ITEM_NAMESPACE,
        "identifier": item.key if is_identifier else f"{UNNAMED}{number}",
        "title": item.name,
        "adaptive": "false",
        "timeDependent": "false",
    }
    if item.key and not is_identifier:
        attributes["label"] = item.key
    processing = [node("responseProcessing", {}, lines(rules))] if rules else []
    return node(
        "assessmentItem",
        attributes,
        lines(
            [
                *parts.declarations,
                *_outcomes(item, rules),
                node("itemBody", {}, lines(parts.body)),
                *processing,
                *feedback,
            ]
        ),
    )


def _outcomes(item: Item, rules: list[str]) -> list[str]:
    def number(name: str, value: str) -> str:
        return node(
            "outcomeDeclaration",
            {"identifier": name, "cardinality": "single", "baseType": "float"},
            node("defaultValue", {}, node("value", {}, value)),
        )

    outcomes = [number("SCORE", "0"), number("MAXSCORE", decimal(item.mark))]
    for name in ("FEEDBACK", CHOSEN):
        if any(f'identifier="{name}"' in rule for rule in rules):
            named = {"identifier": name, "cardinality": "multiple", "baseType": "identifier"}
            outcomes.append(node("outcomeDeclaration", named))
    return outcomes
