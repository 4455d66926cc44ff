"""The floor: one WSGI function and a driver that read, check and write what a rating needs.

No framework, no toolkit; the same tables, the same signed cookie and form token, the same
scheduler, the same durability. Served beside the real program by `bench.review`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import psycopg
from itsdangerous import BadData, URLSafeTimedSerializer

from quizapp.memory.days import LearnerClock
from quizapp.memory.predictions import band_of, foretold, squared_error, week_of
from quizapp.memory.quarters import quarter_of
from quizapp.memory.scheduler import review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Phase

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SIGNING = {"key_derivation": "hmac", "digest_method": hashlib.sha1}
_cookies = URLSafeTimedSerializer(
    os.environ["QUIZAPP_SECRET_KEY"], salt="cookie-session", signer_kwargs=_SIGNING
)
_forms = URLSafeTimedSerializer(os.environ["QUIZAPP_SECRET_KEY"], salt="wtf-csrf-token")
_settings = MemorySettings()
_place = os.environ["BENCH_DATABASE"]
_is_sqlite = _place.endswith(".sqlite3")

_WHO = """SELECT u.id, u.timezone, u.day_start_hour FROM user_session s
JOIN user_account u ON u.id = s.user_id JOIN enrolment e ON e.user_id = u.id AND e.course_id = ?
WHERE s.token_hash = ? AND s.expires_at > ? AND NOT u.is_disabled"""
_LOOK = """SELECT m.phase, m.step, m.stability, m.difficulty, m.due_at, m.last_review_at, m.reps,
m.lapses, m.seen, v.id FROM fact f JOIN revision r ON r.id = ? JOIN question q
ON q.id = r.question_id AND q.course_id = f.course_id
LEFT JOIN (SELECT * FROM memory WHERE learner_id = ? AND fact_id = ?
/* lock */) m ON TRUE
LEFT JOIN memory_rules t ON t.learner_id = ? AND t.course_id = f.course_id AND t.number = 1
LEFT JOIN review v ON v.learner_id = ? AND v.nonce = ? WHERE f.id = ? AND f.course_id = ?"""
_LOG = """INSERT INTO review (learner_id, id, fact_id, course_id, revision_id, at, day, rating,
origin, duration_ms, before, rules, nonce, is_first, is_test, predicted)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'flashcard', ?, ?, 1, ?, ?, ?, ?)"""
_KEEP = """INSERT INTO memory (learner_id, fact_id, course_id, phase, step, stability, difficulty,
due_at, last_review_at, reps, lapses, is_suspended, seen) VALUES (?,?,?,?,?,?,?,?,?,?,?,FALSE,?)
ON CONFLICT (learner_id, fact_id) DO UPDATE SET phase = excluded.phase, step = excluded.step,
stability = excluded.stability, difficulty = excluded.difficulty, due_at = excluded.due_at,
last_review_at = excluded.last_review_at, reps = excluded.reps, lapses = excluded.lapses,
seen = excluded.seen WHERE memory.seen = excluded.seen - 1"""
_TOTAL = """INSERT INTO quarter_total AS d (learner_id, course_id, quarter, reviews, tested,
recalled, introduced, milliseconds) VALUES (?, ?, ?, 1, ?, ?, ?, ?)
ON CONFLICT (learner_id, course_id, quarter) DO UPDATE SET reviews = d.reviews + 1,
tested = d.tested + excluded.tested,
recalled = d.recalled + excluded.recalled, introduced = d.introduced + excluded.introduced,
milliseconds = d.milliseconds + excluded.milliseconds"""
_FORETOLD = """INSERT INTO prediction_total AS d (learner_id, course_id, week, band, tested,
recalled, predicted, squared_error) VALUES (?, ?, ?, ?, 1, ?, ?, ?)
ON CONFLICT (learner_id, course_id, week, band) DO UPDATE SET tested = d.tested + 1,
recalled = d.recalled + excluded.recalled, predicted = d.predicted + excluded.predicted,
squared_error = d.squared_error + excluded.squared_error"""
_BEGIN = "BEGIN IMMEDIATE" if _is_sqlite else "BEGIN"


def _connect() -> Any:
    """Return a connection as durable as the real program's: synchronous=FULL, or the defaults."""
    if not _is_sqlite:
        return psycopg.connect(_place, autocommit=True)
    connection = sqlite3.connect(_place, isolation_level=None, check_same_thread=False)
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


