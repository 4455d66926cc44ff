"""GIFT, the text format that Moodle reads and writes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from quizapp.formats.base import NO_MEDIA, Draft, Format, Loss, Reading, Written
from quizapp.formats.embedded import looks_embedded
from quizapp.formats.encodings import begins_as_text
from quizapp.formats.fitting import fit_all
from quizapp.formats.gift.read import read_items
from quizapp.formats.gift.write import write_file
from quizapp.formats.losses import loss_of, media_stays_in, unstated
from quizapp.questions.choices import ALL_OR_NOTHING

_SIGNS = re.compile(
    r"^\s*(?://\s*question:|::.*::|\$CATEGORY:)|(?<!\\)\{\s*(?:[=~#>]|T(?:RUE)?\s*[#}]|F(?:ALSE)?\s*[#}]|\})",
    re.MULTILINE,
)


class GiftFormat(Format):
    """Holds every type but texts with gaps; points and order within options are left out."""

    name: ClassVar[str] = "gift"
    label: ClassVar[str] = "GIFT (Moodle)"
    suffixes: ClassVar[tuple[str, ...]] = (".gift", ".txt")

    def detects(self, data: bytes, filename: str) -> bool:
        text = begins_as_text(data)
        if text is None or looks_embedded(text):
            return False
        is_named = filename.lower().endswith(".gift")
        return is_named or _SIGNS.search(text) is not None

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        return fit_all(*read_items(data))

    def loss(self, draft: Draft) -> Loss:
        if draft.type_name == "cloze":
            return Loss(("GIFT has no text with gaps.",), is_left_out=True)
        if reason := _unwritable(draft):
            return Loss((reason,), is_left_out=True)
        return loss_of(self, draft, (*unstated(draft), *media_stays_in(draft.raw), *_lost(draft)))

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        kept = [one for one in drafts if one.type_name != "cloze" and not _unwritable(one)]
        return Written(write_file(kept, title).encode(), ".gift", "text/plain; charset=utf-8")


def _unwritable(draft: Draft) -> str:
    """Return why a question would be read as another, or ""."""
    if draft.type_name == "short_text" and any("->" in one for one in draft.raw["accepted"]):
        return "An accepted answer holds ->, which GIFT takes for a pair."
    if draft.type_name == "matching" and any("->" in one["left"] for one in draft.raw["pairs"]):
        return "A left-hand item holds ->, which GIFT takes for the end of it."
    return ""


def _lost(draft: Draft) -> tuple[str, ...]:
    raw = draft.raw
    said = []
    if draft.mark != 1:
        said.append("GIFT has no points: it comes back worth 1.")
    if any(one.get("locked") for one in raw.get("options") or ()):
        said.append("GIFT cannot keep options in their places.")
    if raw.get("scoring") == ALL_OR_NOTHING:
        said.append("GIFT has no all or nothing: each option counts for itself.")
    if raw.get("minimum"):
        said.append("The least and the most are a range, and its middle becomes the number.")
    if draft.type_name == "self_rated":
        said.append("The model answer is left out.")
    if raw.get("unit") or raw.get("units"):
        said.append("GIFT has no units.")
    return tuple(said)
