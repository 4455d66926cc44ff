"""QTI 1.2: single files and packages, as Canvas, Respondus and many others write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quizapp.errors import Invalid, Problem
from quizapp.formats.base import Draft
from quizapp.formats.gathered import Gathered
from quizapp.formats.ims_package.media import Media
from quizapp.formats.ims_package.package import Package
from quizapp.formats.ims_package.shell import ImsFormat
from quizapp.formats.qti12.document import ROOTS, read_document
from quizapp.formats.qti12.package import gather
from quizapp.formats.qti12.writing import shares_left_out, write_package
from quizapp.formats.xml_tree import Element


class Qti12Format(ImsFormat):
    name = "qti12"
    label = "QTI 1.2 (Canvas and others)"
    suffixes = (".zip", ".xml")

    def gather_document(self, root: Element) -> Gathered:
        if root.name not in ROOTS:
            message = f"This is no QTI 1.2: it begins with “{root.name[:60]}”."
            raise Invalid([Problem(f"line {root.line}", message)])
        return read_document(root)

    def gather_package(self, package: Package, media: Media) -> Gathered:
        return gather(package, media)

    def unwritten(self, draft: Draft) -> tuple[str, ...]:
        return (*super().unwritten(draft), *shares_left_out(draft))

    def pack(self, drafts: Sequence[Draft], title: str, media: Mapping[str, bytes]) -> bytes:
        return write_package(drafts, title, media)
