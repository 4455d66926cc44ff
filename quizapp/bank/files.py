"""Opening the files of a bank: ordinary ones of a fair size, and none outside its folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

MAX_BYTES = 1_000_000


class Unreadable(Exception):
    """A file is not to be read; the message says why, and what to do."""


def read_within(path: Path, root: Path) -> bytes:
    """Return what a file under `root` holds.

    :raises Unreadable: it is missing, larger than `MAX_BYTES`, no ordinary file, or a link
        that leads out of `root`.
    """
    try:
        if not lies_within(path, root):
            raise Unreadable("a link leads out of the bank's folder; put the file itself here")
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable("the file cannot be read: it is no ordinary file; replace it")
        if found.st_size > MAX_BYTES:
            raise Unreadable(
                f"the file has {found.st_size:,} bytes, more than {MAX_BYTES:,}; split it"
            )
        return path.read_bytes()
    except OSError as failed:
        reason = failed.strerror or "unknown reason"
        raise Unreadable(f"the file cannot be read: {reason}; make it readable") from failed


def lies_within(path: Path, root: Path) -> bool:
    """Return whether `path` is in the folder `root` once every link is followed."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        return False


def shown_name(path: Path) -> str:
    """Return a path for people: bytes that are no UTF-8 and control characters become "?"."""
    text = os.fsencode(path.as_posix()).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)
