"""Moodle's "missing word" format: read, not written (GIFT says the same and more)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from quizapp.formats.base import NO_MEDIA, Draft, Format, Loss, Reading, Written
from quizapp.formats.encodings import begins_as_text
from quizapp.formats.fitting import fit_all
from quizapp.formats.missing_word.read import read_items

#: What GIFT writes otherwise: a weight without a sign of percent before it.
_SIGNS = re.compile(r"~\s*-?\d{1,3}%[^%{}~]*[~}]")


class MissingWordFormat(Format):
    """Sentences with a gap to choose for, or to type into."""

    name: ClassVar[str] = "missing-word"
    label: ClassVar[str] = "Missing word (Moodle)"
    suffixes: ClassVar[tuple[str, ...]] = (".txt",)
    can_write: ClassVar[bool] = False

    def detects(self, data: bytes, filename: str) -> bool:
        text = begins_as_text(data)
        return text is not None and "{" in text and _SIGNS.search(text) is not None

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        return fit_all(*read_items(data))

    def loss(self, draft: Draft) -> Loss:
        return Loss(("This format is read and not written.",), is_left_out=True)

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        return Written(b"", ".txt", "text/plain; charset=utf-8")
