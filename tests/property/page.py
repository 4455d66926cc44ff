"""What a browser would send of a question's page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

_FORM = re.compile(r'<form id="question".*?</form>', re.DOTALL)
_TAG = re.compile(r"<(input|select|option|/select|textarea)\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')
_HIDDEN = ("csrf_token", "nonce", "turn", "seen")


@dataclass
class Form:
    """The fields of a question's form as the page was loaded.

    :param fields: what is filled in, without what is empty.
    """

    nonce: str
    seen: int
    fields: dict[str, list[str]] = field(default_factory=dict)


def read_form(text: str) -> Form | None:
    """Return the form of a page, or None where nothing can be sent."""
    found = _FORM.search(text)
    if found is None:
        return None
    hidden: dict[str, str] = {}
    fields: dict[str, list[str]] = {}
    select = ""
    for kind, inside in _TAG.findall(found.group()):
        given = {name: unescape(value) for name, value in _ATTRIBUTE.findall(inside)}
        name, value = given.get("name", ""), given.get("value", "")
        if kind in ("select", "/select"):
            select = name
        elif name in _HIDDEN:
            hidden[name] = value
        elif _is_filled(kind, given):
            fields.setdefault(select or name, []).append(value)
    if "nonce" not in hidden:
        return None
    return Form(hidden["nonce"], int(hidden["seen"]), fields)


def _is_filled(kind: str, given: Mapping[str, str]) -> bool:
    """Return whether a browser would send what a tag holds."""
    if kind == "option":
        return "selected" in given and bool(given.get("value"))
    if given.get("type") in ("radio", "checkbox"):
        return "checked" in given
    return kind == "input" and bool(given.get("value"))
