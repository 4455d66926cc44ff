"""A file of ours with its pictures: a zip of one text, and a folder `media` beside it.

People unpack it, change the text, and pack it again; so the text may lie in a folder and have any
name, and what their system adds to a zip is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from quizapp.errors import Invalid, Problem
from quizapp.formats.archive import Archive, is_zip, read_archive
from quizapp.formats.base import Draft, Reading
from quizapp.formats.media import names_in
from quizapp.formats.xml_write import packed

#: Where the files lie, beside the text.
FOLDER = "media"
SUFFIX, MEDIA_TYPE = ".zip", "application/zip"
_NAME = "questions"
#: So many files that nothing shows are named.
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Bundle:
    """What such a file holds. :param name: of the text. :param media: by the names of files."""

    name: str
    text: bytes
    media: Mapping[str, bytes]

    def reading(self, reading: Reading) -> Reading:
        """Return what the text holds with the files that its questions show."""
        shown = {name for draft in reading.drafts for name in names_in(draft.raw)}
        media = {name: self.media[name] for name in self.media if name in shown}
        idle = [name for name in self.media if name not in shown]
        return replace(reading, media=media, remarks=(*reading.remarks, *_remarks(idle)))


class _Files(Mapping[str, bytes]):
    """The files in a folder of an archive by their names, each unpacked when it is asked for."""

    def __init__(self, archive: Archive, folder: PurePosixPath) -> None:
        self._archive = archive
        paths = (PurePosixPath(path) for path in archive)
        self._paths = {path.name: str(path) for path in paths if path.parent == folder / FOLDER}

    def __getitem__(self, name: str) -> bytes:
        return self._archive[self._paths[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def used_media(drafts: Sequence[Draft], media: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the names of the files that drafts show, of those that there are, in their order."""
    names = (name for draft in drafts for name in names_in(draft.raw) if name in media)
    return tuple(dict.fromkeys(names))


def bundled(text: bytes, suffix: str, names: Sequence[str], media: Mapping[str, bytes]) -> bytes:
    """Return a zip of a text and the files of these names."""
    files = ((f"{FOLDER}/{name}", media[name]) for name in names)
    return packed({f"{_NAME}{suffix}": text.decode("utf-8")}, files)


def is_bundle(data: bytes, suffixes: Sequence[str]) -> bool:
    """Return whether a file is a zip with one text of such an ending; never raises."""
    if not is_zip(data):
        return False
    try:
        return len(_texts(read_archive(data), suffixes)) == 1
    except Invalid:
        return False


def open_bundle(data: bytes, suffixes: Sequence[str]) -> Bundle:
    """Return what a zip holds.

    :raises Invalid: it is none, it is not safe, or it does not hold one text of such an ending.
    """
    archive = read_archive(data)
    texts = _texts(archive, suffixes)
    if len(texts) != 1:
        count = "no file that ends" if not texts else f"{len(texts)} files that end"
        message = f"The zip holds {count} with {suffixes[0]}; it must hold one."
        raise Invalid([Problem("file", message)])
    path = texts[0]
    return Bundle(path.name, archive[str(path)], _Files(archive, path.parent))


def _texts(archive: Archive, suffixes: Sequence[str]) -> list[PurePosixPath]:
    paths = [PurePosixPath(path) for path in archive if path.lower().endswith(tuple(suffixes))]
    # What macOS and editors leave behind.
    return [p for p in paths if not any(part.startswith((".", "__MACOSX")) for part in p.parts)]


def _remarks(idle: Sequence[str]) -> Iterator[str]:
    if idle:
        shown = ", ".join(f"“{name[:60]}”" for name in idle[:_NAMED])
        more = f" and {len(idle) - _NAMED} more" if len(idle) > _NAMED else ""
        yield f"Left out, as no question shows it: {shown}{more}."
