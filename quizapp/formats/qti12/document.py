"""A document of QTI 1.2: its sections, banks and items in their order."""

from __future__ import annotations

from dataclasses import dataclass, field

from quizapp.formats.base import LeftOut
from quizapp.formats.gathered import Gathered
from quizapp.formats.interchange import Item
from quizapp.formats.qti12.item import read_item
from quizapp.formats.qti12.metadata import read_fields
from quizapp.formats.xml_tree import Element

ROOTS = ("questestinterop", "assessment", "section", "objectbank", "item")
_GROUPS = {"assessment", "section", "objectbank"}
#: Titles of sections that programs write and people do not.
_NO_TITLES = {"", "root_section", "root section", "main", "section", "assessment"}
_ELSEWHERE = {"itemref", "sectionref", "bankentry_item", "bankentry_section"}


@dataclass(slots=True)
class _Found:
    items: list[Item | LeftOut] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_document(root: Element) -> Gathered:
    """Return the questions of a document whose root is one of `ROOTS`."""
    found = _Found()
    if root.name == "item":
        found.items.append(read_item(root, ()))
    elif root.name in _GROUPS:
        _read_group(root, (), found)
    else:
        _read_parts(root, (), found)
    return Gathered(tuple(found.items), tuple(dict.fromkeys(found.remarks)))


def _read_group(group: Element, category: tuple[str, ...], found: _Found) -> None:
    title = _title(group)
    if title.lower() not in _NO_TITLES and title not in category:
        category = (*category, title)
    drawn = [
        number.text.strip()
        for ordering in group.all("selection_ordering")
        for number in ordering.deep("selection_number")
    ]
    if drawn:
        found.remarks.append(
            f"The group “{(title or 'without a title')[:80]}” draws {drawn[0][:10]} of its "
            "questions for each quiz. The questions are read; make a draw of them in a quiz."
        )
    _read_parts(group, category, found)


def _read_parts(group: Element, category: tuple[str, ...], found: _Found) -> None:
    for child in group.elements:
        if child.name == "item":
            found.items.append(read_item(child, category))
        elif child.name in _GROUPS:
            _read_group(child, category, found)
        elif child.name in _ELSEWHERE:
            found.items.append(_elsewhere(child))
        elif child.name == "selection_ordering":
            found.items += [_elsewhere(one) for one in child.deep("sourcebank_ref")]


def _elsewhere(element: Element) -> LeftOut:
    name = (
        element.get("linkrefid")
        or element.get("item_ref")
        or element.get("ident")
        or element.text.strip()
    )
    return LeftOut(
        element.line,
        name[:200],
        "It stands in a question bank that is not in this file. Export the bank and read it, too.",
    )


def _title(group: Element) -> str:
    title = group.get("title")
    if not title:
        fields = read_fields(group)
        title = fields.get("bank_title") or fields.get("title") or ""
    return " ".join(title.split())[:200]
