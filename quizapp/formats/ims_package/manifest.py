"""The list of what a package holds."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from quizapp.formats.xml_tree import Element

NAME = "imsmanifest.xml"


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing in a package. :param paths: of its files from the package's root, its own first.

    :param kind: as the manifest says ("imsqti_item_xmlv2p1"). :param tags: its labels.
    :param description: what is said of it, or "".
    """

    ident: str
    kind: str
    paths: tuple[str, ...]
    tags: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package holds, in its order."""

    title: str = ""
    resources: tuple[Resource, ...] = ()


def read_manifest(root: Element, folder: str = "") -> Manifest:
    """Return what a manifest lists. :param folder: in which it stands, "" for the root."""
    metadata = root.first("metadata")
    title = _first_text(metadata, "title") if metadata is not None else ""
    return Manifest(title, tuple(_resources(root, _below(folder, root))))


def resolve(folder: str, address: str) -> str:
    """Return the path of a file in a package, named from a folder of it; "" if it leads out."""
    plain = unquote(address.strip().partition("#")[0].partition("?")[0]).replace("\\", "/")
    path = posixpath.normpath(posixpath.join(folder, plain.lstrip("/")))
    return "" if path in {".", ".."} or path.startswith("../") else path


def folder_of(path: str) -> str:
    return posixpath.dirname(path)


def _resources(root: Element, folder: str) -> Iterator[Resource]:
    for area in root.all("resources"):
        base = _below(folder, area)
        for one in area.all("resource"):
            yield _resource(one, _below(base, one))
    for nested in root.all("manifest"):
        yield from _resources(nested, _below(folder, nested))


def _resource(element: Element, folder: str) -> Resource:
    addresses = [element.get("href"), *(one.get("href") for one in element.all("file"))]
    paths = [resolve(folder, address) for address in addresses if address]
    metadata = element.first("metadata")
    return Resource(
        ident=element.get("identifier"),
        kind=element.get("type"),
        paths=tuple(dict.fromkeys(path for path in paths if path)),
        tags=tuple(_keywords(metadata)) if metadata is not None else (),
        description=_first_text(metadata, "description") if metadata is not None else "",
    )


def _below(folder: str, element: Element) -> str:
    base = element.get("xml:base")
    return resolve(folder, base) if base else folder


def _keywords(metadata: Element) -> Iterator[str]:
    for keyword in metadata.deep("keyword"):
        for one in (*keyword.deep("langstring", "string"), keyword):
            words = " ".join(one.text.split())
            if words and not (one is keyword and one.elements):
                yield words[:100]


def _first_text(metadata: Element, name: str) -> str:
    found = next(iter(metadata.deep(name)), None)
    return " ".join(found.text.split())[:200] if found is not None else ""
