"""Texts of Moodle XML with their formats and the files in them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from quizapp.formats.interchange import NOTHING, Markup, Text
from quizapp.formats.xml_tree import Element

_MARKUPS = {
    "html": Markup.HTML,
    "moodle_auto_format": Markup.MOODLE,
    "plain_text": Markup.PLAIN,
    "markdown": Markup.MARKDOWN,
}
_POINTER = re.compile(r"@@PLUGINFILE@@(/[^\"'<>\s)]*)")
_UNSAFE = re.compile(r"[^\w.-]+")
_NAME_LIMIT = 100


@dataclass(slots=True)
class Files:
    """The pictures and sounds of a file by the name that texts point at, and what went wrong."""

    media: dict[str, bytes] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)

    def add(self, name: str, encoded: str) -> str:
        """Keep a file and return its name, which is another where the name is taken."""
        try:
            data = base64.b64decode("".join(encoded.split()), validate=True)
        except (binascii.Error, ValueError):
            self.remarks.setdefault(f"The file “{name[:_NAME_LIMIT]}” in it cannot be read.")
            return ""
        safe = _UNSAFE.sub("-", name).strip("-.")[-_NAME_LIMIT:] or "file"
        if self.media.get(safe, data) != data:
            safe = f"{hashlib.sha256(data).hexdigest()[:12]}-{safe}"
        self.media[safe] = data
        return safe


def text_in(element: Element | None, files: Files, usual: Markup = Markup.HTML) -> Text:
    """Return the text of an element such as questiontext; nothing for None.

    :param usual: how it is to be read where it does not say.
    """
    if element is None:
        return NOTHING
    words = raw_text(element)
    names = {
        _path(one): files.add(one.get("name"), one.text)
        for one in element.all("file")
        if one.get("name")
    }
    if "@@PLUGINFILE@@" in words:
        words = _POINTER.sub(lambda found: _pointer(found, names), words)
    return Text(words, _MARKUPS.get(element.get("format"), usual))


def raw_text(element: Element | None) -> str:
    """Return what stands in the `text` of an element, trimmed; "" where there is none."""
    if element is None:
        return ""
    inner = element.first("text")
    if inner is None:
        # Old files leave it out where nothing else stands in the element.
        return "" if element.elements else element.text.strip()
    return (inner.inner if inner.elements else inner.text).strip()


def _path(file: Element) -> str:
    return (file.get("path") or "/").rstrip("/") + "/" + file.get("name")


def _pointer(found: re.Match[str], names: dict[str, str]) -> str:
    name = names.get(unquote(found[1])) or names.get(found[1])
    return f"media:{name}" if name else found[0]
