"""The plan of a test in QTI 2: which items, in which order, under which titles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quizapp.formats.ims_package.manifest import folder_of, resolve
from quizapp.formats.qti2.leftovers import remarks_of
from quizapp.formats.xml_tree import Element

_DEEPEST = 20
#: How a test that was written here says so; then its title is no topic.
OUR_TOOL = "Footnote"


@dataclass(frozen=True, slots=True)
class Entry:
    """One item that a test names. :param path: of its file in the package, or ""."""

    ident: str
    path: str
    category: tuple[str, ...]
    line: int


@dataclass(slots=True)
class Plan:
    """What a test names. :param remarks: what of it is no question."""

    is_ours: bool = False
    entries: list[Entry] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_plan(root: Element, folder: str, others: Mapping[str, Element]) -> Plan:
    """Return what a test or section names. :param others: sections in files of their own."""
    plan = Plan()
    _read(root, folder, (), others, plan)
    return plan


def _read(
    element: Element,
    folder: str,
    category: tuple[str, ...],
    others: Mapping[str, Element],
    plan: Plan,
) -> None:
    title = " ".join(element.get("title").split())[:200]
    if element.name == "assessmentTest":
        plan.is_ours = element.get("toolName") == OUR_TOOL
        is_topic = bool(title) and not plan.is_ours
    else:
        is_topic = bool(title) and (plan.is_ours or title not in category)
    if is_topic:
        category = (*category, title)
    plan.remarks += remarks_of(element, title)
    selection = element.first("selection")
    if selection is not None:
        plan.remarks.append(
            f"The section “{(title or 'without a title')[:80]}” draws "
            f"{selection.get('select')[:10]} of its questions for each test. The questions are "
            "read; make a draw of them in a quiz."
        )
    if any(True for _ in element.all("branchRule", "preCondition")):
        plan.remarks.append("Which questions follow on which responses was left out.")
    for child in element.elements:
        if child.name == "assessmentItemRef":
            path = resolve(folder, child.get("href"))
            plan.entries.append(Entry(child.get("identifier"), path, category, child.line))
            _note_rules(child, plan)
        elif child.name in {"testPart", "assessmentSection"}:
            _read(child, folder, category, others, plan)
        elif child.name == "assessmentSectionRef" and len(category) < _DEEPEST:
            _read_elsewhere(child, folder, category, others, plan)


def _note_rules(element: Element, plan: Plan) -> None:
    plan.remarks += remarks_of(element, element.get("identifier"))
    if element.first("branchRule", "preCondition") is not None:
        plan.remarks.append("Which questions follow on which responses was left out.")


def _read_elsewhere(
    element: Element,
    folder: str,
    category: tuple[str, ...],
    others: Mapping[str, Element],
    plan: Plan,
) -> None:
    path = resolve(folder, element.get("href"))
    if path in others and others[path].name == "assessmentSection":
        left = {name: root for name, root in others.items() if name != path}
        _read(others[path], folder_of(path), category, left, plan)
    else:
        plan.entries.append(Entry(element.get("identifier"), path, category, element.line))
