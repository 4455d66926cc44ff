"""Zip files of strangers, read in memory without trusting a byte of them."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from quizapp.errors import Invalid, Problem

_MEGABYTE = 1024 * 1024
_CHUNK = 64 * 1024
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_IS_ENCRYPTED = 0x1
#: The record at the end of every zip: its mark, its length, and the longest comment behind it.
_END_MARK, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
_DAMAGED = "The package is damaged. Export it again."


@dataclass(frozen=True, slots=True)
class Limits:
    """What a package may hold; beyond it, it is refused.

    :param expanded: bytes of all its files. :param one: bytes of one file.
    :param ratio: how many times its packed size a file may have, once it is past `free` bytes.
    :param directory: bytes of its list of files.
    """

    files: int = 5_000
    expanded: int = 128 * _MEGABYTE
    one: int = 64 * _MEGABYTE
    ratio: int = 100
    free: int = 256 * 1024
    directory: int = 2 * _MEGABYTE


class Archive(Mapping[str, bytes]):
    """The files of a package by their names, with "/" between folders; each read when asked for.

    Names are found whatever their capitals, as programs are careless about them.
    """

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive = archive
        self._limits = limits
        self._left = limits.expanded
        self._entries: dict[str, tuple[str, zipfile.ZipInfo]] = {}
        for entry in archive.infolist():
            name = _checked_name(entry)
            if not entry.is_dir() and not name.endswith("/"):
                if name.lower() in self._entries:
                    raise _refusal("The package holds two files of one name.")
                self._entries[name.lower()] = (name, entry)
        self._read: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> bytes:
        _, entry = self._entries[name.lower()]
        if name.lower() not in self._read:
            self._read[name.lower()] = self._unpack(entry)
        return self._read[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._entries

    def _unpack(self, entry: zipfile.ZipInfo) -> bytes:
        """Return a file's bytes, stopping as soon as there are too many, whatever its head says."""
        most = min(self._limits.one, self._left)
        most_by_ratio = max(self._limits.free, entry.compress_size * self._limits.ratio)
        pieces, total = [], 0
        try:
            with self._archive.open(entry) as stream:
                while piece := stream.read(_CHUNK):
                    total += len(piece)
                    if total > most:
                        raise _refusal("The package unpacks to more than fits. Split it.")
                    if total > most_by_ratio:
                        raise _refusal("The package unpacks to far more than it should.")
                    pieces.append(piece)
        except _ZIP_ERRORS as error:
            raise _refusal(_DAMAGED) from error
        self._left -= total
        return b"".join(pieces)


#: What `zipfile` raises of damaged files.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OSError,
    OverflowError,
    struct.error,
)


def is_zip(data: bytes) -> bool:
    """Return whether a file begins as a zip does."""
    return data.startswith(_ZIP_MARKS)


def read_archive(data: bytes, limits: Limits | None = None) -> Archive:
    """Return the files of a zip.

    :raises Invalid: it is none, or one that no program of goodwill writes, at the path "file".
    """
    limits = limits or Limits()
    at = data.rfind(_END_MARK, max(0, len(data) - _END_SIZE - _LONGEST_COMMENT))
    if at < 0 or len(data) - at < _END_SIZE:
        raise _refusal("This is no zip file, or a damaged one. Export it again.")
    if int.from_bytes(data[at + 12 : at + 16], "little") > limits.directory:
        raise _refusal("The package holds too many files. Split it.")
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except _ZIP_ERRORS as error:
        raise _refusal(_DAMAGED) from error
    if len(archive.infolist()) > limits.files:
        raise _refusal(f"The package holds more than {limits.files:,} files. Split it.")
    return Archive(archive, limits)


def _checked_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of a file with "/" between its folders.

    :raises Invalid: it points out of the package, or the file is a link or locked.
    """
    name = entry.filename.replace("\\", "/")
    if not name.strip("./ "):
        raise _refusal("The package holds a file without a name.")
    parts = name.split("/")
    # Nothing is ever written under these names; but no honest package has such ones.
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name):
        raise _refusal("The package holds a file that points out of it.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refusal("The package holds a link in place of a file.")
    if entry.flag_bits & _IS_ENCRYPTED:
        raise _refusal("The package is locked with a password. Export it without one.")
    if entry.compress_type not in _METHODS:
        raise _refusal("The package is packed in an unusual way. Pack it as a common zip.")
    return name.removeprefix("./")


def _refusal(reason: str) -> Invalid:
    return Invalid([Problem("file", reason)])
