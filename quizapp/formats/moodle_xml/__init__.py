"""Moodle XML, which holds all that Moodle knows of a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from quizapp.formats.base import NO_MEDIA, Draft, Format, Loss, Reading, Written
from quizapp.formats.fitting import fit_all
from quizapp.formats.losses import loss_of, unstated
from quizapp.formats.moodle_xml.read import read_items
from quizapp.formats.moodle_xml.write import write_file
from quizapp.questions.choices import ALL_OR_NOTHING
from quizapp.questions.gaps import Blank, parse_gaps

#: Canvas has a root of the same name, with attributes.
_ROOT = re.compile(rb"<quiz\s*/?>")
_LOOKED_AT = 10_000


class MoodleXmlFormat(Format):
    """Holds every type; what Moodle cannot do is said of each question."""

    name: ClassVar[str] = "moodle-xml"
    label: ClassVar[str] = "Moodle XML"
    #: A third is added by writing them as letters.
    most_media: ClassVar[int] = 24 * 1_048_576
    suffixes: ClassVar[tuple[str, ...]] = (".xml",)

    def detects(self, data: bytes, filename: str) -> bool:
        beginning = data[:_LOOKED_AT].replace(b"\x00", b"")
        return b"<" in beginning[:200] and _ROOT.search(beginning) is not None

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        return fit_all(*read_items(data))

    def loss(self, draft: Draft) -> Loss:
        return loss_of(self, draft, (*unstated(draft), *_lost(draft)))

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        return Written(write_file(drafts, title, media).encode(), ".xml", "application/xml")


def _lost(draft: Draft) -> tuple[str, ...]:
    raw = draft.raw
    said = []
    locked = [bool(one.get("locked")) for one in raw.get("options") or ()]
    if any(locked) and not all(locked):
        said.append("Moodle keeps all options in their places or none; here some are.")
    if raw.get("scoring") == ALL_OR_NOTHING:
        said.append("Moodle has no all or nothing: each option counts for itself.")
    if raw.get("minimum"):
        said.append("The least and the most become a number and a tolerance.")
    if draft.type_name == "cloze":
        pieces, _ = parse_gaps(raw["text"])
        gaps = sum(isinstance(piece, Blank) for piece in pieces)
        if draft.mark != gaps:
            said.append(f"In Moodle each gap is worth a point: it comes back worth {gaps}.")
    return tuple(said)
