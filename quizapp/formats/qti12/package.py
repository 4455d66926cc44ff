"""The documents of QTI 1.2 in a package, Canvas's better copies before the common ones."""

from __future__ import annotations

from collections.abc import Iterator

from quizapp.formats.base import LeftOut
from quizapp.formats.gathered import Gathered
from quizapp.formats.html_pieces import words_in
from quizapp.formats.ims_package.manifest import folder_of
from quizapp.formats.ims_package.media import Media
from quizapp.formats.ims_package.package import Package, placed
from quizapp.formats.interchange import Item
from quizapp.formats.qti12.document import ROOTS, read_document
from quizapp.formats.qti12.metadata import read_fields
from quizapp.formats.xml_tree import Element

_BETTER = "non_cc_assessments/"


def gather(package: Package, media: Media) -> Gathered:
    """Return the questions of all documents of QTI 1.2 in a package."""
    documents = {path: one for path, one in package.documents.items() if one.name in ROOTS}
    remarks: list[str] = []
    twice = _doubled(documents)
    if twice:
        remarks.append(
            f"Quizzes that are in the package twice: {len(twice)}. Canvas's own copies were read, "
            "as they hold more."
        )
    known = {name for path, one in documents.items() if path not in twice for name in _names(one)}
    items: list[Item | LeftOut] = []
    for path, root in documents.items():
        if path in twice:
            continue
        found = read_document(root, known)
        remarks += found.remarks
        remarks += [
            f"What the list of the package says of {path} was left out: “{words_in(said)}”."
            for said in (*package.tags.get(path, ()), package.descriptions.get(path, ""))
            if said
        ]
        items += [placed(one, path) for one in media.pointed(found.items, folder_of(path))]
    return Gathered(tuple(items), tuple(dict.fromkeys(remarks)))


def _doubled(documents: dict[str, Element]) -> set[str]:
    """Return the paths of documents of which Canvas has put a better copy beside them."""
    better = {path for path in documents if _BETTER in path}
    idents = {ident for path in better for ident in _assessments(documents[path])}
    stems = {path.rpartition("/")[2].partition(".")[0] for path in better}
    return {
        path
        for path, root in documents.items()
        if path not in better
        and (
            path.partition("/")[0] in stems or any(ident in idents for ident in _assessments(root))
        )
    }


def _assessments(root: Element) -> list[str]:
    found = [root] if root.name == "assessment" else root.all("assessment")
    return [one.get("ident") for one in found if one.get("ident")]


def _names(root: Element) -> Iterator[str]:
    """Yield the names by which other documents refer to items and banks of this one."""
    for one in (root, *root.deep("item", "objectbank")):
        if one.get("ident"):
            yield one.get("ident")
        if one.name == "item":
            yield read_fields(one).get("assessment_question_identifierref", "")
