"""A document of QTI 1.2: its sections, banks and items in their order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from quizapp.formats.base import LeftOut
from quizapp.formats.gathered import Gathered
from quizapp.formats.interchange import Item, Text
from quizapp.formats.qti12.item import read_item
from quizapp.formats.qti12.leftovers import remarks_of
from quizapp.formats.qti12.material import text_of
from quizapp.formats.qti12.metadata import STIMULUS, read_fields
from quizapp.formats.xml_tree import Element

ROOTS = ("questestinterop", "assessment", "section", "objectbank", "item")
_GROUPS = {"assessment", "section", "objectbank"}
#: Titles of sections that programs write and people do not.
_NO_TITLES = {"", "root_section", "root section", "main", "section", "assessment"}
_ELSEWHERE = {"itemref", "sectionref", "bankentry_item", "bankentry_section"}


#: How a file that was written here says so; then all titles of sections are topics.
OUR_TOOL = ("qmd_toolvendor", "Footnote")


@dataclass(slots=True)
class _Found:
    known: Collection[str]
    stimuli: Mapping[str, Text]
    is_ours: bool = False
    items: list[Item | LeftOut] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_document(root: Element, known: Collection[str] = ()) -> Gathered:
    """Return the questions of a document whose root is one of `ROOTS`.

    :param known: the names of items and banks that stand in documents beside this one.
    """
    found = _Found(known, _stimuli(root))
    if root.name == "item":
        found.items.append(read_item(root, (), found.stimuli))
    elif root.name in _GROUPS:
        _read_group(root, (), found)
    else:
        found.remarks += remarks_of(root)
        _read_parts(root, (), found)
    return Gathered(tuple(found.items), tuple(dict.fromkeys(found.remarks)))


def _stimuli(root: Element) -> dict[str, Text]:
    """Return the texts that stand before other items, by the names under which those refer."""
    items = [one for one in (root, *root.deep("item")) if one.name == "item"]
    wanted = {read_fields(one).get(STIMULUS, "") for one in items} - {""}
    return {
        one.get("ident"): text_of(one.all("presentation"))
        for one in items
        if one.get("ident") in wanted
    }


def _read_group(group: Element, category: tuple[str, ...], found: _Found) -> None:
    title = _title(group)
    if group.name == "assessment":
        found.is_ours = read_fields(group).get(OUR_TOOL[0]) == OUR_TOOL[1]
    if found.is_ours:
        is_topic = bool(title) and group.name != "assessment"
        category = (*category, title) if is_topic else category
    elif title.lower() not in _NO_TITLES and title not in category:
        category = (*category, title)
    found.remarks += remarks_of(group)
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
            found.items.append(read_item(child, category, found.stimuli))
        elif child.name in _GROUPS:
            _read_group(child, category, found)
        elif child.name in _ELSEWHERE:
            _refer(child, found)
        elif child.name == "selection_ordering":
            for one in child.deep("sourcebank_ref"):
                _refer(one, found)


def _refer(element: Element, found: _Found) -> None:
    """Say of what a document only refers to that it is not there, unless it is."""
    name = (
        element.get("linkrefid")
        or element.get("item_ref")
        or element.get("ident")
        or element.text.strip()
    )
    if name in found.known:
        return
    reason = "It stands in a question bank that is not in this file. Export the bank and read it."
    found.items.append(LeftOut(element.line, name[:200], reason))


def _title(group: Element) -> str:
    title = group.get("title")
    if not title:
        fields = read_fields(group)
        title = fields.get("bank_title") or fields.get("title") or ""
    return " ".join(title.split())[:200]