_db = _connect()
if not _is_sqlite:
    _WHO, _LOOK, _LOG, _KEEP, _TOTAL, _FORETOLD = (
        sql.replace("?", "%s").replace("/* lock */", "FOR UPDATE")
        for sql in (_WHO, _LOOK, _LOG, _KEEP, _TOTAL, _FORETOLD)
    )

Start = Callable[[str, list[tuple[str, str]]], Any]


def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Answer /healthz with 200, a rating with 303, and anything that is not right with 400."""
    if environ["PATH_INFO"] == "/healthz":
        start("200 OK", [("Content-Length", "3")])
        return [b"ok\n"]
    try:
        _rate(environ)
    except (ValueError, KeyError, TypeError, BadData):
        _db.rollback()
        start("400 Bad Request", [("Content-Length", "0")])
        return [b""]
    start("303 See Other", [("Location", "/review"), ("Content-Length", "0")])
    return [b""]


def _rate(environ: dict[str, Any]) -> None:
    length = int(environ["CONTENT_LENGTH"])
    form = {k: v[0] for k, v in parse_qs(environ["wsgi.input"].read(length).decode()).items()}
    session = _cookies.loads(environ["HTTP_COOKIE"].partition("=")[2])
    if _forms.loads(form["csrf_token"]) != session["csrf_token"]:
        raise ValueError("token")
    now, course_id = datetime.now(UTC), int(form["course_id"])
    secret = hashlib.sha256(session["_user_id"].encode()).hexdigest()
    learner_id, zone, hour = _db.execute(_WHO, (course_id, secret, _millis(now))).fetchone()
    _db.execute(_BEGIN)
    _write(form, course_id, learner_id, LearnerClock(zone, hour), now)
    _db.execute("COMMIT")


def _write(
    form: dict[str, str], course_id: int, learner_id: int, clock: LearnerClock, now: datetime
) -> None:
    fact_id, revision_id, nonce = int(form["fact"]), int(form["revision"]), form["nonce"]
    who = (learner_id, fact_id, learner_id, learner_id)
    row = _db.execute(_LOOK, (revision_id, *who, nonce, fact_id, course_id)).fetchone()
    seen, repeated = row[8] or 0, row[9]
    if repeated is not None or int(form["seen"]) != seen:
        raise ValueError("stale")
    before = NEW_STATE if row[0] is None else _state(row)
    rating, day = int(form["rating"]), clock.day_of(now).isoformat()
    seed = learner_id << 32 | fact_id
    after = review(before, rating, now=now, clock=clock, settings=_settings, seed=seed)
    bits = int.from_bytes(hashlib.sha256(nonce.encode()).digest()[:4], "big") >> 12
    stored, spent = json.dumps(before.to_json()), int(form["duration_ms"])
    keys = (learner_id, _millis(now) << 20 | bits, fact_id, course_id, revision_id, _millis(now))
    is_test, is_new = before.phase is Phase.REVIEW, before.phase is Phase.NEW
    chance = foretold(before, now=now, clock=clock, weights=None)
    _db.execute(_LOG, (*keys, day, rating, spent, stored, nonce, is_new, is_test, chance))
    values = after.to_json().values()
    _db.execute(_KEEP, (learner_id, fact_id, course_id, *values, seen + 1))
    recalled = int(is_test and rating > 1)
    counts = (int(is_test), recalled, int(is_new), spent)
    _db.execute(_TOTAL, (learner_id, course_id, quarter_of(now), *counts))
    if chance is not None:
        place = (learner_id, course_id, week_of(now), band_of(chance))
        error = squared_error(chance, recalled=bool(recalled))
        _db.execute(_FORETOLD, (*place, recalled, chance, error))


def _state(row: Any) -> MemoryState:
    phase, step, stability, difficulty, due_at, last_review_at, reps, lapses = row[:8]
    due, last = (_EPOCH + timedelta(milliseconds=ms) for ms in (due_at, last_review_at))
    return MemoryState(Phase(phase), step, stability, difficulty, due, last, reps, lapses)


def _millis(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)
