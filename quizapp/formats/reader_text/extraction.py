"""A file's text, whatever program wrote the file."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

import mammoth
from pypdf import PageObject, PdfReader

from quizapp.errors import Invalid, Problem
from quizapp.formats.encodings import decode
from quizapp.formats.reader_text.blocks import Block, write_blocks
from quizapp.formats.reader_text.kinds import (
    FIELD,
    PAGE_LIMIT,
    TEXT_LIMIT,
    Extracted,
    known_suffixes,
)
from quizapp.formats.reader_text.marked_up import from_html, from_markdown
from quizapp.formats.reader_text.pages import from_pages, has_columns


def extract(data: bytes, filename: str) -> Extracted:
    """Return the text of a file; the ending of its name says what it is.

    :raises Invalid: it cannot be read, or there is no text in it; the problem stands at "file".
    """
    read = _READERS.get(PurePath(filename).suffix.lower())
    if read is None:
        raise _refusal(f"Choose a file that ends in {known_suffixes()}.")
    found = read(data)
    if not found.text:
        raise _refusal("There is no text in this file. Choose another, or paste its text.")
    if len(found.text) > TEXT_LIMIT:
        raise _refusal(
            f"This file has {len(found.text):,} characters, more than {TEXT_LIMIT:,}. Split it."
        )
    return found


def _plain(data: bytes) -> Extracted:
    text, remarks = decode(data)
    return Extracted(text.strip(), remarks=remarks)


def _markdown(data: bytes) -> Extracted:
    text, remarks = decode(data)
    return _extracted(from_markdown(text), remarks=remarks)


def _html(data: bytes) -> Extracted:
    text, remarks = decode(data)
    return _extracted(from_html(text), remarks=remarks)


def _word(data: bytes) -> Extracted:
    pictures: list[Any] = []

    def leave_out(image: Any) -> dict[str, str]:
        pictures.append(image)
        return {}

    try:
        converted = mammoth.convert_to_html(
            io.BytesIO(data), convert_image=mammoth.images.img_element(leave_out)
        )
    except Exception as error:  # whatever its parsers of zip and XML raise
        raise _refusal(
            "This is no Word document that can be read. Save it again as .docx."
        ) from error
    remarks = (_left_out(len(pictures), "picture"),) if pictures else ()
    return _extracted(from_html(converted.value), remarks=remarks)


def _pdf(data: bytes) -> Extracted:
    try:
        pages, title = _pdf_pages(data)
    except Invalid:
        raise
    except Exception as error:  # whatever its parser meets in a damaged file
        raise _refusal("This PDF cannot be read. Save it anew, or paste its text.") from error
    blocks, frame = from_pages(pages)
    if not blocks:
        raise _refusal(
            "There is no text in this PDF: its pages are pictures. Run it through text "
            "recognition (OCR) first, or paste its text."
        )
    count = len(pages)
    remarks = [f"Read {count:,} page{'s' if count != 1 else ''}. Look its paragraphs through."]
    if frame:
        remarks.append(_left_out(frame, "line", "of page numbers and running titles "))
    return _extracted(blocks, title=title, remarks=tuple(remarks))


def _pdf_pages(data: bytes) -> tuple[list[str], str]:
    """Return the text of each page and the title that the file gives itself, or ""."""
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise _refusal("This PDF is locked with a password. Save it without one.")
    count = len(reader.pages)
    if count > PAGE_LIMIT:
        raise _refusal(f"This PDF has {count:,} pages, more than {PAGE_LIMIT:,}. Split it.")
    title = str((reader.metadata and reader.metadata.title) or "").strip()
    return [_page_text(page) for page in reader.pages], title


def _page_text(page: PageObject) -> str:
    """Return a page's lines as they are set; one column after the other where there are several."""
    text = page.extract_text(extraction_mode="layout")
    return page.extract_text() if has_columns(text) else text


def _extracted(blocks: list[Block], *, title: str = "", remarks: tuple[str, ...]) -> Extracted:
    return Extracted(write_blocks(blocks), title, remarks)


def _left_out(number: int, what: str, which: str = "") -> str:
    are = "was" if number == 1 else "were"
    return f"{number:,} {what}{'s' if number != 1 else ''} {which}{are} left out."


def _refusal(message: str) -> Invalid:
    return Invalid([Problem(FIELD, message)])


_READERS: Mapping[str, Callable[[bytes], Extracted]] = {
    ".txt": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
    ".docx": _word,
    ".pdf": _pdf,
    ".html": _html,
    ".htm": _html,
}
