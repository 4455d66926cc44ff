"""Pictures and sounds of any origin: what they are is found in their bytes, not in their names."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from PIL import Image

from quizapp.markup.media import DIGEST_LENGTH, references

PICTURE_BYTES = 5 * 1_048_576
SOUND_BYTES = 15 * 1_048_576
#: More points than these are no picture to look at on a page, and cost a browser its memory.
PICTURE_POINTS = 40_000_000
#: What Pillow calls a kind, its ending, and how HTTP names it.
_PICTURES = {
    "PNG": ("png", "image/png"),
    "JPEG": ("jpg", "image/jpeg"),
    "GIF": ("gif", "image/gif"),
    "WEBP": ("webp", "image/webp"),
}
_SOUNDS = {
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
}
_TYPES = dict(_PICTURES.values()) | _SOUNDS
_IN_ITSELF = re.compile(r"data:(?:image|audio|video)/[\w.+-]+(?:;[\w=.-]+)*;base64", re.IGNORECASE)
_MP4_SOUNDS = (b"M4A ", b"M4B ", b"mp42", b"isom", b"dash")


class Refused(Exception):
    """A file is no picture or sound that may be kept; the message says why."""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A picture or sound that may be kept.

    :param digest: stands for its bytes. :param suffix: its ending, without a dot.
    :param media_type: as HTTP names it.
    """

    digest: str
    suffix: str
    media_type: str
    data: bytes

    @property
    def name(self) -> str:
        """Return what texts call it: `![words](media:NAME)`."""
        return f"{self.digest}.{self.suffix}"


def read_media(data: bytes) -> MediaFile:
    """Return what a file is.

    :raises Refused: it is no PNG, JPEG, GIF, WebP, MP3, Ogg, WAV or M4A, damaged, or too large.
    """
    sound = _sound(data)
    limit = SOUND_BYTES if sound else PICTURE_BYTES
    if len(data) > limit:
        raise Refused(f"It is larger than {limit // 1_048_576} MB. Make it smaller.")
    suffix, media_type = sound or _picture(data)
    digest = hashlib.sha256(data).hexdigest()[:DIGEST_LENGTH]
    return MediaFile(digest, suffix, media_type, data)


def read_all(files: Mapping[str, bytes]) -> tuple[dict[str, MediaFile], dict[str, str]]:
    """Return the files that may be kept, and why the others may not, both by their names."""
    kept: dict[str, MediaFile] = {}
    refused: dict[str, str] = {}
    for name, data in files.items():
        try:
            kept[name] = read_media(data)
        except Refused as error:
            refused[name] = str(error)
    return kept, refused


def data_in(address: str) -> bytes:
    """Return what an address holds itself (“data:image/png;base64,…”), b"" of any other."""
    head, _, body = address.partition(",")
    if not _IN_ITSELF.fullmatch(head):
        return b""
    try:
        return base64.b64decode("".join(unquote(body).split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def name_of(data: bytes) -> str:
    """Return a name for a file that has none, by its content; without an ending if that is odd."""
    try:
        return read_media(data).name
    except Refused:
        return hashlib.sha256(data).hexdigest()[:DIGEST_LENGTH]


def media_type_of(name: str) -> str:
    """Return what the ending of a file's name says it is; any file where it says nothing."""
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def names_in(value: Any) -> tuple[str, ...]:
    """Return the names that texts anywhere in a raw value point at, each once, in order."""
    if isinstance(value, str):
        return references(value)
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, list | tuple):
        return ()
    return tuple(dict.fromkeys(name for inner in value for name in names_in(inner)))


def _picture(data: bytes) -> tuple[str, str]:
    try:
        with warnings.catch_warnings():
            # Pillow warns of pictures that unpack to very many points; the limit here is lower.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(_PICTURES)) as picture:
                kind, points = picture.format, picture.width * picture.height
                if points <= PICTURE_POINTS:
                    picture.verify()
    except Image.DecompressionBombError as error:
        raise Refused(_TOO_LARGE) from error
    except Exception as error:  # whatever its readers meet in a damaged file
        raise Refused(_NOTHING_KNOWN) from error
    if points > PICTURE_POINTS or kind is None:
        raise Refused(_TOO_LARGE)
    return _PICTURES[kind]


_TOO_LARGE = f"It has more than {PICTURE_POINTS // 1_000_000} million points. Make it smaller."
_NOTHING_KNOWN = "It is no PNG, JPEG, GIF, WebP, MP3, Ogg, WAV or M4A, or it is damaged."


def _sound(data: bytes) -> tuple[str, str] | None:
    """Return the ending and type of a sound by how it begins, or None."""
    if data[:3] == b"ID3" or (data[:1] == b"\xff" and data[1:2] in (b"\xfb", b"\xf3", b"\xf2")):
        return "mp3", _SOUNDS["mp3"]
    if data[:4] == b"OggS":
        return "ogg", _SOUNDS["ogg"]
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav", _SOUNDS["wav"]
    if data[4:8] == b"ftyp" and data[8:12] in _MP4_SOUNDS:
        return "m4a", _SOUNDS["m4a"]
    return None
