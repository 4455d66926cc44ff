"""Common Cartridge 1.0 to 1.3: the quizzes and question banks of a course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quizapp.formats.base import NO_MEDIA, PACKAGE_MEDIA, Draft, Format, Loss, Reading, Written
from quizapp.formats.gathered import Gathered
from quizapp.formats.ims_package.detecting import kind_of
from quizapp.formats.ims_package.losing import unwritten
from quizapp.formats.ims_package.media import Media
from quizapp.formats.ims_package.package import Package, open_package
from quizapp.formats.losses import loss_of, unstated
from quizapp.formats.qti2.package import gather as gather_qti2
from quizapp.formats.qti12.package import gather as gather_qti12
from quizapp.formats.qti12.writing import write_cartridge

#: Kinds of resources that hold no questions, and what people call them.
_OTHERS = {
    "webcontent": "files",
    "imswl": "links",
    "imsdt": "discussions",
    "imsbasiclti": "tools of others",
    "assignment": "assignments",
}


class CommonCartridgeFormat(Format):
    name = "common_cartridge"
    label = "Common Cartridge"
    most_media = PACKAGE_MEDIA
    suffixes = (".imscc", ".zip")

    def detects(self, data: bytes, filename: str) -> bool:
        return kind_of(data) == self.name

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        return read_cartridge(data).reading()

    def loss(self, draft: Draft) -> Loss:
        return loss_of(self, draft, (*unstated(draft), *unwritten(draft)))

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        return Written(write_cartridge(drafts, title, media), ".imscc", "application/zip")


def read_cartridge(data: bytes) -> Gathered:
    """Return the questions of a cartridge, before they are fitted into our types.

    :raises Invalid: as `Format.read`.
    """
    package = open_package(data)
    media = Media(package.files)
    old, new = gather_qti12(package, media), gather_qti2(package, media)
    remarks = (*old.remarks, *new.remarks, *_passed_over(package, media))
    return Gathered((*old.items, *new.items, *package.broken), remarks, media.found)


def _passed_over(package: Package, media: Media) -> list[str]:
    """Return what a cartridge holds beside questions and what they show."""
    others = [one for one in package.manifest.resources if not media.is_taken(one.paths)]
    counts = {
        words: sum(one.kind.startswith(kind) for one in others) for kind, words in _OTHERS.items()
    }
    held = [f"{words} ({count})" for words, count in counts.items() if count]
    return [f"The rest of the course was passed over: {', '.join(held)}."] if held else []
