"""QTI 3.0 in the names of 2.x: the same model, `qti-simple-choice` for `simpleChoice`."""

from __future__ import annotations

import re

from quizapp.formats.xml_tree import Element

_PREFIX = "qti-"
_DASH = re.compile(r"-([a-z0-9])")
_KEPT = ("data-", "aria-", "xml:", "xmlns", "xsi:")
#: Names that are not only written otherwise.
_RENAMED = {"portableCustomInteraction": "customInteraction"}


def in_names_of_2(element: Element) -> Element:
    """Return a document of any 2.x or 3.0 in the names of 2.x."""
    if not element.name.startswith(_PREFIX) and not any(
        child.name.startswith(_PREFIX) for child in element.deep()
    ):
        return element
    return _renamed(element)


def _renamed(element: Element) -> Element:
    name, attributes = element.name, element.attributes
    if name.startswith(_PREFIX):
        name = _camel(name.removeprefix(_PREFIX))
        name = _RENAMED.get(name, name)
        attributes = {
            key if key.startswith(_KEPT) else _camel(key): value
            for key, value in attributes.items()
        }
    children = [child if isinstance(child, str) else _renamed(child) for child in element.children]
    return Element(name, element.line, attributes, children)


def _camel(name: str) -> str:
    return _DASH.sub(lambda found: found[1].upper(), name)
