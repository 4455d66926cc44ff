"""A text with gaps in Moodle's notation, one question a file: read, not written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from quizapp.formats.base import NO_MEDIA, Draft, Format, Loss, Reading, Written
from quizapp.formats.cloze_text.read import read_items
from quizapp.formats.embedded import looks_embedded
from quizapp.formats.encodings import begins_as_text
from quizapp.formats.fitting import fit_all


class ClozeTextFormat(Format):
    """One text with gaps to type into or to choose for."""

    name: ClassVar[str] = "cloze-text"
    label: ClassVar[str] = "Embedded answers (Moodle)"
    suffixes: ClassVar[tuple[str, ...]] = (".txt",)
    can_write: ClassVar[bool] = False

    def detects(self, data: bytes, filename: str) -> bool:
        text = begins_as_text(data)
        is_text = text is not None and "<quiz" not in text
        return is_text and looks_embedded(text or "")

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        return fit_all(*read_items(data))

    def loss(self, draft: Draft) -> Loss:
        return Loss(("This format is read and not written.",), is_left_out=True)

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        return Written(b"", ".txt", "text/plain; charset=utf-8")
