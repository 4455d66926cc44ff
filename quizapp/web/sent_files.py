"""Sending a file to download: from the disk, piece by piece, or one just made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import Response

_PIECE = 256 * 1024


def sent_file(path: Path, *, name: str, media_type: str) -> Response:
    """Return a file to download, under a name; it may be removed once this has returned."""
    response = Response(_Pieces(path), mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.content_length = path.stat().st_size
    return response


def sent_bytes(data: bytes, *, name: str, media_type: str) -> Response:
    """Return a file that was just made to download, under a name."""
    response = Response(data, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


class _Pieces:
    """A file's content, read as it is sent; closed when nobody reads it any more."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._file.read(_PIECE):
            yield piece

    def close(self) -> None:
        self._file.close()

    __del__ = close
