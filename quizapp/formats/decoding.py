"""Files of text to text: the encoding is found, and said where it was guessed."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: So much of a file shows whether every second byte is nothing.
_LOOKED_AT = 4_096
#: In text without a mark, so large a share of one half is zero: UTF-16 of mostly Latin letters.
_MOSTLY = 0.4


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text; `remark` is a sentence about its encoding, or ""."""

    text: str
    remark: str = ""


def decode(data: bytes) -> Decoded:
    """Return the text of a file, without its byte order mark; never raises.

    What has no mark is UTF-8, or else UTF-16 if it looks so, or else Windows-1252, in which every
    byte but five means something; those five become U+FFFD.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(encoding, "replace"))
    wide = _wide(data[:_LOOKED_AT])
    if wide:
        return Decoded(data.decode(wide, "replace"), "Read as UTF-16: it has no byte order mark.")
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError:
        remark = "Read as Windows-1252, since it is not UTF-8. Look at letters with accents."
        return Decoded(data.decode("cp1252", "replace"), remark)


def _wide(data: bytes) -> str:
    half = len(data) // 2
    if not half:
        return ""
    first, second = data[::2].count(0), data[1::2].count(0)
    if second > half * _MOSTLY and not first:
        return "utf-16-le"
    return "utf-16-be" if first > half * _MOSTLY and not second else ""
