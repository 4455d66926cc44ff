"""Writing a package that every Anki since 2.1 reads: schema 11, zipped, without media."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from quizapp.formats.anki_package.cards import OWN_FIELDS, OWN_TYPE
from quizapp.formats.anki_package.notes import Calendar
from quizapp.formats.anki_package.scheduling import Scheduled
from quizapp.formats.anki_package.schemas import PARTS

#: What Anki calls itself in files: a collection of schema 11 in `collection.anki21`.
_META = b"\x08\x02"
_SCHEMA, _SCHEDULER = 11, 2
#: Ids of ours that stay the same, so that a second package finds the type of the first.
_TYPE_ID, _PRESET_ID = 1_774_000_000_001, 1_774_000_000_002
_SEPARATOR = "\x1f"
_FROM_ELSEWHERE = -1
_USUAL_EASE = 2_500
_GUID_LENGTH = 16
_TABLES = """
create table col (id integer primary key, crt integer not null, mod integer not null,
  scm integer not null, ver integer not null, dty integer not null, usn integer not null,
  ls integer not null, conf text not null, models text not null, decks text not null,
  dconf text not null, tags text not null);
create table notes (id integer primary key, guid text not null, mid integer not null,
  mod integer not null, usn integer not null, tags text not null, flds text not null,
  sfld integer not null, csum integer not null, flags integer not null, data text not null);
create table cards (id integer primary key, nid integer not null, did integer not null,
  ord integer not null, mod integer not null, usn integer not null, type integer not null,
  queue integer not null, due integer not null, ivl integer not null, factor integer not null,
  reps integer not null, lapses integer not null, left integer not null, odue integer not null,
  odid integer not null, flags integer not null, data text not null);
create table revlog (id integer primary key, cid integer not null, usn integer not null,
  ease integer not null, ivl integer not null, lastIvl integer not null, factor integer not null,
  time integer not null, type integer not null);
