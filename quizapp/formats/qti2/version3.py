"""Documents as they are written here in QTI 2.1, in the names of 3.0."""

from __future__ import annotations

import re

from quizapp.formats.xml_tree import Element, parse_xml
from quizapp.formats.xml_write import HEAD, node, words

NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
#: Elements of QTI that are written here and whose names could be those of HTML; all others of QTI
#: have a capital in them.
_PLAIN = {
    *("prompt", "gap", "hottext", "value", "mapping", "variable", "correct", "match", "equal"),
    *("multiple", "ordered", "member", "sum", "and", "or", "not"),
}
#: Elements whose content stands in a `qti-content-body`.
_WITH_BODY = {"modalFeedback", "feedbackBlock", "rubricBlock"}
_CAPITAL = re.compile(r"[A-Z]")


def in_names_of_3(document: str) -> str:
    """Return a document of ours in QTI 3.0: `qti-simple-choice` for `simpleChoice`."""
    root = parse_xml(document.encode())
    attributes = {name: value for name, value in root.attributes.items() if name != "xmlns"}
    return HEAD + _written(root, {"xmlns": NAMESPACE, **attributes}) + "\n"


def _written(element: Element, attributes: dict[str, str]) -> str:
    name, inner = element.name, "".join(map(_child, element.children))
    if not _is_qti(name):
        return node(name, attributes, inner)
    if name in _WITH_BODY:
        inner = node("qti-content-body", {}, inner)
    if name == "rubricBlock":
        attributes = {**attributes, "use": "scoring"}
    return node(f"qti-{_kebab(name)}", {_kebab(key): it for key, it in attributes.items()}, inner)


def _child(child: Element | str) -> str:
    return words(child) if isinstance(child, str) else _written(child, dict(child.attributes))


def _is_qti(name: str) -> bool:
    return name in _PLAIN or _CAPITAL.search(name) is not None


def _kebab(name: str) -> str:
    return _CAPITAL.sub(lambda found: f"-{found[0].lower()}", name)
