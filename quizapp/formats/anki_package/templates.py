"""Anki's card templates: HTML with fields in double braces, and parts that depend on a field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

#: Gives a field's value, by the filters before its name, "cloze" or "type" perhaps, and its name.
Fill = Callable[[tuple[str, ...], str], str]
_TAG = re.compile(r"\{\{([^{}]*)\}\}")
_ANSWER_RULE = re.compile(
    r"<hr[^<>]{0,100}\bid\s*=\s*[\"']?answer[\"']?[^<>]{0,100}>", re.IGNORECASE
)
#: What is shown around the fields by Anki itself.
_SPECIAL = {"FrontSide", "Tags", "Type", "Deck", "Subdeck", "Card", "CardFlag", "CardID"}
_LONGEST_TEMPLATE = 100_000
#: A template that names a long field over and over is not followed further.
_LONGEST_SIDE = 200_000


@lru_cache(maxsize=512)
def _parts(template: str) -> tuple[tuple[str, str], ...]:
    """Return text and tags in turn, each by its kind: text, field, if, unless or end."""
    kinds = {"#": "if", "^": "unless", "/": "end"}
    found: list[tuple[str, str]] = []
    at = 0
    template = template[:_LONGEST_TEMPLATE]
    for tag in _TAG.finditer(template):
        found.append(("text", template[at : tag.start()]))
        inner = tag.group(1).strip()
        kind = kinds.get(inner[:1])
        found.append((kind, inner[1:].strip()) if kind else ("field", inner))
        at = tag.end()
    found.append(("text", template[at:]))
    return tuple(found)


def fill(template: str, fields: Mapping[str, str], value: Fill) -> str:
    """Return the HTML of one side.

    :param fields: what each holds, for the parts that depend on it.
    """
    out: list[str] = []
    length = hidden = 0
    depth: list[bool] = []
    for kind, text in _parts(template):
        if kind in ("if", "unless"):
            is_hidden = bool(fields.get(text, "").strip()) != (kind == "if")
            depth.append(is_hidden)
            hidden += is_hidden
        elif kind == "end":
            hidden -= depth.pop() if depth else 0
        elif not hidden:
            piece = text if kind == "text" else _value(text, value)
            length += len(piece)
            if length > _LONGEST_SIDE:
                break
            out.append(piece)
    return "".join(out)


def _value(tag: str, value: Fill) -> str:
    *filters, name = (part.strip() for part in tag.split(":"))
    return "" if name in _SPECIAL else value(tuple(filters), name)


def asks_to_type(template: str) -> bool:
    """Return whether a side has a box to type a field into."""
    return any(
        kind == "field" and "type" in text.split(":")[:-1] for kind, text in _parts(template)
    )


def answer_part(html: str) -> str:
    """Return what of a back stands below the line that parts it from the front, or all of it."""
    pieces = _ANSWER_RULE.split(html, maxsplit=1)
    return pieces[-1] if pieces[-1].strip() else html
