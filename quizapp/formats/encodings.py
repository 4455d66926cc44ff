"""Which letters the bytes of a text file stand for.

Three steps, each certain or said aloud: a mark at the beginning, then UTF-8, then Windows-1252. A
library that guesses from the frequency of letters would read the same question differently in two
files; a file that is not UTF-8 comes from an old Windows program nearly always.
"""

from __future__ import annotations

import codecs

from quizapp.errors import Invalid, Problem

_MEGABYTE = 1024 * 1024
MOST_BYTES = 20 * _MEGABYTE
MOST_QUESTIONS = 50_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", ""),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SAMPLE = 4096
_LOOKED_AT = 200_000


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file with line feeds, and what is to be said about its encoding.

    :raises Invalid: it is too large, or holds no text.
    """
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // _MEGABYTE
        raise Invalid([Problem("file", f"The file is larger than {most} MB. Split it.")])
    text, remarks = _decoded(data)
    if "\x00" in text:
        raise Invalid([Problem("file", "This is no text file. Choose another.")])
    return text.replace("\r\n", "\n").replace("\r", "\n"), remarks


def begins_as_text(data: bytes, *, most: int = _LOOKED_AT) -> str | None:
    """Return the beginning of a file of text, or None where it is another kind; never raises.

    :param most: so many bytes are looked at.
    """
    sample = data[:most]
    if len(data) > most:
        sample = _whole_signs(sample[: most // 4 * 4])
    try:
        text, _ = decode(sample)
    except Invalid:
        return None
    return None if text.lstrip().startswith("<?xml") else text


def refuse_too_many(count: int) -> None:
    """Refuse a file with more questions than one may hold.

    :raises Invalid: it has more.
    """
    if count > MOST_QUESTIONS:
        message = f"The file holds more than {MOST_QUESTIONS:,} questions. Split it."
        raise Invalid([Problem("file", message)])


def _whole_signs(sample: bytes) -> bytes:
    """Return the beginning of a file without the part of a sign of UTF-8 that it was cut in."""
    for end in range(len(sample), max(len(sample) - 4, 0), -1):
        try:
            sample[:end].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return sample[:end]
    return sample


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding, shown in _MARKS:
        if data.startswith(mark):
            return _wide(data, encoding, shown)
    if wide := _without_mark(data[:_SAMPLE]):
        return _wide(data, wide, "UTF-16")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return _windows(data, error.start)


def _wide(data: bytes, encoding: str, shown: str) -> tuple[str, tuple[str, ...]]:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"The file says that it is {shown or 'UTF-8'}, and line {line} is not."
        raise Invalid([Problem("file", message)]) from error
    return text, ((f"Read as {shown}.",) if shown else ())


def _without_mark(sample: bytes) -> str:
    """Return how a text of two bytes a sign without a mark is written, "" for any other."""
    pairs = len(sample) // 2
    if pairs < 2:
        return ""
    if sample[1::2].count(0) > pairs * 3 // 4 and 0 not in sample[::2]:
        return "utf-16-le"
    if sample[::2].count(0) > pairs * 3 // 4 and 0 not in sample[1::2]:
        return "utf-16-be"
    return ""


def _windows(data: bytes, place: int) -> tuple[str, tuple[str, ...]]:
    line = data.count(b"\n", 0, place) + 1
    remark = f"Read as Windows-1252: the file is not UTF-8 (line {line}). Look at its accents."
    text = data.decode("cp1252", errors="replace")
    if "\ufffd" in text:
        remark += " Signs that could not be read are shown as \ufffd."
    return text, (remark,)
