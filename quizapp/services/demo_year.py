"""Storing a learner's simulated year, many reviews at once, and taking quizzes in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.layout import LaidSlot, load_layout
from quizapp.memory.settings import ALGORITHM
from quizapp.memory.state import MemoryState, Phase
from quizapp.models import (
    Attempt,
    Base,
    Memory,
    MemoryRules,
    Origin,
    Pause,
    Review,
)
from quizapp.policy import Actor
from quizapp.queries.attempt_marks import revision_contents
from quizapp.queries.memory_rows import STATE_COLUMNS, Snapshot, columns_of, state_of
from quizapp.services.attempt_start import start_attempt
from quizapp.services.attempt_submit import submit_attempt
from quizapp.services.attempts import save_response
from quizapp.services.demo_course import DemoCourse, DemoQuiz
from quizapp.services.reviews import review_id
from quizapp.services.totals import count_all
from quizapp.simulation.year import Asked, LearnerYear

_BATCH = 500
_RULES = 1


def begin_year(session: Session, *, actor: Actor, course_id: int, year: LearnerYear) -> None:
    """Store what a learner chose on their first day: settings, and the days off that they told."""
    session.add(
        MemoryRules(
            learner_id=actor.id,
            course_id=course_id,
            number=_RULES,
            since=year.joined_at,
            settings=year.settings.dump(),
            zone=actor.timezone,
            day_start_hour=actor.day_start_hour,
            algorithm=ALGORITHM,
        )
    )
    for one in year.person.breaks:
        if one.is_told:
            first_day, last_day = year.date_of(one.first), year.date_of(one.last)
            session.add(
                Pause(
                    learner_id=actor.id,
                    course_id=course_id,
                    first_day=first_day,
                    last_day=last_day,
                )
            )


def store_asked(
    session: Session, *, actor: Actor, course: DemoCourse, asked: Sequence[Asked], seed: int
) -> None:
    """Store reviews, and the memories and totals that they lead to."""
    if not asked:
        return
    keys = {"learner_id": actor.id, "course_id": course.id}
    rows = [_review(keys, course, one, seed) for one in asked]
    session.execute(sa.insert(Base.metadata.tables[Review.__tablename__]), rows)
    _store_memories(session, keys, course, {one.fact: one.after for one in asked})
    count_all(session.connection(), rows)


def take_quiz(
    session: Session,
    *,
    actor: Actor,
    course: DemoCourse,
    quiz: DemoQuiz,
    year: LearnerYear,
    at: datetime,
    seed: int,
) -> dict[int, MemoryState]:
    """Take a quiz as the learner would; return what it made of memories, by number of fact."""
    chance = Random(f"{seed} {actor.id} {quiz.id} {at}")  # noqa: S311
    started = start_attempt(
        session, actor=actor, quiz_id=quiz.id, seed=chance.getrandbits(62), now=at
    )
    numbers = {fact_id: number for number, fact_id in enumerate(course.fact_ids)}
    laid = load_layout(
        session.scalars(
            sa.select(Attempt.layout).where(
                Attempt.learner_id == actor.id, Attempt.id == started.attempt_id
            )
        ).one()
    )
    contents = revision_contents(session, [slot.revision_id for slot in laid])
    for position, slot in enumerate(laid):
        at += timedelta(milliseconds=round(1000 * chance.lognormvariate(3.0, 0.5)))
        knows = year.knows(numbers[slot.fact_id], at)
        posted = _posted(*contents[slot.revision_id], slot, knows=knows, chance=chance)
        if posted:
            save_response(
                session,
                actor=actor,
                attempt_id=started.attempt_id,
                slot=position,
                posted=posted,
                nonce=f"demo-{position}",
                now=at,
            )
    at += timedelta(seconds=20)
    submit_attempt(session, actor=actor, attempt_id=started.attempt_id, now=at)
    facts = [slot.fact_id for slot in laid]
    return {numbers[fact]: state for fact, state in _states(session, actor.id, facts)}


def _posted(
    kind: Any, content: Any, laid: LaidSlot, *, knows: bool, chance: Random
) -> dict[str, list[str]]:
    """Return what the form sends: the key, something else, or nothing."""
    if not knows and chance.random() < 0.08:
        return {}
    if hasattr(content, "options"):
        keys = [place for place, option in enumerate(content.options) if option.key]
        others = [place for place, option in enumerate(content.options) if not option.key]
        # Who does not know guesses, and is right now and then.
        picked = keys[0] if knows else chance.choice((*keys, *others))
        order = laid.order or range(len(content.options))
        return {"choice": [str(list(order).index(picked))]}
    right = kind.answer(content).text
    return {"text": [right if knows else _mistaken(right)]}


def _mistaken(right: str) -> str:
    return str(int(right) + 1) if right.isdigit() else f"{right[0]}on"


def _review(keys: dict[str, int], course: DemoCourse, one: Asked, seed: int) -> dict[str, Any]:
    nonce = f"demo-{seed}-{one.at.timestamp():.3f}"
    # Choices while a fact is young, typed answers once it holds: as the site asks.
    is_typed = (one.before.stability or 0.0) > 21
    return keys | {
        "id": review_id(one.at, nonce),
        "fact_id": course.fact_ids[one.fact],
        "revision_id": course.revision_ids[one.fact][int(is_typed)],
        "at": one.at,
        "day": one.day,
        "rating": int(one.rating),
        "origin": Origin.FLASHCARD,
        "duration_ms": one.duration_ms,
        "before": one.before.to_json(),
        "rules": _RULES,
        "interval_days": one.interval_days,
        "is_first": one.before.phase is Phase.NEW,
        "is_test": one.before.phase is Phase.REVIEW,
        "predicted": one.predicted,
        "nonce": nonce,
    }


def _store_memories(
    session: Session, keys: dict[str, int], course: DemoCourse, states: dict[int, MemoryState]
) -> None:
    rows = [
        columns_of(Snapshot(state)) | keys | {"fact_id": course.fact_ids[fact], "seen": state.reps}
        for fact, state in states.items()
    ]
    table = Base.metadata.tables[Memory.__tablename__]
    for start in range(0, len(rows), _BATCH):
        some = rows[start : start + _BATCH]
        ids = [row["fact_id"] for row in some]
        mine = table.c.learner_id == keys["learner_id"]
        session.execute(sa.delete(table).where(mine, table.c.fact_id.in_(ids)))
        session.execute(sa.insert(table), some)


def _states(
    session: Session, learner_id: int, facts: Sequence[int]
) -> Iterable[tuple[int, MemoryState]]:
    rows = session.execute(
        sa.select(Memory.fact_id, *STATE_COLUMNS).where(
            Memory.learner_id == learner_id, Memory.fact_id.in_(facts)
        )
    )
    return [(row.fact_id, state_of(row)) for row in rows]
