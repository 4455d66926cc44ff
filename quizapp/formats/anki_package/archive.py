"""Unpacking the collection of a package, and nothing else, without trusting a byte of it."""

from __future__ import annotations

import re
import stat
import sys
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from quizapp.formats.anki_package.limits import Limits, refusal

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_CHUNK = 256 * 1024
#: The record at the end of every zip: its mark, and where the size of the list of files stands.
_END_MARK, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
#: A frame of zstd may ask its reader for this many bits of window, and no more: 128 MB.
_WINDOW_BITS = 27
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_IS_ENCRYPTED = 0x1
#: By the version that `meta` tells: where the collection lies.
_NAMES = {1: "collection.anki2", 2: "collection.anki21", 3: "collection.anki21b"}
_NEWEST = max(_NAMES)
_MEDIA_NAME = re.compile(r"\d{1,9}")
_NO_ZIP = "This is no Anki package. Choose a file that Anki exported, ending in .apkg or .colpkg."
_DAMAGED = "The package is damaged. Export it from Anki again."


@dataclass(frozen=True, slots=True)
class Contents:
    """What a package holds: the name of its collection, and how many media files."""

    collection: str
    media: int

    @property
    def is_zstd(self) -> bool:
        return self.collection == _NAMES[3]


def inspect(package: Path, limits: Limits) -> Contents:
    """Return what lies in a package, by its list of files alone: quick, and nothing is unpacked.

    :raises Invalid: it is no package, or one that no program of goodwill writes.
    """
    _check_end(package, limits)
    with _opened(package) as archive:
        return _contents(archive)


def unpack(package: Path, target: Path, limits: Limits) -> Contents:
    """Write the SQLite file of a package to `target`, and return what else lies in it.

    :raises Invalid: as `inspect`, or the collection is larger than the limits allow.
    """
    _check_end(package, limits)
    try:
        with _opened(package) as archive:
            contents = _contents(archive)
            info = archive.getinfo(contents.collection)
            packed = info.compress_size
            with archive.open(info) as stream, target.open("wb") as out:
                if contents.is_zstd:
                    window = {int(zstd.DecompressionParameter.window_log_max): _WINDOW_BITS}
                    with zstd.ZstdFile(stream, options=window) as expanded:
                        _copy(expanded, out, packed, limits)
                else:
                    _copy(stream, out, packed, limits)
    except (zipfile.BadZipFile, zlib.error, zstd.ZstdError, EOFError) as error:
        raise refusal(_DAMAGED) from error
    return contents


def _copy(stream: IO[bytes] | zstd.ZstdFile, out: IO[bytes], packed: int, limits: Limits) -> None:
    """Copy piece by piece, and stop as soon as there is too much."""
    total = 0
    while piece := stream.read(_CHUNK):
        total += len(piece)
        if total > limits.expanded_bytes:
            most = limits.expanded_bytes // 1024 // 1024
            raise refusal(
                f"The package unpacks to more than {most} MB. Export fewer decks at once."
            )
        if total > max(limits.free_bytes, packed * limits.ratio):
            raise refusal(
                "The package unpacks to far more than it should. It was not made by Anki."
            )
        out.write(piece)


def _check_end(package: Path, limits: Limits) -> None:
    """Refuse a list of files so long that reading it alone would fill the memory."""
    with package.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise refusal(_NO_ZIP)
    if int.from_bytes(tail[at + 12 : at + 16], "little") > limits.directory_bytes:
        raise refusal("The package holds too many files. Export it from Anki without media.")


def _opened(package: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(package)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        raise refusal(_NO_ZIP) from error


def _contents(archive: zipfile.ZipFile) -> Contents:
    entries = archive.infolist()
    for entry in entries:
        _check_entry(entry)
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise refusal("The package holds two files of one name. It was not made by Anki.")
    return Contents(
        collection=_collection(archive, names),
        media=sum(_MEDIA_NAME.fullmatch(name) is not None for name in names),
    )


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    parts = re.split(r"[/\\]", name)
    # Nothing but the collection is ever written, and not under this name; but no honest package
    # has such names, so the rest of it is not believed either.
    if name.startswith(("/", "\\")) or ".." in parts or ":" in name:
        raise refusal("The package holds a file that points out of it. It was not made by Anki.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise refusal("The package holds a link in place of a file. It was not made by Anki.")
    if entry.flag_bits & _IS_ENCRYPTED:
        raise refusal("The package is locked with a password. Export it from Anki without one.")
    if entry.compress_type not in _METHODS:
        raise refusal("The package is packed in a way that Anki does not use.")


def _collection(archive: zipfile.ZipFile, names: Sequence[str]) -> str:
    """Return the name of the file that holds the notes: the newest that the package tells of.

    A package in the newest form has an old file beside it, with one note that says to update.
    """
    present = [version for version, name in _NAMES.items() if name in names]
    if not present:
        raise refusal(_NO_ZIP)
    told = _version(archive, names)
    if told > _NEWEST:
        raise refusal(
            "The package is of a newer kind than this site can read. "
            "In Anki, tick “Support older Anki versions” when you export."
        )
    return _NAMES[told] if told in present else _NAMES[max(present)]


def _version(archive: zipfile.ZipFile, names: Sequence[str]) -> int:
    """Return what `meta` tells: one field with the number 1; 0 where there is none."""
    if "meta" not in names:
        return 0
    try:
        with archive.open("meta") as file:
            meta = file.read(16)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise refusal(_DAMAGED) from error
    return meta[1] if len(meta) >= 2 and meta[0] == 0x08 else 0
