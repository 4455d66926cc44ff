"""What no honest program writes is refused with the reason, and within bounds."""

from __future__ import annotations

import sqlite3
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd

from quizapp.errors import Invalid
from quizapp.formats.anki_package.archive import inspect, unpack
from quizapp.formats.anki_package.collection import opened
from quizapp.formats.anki_package.limits import Limits
from tests.support.packages import COLLECTION, altered, collection_of, package, zipped

LIMITS = Limits(expanded_bytes=3_000_000, free_bytes=1_000_000, ratio=20, notes=50)


def refused(path: Path, limits: Limits = LIMITS) -> str:
    """Return why a package is refused; it has to be."""
    target = path.parent / "collection.sqlite3"
    with pytest.raises(Invalid) as error:
        unpack(path, target, limits)
        with opened(target, limits) as collection:
            while collection.notes():
                raise AssertionError("it was read")
    (problem,) = error.value.problems
    assert problem.path == "package"
    return problem.message


def test_a_package_of_ours_is_taken(tmp_path: Path) -> None:
    path = package(tmp_path / "a.apkg")

    contents = unpack(path, tmp_path / "c.sqlite3", LIMITS)

    with opened(tmp_path / "c.sqlite3", LIMITS) as collection:
        assert (contents.collection, collection.counts().notes) == (COLLECTION, 2)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + b"\0" * 40, b"PK\x05\x06"])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.apkg"
    path.write_bytes(content)

    assert "no Anki package" in refused(path)


def test_a_zip_without_a_collection_is_refused(tmp_path: Path) -> None:
    assert "no Anki package" in refused(zipped(tmp_path / "a.apkg", {"notes.txt": b"x"}))


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "a/../../b", "..\\evil", "C:evil", "\\\\host\\share"]
)
def test_names_that_point_out_of_the_package_are_refused(tmp_path: Path, name: str) -> None:
    made = collection_of(package(tmp_path / "a.apkg"))

    path = zipped(tmp_path / "b.apkg", {COLLECTION: made, name: b"x"})

    assert "points out of it" in refused(path)


def test_a_link_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.apkg"
    link = zipfile.ZipInfo(COLLECTION)
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    assert "a link" in refused(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_collections_of_one_name_are_refused(tmp_path: Path) -> None:
    path = package(tmp_path / "a.apkg")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(COLLECTION, b"x")

    assert "two files of one name" in refused(path)


def test_a_password_is_named(tmp_path: Path) -> None:
    path = package(tmp_path / "a.apkg")
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)

    assert "password" in refused(path)


def test_a_list_of_too_many_files_is_not_even_read(tmp_path: Path) -> None:
    path = package(tmp_path / "a.apkg")
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x05\x06")
    content[at + 12 : at + 16] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(content)

    assert "too many files" in refused(path)


@pytest.mark.parametrize("name", ["collection.anki2", "collection.anki21b"])
def test_bombs_are_stopped_early(tmp_path: Path, name: str) -> None:
    zeros = b"\0" * 50_000_000
    content = zstd.compress(zeros) if name.endswith("b") else zeros
    path = zipped(tmp_path / "a.apkg", {name: content, "meta": b""})

    assert "unpacks to" in refused(path)

    assert (tmp_path / "collection.sqlite3").stat().st_size <= LIMITS.expanded_bytes


def test_a_zstd_bomb_that_asks_for_a_huge_window_is_refused(tmp_path: Path) -> None:
    window = {int(zstd.CompressionParameter.window_log): 30}
    content = zstd.compress(b"x" * 5_000, options=window)
    path = zipped(tmp_path / "a.apkg", {"collection.anki21b": content, "meta": b"\x08\x03"})

    assert refused(path)


def test_damaged_compression_is_refused(tmp_path: Path) -> None:
    whole = zstd.compress(collection_of(package(tmp_path / "a.apkg")))
    for content in (whole[: len(whole) // 2], b"\x28\xb5\x2f\xfd" + b"x" * 50, b"nothing"):
        path = zipped(tmp_path / "b.apkg", {"collection.anki21b": content, "meta": b"\x08\x03"})

        assert "damaged" in refused(path)


def test_a_newer_kind_of_package_says_what_to_do(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.apkg", {"collection.anki21b": b"x", "meta": b"\x08\x04"})

    with pytest.raises(Invalid, match="Support older Anki versions"):
        inspect(path, LIMITS)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("create trigger t after insert on notes begin select 1; end", "a trigger"),
        ("create view v as select * from notes", "a view"),
        ("create virtual table t using fts5(x)", "a virtual table"),
        ("drop index ix_revlog_cid", "not one that Anki writes"),
        ("drop table revlog", "not one that Anki writes"),
        ("alter table cards drop column odue", "not one that Anki writes"),
        ("update col set ver = 15", "schema 15"),
        ("update col set models = '{'", "damaged"),
        ("update col set decks = '[]'", "damaged"),
        ("update col set models = '{\"1\": {}}'", "damaged"),
        ("update col set crt = 9000000000000000", "damaged"),
        ("delete from col", "damaged"),
        ("delete from notes", "no notes"),
        ("update notes set flds = hex(randomblob(700000))", "1,400,000 bytes"),
        ("update cards set due = 'soon'", "damaged"),
        ("update notes set flds = cast(x'ff1fff' as text)", "damaged"),
    ],
)
def test_a_database_that_anki_does_not_write_is_refused(
    tmp_path: Path, change: str, reason: str
) -> None:
    path = altered(package(tmp_path / "a.apkg"), lambda database: database.execute(change))

    assert reason in refused(path)


def test_more_notes_than_allowed_are_refused(tmp_path: Path) -> None:
    path = package(tmp_path / "a.apkg")

    assert "2 notes; at most 1" in refused(path, Limits(notes=1))


@pytest.mark.parametrize("damage", [lambda b: b[:5_000], lambda b: b[:4_200] + b"x" * 8_000])
def test_a_broken_database_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    whole = collection_of(package(tmp_path / "a.apkg"))
    path = zipped(tmp_path / "b.apkg", {COLLECTION: damage(whole)})

    assert "damaged" in refused(path)


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "b.apkg", {COLLECTION: b"no database at all" * 100})

    assert "not one that Anki writes" in refused(path)


def test_looking_through_it_ends_in_time(tmp_path: Path) -> None:
    def grow(database: sqlite3.Connection) -> None:
        database.execute(
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 30000)"
            " insert into graves select i, i, i from n"
        )

    path = altered(package(tmp_path / "a.apkg"), grow)
    began = time.monotonic()

    assert "took too long" in refused(path, Limits(seconds=0))

    assert time.monotonic() - began < 2


def test_an_open_collection_can_be_neither_written_nor_left(tmp_path: Path) -> None:
    path = package(tmp_path / "a.apkg")
    target = tmp_path / "c.sqlite3"
    unpack(path, target, LIMITS)

    with opened(target, LIMITS) as collection:
        for sql in (
            "delete from notes",
            f"attach '{tmp_path / 'other'}' as other",
            "create table t (x)",
            "pragma writable_schema = on; delete from sqlite_master",
        ):
            with pytest.raises((sqlite3.Error, sqlite3.Warning)):
                collection._database.execute(sql).fetchall()
