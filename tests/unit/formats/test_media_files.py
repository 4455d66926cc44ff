"""Pictures and sounds are known by their bytes."""

from __future__ import annotations

import pytest

from quizapp.formats.media import PICTURE_BYTES, Refused, read_all, read_media
from tests.support.files import picture_bytes, sound_bytes


@pytest.mark.parametrize(
    ("kind", "suffix", "media_type"),
    [
        ("PNG", "png", "image/png"),
        ("JPEG", "jpg", "image/jpeg"),
        ("GIF", "gif", "image/gif"),
        ("WEBP", "webp", "image/webp"),
    ],
)
def test_a_picture_is_what_its_bytes_say(kind: str, suffix: str, media_type: str) -> None:
    file = read_media(picture_bytes(kind))

    assert (file.suffix, file.media_type) == (suffix, media_type)
    assert file.name == f"{file.digest}.{suffix}"
    assert len(file.digest) == 32


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (sound_bytes(), "wav"),
        (b"ID3\x04" + bytes(40), "mp3"),
        (b"OggS" + bytes(40), "ogg"),
        (b"\x00\x00\x00\x20ftypM4A " + bytes(40), "m4a"),
    ],
)
def test_a_sound_is_known_by_how_it_begins(data: bytes, suffix: str) -> None:
    assert read_media(data).suffix == suffix


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script>",
        picture_bytes()[:60],
        picture_bytes("BMP"),
        picture_bytes("PPM"),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="It is no PNG"):
        read_media(data)


def test_a_picture_of_too_many_points_is_refused() -> None:
    with pytest.raises(Refused, match="million points"):
        read_media(picture_bytes("PNG", (8_000, 5_001)))


def test_a_large_file_is_refused() -> None:
    with pytest.raises(Refused, match="larger than 5 MB"):
        read_media(picture_bytes() + bytes(PICTURE_BYTES))


def test_of_many_files_the_good_ones_are_kept_and_the_others_named() -> None:
    kept, refused = read_all({"a.png": picture_bytes(), "b.png": b"nothing"})

    assert list(kept) == ["a.png"]
    assert list(refused) == ["b.png"]
