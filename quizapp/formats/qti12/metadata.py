"""What an item says of itself: its kind, its points and its labels."""

from __future__ import annotations

from fractions import Fraction

from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.xml_tree import Element

#: Fields that tell the points, the most telling first.
_POINTS = ("points_possible", "cc_weighting", "qmd_weighting", "qmd_maximumscore")
#: What begins the name of an item that has none of its own, in files that are written here.
UNNAMED = "unnamed-"
#: The field that names the item whose text stands before this one.
STIMULUS = "parent_stimulus_item_ident"
_TAGS = ("keywords", "qmd_keywords", "tags", "qmd_topic")
#: Fields that are read, here or elsewhere, or that say nothing to people.
FIELDS_READ = {
    *("question_type", "cc_profile", "assessment_question_identifierref", STIMULUS, "passage"),
    *("original_answer_ids", "qmd_itemtype", "qmd_computerscored", "qmd_scoretype", "qmd_status"),
    *("qmd_assessmenttype", "qmd_toolvendor", "bank_title", "title", "calculator_type"),
    *(*_POINTS, *_TAGS),
}


def read_fields(item: Element) -> dict[str, str]:
    """Return the fields that describe an item, by their names in lower case."""
    fields: dict[str, str] = {}
    for area in item.all("itemmetadata", "qtimetadata"):
        for entry in area.deep("qtimetadatafield"):
            name = entry.text_of("fieldlabel").lower()
            fields.setdefault(name, entry.text_of("fieldentry"))
        for entry in area.elements:
            if entry.name.startswith("qmd_"):
                fields.setdefault(entry.name.lower(), entry.text.strip())
    return fields


def kind_of(fields: dict[str, str]) -> str:
    """Return the kind in the file's own word ("multiple_choice_question"), or ""."""
    return fields.get("question_type") or fields.get("cc_profile") or ""


def other_kinds(item: Element) -> list[str]:
    """Return the kinds that an item names beside the first one."""
    named = [
        entry.text_of("fieldentry")
        for area in item.all("itemmetadata", "qtimetadata")
        for entry in area.deep("qtimetadatafield")
        if entry.text_of("fieldlabel").lower() == "question_type"
    ]
    return [kind for kind in dict.fromkeys(named[1:]) if kind and kind != named[0]]


def points_of(item: Element, fields: dict[str, str]) -> Fraction | None:
    """Return the points that an item is worth, or None where it does not say.

    A highest score of 100 is a percentage, as most programs write it, and no points.
    """
    for name in _POINTS:
        points = read_fraction(fields.get(name, ""))
        if points is not None and points >= 0:
            return points
    for area in item.all("resprocessing"):
        for declared in area.deep("decvar"):
            points = read_fraction(declared.get("maxvalue"))
            if points is not None and points > 0 and points != 100:
                return points
    return None


def tags_of(fields: dict[str, str]) -> tuple[str, ...]:
    """Return the labels of an item."""
    listed = [word.strip() for name in _TAGS for word in fields.get(name, "").split(",")]
    return tuple(dict.fromkeys(word for word in listed if word))
