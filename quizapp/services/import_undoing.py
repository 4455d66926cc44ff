"""Taking an import back: the course is what it was, but for what people did with it since.

New questions go into a hidden course that nobody is a member of. Nothing is deleted, so whatever
points at them, such as an attempt that drew one, still finds what was asked; and nobody waits while
every log is searched for who might.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    MADE_HERE,
    Base,
    Citation,
    Course,
    Fact,
    ImportOutcome,
    Memory,
    MemoryAct,
    Passage,
    Question,
    QuestionImportFact,
    QuestionImportRow,
    QuestionImportState,
    QuestionOrigin,
    Revision,
    Slot,
    Status,
    Topic,
    from_millis,
)
from quizapp.policy import Actor
from quizapp.queries.import_ground import known_facts
from quizapp.services.courses import taken_back
from quizapp.services.import_rows import author_of
from quizapp.services.item_figures import make_due
from quizapp.services.question_imports import mark_undone, require_import, require_state
from quizapp.services.question_index import index_questions, move_index

_TICK = timedelta(milliseconds=1)
_CHUNK = 500
_QUIET = {"synchronize_session": False}
_Row = QuestionImportRow
_RESTORED = (
    "fact_id",
    "type",
    "recall",
    "status",
    "stem",
    "tags",
    "current_number",
    "updated_at",
)


@dataclass(slots=True)
class Undone:
    """How many questions were taken out, retired since somebody uses them, given back what they
    were, and left alone since somebody edited them after the import."""

    taken_out: int = 0
    retired: int = 0
    restored: int = 0
    kept: int = 0


def undo_import(
    session: Session, *, actor: Actor, course_id: int, import_id: int, now: datetime
) -> Undone:
    """Take back what an import did.

    A new question that a quiz or a learner uses, or that somebody edited, is retired; every other
    one is gone. A changed one gets its former content as a new revision, and its former status,
    tags and fact, unless somebody edited it since.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such import.
    :raises Conflict: it is not applied, or was taken back already.
    """
    row = require_import(session, actor=actor, course_id=course_id, import_id=import_id)
    require_state(row, QuestionImportState.APPLIED)
    undone = Undone()
    new = (_Row.import_id == import_id, _Row.outcome == ImportOutcome.NEW)
    make_due(session, sa.select(_Row.question_id).where(*new))
    _restore(session, course_id, import_id, actor=actor, now=now, undone=undone)
    _restore_facts(session, course_id, import_id, now)
    holding_id = _take_out(session, course_id, row, now=now, undone=undone)
    _unpublish(session, row.report.get("published", ()))
    for topic_id in row.report.get("made_topics", ()):
        used = sa.select(Fact.id).where(Fact.topic_id == topic_id).limit(1)
        if session.scalar(used) is None:
            _run(session, sa.delete(Topic).where(Topic.id == topic_id))
    report = {**row.report, "undone": asdict(undone)}
    mark_undone(session, import_id=import_id, report=report, holding_id=holding_id, now=now)
    return undone


def _restore(
    session: Session,
    course_id: int,
    import_id: int,
    *,
    actor: Actor,
    now: datetime,
    undone: Undone,
) -> None:
    rows = session.execute(
        sa.select(_Row.question_id, _Row.before, _Row.origin)
        .add_columns(Question.current_number, Question.updated_at)
        .join(Question, Question.id == _Row.question_id)
        .where(_Row.import_id == import_id, _Row.outcome == ImportOutcome.CHANGED)
    ).all()
    _unname(session, course_id, rows)
    same = [row for row in rows if _is_untouched(row)]
    undone.restored, undone.kept = len(same), len(rows) - len(same)
    revised = [row.question_id for row in same if row.current_number != row.before["number"]]
    _revise_back(session, import_id, revised, actor=actor, now=now)
    if same:
        table = Base.metadata.tables[Question.__tablename__]
        values: dict[str, Any] = {name: sa.bindparam(f"b_{name}") for name in _RESTORED}
        change = sa.update(table).where(table.c.id == sa.bindparam("b_id")).values(values)
        session.connection().execute(change, [_former(row, now) for row in same])
        index_questions(session, [row.question_id for row in same])


def _is_untouched(row: Any) -> bool:
    """Return whether a question still is what the import made of it."""
    after = (row.before["after_number"], from_millis(row.before["after"]))
    return (row.current_number, row.updated_at) == after


def _former(row: Any, now: datetime) -> dict[str, Any]:
    was = row.before
    number = row.current_number + (row.current_number != was["number"])
    kept = {f"b_{name}": was[name] for name in ("fact_id", "type", "recall", "stem", "tags")}
    return kept | {
        "b_id": row.question_id,
        "b_status": Status(was["status"]),
        "b_current_number": number,
        "b_updated_at": max(now, row.updated_at + _TICK),
    }


def _revise_back(
    session: Session, import_id: int, ids: Collection[int], *, actor: Actor, now: datetime
) -> None:
    """Store the former contents as new revisions: revisions only add up."""
    columns = {
        Revision.question_id: Revision.question_id,
        Revision.type: Revision.type,
        Revision.content: Revision.content,
        Revision.sha256: Revision.sha256,
        Revision.number: Question.current_number + 1,
        Revision.author_id: sa.literal(author_of(actor), sa.Integer()),
        Revision.created_at: sa.literal(now, Revision.created_at.type),
    }
    former = sa.and_(Revision.question_id == _Row.question_id, Revision.number == _Row.seen_number)
    stated = (
        sa.select(*columns.values())
        .select_from(_Row)
        .join(Revision, former)
        .join(Question, Question.id == _Row.question_id)
        .where(_Row.import_id == import_id)
    )
    for some in _chunks(ids):
        found = stated.where(_Row.question_id.in_(some))
        session.execute(sa.insert(Revision).from_select(list(columns), found))


def _unname(session: Session, course_id: int, rows: Collection[Any]) -> None:
    """Give back what files stated before; names that the import brought are gone."""
    table = Base.metadata.tables[QuestionOrigin.__tablename__]
    own = (table.c.course_id == course_id, table.c.key == sa.bindparam("b_key"))
    gone = [{"b_key": row.origin} for row in rows if row.before["origin_sha256"] is None]
    kept = [
        {"b_key": row.origin, "b_sha256": row.before["origin_sha256"]}
        for row in rows
        if row.before["origin_sha256"] is not None
    ]
    if gone:
        session.connection().execute(sa.delete(table).where(*own), gone)
    if kept:
        change = sa.update(table).where(*own).values(sha256=sa.bindparam("b_sha256"))
        session.connection().execute(change, kept)


def _restore_facts(session: Session, course_id: int, import_id: int, now: datetime) -> None:
    planned = QuestionImportFact
    rows = session.execute(
        sa.select(planned.before, Fact.id, Topic.id.label("topic_id"))
        .join(Fact, sa.and_(Fact.course_id == course_id, Fact.key == planned.key))
        .outerjoin(
            Topic,
            sa.and_(
                Topic.course_id == course_id,
                Topic.key == planned.before["topic_key"].as_string(),
            ),
        )
        .where(planned.import_id == import_id, planned.is_new.is_(False))
    ).all()
    known = known_facts(session, [row.id for row in rows])
    for row in rows:
        was = row.before
        if was is None or known[row.id].sha256 != was["after"]:
            continue
        said = {name: was[name] for name in ("statement", "note", "record")}
        topic = {} if row.topic_id is None else {"topic_id": row.topic_id}
        _run(session, sa.update(Fact).where(Fact.id == row.id).values(**said, **topic))
        if was["citations"] is not None:
            _run(session, sa.delete(Citation).where(Citation.fact_id == row.id))
            cited = _still_citing(session, was["citations"], now)
            if cited:
                session.execute(sa.insert(Base.metadata.tables["citation"]), cited)


def _still_citing(
    session: Session, stored: Sequence[dict[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """Return former citations as they may be stored again, by what their passages say now.

    One whose passage was deleted is gone; one whose words stand there no more is lost.
    """
    ids = {one["passage_id"] for one in stored}
    found = (
        sa.select(Passage.id, Passage.text).where(Passage.id.in_(ids)).with_for_update(read=True)
    )
    texts = {row.id: row.text for row in session.execute(found)}
    return [
        one | {"lost_at": _lost_at(one, texts[one["passage_id"]], now)}
        for one in stored
        if one["passage_id"] in texts
    ]


def _lost_at(stored: dict[str, Any], text: str, now: datetime) -> datetime | None:
    if stored["lost_at"] is not None:
        return from_millis(stored["lost_at"])
    return None if text[stored["start"] : stored["end"]] == stored["exact"] else now


def _take_out(
    session: Session, course_id: int, item: Any, *, now: datetime, undone: Undone
) -> int | None:
    """Take the new questions out, or retire those that are used; return the hidden course."""
    rows = session.execute(
        sa.select(Question.id, Question.fact_id, Question.current_number, Question.updated_at)
        .add_columns(Question.status)
        .join(_Row, _Row.question_id == Question.id)
        .where(
            _Row.import_id == item.id,
            _Row.outcome == ImportOutcome.NEW,
            Question.course_id == course_id,
        )
    ).all()
    # What never was ready nobody has met, so that most undoing looks into no learner's memory.
    ready = {row.fact_id for row in rows if row.status is not Status.DRAFT}
    learnt = _learnt(session, course_id, ready)
    slotted = set(session.scalars(sa.select(Slot.question_id).where(Slot.question_id.is_not(None))))
    used = {
        row.id
        for row in rows
        if row.id in slotted
        or row.fact_id in learnt
        or (row.current_number, row.updated_at) != (1, item.applied_at)
    }
    gone = [row.id for row in rows if row.id not in used]
    undone.taken_out, undone.retired = len(gone), len(used)
    _set(session, Question, used, status=Status.RETIRED, updated_at=now)
    if not gone:
        return None
    holding_id, topic_id = _hidden_course(session, item, now)
    _set(session, Question, gone, course_id=holding_id)
    for some in _chunks(gone):
        move_index(session, some, course_id=holding_id)
        _run(session, sa.delete(QuestionOrigin).where(QuestionOrigin.question_id.in_(some)))
    made = _made_facts(session, course_id, item.id)
    still: set[int] = set()
    for some in _chunks(made):
        found = sa.select(Question.fact_id).where(
            Question.fact_id.in_(some), Question.course_id == course_id
        )
        still.update(session.scalars(found))
    _set(session, Fact, made - still - learnt, course_id=holding_id, topic_id=topic_id)
    return holding_id


def _learnt(session: Session, course_id: int, facts: Collection[int]) -> set[int]:
    """Return those of the facts that a learner has met."""
    met: set[int] = set()
    if not facts:
        return met
    for table in (Memory, MemoryAct):
        found = sa.select(table.fact_id).where(table.course_id == course_id).distinct()
        met.update(session.scalars(found))
    return met & set(facts)


def _made_facts(session: Session, course_id: int, import_id: int) -> set[int]:
    planned = QuestionImportFact
    found = (
        sa.select(Fact.id)
        .join(planned, planned.key == Fact.key)
        .where(
            Fact.course_id == course_id, planned.import_id == import_id, planned.is_new.is_(True)
        )
    )
    return set(session.scalars(found))


def _hidden_course(session: Session, item: Any, now: datetime) -> tuple[int, int]:
    """Make a course without members; return its id and that of its topic."""
    course = Course(
        slug=taken_back("import", item.id),
        title=f"Taken back: {item.name}"[:200],
        summary="",
        language="en",
        is_public=False,
        created_at=now,
        bank_sha256=MADE_HERE,
        hidden_since=now,
    )
    session.add(course)
    session.flush()  # generate course.id
    topic = Topic(course_id=course.id, key="undone", title="Taken back", summary="", position=0)
    session.add(topic)
    session.flush()  # generate topic.id
    return course.id, topic.id


def _unpublish(session: Session, facts: Collection[int]) -> None:
    """Make drafts again of facts that the import made ready, if nothing ready tests them."""
    for some in _chunks(facts):
        tested = sa.select(Question.fact_id).where(
            Question.fact_id == Fact.id, Question.status == Status.READY
        )
        change = sa.update(Fact).where(
            Fact.id.in_(some), Fact.status == Status.READY, ~tested.exists()
        )
        _run(session, change.values(status=Status.DRAFT))


def _set(session: Session, table: Any, ids: Collection[int], **values: Any) -> None:
    for some in _chunks(ids):
        _run(session, sa.update(table).where(table.id.in_(some)).values(**values))


def _chunks(values: Collection[int]) -> Iterator[list[int]]:
    listed = sorted(values)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def _run(session: Session, statement: Any) -> None:
    session.execute(statement, execution_options=_QUIET)
