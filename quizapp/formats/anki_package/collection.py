"""Reading the SQLite file of a package. Its SQL, its schema and its sizes are not trusted."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from quizapp.formats.anki_package.limits import Limits, refusal
from quizapp.formats.anki_package.notes import Answer, Calendar, Card, Note, NoteType
from quizapp.formats.anki_package.schemas import DEFAULT_ROLLOVER, Described, describe

_DAMAGED = "The collection in the package is damaged. In Anki, run Check Database and export again."
_FOREIGN = "The database in the package is not one that Anki writes."
_COLUMNS: Mapping[str, str] = {
    "col": "crt ver",
    "notes": "id guid mid tags flds",
    "cards": "id nid did ord type queue due ivl factor reps lapses left odue odid data",
    "revlog": "id cid ease ivl lastIvl factor time type",
}
#: Without these, each batch would read a whole table.
_INDEXES = {"cards": "nid", "revlog": "cid"}
_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_PRAGMA,
    sqlite3.SQLITE_RECURSIVE,
}
#: What reading a damaged file may raise.
_FAULTS = (
    *(sqlite3.Error, ValueError, TypeError, LookupError, OverflowError, OSError, RecursionError),
)
_TICKS = 10_000
_LONGEST_GUID = 100
#: A field ends with this sign.
_SEPARATOR = "\x1f"
_NOTES = "select id, guid, mid, tags, flds from notes where id > ? order by id limit ?"
#: Of notes with one guid all but the first: they would be the same fact twice.
_REPEATED = "select id from notes where id not in (select min(id) from notes group by guid)"
_CARDS = (
    "select id, nid, ord, did, type, queue, due, ivl, factor, reps, lapses, left, odue, odid, data"
    " from cards where nid between ? and ? order by nid, ord, id"
)
_ANSWERS = (
    "select cid, id, ease, ivl, lastIvl, factor, time, type from revlog"
    " where cid in (select id from cards where nid between ? and ?) order by id"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is. :param repeated: notes whose guid another note has already.

    These are among the `notes`.
    """

    notes: int
    cards: int
    answers: int
    repeated: int


class Collection:
    """An open collection; use `opened`."""

    def __init__(self, database: sqlite3.Connection, described: Described) -> None:
        self._database = database
        self._described = described
        self._repeated = frozenset(row[0] for row in database.execute(_REPEATED))

    @property
    def calendar(self) -> Calendar:
        return self._described.calendar

    @property
    def deck_names(self) -> tuple[str, ...]:
        """Return the decks that hold cards, by name."""
        used = {row[0] for row in self._database.execute("select distinct did from cards")}
        used |= {row[0] for row in self._database.execute("select distinct odid from cards")}
        return tuple(sorted(n for i, n in self._described.decks.items() if i in used))

    def counts(self) -> Counts:
        (notes,) = self._one("select count(*) from notes")
        (cards,) = self._one("select count(*) from cards")
        (answers,) = self._one("select count(*) from revlog")
        return Counts(notes, cards, answers, len(self._repeated))

    def notes(self, *, after: int = -(2**63), most: int = 500) -> list[Note]:
        """Return the next notes by id, with their cards and answers.

        :raises Invalid: the file is damaged.
        """
        try:
            rows = self._database.execute(_NOTES, (after, most)).fetchall()
            if not rows:
                return []
            span = (rows[0][0], rows[-1][0])
            cards = self._cards(span)
            answers = self._answers(span)
            return [self._note(row, cards, answers) for row in rows]
        except _FAULTS as error:
            raise refusal(_DAMAGED) from error

    def is_repeated(self, note: Note) -> bool:
        """Return whether another note with a lower id has the same guid."""
        return note.id in self._repeated

    def _note(
        self,
        row: tuple[Any, ...],
        cards: Mapping[int, tuple[Card, ...]],
        answers: Mapping[int, tuple[Answer, ...]],
    ) -> Note:
        number, guid, type_id, tags, fields = row
        mine = cards.get(number, ())
        return Note(
            id=number,
            guid=str(guid)[:_LONGEST_GUID],
            type=self._described.types.get(type_id, _UNKNOWN),
            fields=tuple(str(fields).split(_SEPARATOR)),
            tags=tuple(str(tags).split()),
            cards=mine,
            answers={card.id: answers[card.id] for card in mine if card.id in answers},
        )

    def _cards(self, span: tuple[int, int]) -> dict[int, tuple[Card, ...]]:
        rows = self._database.execute(_CARDS, span)
        found: dict[int, tuple[Card, ...]] = {}
        for note, group in groupby(rows, key=lambda row: row[1]):
            by_ordinal: dict[int, Card] = {}
            for row in group:
                by_ordinal.setdefault(int(row[2]), self._card(row))
            found[note] = tuple(by_ordinal.values())
        return found

    def _card(self, row: tuple[Any, ...]) -> Card:
        (number, _, ordinal, deck, kind, queue, due, interval) = row[:8]
        (factor, reps, lapses, left, home_due, home_deck, data) = row[8:]
        told = _told(data)
        last = told.get("lrt")
        return Card(
            id=int(number),
            ordinal=int(ordinal),
            # A card in a filtered deck keeps its own deck and due date aside.
            deck=self._described.decks.get(home_deck or deck, ""),
            type=int(kind),
            queue=int(queue),
            due=int(home_due if home_deck and home_due else due),
            interval=int(interval),
            factor=int(factor),
            reps=int(reps),
            lapses=int(lapses),
            left=int(left),
            stability=_number(told.get("s")),
            difficulty=_number(told.get("d")),
            retention=_number(told.get("dr")),
            last_review=last if type(last) is int else None,
        )

    def _answers(self, span: tuple[int, int]) -> dict[int, tuple[Answer, ...]]:
        found: defaultdict[int, list[Answer]] = defaultdict(list)
        for card, *values in self._database.execute(_ANSWERS, span):
            found[card].append(Answer(*(int(value) for value in values)))
        return {card: tuple(answers) for card, answers in found.items()}

    def _one(self, sql: str) -> tuple[int, ...]:
        row: tuple[int, ...] = self._database.execute(sql).fetchone()
        return row


