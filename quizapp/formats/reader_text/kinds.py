"""Which files a text may come from, and what is made of one."""

from __future__ import annotations

from dataclasses import dataclass

#: The most characters of a text; a thousand pages have fewer.
TEXT_LIMIT = 1_000_000
PAGE_LIMIT = 2_000
#: The most bytes of a file.
FILE_LIMIT = 20 * 1_048_576
#: Where problems of a file stand in a form.
FIELD = "file"
SUFFIXES = (".txt", ".md", ".docx", ".pdf", ".html")


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a file says, as `blocks.read_paragraphs` reads it.

    :param title: what the file calls itself, or "". :param remarks: what happened, in sentences.
    """

    text: str
    title: str = ""
    remarks: tuple[str, ...] = ()


def known_suffixes() -> str:
    """Return the endings of the files that can be read, in words."""
    *most, last = SUFFIXES
    return f"{', '.join(most)} or {last}"
