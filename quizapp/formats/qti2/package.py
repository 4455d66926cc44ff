"""The items of QTI 2 and 3 in a package, in the order of its tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from quizapp.formats.base import LeftOut
from quizapp.formats.gathered import Gathered
from quizapp.formats.html_pieces import joined, words_in
from quizapp.formats.ims_package.manifest import folder_of, resolve
from quizapp.formats.ims_package.media import Media
from quizapp.formats.ims_package.package import Package, placed
from quizapp.formats.interchange import Item, Text
from quizapp.formats.qti2.body import inner_text
from quizapp.formats.qti2.item import read_item
from quizapp.formats.qti2.names import in_names_of_2
from quizapp.formats.qti2.plan import Entry, read_plan
from quizapp.formats.xml_tree import Element

ITEM_ROOTS = ("assessmentItem", "qti-assessment-item")
_PLAN_ROOTS = ("assessmentTest", "assessmentSection")


@dataclass(slots=True)
class _Gathering:
    package: Package
    media: Media
    items: list[Item | LeftOut] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    broken: frozenset[str] = frozenset()


def gather(package: Package, media: Media) -> Gathered:
    """Return the questions of all items of QTI 2 and 3 in a package."""
    gathering = _Gathering(package, media, broken=package.broken_paths)
    roots = {path: in_names_of_2(root) for path, root in package.documents.items()}
    plans = {path: root for path, root in roots.items() if root.name in _PLAN_ROOTS}
    # A test before the sections that it names, which may stand in files of their own.
    for path, root in sorted(plans.items(), key=lambda pair: pair[1].name, reverse=True):
        plan = read_plan(root, folder_of(path), plans)
        gathering.remarks += plan.remarks
        for entry in plan.entries:
            _add_entry(gathering, entry, path)
    for path, root in package.documents.items():
        if root.name in ITEM_ROOTS and path.lower() not in gathering.done:
            _add_item(gathering, path, ())
    return Gathered(tuple(gathering.items), tuple(dict.fromkeys(gathering.remarks)))


def _add_entry(gathering: _Gathering, entry: Entry, plan: str) -> None:
    path = _document(gathering.package, entry.path)
    if path.lower() in gathering.done:
        return
    if path and gathering.package.documents[path].name in ITEM_ROOTS:
        _add_item(gathering, path, entry.category)
    elif entry.path not in gathering.broken:
        gathering.items.append(
            LeftOut(
                0,
                entry.path or entry.ident,
                "The test names it, and it is not in the package. Export it again.",
                place=f"{plan}, line {entry.line}",
            )
        )


def _add_item(gathering: _Gathering, path: str, category: tuple[str, ...]) -> None:
    package = gathering.package
    gathering.done.add(path.lower())
    root = package.documents[path]
    item = read_item(root, category, package.tags.get(path, ()), _stimulus(package, root, path))
    if description := package.descriptions.get(path):
        said = f"What the list of the package says of it was left out: “{words_in(description)}”."
        item = replace(item, notes=(*item.notes, said))
    found = gathering.media.pointed([item], folder_of(path))
    gathering.items.append(placed(found[0], path))


def _document(package: Package, path: str) -> str:
    return path if path in package.documents else package.own_names.get(path.lower(), "")


def _stimulus(package: Package, root: Element, path: str) -> Text | None:
    """Return the texts in other files that an item refers to, or None where one is missing."""
    texts = []
    for one in in_names_of_2(root).all("assessmentStimulusRef"):
        document = _document(package, resolve(folder_of(path), one.get("href")))
        if not document:
            return None
        stimulus = in_names_of_2(package.documents[document])
        texts += [inner_text(body) for body in stimulus.deep("stimulusBody")]
    return joined(texts)