_UNKNOWN = NoteType("", False, (), ())


@contextmanager
def opened(path: Path, limits: Limits, *, check: bool = True) -> Iterator[Collection]:
    """Give the collection in a SQLite file, opened read only.

    :param check: look through the whole file first; leave it out only for a file that was.
    :raises Invalid: it is damaged, no collection of Anki, or holds more than the limits allow.
    """
    until = time.monotonic() + limits.seconds
    database = None
    try:
        # Nobody else has the file: SQLite needs no lock and writes no file beside it.
        database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        _harden(database, limits, until)
        if check:
            _check(database, limits)
        collection = Collection(database, describe(database))
    except _FAULTS as error:
        if database is not None:
            database.close()
        raise _refusal_of(error) from error
    except BaseException:
        if database is not None:
            database.close()
        raise
    database.set_progress_handler(None, 0)
    try:
        yield collection
    finally:
        database.close()


def _harden(database: sqlite3.Connection, limits: Limits, until: float) -> None:
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 64 * limits.note_bytes)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.execute("pragma trusted_schema = off")
    database.execute("pragma cell_size_check = on")
    database.execute("pragma query_only = on")
    database.execute("pragma mmap_size = 0")
    # The text of Anki's newer schema is sorted without regard to case; its indexes name this.
    database.create_collation("unicase", _compare)
    database.set_authorizer(_authorise)
    database.set_progress_handler(lambda: time.monotonic() > until, _TICKS)


def _authorise(action: int, *_about: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _compare(one: str, other: str) -> int:
    a, b = one.casefold(), other.casefold()
    return (a > b) - (a < b)


def _check(database: sqlite3.Connection, limits: Limits) -> None:
    rows = database.execute("select type, name, sql from sqlite_master").fetchall()
    for kind, name, sql in rows:
        if kind not in ("table", "index"):
            raise refusal(f"The database in the package holds a {kind}. It was not made by Anki.")
        if "virtual" in str(sql).casefold().split("(")[0].split():
            raise refusal("The database in the package holds a virtual table.")
        if kind == "table" and name in _COLUMNS and "generated always" in str(sql).casefold():
            raise refusal(_FOREIGN)
    for table, columns in _COLUMNS.items():
        known = {row[1] for row in database.execute(f"pragma table_info({table})")}
        if not set(columns.split()) <= known:
            raise refusal(_FOREIGN)
    for table, column in _INDEXES.items():
        if column not in _indexed(database, table):
            raise refusal(_FOREIGN)
    if database.execute("pragma quick_check(1)").fetchone() != ("ok",):
        raise refusal(_DAMAGED)
    _check_sizes(database, limits)


def _indexed(database: sqlite3.Connection, table: str) -> set[str]:
    """Return the columns of a table that an index begins with."""
    names = [
        str(row[1]).replace('"', '""') for row in database.execute(f"pragma index_list({table})")
    ]
    parts = (database.execute(f'pragma index_info("{name}")').fetchone() for name in names)
    return {str(part[2]) for part in parts if part}


def _check_sizes(database: sqlite3.Connection, limits: Limits) -> None:
    most = {
        "notes": limits.notes,
        "cards": limits.notes * limits.cards_a_note,
        "revlog": limits.notes * limits.answers_a_note,
    }
    names = {"notes": "notes", "cards": "cards", "revlog": "reviews"}
    for table, allowed in most.items():
        (count,) = database.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
        if count > allowed:
            raise refusal(
                f"The package holds {count:,} {names[table]}; at most {allowed:,} are taken at "
                "once. Export fewer decks."
            )
    if not database.execute("select count(*) from notes").fetchone()[0]:
        raise refusal("The package holds no notes. Choose a deck with cards when you export.")
    sizes = "select max(length(cast(flds as blob))), max(length(cast(tags as blob))) from notes"
    data = "select max(length(cast(data as blob))) from cards"
    longest = max(*database.execute(sizes).fetchone(), *(database.execute(data).fetchone() or (0,)))
    if longest > limits.note_bytes:
        raise refusal(
            f"A note in the package has {longest:,} bytes of text; at most "
            f"{limits.note_bytes:,} are taken. Shorten it in Anki."
        )


def _refusal_of(error: Exception) -> Exception:
    if "interrupted" in str(error):
        return refusal("Reading the package took too long. Export fewer decks at once.")
    if "no such column" in str(error) or "not a database" in str(error):
        return refusal(_FOREIGN)
    return refusal(_DAMAGED)


def _told(data: Any) -> Mapping[str, Any]:
    """Return what the column `data` says; what cannot be read says nothing."""
    if not data:
        return {}
    try:
        told = json.loads(data)
    except (ValueError, RecursionError, TypeError):
        return {}
    return told if isinstance(told, dict) else {}


def _number(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) else None


__all__ = ["DEFAULT_ROLLOVER", "Collection", "Counts", "opened"]
