"""Zip files of strangers are read in memory, and dishonest ones are refused."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from quizapp.errors import Invalid
from quizapp.formats.archive import Limits, is_zip, read_archive


def _zip(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def _refused(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(Invalid) as caught:
        archive = read_archive(data, limits)
        for name in archive:
            assert archive[name] is not None
    (problem,) = caught.value.problems
    assert problem.path == "file"
    return problem.message


def test_files_are_found_whatever_their_capitals_and_slashes() -> None:
    data = _zip({"A\\b.XML": b"1", "./c.xml": b"2", "folder/": b""})

    archive = read_archive(data)

    assert is_zip(data)
    assert list(archive) == ["A/b.XML", "c.xml"]
    assert (archive["a/B.xml"], archive["c.xml"], "d" in archive) == (b"1", b"2", False)


@pytest.mark.parametrize("name", ["/etc/passwd", "../a", "a/../../b", "C:\\a", "\\\\host\\a"])
def test_a_name_that_points_out_of_the_package_refuses_it(name: str) -> None:
    assert "points out" in _refused(_zip({name: b"x"}))


@pytest.mark.parametrize("name", ["", ".", "./"])
def test_a_file_without_a_name_refuses_the_package(name: str) -> None:
    data = _zip({"xx"[: len(name)] or "y": b"x"})
    at = data.find(b"PK\x01\x02")
    emptied = bytearray(data)
    if name:
        emptied[30 : 30 + len(name)] = name.encode()
        emptied[at + 46 : at + 46 + len(name)] = name.encode()
    else:
        emptied[at + 28 : at + 30] = b"\0\0"
        emptied[at + 30 : at + 32] = b"\1\0"

    assert "without a name" in _refused(bytes(emptied))


def test_a_link_refuses_the_package() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")

    assert "link" in _refused(out.getvalue())


def test_two_files_of_one_name_refuse_the_package() -> None:
    assert "two files of one name" in _refused(_zip({"a.xml": b"1", "A.XML": b"2"}))


def test_a_bomb_is_refused_before_it_is_unpacked_whole() -> None:
    bomb = _zip({"a": b"\0" * 30_000_000})

    assert "far more" in _refused(bomb)
    assert "more than fits" in _refused(bomb, Limits(one=1_000_000))


def test_the_files_together_are_limited() -> None:
    files = {str(number): bytes([number]) * 600 for number in range(4)}

    assert "more than fits" in _refused(_zip(files), Limits(expanded=2_000))
    assert "more than 3 files" in _refused(_zip(files), Limits(files=3))
    assert "too many files" in _refused(_zip(files), Limits(directory=100))


def test_an_unusual_packing_refuses_the_package() -> None:
    assert "unusual" in _refused(_zip({"a": b"x" * 100}, method=zipfile.ZIP_LZMA))


def test_a_package_with_a_password_is_refused() -> None:
    data = bytearray(_zip({"a": b"x"}))
    data[data.find(b"PK\x01\x02") + 8] |= 1

    assert "password" in _refused(bytes(data))


@pytest.mark.parametrize("cut", [0, 4, 30, 60, 90])
def test_a_damaged_zip_is_refused(cut: int) -> None:
    assert _refused(_zip({"a.xml": b"hello" * 50})[:cut])


def test_a_lie_in_the_list_of_files_is_found_while_unpacking() -> None:
    data = bytearray(_zip({"a": b"hello" * 50}))
    data[35] ^= 0xFF

    assert "damaged" in _refused(bytes(data))
