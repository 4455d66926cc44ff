"""QTI 1.2: single files and packages, as Canvas, Respondus and many others write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quizapp.errors import Invalid, Problem
from quizapp.formats.archive import is_zip
from quizapp.formats.base import NO_MEDIA, PACKAGE_MEDIA, Draft, Format, Loss, Reading, Written
from quizapp.formats.gathered import Gathered
from quizapp.formats.ims_package.detecting import kind_of
from quizapp.formats.ims_package.losing import unwritten
from quizapp.formats.ims_package.media import Media
from quizapp.formats.ims_package.package import open_package
from quizapp.formats.losses import loss_of, unstated
from quizapp.formats.qti12.document import ROOTS, read_document
from quizapp.formats.qti12.package import gather
from quizapp.formats.qti12.writing import write_package
from quizapp.formats.xml_tree import parse_xml


class Qti12Format(Format):
    name = "qti12"
    label = "QTI 1.2 (Canvas and others)"
    most_media = PACKAGE_MEDIA
    suffixes = (".zip", ".xml")

    def detects(self, data: bytes, filename: str) -> bool:
        return kind_of(data) == self.name

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        return read_qti12(data).reading()

    def loss(self, draft: Draft) -> Loss:
        return loss_of(self, draft, (*unstated(draft), *unwritten(draft)))

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        return Written(write_package(drafts, title, media), ".zip", "application/zip")


def read_qti12(data: bytes) -> Gathered:
    """Return the questions of a document or package, before they are fitted into our types.

    :raises Invalid: as `Format.read`.
    """
    if is_zip(data):
        package = open_package(data)
        media = Media(package.files)
        found = gather(package, media)
        return Gathered((*found.items, *package.broken), found.remarks, media.found)
    root = parse_xml(data)
    if root.name not in ROOTS:
        message = f"This is no QTI 1.2: it begins with “{root.name[:60]}”."
        raise Invalid([Problem(f"line {root.line}", message)])
    return read_document(root)
