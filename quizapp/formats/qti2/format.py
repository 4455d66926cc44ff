"""QTI 2.1, 2.2 and 3.0: single items and packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quizapp.errors import Invalid, Problem
from quizapp.formats.base import Draft, LeftOut
from quizapp.formats.gathered import Gathered
from quizapp.formats.ims_package.media import Media
from quizapp.formats.ims_package.package import Package
from quizapp.formats.ims_package.shell import ImsFormat
from quizapp.formats.qti2.item import read_item
from quizapp.formats.qti2.names import in_names_of_2
from quizapp.formats.qti2.package import ITEM_ROOTS, gather
from quizapp.formats.qti2.plan import read_plan
from quizapp.formats.qti2.writing import VERSION_3_0, write_package
from quizapp.formats.xml_tree import Element

_ALONE = "It stands in another file. Read the whole package (zip), not the plan of the test alone."


class Qti2Format(ImsFormat):
    name = "qti2"
    label = "QTI 2.1 and 2.2"
    suffixes = (".zip", ".xml")

    def gather_document(self, root: Element) -> Gathered:
        if root.name in ITEM_ROOTS:
            return Gathered((read_item(root),))
        plan = in_names_of_2(root)
        if plan.name in {"assessmentTest", "assessmentSection"}:
            return _plan_alone(plan)
        message = f"This is no QTI 2 or 3: it begins with “{root.name[:60]}”."
        if plan.name in {"responseProcessing", "assessmentStimulus", "manifest"}:
            message = "This is a part of a package. Read the whole package (zip)."
        raise Invalid([Problem(f"line {root.line}", message)])

    def gather_package(self, package: Package, media: Media) -> Gathered:
        return gather(package, media)

    def pack(self, drafts: Sequence[Draft], title: str, media: Mapping[str, bytes]) -> bytes:
        return write_package(drafts, title, media)


class Qti3Format(Qti2Format):
    """The same model under other names; what is read of the one is read of the other."""

    name = "qti3"
    label = "QTI 3.0"

    def pack(self, drafts: Sequence[Draft], title: str, media: Mapping[str, bytes]) -> bytes:
        return write_package(drafts, title, media, VERSION_3_0)


def _plan_alone(root: Element) -> Gathered:
    plan = read_plan(root, "", {})
    left = [LeftOut(one.line, one.path or one.ident, _ALONE) for one in plan.entries]
    return Gathered(tuple(left), tuple(plan.remarks))
