"""QTI 2.1, 2.2 and 3.0: single items and packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quizapp.errors import Invalid, Problem
from quizapp.formats.archive import is_zip
from quizapp.formats.base import (
    NO_MEDIA,
    PACKAGE_MEDIA,
    Draft,
    Format,
    LeftOut,
    Loss,
    Reading,
    Written,
)
from quizapp.formats.gathered import Gathered
from quizapp.formats.ims_package.detecting import kind_of
from quizapp.formats.ims_package.losing import unwritten
from quizapp.formats.ims_package.media import Media
from quizapp.formats.ims_package.package import open_package
from quizapp.formats.losses import loss_of, unstated
from quizapp.formats.qti2.item import read_item
from quizapp.formats.qti2.names import in_names_of_2
from quizapp.formats.qti2.package import ITEM_ROOTS, gather
from quizapp.formats.qti2.plan import read_plan
from quizapp.formats.qti2.writing import write_package
from quizapp.formats.xml_tree import Element, parse_xml

_ALONE = "It stands in another file. Read the whole package (zip), not the plan of the test alone."


class Qti2Format(Format):
    name = "qti2"
    label = "QTI 2.1, 2.2 and 3.0"
    most_media = PACKAGE_MEDIA
    suffixes = (".zip", ".xml")

    def detects(self, data: bytes, filename: str) -> bool:
        return kind_of(data) == self.name

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        return read_qti2(data).reading()

    def loss(self, draft: Draft) -> Loss:
        return loss_of(self, draft, (*unstated(draft), *unwritten(draft)))

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        return Written(write_package(drafts, title, media), ".zip", "application/zip")


def read_qti2(data: bytes) -> Gathered:
    """Return the questions of an item or package, before they are fitted into our types.

    :raises Invalid: as `Format.read`.
    """
    if is_zip(data):
        package = open_package(data)
        media = Media(package.files)
        found = gather(package, media)
        return Gathered((*found.items, *package.broken), found.remarks, media.found)
    root = parse_xml(data)
    if root.name in ITEM_ROOTS:
        return Gathered((read_item(root),))
    plan = in_names_of_2(root)
    if plan.name in {"assessmentTest", "assessmentSection"}:
        return _plan_alone(plan)
    message = f"This is no QTI 2 or 3: it begins with “{root.name[:60]}”."
    if plan.name in {"responseProcessing", "assessmentStimulus", "manifest"}:
        message = "This is a part of a package. Read the whole package (zip)."
    raise Invalid([Problem(f"line {root.line}", message)])


def _plan_alone(root: Element) -> Gathered:
    plan = read_plan(root, "", {})
    left = [LeftOut(one.line, one.path or one.ident, _ALONE) for one in plan.entries]
    return Gathered(tuple(left), tuple(plan.remarks))
