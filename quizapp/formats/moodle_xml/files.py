"""Pictures and sounds of Moodle XML: in the text that shows them, and in letters behind it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import quote, unquote

from quizapp.formats.interchange import Markup, Text
from quizapp.formats.media import data_in, name_of
from quizapp.formats.xml_tree import Element
from quizapp.markup.html_media import Shown, replace_shown
from quizapp.markup.media import replace_references

#: How a text begins the address of a file that stands behind it.
_BASE = "@@PLUGINFILE@@"
_IN_TEXT = re.compile(rf"{_BASE}(/[^\"'<>\s)]*)")
#: Between quotes an address may hold anything but them. In gaps a backslash stands before signs.
_IN_HTML = re.compile(
    rf'(?<=\\"){_BASE}\\?(/[^\\"<>]*)(?=\\")|'
    rf"(?<=\"){_BASE}(/[^\"<>]*)(?=\")|(?<='){_BASE}(/[^'<>]*)(?=')|{_BASE}(/[^\"'<>\s]*)"
)
_SHOWN = re.compile(r'\bsrc=(\\?")media:([^"\\\s]+)\1')
_UNSAFE = re.compile(r"[^\w.-]+")
_NAME_LIMIT = 100
#: Stands in an element for the bytes of a file, and is a sign of no script.
_OPEN, _CLOSE = "\uf8f4", "\uf8f5"
_PLACE = re.compile(
    rf"<file name=\"[^\"<>]*\" path=\"/\" encoding=\"base64\">{_OPEN}(.*?){_CLOSE}</file>"
)


@dataclass(slots=True)
class Files:
    """The pictures and sounds of a file by the name that texts point at, and what went wrong.

    :param shown: the elements of those that a text points at.
    """

    media: dict[str, bytes] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)
    shown: set[int] = field(default_factory=set)

    def add(self, name: str, encoded: str) -> str:
        """Keep a file and return its name, which is another where the name is taken."""
        try:
            data = base64.b64decode("".join(encoded.split()), validate=True)
        except (binascii.Error, ValueError):
            self.remarks.setdefault(f"The file “{name[:_NAME_LIMIT]}” in it cannot be read.")
            return ""
        return self.keep(name, data)

    def keep(self, name: str, data: bytes) -> str:
        safe = _UNSAFE.sub("-", name).strip("-.")[-_NAME_LIMIT:] or "file"
        if self.media.get(safe, data) != data:
            safe = f"{hashlib.sha256(data).hexdigest()[:12]}-{safe}"
        self.media[safe] = data
        return safe

    def pointed(self, element: Element, words: str, markup: Markup) -> str:
        """Return the text of an element, pointing at the names of what stands behind it."""
        behind = {_path(one): one for one in element.all("file") if one.get("name")}
        is_html = markup in (Markup.HTML, Markup.MOODLE)
        names: dict[str, str] = {}

        def put(found: re.Match[str]) -> str:
            address = next(part for part in found.groups() if part)
            path = next((one for one in _readings(address) if one in behind), "")
            if not path:
                return found[0]
            self.shown.add(id(behind[path]))
            if path not in names:
                names[path] = self.add(behind[path].get("name"), behind[path].text)
            return f"media:{names[path]}" if names[path] else found[0]

        if _BASE in words:
            words = (_IN_HTML if is_html else _IN_TEXT).sub(put, words)
        if is_html and "data:" in words:
            words = replace_shown(words, self._own)
        return words

    def unshown(self, question: Element) -> tuple[str, ...]:
        """Return what to say of the files of a question that none of its kept texts shows."""
        files = [one for one in question.deep("file") if one.get("name")]
        names = dict.fromkeys(one.get("name") for one in files if id(one) not in self.shown)
        return tuple(
            f"The file “{name[:_NAME_LIMIT]}” was left out: no text shows it." for name in names
        )

    def _own(self, shown: Shown) -> str:
        """Keep a picture that is written into the text itself."""
        for address in shown.addresses:
            if data := data_in(address):
                return shown.at(f"media:{self.keep(name_of(data), data)}")
        return shown.html


def with_pointers(text: Text) -> tuple[str, str]:
    """Return a text that points at the files behind it, and those as elements without bytes."""
    names: dict[str, None] = {}

    def note(name: str) -> str:
        names.setdefault(name)
        return f"{_BASE}/{quote(name)}"

    def address(found: re.Match[str]) -> str:
        return f"src={found[1]}{note(unescape(found[2]))}{found[1]}"

    words = text.text
    if text.markup is Markup.HTML:
        words = _SHOWN.sub(address, words)
    elif text.markup is Markup.MARKDOWN:
        words = replace_references(words, lambda said, name: f"![{said}]({note(name)})")
    files = (
        f'<file name="{escape(name)}" path="/" encoding="base64">{_OPEN}{name}{_CLOSE}</file>'
        for name in names
    )
    return words, "".join(files)


def with_bytes(element: str, media: Mapping[str, bytes]) -> str:
    """Return an element with the bytes of its files; one that is not there is left out."""

    def put(found: re.Match[str]) -> str:
        if found[1] not in media:
            return ""
        head, _, _ = found[0].partition(_OPEN)
        return f"{head}{base64.b64encode(media[found[1]]).decode()}</file>"

    return _PLACE.sub(put, element)


def _path(file: Element) -> str:
    return (file.get("path") or "/").rstrip("/") + "/" + file.get("name")


def _readings(address: str) -> tuple[str, ...]:
    """Return what an address may mean: written for the web, for HTML, both, or neither."""
    plain = unescape(address)
    bare = plain.partition("?")[0]
    return (unquote(address), address, unquote(plain), plain, unquote(bare), bare)
