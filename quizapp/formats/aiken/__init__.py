"""Aiken, the plainest format: one right option, marked by its letter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from quizapp.formats.aiken.read import read_items
from quizapp.formats.aiken.write import lost, why_not, write_question
from quizapp.formats.base import NO_MEDIA, Draft, Format, Loss, Reading, Written
from quizapp.formats.encodings import begins_as_text
from quizapp.formats.fitting import fit_all
from quizapp.formats.losses import loss_of, media_stays_in, unstated

_KEY = re.compile(r"^ANSWER:\s*[A-Za-z]", re.MULTILINE)
_OPTION = re.compile(r"^\s*A[).]", re.MULTILINE)


class AikenFormat(Format):
    """Holds questions with one right answer, their words alone."""

    name: ClassVar[str] = "aiken"
    label: ClassVar[str] = "Aiken"
    suffixes: ClassVar[tuple[str, ...]] = (".txt", ".aiken")

    def detects(self, data: bytes, filename: str) -> bool:
        text = begins_as_text(data)
        return bool(text and _KEY.search(text) and _OPTION.search(text))

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        return fit_all(*read_items(data))

    def loss(self, draft: Draft) -> Loss:
        if draft.type_name != "single_choice":
            return Loss(("Aiken has only questions with one right option.",), is_left_out=True)
        if reason := why_not(draft):
            return Loss((reason,), is_left_out=True)
        return loss_of(self, draft, (*unstated(draft), *media_stays_in(draft.raw), *lost(draft)))

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        single = (one for one in drafts if one.type_name == "single_choice")
        kept = [write_question(one) for one in single if not why_not(one)]
        return Written("\n".join(kept).encode(), ".txt", "text/plain; charset=utf-8")
