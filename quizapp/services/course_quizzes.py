"""Copying the quizzes of a course: their questions and draws by key, their dates moved or gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.grading.draws import Draw
from quizapp.grading.settings import YEARS, QuizSettings
from quizapp.models import Base, Question, Quiz, Slot, Status, Topic
from quizapp.services.course_copying import Pair

_QUIZ = Base.metadata.tables[Quiz.__tablename__]
_SLOT = Base.metadata.tables[Slot.__tablename__]


def copy_quizzes(session: Session, pair: Pair, *, shift_days: int | None, zone: str) -> int:
    """Copy every quiz with what it asks; return how many lost a date.

    These become drafts: nobody is to find an exam open that had its day. Attempts and exceptions
    stay behind.

    :param shift_days: moves opening and closing by so many days of the clock in `zone`, unless that
        leads out of the years that a quiz may be in; None leaves them out.
    """
    stored = (
        session.execute(
            sa.select(*Quiz.__table__.c)
            .where(Quiz.course_id == pair.old, ~Quiz.is_practice)
            .order_by(Quiz.position, Quiz.id)
        )
        .mappings()
        .all()
    )
    rows = [_copied(row, pair.new, shift_days, ZoneInfo(zone)) for row in stored]
    if rows:
        session.execute(sa.insert(_QUIZ), rows)
        _copy_slots(session, pair)
    pairs = zip(stored, rows, strict=True)
    return sum(_dates(old["settings"]) > _dates(new["settings"]) for old, new in pairs)


def _dates(settings: Mapping[str, Any]) -> int:
    return sum(bool(settings.get(name)) for name in ("opens_at", "closes_at"))


def moved(settings: QuizSettings, days: int, zone: ZoneInfo) -> QuizSettings:
    """Return settings with their dates so many days later, at the same time of day there."""
    return replace(
        settings,
        opens_at=_later(settings.opens_at, days, zone),
        closes_at=_later(settings.closes_at, days, zone),
    )


def _later(at: datetime | None, days: int, zone: ZoneInfo) -> datetime | None:
    if at is None:
        return None
    # Added on the clock of the zone: nine in the morning stays nine in the morning.
    later = at.astimezone(zone) + timedelta(days=days)
    return later.astimezone(UTC) if later.year in YEARS else None


def _copied(
    stored: Mapping[Any, Any], course_id: int, shift_days: int | None, zone: ZoneInfo
) -> dict[str, Any]:
    had, status = QuizSettings.parse(stored["settings"]), stored["status"]
    if shift_days is None:
        settings = replace(had, opens_at=None, closes_at=None)
    else:
        settings = moved(had, shift_days, zone)
    if status is Status.READY and _dates(had.dump()) > _dates(settings.dump()):
        status = Status.DRAFT
    kept = ("key", "title", "summary", "position", "access_code")
    return {
        **{name: stored[name] for name in kept},
        "course_id": course_id,
        "settings": settings.dump(),
        "status": status,
        "bank_sha256": None,
        "edited": 0,
        "is_practice": False,
    }


def _copy_slots(session: Session, pair: Pair) -> None:
    quiz, old, new = aliased(Quiz), aliased(Question), aliased(Question)
    stored = session.execute(
        sa.select(quiz.id, Slot.position, Slot.max_mark, new.id.label("question_id"), Slot.draw)
        .join(Quiz, Quiz.id == Slot.quiz_id)
        .join(quiz, sa.and_(quiz.course_id == pair.new, quiz.key == Quiz.key))
        .outerjoin(old, old.id == Slot.question_id)
        .outerjoin(new, sa.and_(new.course_id == pair.new, new.key == old.key))
        .where(Quiz.course_id == pair.old, ~Quiz.is_practice)
    ).all()
    topics = _topics(session, pair)
    rows = [
        {
            "quiz_id": row.id,
            "position": row.position,
            "max_mark": row.max_mark,
            "question_id": row.question_id,
            "draw": _drawn(row.draw, topics) if row.draw else None,
        }
        for row in stored
        if row.question_id is not None or row.draw
    ]
    if rows:
        session.execute(sa.insert(_SLOT), rows)


def _topics(session: Session, pair: Pair) -> dict[int, int]:
    """Return the topics of the copy by those of the original."""
    new = aliased(Topic)
    found = sa.select(Topic.id, new.id.label("new_id")).join(
        new, sa.and_(new.course_id == pair.new, new.key == Topic.key)
    )
    return {row.id: row.new_id for row in session.execute(found.where(Topic.course_id == pair.old))}


def _drawn(stored: Mapping[str, Any], topics: Mapping[int, int]) -> dict[str, Any]:
    draw = Draw.load(stored)
    # A topic that was deleted since the draw was written gives nothing here either.
    return replace(draw, topics=tuple(topics.get(one, 0) for one in draw.topics)).dump()
