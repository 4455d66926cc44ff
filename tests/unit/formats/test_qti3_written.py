"""A package of QTI 3.0: its names, and what of it differs from 2.1 beyond them."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

from quizapp.formats.base import Draft
from quizapp.formats.qti2.format import Qti3Format

_QTI = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
_PACKAGE = "{http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1}"
_CHOICE = {
    "stem": "Which **flows** west?",
    "options": [
        {"text": "Loire", "key": True, "feedback": "Yes.\n\nTo Nantes."},
        {"text": "Danube", "key": False, "feedback": "East."},
    ],
    "explanation": "Look at a map.",
}


def _written(type_name: str, raw: dict[str, Any]) -> dict[str, ET.Element]:
    """Return the documents of a package by their paths."""
    draft = Draft(0, type_name, raw, key="river-1", name="Rivers", topic=("One", "Two"))
    data = Qti3Format().write([draft], title="A course").data
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    return {name: ET.fromstring(data) for name, data in files.items()}  # noqa: S314 - ours


def _find(root: ET.Element, path: str) -> ET.Element:
    found = root.find("/".join(_QTI + part for part in path.split("/")))
    assert found is not None, path
    return found


def test_an_item_stands_in_the_names_and_the_namespace_of_3_0() -> None:
    item = _written("single_choice", _CHOICE)["items/item-1.xml"]

    assert item.tag == f"{_QTI}qti-assessment-item"
    assert item.attrib == {
        "identifier": "river-1",
        "title": "Rivers",
        "adaptive": "false",
        "time-dependent": "false",
    }
    assert [child.tag.removeprefix(_QTI) for child in item] == [
        "qti-response-declaration",
        *["qti-outcome-declaration"] * 4,
        "qti-item-body",
        "qti-response-processing",
        "qti-modal-feedback",
    ]
    declared = _find(item, "qti-response-declaration")
    assert declared.attrib == {
        "identifier": "RESPONSE",
        "cardinality": "single",
        "base-type": "identifier",
    }
    assert _find(declared, "qti-correct-response/qti-value").text == "option-1"


def test_html_keeps_its_names_and_options_have_theirs() -> None:
    item = _written("single_choice", _CHOICE)["items/item-1.xml"]
    interaction = _find(item, "qti-item-body/qti-choice-interaction")

    assert _find(item, "qti-item-body/p/strong").text == "flows"
    assert interaction.attrib == {
        "response-identifier": "RESPONSE",
        "shuffle": "true",
        "max-choices": "1",
    }
    assert [one.text for one in interaction] == ["Loire", "Danube"]


def test_feedback_of_one_paragraph_is_in_line_and_more_is_a_block_with_a_body() -> None:
    item = _written("single_choice", _CHOICE)["items/item-1.xml"]
    first, second = _find(item, "qti-item-body/qti-choice-interaction")

    paragraphs = _find(first, "qti-feedback-block/qti-content-body")
    assert [one.text for one in paragraphs] == ["Yes.", "To Nantes."]
    assert _find(second, "qti-feedback-inline").text == "East."
    assert _find(item, "qti-modal-feedback/qti-content-body/p").text == "Look at a map."


def test_what_is_for_who_marks_says_its_use() -> None:
    raw = {"stem": "Why?", "answer": "Because of rain.", "explanation": ""}
    item = _written("self_rated", raw)["items/item-1.xml"]
    rubric = _find(item, "qti-item-body/qti-rubric-block")

    assert rubric.attrib == {"view": "scorer", "use": "scoring"}
    assert _find(rubric, "qti-content-body/p").text == "Because of rain."


def test_rules_and_words_of_qti_that_look_like_html_are_named_too() -> None:
    raw = {"stem": "How many?", "number": "3", "tolerance": "0.5", "explanation": ""}
    item = _written("numeric", raw)["items/item-1.xml"]
    equal = _find(item, "qti-response-processing/qti-response-condition/qti-response-if/qti-equal")

    assert equal.attrib == {"tolerance-mode": "absolute", "tolerance": "0.5 0.5"}
    assert [one.tag.removeprefix(_QTI) for one in equal] == ["qti-variable", "qti-base-value"]


def test_the_list_and_the_test_of_a_package_are_of_3_0() -> None:
    documents = _written("single_choice", _CHOICE)
    manifest, test = documents["imsmanifest.xml"], documents["test.xml"]

    assert manifest.tag == f"{_PACKAGE}manifest"
    assert manifest.findtext(f"{_PACKAGE}metadata/{_PACKAGE}schema") == "QTI Package"
    assert manifest.findtext(f"{_PACKAGE}metadata/{_PACKAGE}schemaversion") == "3.0.0"
    kinds = [one.get("type") for one in manifest.iter(f"{_PACKAGE}resource")]
    assert kinds == ["imsqti_test_xmlv3p0", "imsqti_item_xmlv3p0"]
    section = _find(test, "qti-test-part/qti-assessment-section/qti-assessment-section")
    assert test.tag == f"{_QTI}qti-assessment-test"
    assert section.get("title") == "Two"
    assert _find(section, "qti-assessment-item-ref").get("href") == "items/item-1.xml"
