"""Packages for tests: honest ones by our own writer, and what can be made of them by hand."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from quizapp.formats.anki_package.notes import Calendar, CardType
from quizapp.formats.anki_package.scheduling import Scheduled
from quizapp.formats.anki_package.writer import (
    Frame,
    Remembered,
    WrittenAnswer,
    WrittenCard,
    write_package,
)

#: Made by Anki 26.9.3, of our own words: eight cards in two decks, two of them answered.
BY_ANKI = Path(__file__).parents[1] / "golden" / "anki" / "schema18.apkg"
COLLECTION = "collection.anki21"
DAY_ZERO = date(2026, 1, 1)
WRITTEN = datetime(2026, 3, 4, 12, tzinfo=UTC)


def new_card(number: int, *, front: str = "", guid: str = "") -> WrittenCard:
    """Return a card that was never met."""
    fields = (
        front or f"<p>Question {number}?</p>",
        f"<p>Answer <b>{number}</b></p>",
        f"It is said that <mark>answer {number}</mark> is right.",
        "Reader, P1",
        f"fact-{number}",
    )
    schedule = Scheduled(CardType.NEW, 0, number, 0, 0)
    return WrittenCard(guid or f"guid-{number}", fields, "Course::Topic", ("topic",), schedule)


def known_card(number: int) -> WrittenCard:
    """Return a card due on day 70 that was reviewed three times, on days 10, 20 and 40."""
    card = new_card(number)
    midday = datetime(2026, 1, 1, 12, tzinfo=UTC)
    at = [int((midday + timedelta(days=day)).timestamp() * 1_000) + number for day in (10, 20, 40)]
    return WrittenCard(
        card.guid,
        card.fields,
        card.deck,
        card.tags,
        Scheduled(CardType.REVIEW, 2, 70, 30, 0),
        Remembered(31.4159, 5.123, 0.9, 0.1542, at[-1] // 1_000, 3, 1),
        tuple(WrittenAnswer(moment, 3, 10, 5, 500, 4_000, 1) for moment in at),
    )


def package(path: Path, cards: Iterable[WrittenCard] | None = None) -> Path:
    """Write a package, by default of one new card and one that is known."""
    created = datetime(2026, 1, 1, 4, tzinfo=UTC)
    frame = Frame("Course", created, 0, Calendar(DAY_ZERO, 4), 0.9, None)
    chosen = [new_card(1), known_card(2)] if cards is None else cards
    write_package(path, frame, chosen, now=WRITTEN)
    return path


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write a zip of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def collection_of(made: Path) -> bytes:
    """Return the SQLite file in a package of ours."""
    with zipfile.ZipFile(made) as archive:
        return archive.read(COLLECTION)


def altered(made: Path, change: Callable[[sqlite3.Connection], object]) -> Path:
    """Return the package with its database changed."""
    database = made.with_suffix(".changed")
    database.write_bytes(collection_of(made))
    connection = sqlite3.connect(database)
    try:
        with connection:
            change(connection)
    finally:
        connection.close()
    return zipped(made, {"meta": b"\x08\x02", COLLECTION: database.read_bytes(), "media": b"{}"})
