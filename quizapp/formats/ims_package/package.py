"""A package, opened: its documents in their order, and its other files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from quizapp.errors import Invalid, Problem
from quizapp.formats.archive import Archive, read_archive
from quizapp.formats.base import LeftOut
from quizapp.formats.ims_package.manifest import NAME, Manifest, folder_of, read_manifest
from quizapp.formats.interchange import Item
from quizapp.formats.xml_tree import Element, Limits, parse_xml

_DOCUMENTS = (".xml", ".qti")
#: What a package's documents may hold together; as much as one document alone.
_LIMITS = Limits()


@dataclass(slots=True)
class Package:
    """What a package holds.

    :param documents: path → root, in the manifest's order, then those that it does not list.
    :param tags: path → labels. :param descriptions: path → what its list says of a document.
    :param broken: documents that cannot be read.
    """

    files: Mapping[str, bytes]
    manifest: Manifest
    documents: dict[str, Element] = field(default_factory=dict)
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    broken: list[LeftOut] = field(default_factory=list)
    #: Path in small letters → path of a document.
    own_names: dict[str, str] = field(default_factory=dict)

    @property
    def broken_paths(self) -> frozenset[str]:
        return frozenset(one.words for one in self.broken)


def open_package(data: bytes) -> Package:
    """Return what a zip holds.

    :raises Invalid: it is no zip, it is not safe, or its manifest cannot be read.
    """
    files = read_archive(data)
    path = manifest_path(files)
    manifest = Manifest()
    left = _LIMITS.nodes
    if path:
        root = _parsed(files, path, left)
        manifest = read_manifest(root, folder_of(path))
    package = Package(files, manifest)
    own_names = {name.lower(): name for name in files}
    for one in manifest.resources:
        for document in one.paths:
            own = own_names.get(document.lower(), document)
            if one.tags:
                package.tags[own] = one.tags
            if one.description:
                package.descriptions[own] = one.description
        if "qti" in one.kind.lower():
            package.broken += [_missing(path) for path in one.paths if path not in files]
    for document in dict.fromkeys(_paths(files, manifest, path)):
        try:
            root = _parsed(files, document, left)
        except Invalid as error:
            reason = f"{error.problems[0].message} Mend the file or export it again."
            place = f"{document}, {error.problems[0].path}"
            package.broken.append(LeftOut(0, document, reason, place=place))
            continue
        left -= sum(1 + len(element.children) for element in root.deep())
        package.documents[document] = root
        package.own_names[document.lower()] = document
    return package


def manifest_path(files: Archive) -> str:
    """Return the path of a package's manifest, the one nearest to its root, or ""."""
    named = [path for path in files if path.rpartition("/")[2].lower() == NAME]
    return min(named, key=lambda path: (path.count("/"), path), default="")


def placed(found: Item | LeftOut, path: str) -> Item | LeftOut:
    """Return a question with the document in which it stands."""
    return replace(found, line=0, place=f"{path}, line {found.line}")


def _missing(path: str) -> LeftOut:
    reason = "The package lists it, and it is not there. Export it again."
    return LeftOut(0, path, reason, place=path)


def _paths(files: Archive, manifest: Manifest, own: str) -> Iterator[str]:
    own_names = {name.lower(): name for name in files}
    listed = [path.lower() for one in manifest.resources for path in one.paths]
    named = [own_names[path] for path in listed if path in own_names]
    for path in (*named, *sorted(files)):
        name = path.rpartition("/")[2].lower()
        if path != own and name.endswith(_DOCUMENTS) and name != NAME:
            yield path


def _parsed(files: Archive, path: str, left: int) -> Element:
    try:
        return parse_xml(files[path], replace(_LIMITS, nodes=max(left, 0)))
    except Invalid as error:
        first = error.problems[0]
        if path.rpartition("/")[2].lower() != NAME:
            raise
        raise Invalid([Problem("file", f"{path}, {first.path}: {first.message}")]) from error
