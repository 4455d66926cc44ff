"""Files and hidden courses that were stored before 0019, up and down again; and 0018 down."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from quizapp import db
from quizapp.config import Settings

MAP, SONG = "a" * 32, "b" * 32
COURSE = (
    "INSERT INTO course (id, slug, title, summary, language, is_public, created_at)"
    " VALUES (:id, :slug, 'A', '', 'en', true, 0)"
)
TOPIC = (
    "INSERT INTO topic (id, course_id, key, title, summary, position)"
    " VALUES (1, 1, 'law', 'Law', '', 0)"
)
MEDIA = (
    "INSERT INTO media (id, course_id, digest, suffix, media_type, title, size, data, created_at)"
    " VALUES (:id, :course_id, :digest, 'png', 'image/png', :title, 3, :data, 5)"
)
IMPORT = (
    "INSERT INTO question_import (id, course_id, file, name, format, state, run, total, done,"
    " counts, report, error, created_at, undone_at, holding_id)"
    " VALUES (1, 1, '', 'q', 'csv', 'undone', 1, 0, 0, '{}', '{}', '', 0, 77, 3)"
)
#: The same picture in two courses, and a sound in one, as 0018 kept them.
OLD = [
    {"id": 1, "course_id": 1, "digest": MAP, "title": "a map", "data": b"\x00\xffm"},
    {"id": 2, "course_id": 2, "digest": MAP, "title": "the map", "data": b"\x00\xffm"},
    {"id": 3, "course_id": 2, "digest": SONG, "title": "a song", "data": b"la!"},
]


@pytest.fixture
def before(settings: Settings, engine: sa.Engine) -> sa.Engine:
    """A database at 0018 with files, and with a course that holds what an import brought."""
    db.downgrade(settings, "0018")
    with engine.begin() as connection:
        courses = [{"id": number, "slug": f"c{number}"} for number in (1, 2, 3)]
        connection.execute(sa.text(COURSE), courses)
        connection.execute(sa.text(TOPIC))
        connection.execute(sa.text(MEDIA), OLD)
        connection.execute(sa.text(IMPORT))
    return engine


def rows(engine: sa.Engine, query: str) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_bytes_are_kept_once_and_come_back_to_every_file(
    settings: Settings, before: sa.Engine
) -> None:
    db.upgrade(settings)

    kept = rows(before, "SELECT digest, data FROM media_bytes ORDER BY digest")
    assert [(digest, bytes(data)) for digest, data in kept] == [
        (MAP, b"\x00\xffm"),
        (SONG, b"la!"),
    ]
    listed = "SELECT id, course_id, digest, title, size, created_at FROM media ORDER BY id"
    assert rows(before, listed) == [
        (1, 1, MAP, "a map", 3, 5),
        (2, 2, MAP, "the map", 3, 5),
        (3, 2, SONG, "a song", 3, 5),
    ]
    hidden = "SELECT id, hidden_since, bank_sha256 FROM course ORDER BY id"
    assert rows(before, hidden) == [(1, None, None), (2, None, None), (3, 77, None)]
    with pytest.raises(sa.exc.IntegrityError), before.begin() as connection:
        connection.execute(sa.text("DELETE FROM media_bytes"))

    db.downgrade(settings, "0018")

    stored = rows(before, "SELECT id, course_id, digest, title, data FROM media ORDER BY id")
    assert [(*row[:4], bytes(row[4])) for row in stored] == [tuple(one.values()) for one in OLD]


def test_going_back_before_archives_loses_nothing_of_courses(
    settings: Settings, before: sa.Engine
) -> None:
    db.downgrade(settings, "0017")

    assert rows(before, "SELECT id, slug FROM course ORDER BY id") == [
        (1, "c1"),
        (2, "c2"),
        (3, "c3"),
    ]
    assert rows(before, "SELECT key FROM topic") == [("law",)]
    assert rows(before, "SELECT id FROM media ORDER BY id") == [(1,), (2,), (3,)]