create table graves (usn integer not null, oid integer not null, type integer not null);
create index ix_notes_usn on notes (usn);
create index ix_cards_usn on cards (usn);
create index ix_revlog_usn on revlog (usn);
create index ix_cards_nid on cards (nid);
create index ix_cards_sched on cards (did, queue, due);
create index ix_revlog_cid on revlog (cid);
create index ix_notes_csum on notes (csum);
"""
_INSERT_NOTE = "insert into notes values (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')"
_INSERT_CARD = "insert into cards values (?, ?, ?, 0, ?, -1, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?)"
#: A million answers do not lie in memory until they can be put into the order of time.
_TOLD_TABLE = "create temp table told (at, cid, ease, ivl, last, factor, time, type)"
_INSERT_TOLD = "insert into told values (?, ?, ?, ?, ?, ?, ?, ?)"
_TOLD = "select * from told order by at, cid, ease, ivl, last, factor, time, type"
_INSERT_ANSWER = "insert into revlog values (?, ?, -1, ?, ?, ?, ?, ?, ?)"
_FRONT = "{{Front}}"
_BACK = (
    "{{FrontSide}}<hr id=answer>{{Back}}"
    '{{#Passage}}<blockquote class="passage">{{Passage}}<footer>{{Source}}</footer>'
    "</blockquote>{{/Passage}}"
)
_STYLE = """.card { font-family: sans-serif; font-size: 20px; line-height: 1.5; }
.passage { font-family: serif; font-size: 17px; margin: 1.5em 0 0; padding-left: 1em;
  border-left: 3px solid #e0c34a; text-align: start; }
.passage footer { font-family: sans-serif; font-size: 13px; opacity: .7; }
mark { background: #ffe473; color: #151928; }
"""


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """A review for the log. :param at_ms: since 1970; one of two equal moments is moved on."""

    at_ms: int
    rating: int
    interval: int
    last_interval: int
    factor: int
    duration_ms: int
    kind: int


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a card says of a memory besides its schedule."""

    stability: float
    difficulty: float
    retention: float
    decay: float
    last_review: int
    reps: int
    lapses: int


@dataclass(frozen=True, slots=True)
class WrittenCard:
    """A note with its one card; the fields are HTML, in the order of `OWN_FIELDS`."""

    guid: str
    fields: tuple[str, str, str, str, str]
    deck: str
    tags: tuple[str, ...]
    schedule: Scheduled
    memory: Remembered | None = None
    answers: tuple[WrittenAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for the whole package.

    :param deck: the name above all topics. :param created: the beginning of day zero.
    :param minutes_west: of UTC, then. :param weights: fitted; None for the model's own.
    """

    deck: str
    created: datetime
    minutes_west: int
    calendar: Calendar
    retention: float
    weights: tuple[float, ...] | None


def guid_of(course: str, fact: str) -> str:
    """Return the lasting name of a fact's note, by which Anki knows it again.

    :param course: its slug. :param fact: its key.
    """
    return "fn-" + hashlib.sha256(f"{course}/{fact}".encode()).hexdigest()[:_GUID_LENGTH]


def write_package(
    target: Path, frame: Frame, cards: Iterable[WrittenCard], *, now: datetime
) -> int:
    """Write a package, a file beside it meanwhile, and return how many notes it has."""
    database = target.with_suffix(".sqlite3")
    database.unlink(missing_ok=True)
    try:
        count = _write_collection(database, frame, cards, now=now)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("meta", _META)
            archive.write(database, "collection.anki21")
            archive.writestr("media", "{}")
    finally:
        database.unlink(missing_ok=True)
    return count


def deck_name(*names: str) -> str:
    """Return the name of a deck within others; the sign that parts them is no part of a name."""
    return PARTS.join(name.replace(PARTS, ":").strip() or "-" for name in names)


def _write_collection(
    path: Path, frame: Frame, cards: Iterable[WrittenCard], *, now: datetime
) -> int:
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("pragma journal_mode = off")
        database.execute("pragma synchronous = off")
        database.executescript(_TABLES)
        database.execute("begin")
        rows = _Rows(database, frame, now)
        for card in cards:
            rows.add(card)
        rows.finish()
        database.execute("commit")
    finally:
        database.close()
    return rows.count


class _Rows:
    """Writes notes, cards and answers, and at the end the row that describes them."""

    def __init__(self, database: sqlite3.Connection, frame: Frame, now: datetime) -> None:
        self._database, self._frame = database, frame
        self._now_ms = int(now.timestamp() * 1_000)
        self._decks: dict[str, int] = {}
        self._last_answer = 0
        self.count = 0
        database.execute(_TOLD_TABLE)
        self._deck(frame.deck)

    def add(self, card: WrittenCard) -> None:
        self.count += 1
        number = self._now_ms + self.count
        at = self._now_ms // 1_000
        first = card.fields[0]
        self._database.execute(
            _INSERT_NOTE,
            (
                *(number, card.guid, _TYPE_ID, at, f" {' '.join(card.tags)} " if card.tags else ""),
                *(_SEPARATOR.join(f.replace(_SEPARATOR, " ") for f in card.fields), first),
                int(hashlib.sha1(first.encode(), usedforsecurity=False).hexdigest()[:8], 16),
            ),
        )
        schedule, memory = card.schedule, card.memory
        self._database.execute(
            _INSERT_CARD,
            (
                *(number, number, self._deck(card.deck), at, int(schedule.type), schedule.queue),
                *(schedule.due, schedule.interval, _USUAL_EASE if schedule.interval else 0),
                *((memory.reps, memory.lapses) if memory else (0, 0)),
                *(schedule.left, _data(memory)),
            ),
        )
        told = ((one.at_ms, number, *_columns(one)) for one in card.answers)
        self._database.executemany(_INSERT_TOLD, told)

    def finish(self) -> None:
        """Write the log in the order of time, and the row of the collection."""
        self._database.executemany(_INSERT_ANSWER, self._in_order())
        created = int(self._frame.created.timestamp())
        self._database.execute(
            "insert into col values (1, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?, ?, '{}')",
            (
                *(created, self._now_ms, self._now_ms, _SCHEMA),
                *(json.dumps(one) for one in (self._conf(), _models(), self._deck_rows())),
                json.dumps(_presets(self._frame)),
            ),
        )

    def _in_order(self) -> Iterator[tuple[int, ...]]:
        for at, *rest in self._database.execute(_TOLD):
            self._last_answer = max(at, self._last_answer + 1)
            yield self._last_answer, *rest

    def _deck(self, name: str) -> int:
        # Ids of decks are moments too, and apart from those of notes.
        return self._decks.setdefault(name, self._now_ms - len(self._decks) - 1)

    def _conf(self) -> dict[str, Any]:
        return {
            "schedVer": _SCHEDULER,
            "sched2021": True,
            "fsrs": True,
            "rollover": self._frame.calendar.rollover,
            "creationOffset": self._frame.minutes_west,
            "nextPos": self.count + 1,
            "curDeck": 1,
            "activeDecks": [1],
            "curModel": _TYPE_ID,
        }

    def _deck_rows(self) -> dict[str, Any]:
        decks = {"Default": (1, 1)} | {n: (i, _PRESET_ID) for n, i in self._decks.items()}
        return {
            str(number): _deck_row(name, number, preset) for name, (number, preset) in decks.items()
        }


def _columns(answer: WrittenAnswer) -> tuple[int, ...]:
    given = (answer.rating, answer.interval, answer.last_interval, answer.factor)
    return (*given, answer.duration_ms, answer.kind)


def _data(memory: Remembered | None) -> str:
    if memory is None:
        return "{}"
    told = {
        "s": memory.stability,
        "d": memory.difficulty,
        "dr": round(memory.retention, 2),
        "decay": round(memory.decay, 3),
        "lrt": memory.last_review,
    }
    return json.dumps(told, separators=(",", ":"))


def _deck_row(name: str, number: int, preset: int) -> dict[str, Any]:
    today = [0, 0]
    return {
        "id": number,
        "name": name,
        "mod": 0,
        "usn": _FROM_ELSEWHERE,
        "lrnToday": today,
        "revToday": today,
        "newToday": today,
        "timeToday": today,
        "collapsed": False,
        "browserCollapsed": False,
        "desc": "",
        "dyn": 0,
        "conf": preset,
        "extendNew": 0,
        "extendRev": 0,
    }


def _presets(frame: Frame) -> dict[str, Any]:
    return {str(number): _preset(number, name, frame) for number, name in _PRESET_NAMES.items()}


_PRESET_NAMES = {1: "Default", _PRESET_ID: "Footnote"}


def _preset(number: int, name: str, frame: Frame) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "mod": 0,
        "usn": _FROM_ELSEWHERE,
        "maxTaken": 60,
        "autoplay": True,
        "timer": 0,
        "replayq": True,
        "new": {
            "bury": False,
            "delays": [1.0, 10.0],
            "initialFactor": _USUAL_EASE,
            "ints": [1, 4, 0],
            "order": 1,
            "perDay": 20,
        },
        "rev": {
            "bury": False,
            "ease4": 1.3,
            "ivlFct": 1.0,
            "maxIvl": 36_500,
            "perDay": 200,
            "hardFactor": 1.2,
        },
        "lapse": {
            "delays": [10.0],
            "leechAction": 1,
            "leechFails": 8,
            "minInt": 1,
            "mult": 0.0,
        },
        "dyn": False,
        "desiredRetention": frame.retention,
        "fsrsParams6": list(frame.weights or ()),
    }


def _models() -> dict[str, Any]:
    fields = [
        {"name": name, "ord": place, "sticky": False, "rtl": False, "font": "Arial", "size": 20}
        for place, name in enumerate(OWN_FIELDS)
    ]
    sides = {"qfmt": _FRONT, "afmt": _BACK, "bqfmt": "", "bafmt": ""}
    model = {
        "id": _TYPE_ID,
        "name": OWN_TYPE,
        "type": 0,
        "mod": 0,
        "usn": _FROM_ELSEWHERE,
        "sortf": 0,
        "did": None,
        "tmpls": [{"name": "Card 1", "ord": 0, "did": None, **sides}],
        "flds": fields,
        "css": _STYLE,
        "latexPre": "",
        "latexPost": "",
        "req": [[0, "any", [0]]],
    }
    return {str(_TYPE_ID): model}
