"""What was studied before reviews named their rules can be worked out again afterwards."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import db
from quizapp.config import Settings
from quizapp.memory.days import LearnerClock
from quizapp.memory.scheduler import review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState
from quizapp.models import to_millis
from quizapp.queries.memory_rows import seed_of
from quizapp.queries.memory_rules import rules_in_force
from quizapp.services.memory_replay import replay

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
LEARNER, COURSE = 7, 1
CLOCK = LearnerClock("Asia/Tehran", 5)
ROWS = (
    "INSERT INTO user_account (id, name, is_admin, is_guest, is_disabled, timezone,"
    " day_start_hour, created_at) VALUES (7, 'A', false, false, false, 'Asia/Tehran', 5, 0)",
    "INSERT INTO course (id, slug, title, summary, language, is_public, created_at)"
    " VALUES (1, 'a', 'A', '', 'en', true, 0)",
    "INSERT INTO topic (id, course_id, key, title, summary, position) VALUES (1, 1, '', '', '', 0)",
    "INSERT INTO fact (id, course_id, topic_id, key, statement, note, record, status, position)"
    " VALUES (1, 1, 1, 'f1', 'F', '', '', 'ready', 1), (2, 1, 1, 'f2', 'F', '', '', 'ready', 2),"
    " (3, 1, 1, 'f3', 'F', '', '', 'ready', 3), (4, 1, 1, 'f4', 'F', '', '', 'ready', 4)",
    "INSERT INTO question (id, course_id, fact_id, key, type, stem, status, recall, current_number,"
    " updated_at) VALUES (1, 1, 1, 'q', 'cloze', '', 'ready', 2, 1, 0)",
    "INSERT INTO revision (id, question_id, number, type, content, sha256, created_at)"
    " VALUES (1, 1, 1, 'cloze', '{}', '', 0)",
    "INSERT INTO memory_setting VALUES (7, 1, 0.8, 4)",
)


class Past:
    """Reviews as they were stored then."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.count = 0

    def rate(self, fact: int, before: MemoryState, days: int, retention: float) -> MemoryState:
        at = NOON + timedelta(days=days)
        self.count += 1
        values = {
            "id": to_millis(at) << 20,
            "fact": fact,
            "at": to_millis(at),
            "day": CLOCK.day_of(at).isoformat(),
            "before": json.dumps(before.to_json()),
            "retention": retention,
            "nonce": str(self.count),
        }
        self.connection.execute(
            sa.text(
                "INSERT INTO review (learner_id, id, fact_id, course_id, revision_id, at, day,"
                " rating, origin, duration_ms, before, desired_retention, algorithm, nonce)"
                " VALUES (7, :id, :fact, 1, 1, :at, :day, 3, 'flashcard', 0, :before, :retention,"
                " 'fsrs6', :nonce)"
            ),
            values,
        )
        rules: dict[str, Any] = {"now": at, "clock": CLOCK, "seed": seed_of(LEARNER, fact)}
        return review(before, 3, settings=MemorySettings(desired_retention=retention), **rules)

    def keep(self, fact: int, state: MemoryState, **flags: Any) -> None:
        values = {"fact": fact, "suspended": False, "buried": None}
        stored = {"due_at": 5} | {k: v for k, v in state.to_json().items() if v is not None}
        every = dict.fromkeys(state.to_json()) | stored | values | flags
        self.connection.execute(
            sa.text(
                "INSERT INTO memory (learner_id, fact_id, course_id, phase, step, stability,"
                " difficulty, due_at, last_review_at, reps, lapses, is_suspended, buried_until,"
                " seen) VALUES (7, :fact, 1, :phase, :step, :stability, :difficulty, :due_at,"
                " :last_review_at, :reps, :lapses, :suspended, :buried, 1)"
            ),
            every,
        )


def test_old_reviews_replay_to_what_is_stored(settings: Settings, engine: sa.Engine) -> None:
    db.downgrade(settings, "0004")
    with engine.begin() as connection:
        for row in ROWS:
            connection.execute(sa.text(row))
        past = Past(connection)
        # One fact under three settings, one that was reset and met again, one that was reset and
        # not met since, one that was put off unmet.
        state = past.rate(1, past.rate(1, NEW_STATE, 0, 0.9), 2, 0.7)
        past.keep(1, past.rate(1, state, 20, 0.9), suspended=True)
        past.rate(2, past.rate(2, NEW_STATE, 1, 0.9), 3, 0.9)
        past.keep(2, past.rate(2, NEW_STATE, 4, 0.9))
        past.rate(3, NEW_STATE, 5, 0.9)
        past.keep(4, NEW_STATE, buried=to_millis(NOON))

    db.upgrade(settings)

    with Session(engine) as session:
        (found,) = list(replay(session))
        held = rules_in_force(session, learner_id=LEARNER, course_id=COURSE)
    assert [str(one) for one in found.differences] == []
    assert (found.memories, found.reviews) == (4, 7)
    assert (held.settings.desired_retention, held.settings.new_per_day) == (0.8, 4)
    assert (held.zone, held.day_start_hour) == ("Asia/Tehran", 5)

    db.downgrade(settings, "0004")
    with engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT * FROM memory_setting")).all()
    assert [tuple(row) for row in kept] == [(7, 1, 0.8, 4)]
