"""What every format that comes as documents or packages of IMS has in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from quizapp.formats.archive import is_zip
from quizapp.formats.base import NO_MEDIA, PACKAGE_MEDIA, Draft, Format, Loss, Reading, Written
from quizapp.formats.gathered import Gathered
from quizapp.formats.ims_package.detecting import kind_of
from quizapp.formats.ims_package.media import Media
from quizapp.formats.ims_package.package import Package, open_package
from quizapp.formats.losses import loss_of, unstated
from quizapp.formats.xml_tree import Element, parse_xml


class ImsFormat(Format):
    """A format whose name is a kind of `detecting.kind_of`, and whose files are packages.

    A single document is read as well; the limits of `xml_tree` and `archive` hold for either.
    """

    most_media = PACKAGE_MEDIA

    def detects(self, data: bytes, filename: str) -> bool:
        return kind_of(data) == self.name

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        return self.gathered(data).reading()

    def gathered(self, data: bytes) -> Gathered:
        """Return the questions of a document or package, before they are fitted into our types.

        :raises Invalid: as `Format.read`.
        """
        if not is_zip(data):
            return self.gather_document(parse_xml(data))
        package = open_package(data)
        media = Media(package.files)
        found = self.gather_package(package, media)
        return Gathered((*found.items, *package.broken), found.remarks, media.found)

    def loss(self, draft: Draft) -> Loss:
        return loss_of(self, draft, (*unstated(draft), *self.unwritten(draft)))

    def unwritten(self, draft: Draft) -> tuple[str, ...]:
        """Return what a package leaves out, each a sentence; more for some versions."""
        return _unwritten(draft)

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        suffix = next(one for one in self.suffixes if one != ".xml")
        return Written(self.pack(drafts, title, media), suffix, "application/zip")

    @abstractmethod
    def gather_document(self, root: Element) -> Gathered:
        """Return the questions of a single document.

        :raises Invalid: it is none of this format.
        """

    @abstractmethod
    def gather_package(self, package: Package, media: Media) -> Gathered:
        """Return the questions of a package, without the documents of it that are broken."""

    @abstractmethod
    def pack(self, drafts: Sequence[Draft], title: str, media: Mapping[str, bytes]) -> bytes:
        """Return a package with the questions, and of the media those that they show."""


def _unwritten(draft: Draft) -> tuple[str, ...]:
    """Return what a package of any version leaves out, each a sentence."""
    said = []
    if draft.raw.get("unit") or draft.raw.get("units"):
        said.append("Its units are left out; any number of the right size counts.")
    foreseen = draft.raw.get("foreseen") or ()
    if foreseen and draft.type_name == "numeric":
        said.append("Other numbers that are foreseen are left out, with their shares and feedback.")
    elif any(one.get("feedback") for one in foreseen):
        said.append("What is told to who gives a certain answer is left out.")
    return tuple(said)
