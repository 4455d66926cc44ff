"""Pictures and sounds of a package: the texts that show them point at their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar
from urllib.parse import unquote

from quizapp.formats.base import LeftOut
from quizapp.formats.ims_package.manifest import resolve
from quizapp.formats.interchange import Item, Markup, Text
from quizapp.formats.media import data_in, name_of
from quizapp.markup.html_media import Shown, replace_shown

_SHOWN = re.compile(
    r"\.(?:png|jpe?g|gif|webp|svg|mp3|m4a|ogg|oga|wav|mp4|webm|bmp)$", re.IGNORECASE
)
#: What Canvas and others write for the folder with a course's files.
_FILE_BASE = re.compile(
    r"^\$?(?:IMS[-_]CC[-_]FILE[-_]?BASE)\$/?|^%24IMS[-_]CC[-_]FILE[-_]?BASE%24/?"
)
_FOLDERS = ("web_resources", "")
_UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)
One = TypeVar("One")


class Media:
    """The pictures and sounds that texts of a package show, by the names that they are given."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._names: dict[str, str] = {}
        self._by_end: dict[str, list[str]] = {}
        for path in files:
            self._by_end.setdefault(path.rpartition("/")[2].lower(), []).append(path)
        #: Name → bytes.
        self.found: dict[str, bytes] = {}

    def pointed(self, items: Sequence[Item | LeftOut], folder: str) -> tuple[Item | LeftOut, ...]:
        """Return questions whose texts point at names. :param folder: of their document."""
        return tuple(one if isinstance(one, LeftOut) else self._walk(one, folder) for one in items)

    def is_taken(self, paths: Sequence[str]) -> bool:
        """Return whether all of these files are shown by a question."""
        return bool(paths) and all(path in self._names for path in paths)

    def _walk(self, value: One, folder: str) -> One:
        if isinstance(value, Text):
            return self._text(value, folder)  # type: ignore[return-value]
        if isinstance(value, tuple):
            return tuple(self._walk(one, folder) for one in value)  # type: ignore[return-value]
        if is_dataclass(value) and not isinstance(value, type):
            changed: dict[str, Any] = {}
            for one in fields(value):
                old = getattr(value, one.name)
                new = self._walk(old, folder)
                if new is not old:
                    changed[one.name] = new
            return replace(value, **changed) if changed else value
        return value

    def _text(self, text: Text, folder: str) -> Text:
        if text.markup is not Markup.HTML:
            return text
        return Text(replace_shown(text.text, lambda one: self._put(one, folder)), text.markup)

    def _put(self, shown: Shown, folder: str) -> str:
        """Return what shows a file by its name, or the HTML as it was where it is not there."""
        for address in shown.addresses:
            if name := self._named(address, folder):
                return shown.at(f"media:{name}")
        return shown.html

    def _named(self, address: str, folder: str) -> str:
        if address.startswith("data:"):
            data = data_in(address)
            return self._keep(address, name_of(data), data) if data else ""
        path = self._path(address, folder)
        return self._keep(path, path, self._files[path]) if path else ""

    def _path(self, address: str, folder: str) -> str:
        """Return the path of a file that an address names, or ""."""
        if re.match(r"[a-z]+:", address, re.IGNORECASE):
            return ""
        plain, count = _FILE_BASE.subn("", address)
        folders = _FOLDERS if count else (folder, *_FOLDERS)
        for one in folders:
            path = resolve(one, plain)
            if path in self._files and _SHOWN.search(path):
                return path
        end = unquote(plain.partition("?")[0]).rpartition("/")[2].lower()
        named = [one for one in self._by_end.get(end, []) if _SHOWN.search(one)]
        # Programs name files from folders that they left out of the package.
        close = [one for one in named if f"/{one}".lower().endswith(f"/{unquote(plain).lower()}")]
        only = close or named
        return only[0] if len(only) == 1 else ""

    def _keep(self, source: str, path: str, data: bytes) -> str:
        """Return the name of a file, which is the one that it has, or its path too if need be."""
        if source not in self._names:
            name = _UNSAFE.sub("_", path.rpartition("/")[2])[-120:]
            if name in self.found:
                name = _UNSAFE.sub("_", path.replace("/", "-"))[-120:]
            number = 2
            while name in self.found:
                name = f"{number}-{name}"
                number += 1
            self._names[source] = name
            self.found[name] = data
        return self._names[source]
