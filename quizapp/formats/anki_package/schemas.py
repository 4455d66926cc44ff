"""The two ways in which a collection describes itself: schema 11 in JSON, schema 18 in tables."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quizapp.formats.anki_package.limits import refusal
from quizapp.formats.anki_package.messages import fields
from quizapp.formats.anki_package.notes import Calendar, NoteType, Template
from quizapp.formats.report import UNPRINTABLE

#: The hour at which days begin, where a collection does not say.
DEFAULT_ROLLOVER = 4
_OLD, _NEW = 11, 18
#: What parts the names of a deck and of the one that it lies in.
PARTS = "::"
_LONGEST_NAME = 200
_CLOZE = 1


@dataclass(frozen=True, slots=True)
class Described:
    """Types of note and decks by their ids, and the calendar."""

    types: Mapping[int, NoteType]
    decks: Mapping[int, str]
    calendar: Calendar


def describe(database: sqlite3.Connection) -> Described:
    """Return how a collection describes itself.

    :raises Invalid: it is of a schema that is not known.
    :raises ValueError, TypeError, sqlite3.Error: it is damaged.
    """
    row = database.execute("select crt, ver from col").fetchone()
    if row is None:
        raise ValueError("a collection without its row")
    created, version = row
    if version == _OLD:
        return _old(database, created)
    if version == _NEW:
        return _new(database, created)
    raise refusal(
        f"The collection in the package is of schema {version}; 11 and 18 can be read. "
        "Update Anki and export again."
    )


def _old(database: sqlite3.Connection, created: int) -> Described:
    texts = database.execute("select conf, models, decks from col").fetchone()
    conf, models, decks = (_mapping(json.loads(text)) for text in texts)
    return Described(
        types={int(key): _old_type(_mapping(model)) for key, model in models.items()},
        decks={int(key): _name(_mapping(deck).get("name")) for key, deck in decks.items()},
        calendar=_calendar(created, conf),
    )


def _old_type(model: Mapping[str, Any]) -> NoteType:
    templates = [_mapping(one) for one in model["tmpls"]]
    return NoteType(
        name=_name(model.get("name")),
        is_cloze=model.get("type") == _CLOZE,
        fields=tuple(str(_mapping(one)["name"]) for one in model["flds"]),
        templates=tuple(Template(str(one["qfmt"]), str(one["afmt"])) for one in templates),
    )


def _new(database: sqlite3.Connection, created: int) -> Described:
    names: defaultdict[int, list[str]] = defaultdict(list)
    for number, name in database.execute("select ntid, name from fields order by ntid, ord"):
        names[number].append(str(name))
    templates: defaultdict[int, list[Template]] = defaultdict(list)
    for number, config in database.execute("select ntid, config from templates order by ntid, ord"):
        templates[number].append(_template(config))
    types = {
        number: NoteType(
            name=_name(name),
            is_cloze=fields(config).get(1) == _CLOZE,
            fields=tuple(names[number]),
            templates=tuple(templates[number]),
        )
        for number, name, config in database.execute("select id, name, config from notetypes")
    }
    decks = {
        number: _name(str(name).replace("\x1f", PARTS))
        for number, name in database.execute("select id, name from decks")
    }
    conf = {
        key: json.loads(value)
        for key, value in database.execute(
            "select key, val from config where key in ('rollover', 'creationOffset')"
        )
    }
    return Described(types, decks, _calendar(created, conf))


def _template(config: bytes) -> Template:
    told = fields(config)
    front, back = told.get(1, b""), told.get(2, b"")
    if not isinstance(front, bytes) or not isinstance(back, bytes):
        raise ValueError("a template that is no text")
    return Template(front.decode(), back.decode())


def _calendar(created: int, conf: Mapping[str, Any]) -> Calendar:
    offset = conf.get("creationOffset")
    rollover = conf.get("rollover")
    return Calendar.of(
        int(created),
        offset if type(offset) is int else 0,
        rollover if type(rollover) is int and rollover in range(24) else DEFAULT_ROLLOVER,
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("a description that is no mapping")
    return value


def _name(value: Any) -> str:
    return UNPRINTABLE.sub("", str(value or ""))[:_LONGEST_NAME]
