"""Common Cartridge 1.0 to 1.3: the quizzes and question banks of a course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quizapp.errors import Invalid, Problem
from quizapp.formats.base import Draft
from quizapp.formats.gathered import Gathered
from quizapp.formats.ims_package.media import Media
from quizapp.formats.ims_package.package import Package
from quizapp.formats.ims_package.shell import ImsFormat
from quizapp.formats.qti2.package import gather as gather_qti2
from quizapp.formats.qti12.package import gather as gather_qti12
from quizapp.formats.qti12.writing import shares_left_out, write_cartridge
from quizapp.formats.xml_tree import Element

#: Kinds of resources that hold no questions, and what people call them.
_OTHERS = {
    "webcontent": "files",
    "imswl": "links",
    "imsdt": "discussions",
    "imsbasiclti": "tools of others",
    "assignment": "assignments",
}


class CommonCartridgeFormat(ImsFormat):
    name = "common_cartridge"
    label = "Common Cartridge"
    suffixes = (".imscc", ".zip")

    def gather_document(self, root: Element) -> Gathered:
        message = "This is a single document. Read it as QTI, or the whole cartridge (.imscc)."
        raise Invalid([Problem("file", message)])

    def gather_package(self, package: Package, media: Media) -> Gathered:
        old, new = gather_qti12(package, media), gather_qti2(package, media)
        remarks = (*old.remarks, *new.remarks, *_passed_over(package, media))
        return Gathered((*old.items, *new.items), remarks)

    def unwritten(self, draft: Draft) -> tuple[str, ...]:
        return (*super().unwritten(draft), *shares_left_out(draft))

    def pack(self, drafts: Sequence[Draft], title: str, media: Mapping[str, bytes]) -> bytes:
        return write_cartridge(drafts, title, media)


def _passed_over(package: Package, media: Media) -> list[str]:
    """Return what a cartridge holds beside questions and what they show."""
    others = [one for one in package.manifest.resources if not media.is_taken(one.paths)]
    counts = {
        words: sum(one.kind.startswith(kind) for one in others) for kind, words in _OTHERS.items()
    }
    held = [f"{words} ({count})" for words, count in counts.items() if count]
    return [f"The rest of the course was passed over: {', '.join(held)}."] if held else []
