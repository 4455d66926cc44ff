"""Imports of questions: how far each has come, and its plan as it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem, QuizError
from quizapp.formats.registry import FORMATS
from quizapp.models import (
    Base,
    ImportOutcome,
    QuestionImport,
    QuestionImportFact,
    QuestionImportRow,
    QuestionImportState,
    Topic,
)
from quizapp.policy import Actor, require_author
from quizapp.services.import_rows import Importing, Plan, PlannedRow, WantedQuestions, author_of
from quizapp.services.jobs import JobName, enqueue

NO_IMPORT = "There is no such import in this course."
#: More are for a worker: a page would keep people waiting.
MOST_AT_ONCE = 500
#: What the files of imports end in, in their folder.
FILE_SUFFIX = ".questions"
_NAME_LIMIT = 200
_OTHER_WORKER = "This import is being done by another worker."
_State = QuestionImportState


def ask_question_import(
    session: Session, *, actor: Actor, course_id: int, wanted: WantedQuestions, now: datetime
) -> int:
    """Store that an instructor brings a file; return the id of the import.

    :raises Forbidden, NotFound: the actor does not teach the course.
    :raises Invalid: there is no such format, or no such topic in the course.
    """
    require_author(actor, course_id)
    problems = []
    if wanted.format not in FORMATS or not FORMATS[wanted.format].can_read:
        problems.append(Problem("format", "Choose one of the list."))
    if wanted.topic_id is not None and not _has_topic(session, course_id, wanted.topic_id):
        problems.append(Problem("topic", "Choose a topic of this course."))
    if problems:
        raise Invalid(problems)
    row = QuestionImport(
        course_id=course_id,
        author_id=author_of(actor),
        file=wanted.file,
        name=wanted.name[-_NAME_LIMIT:],
        format=wanted.format,
        topic_id=wanted.topic_id,
        state=_State.READING,
        run=0,
        total=0,
        done=0,
        counts={},
        report={},
        error="",
        created_at=now,
    )
    session.add(row)
    session.flush()  # generate row.id
    return row.id


def plan_later(session: Session, *, import_id: int, now: datetime) -> None:
    """Leave reading the file to a worker."""
    payload = {"import_id": import_id}
    enqueue(session, name=JobName.IMPORT_QUESTIONS, payload=payload, now=now)


def take_up_import(session: Session, *, import_id: int) -> Importing | None:
    """Let this worker do what is to be done with an import; None if there is nothing."""
    row = locked_import(session, import_id=import_id)
    if row is None or row.state not in (_State.READING, _State.APPLYING):
        return None
    _update(session, import_id, run=row.run + 1)
    return _importing(row, row.run + 1)


def begin_plan(session: Session, *, importing: Importing, total: int) -> None:
    """Throw an earlier plan away, and store how many parts the file has.

    :raises Conflict: another worker has it by now.
    """
    require_import_run(session, importing=importing, state=_State.READING)
    for table in (QuestionImportRow, QuestionImportFact):
        session.execute(sa.delete(table).where(table.import_id == importing.id))
    _update(session, importing.id, total=total, done=0)


def store_plan_rows(
    session: Session, *, importing: Importing, rows: Sequence[PlannedRow], first: int
) -> None:
    """Store a part of the plan, and how far it has come.

    :param first: the place of its first row in the file.
    :raises Conflict: another worker has it by now.
    """
    require_import_run(session, importing=importing, state=_State.READING)
    _insert(
        session,
        QuestionImportRow,
        [_row_values(importing.id, place, row) for place, row in enumerate(rows, first)],
    )
    _update(session, importing.id, done=first + len(rows))


def finish_plan(session: Session, *, importing: Importing, plan: Plan) -> None:
    """Store the facts of the plan, and that it can be looked at.

    :raises Conflict: another worker has it by now.
    """
    require_import_run(session, importing=importing, state=_State.READING)
    _insert(
        session,
        QuestionImportFact,
        [
            {
                "import_id": importing.id,
                "key": fact.key,
                "position": place,
                "is_new": fact.is_new,
                "topic_key": fact.topic_key,
                "statement": fact.statement,
                "note": fact.note,
                "record": fact.record,
                "status": fact.status,
                "citations": [[one.passage_id, one.start, one.exact] for one in fact.citations],
                "seen_sha256": fact.seen_sha256,
                "before": None,
            }
            for place, fact in enumerate(plan.facts)
        ],
    )
    counts = {outcome.value: plan.count(outcome) for outcome in ImportOutcome}
    _update(
        session,
        importing.id,
        state=_State.PLANNED,
        counts=counts | {"altered": plan.altered},
        report={"remarks": list(plan.remarks), "topics": plan.topics, "media": plan.media},
    )


def store_plan(session: Session, *, importing: Importing, plan: Plan) -> None:
    """Store a whole plan in one go."""
    begin_plan(session, importing=importing, total=len(plan.rows))
    store_plan_rows(session, importing=importing, rows=plan.rows, first=0)
    finish_plan(session, importing=importing, plan=plan)


def plan_anew(
    session: Session, *, actor: Actor, course_id: int, import_id: int, reason: str
) -> None:
    """Let a plan be made again: the course has changed since.

    :param reason: a sentence that the new plan is shown with.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such import.
    """
    row = require_import(session, actor=actor, course_id=course_id, import_id=import_id)
    if row.state in (_State.PLANNED, _State.APPLYING):
        _update(session, import_id, state=_State.READING, total=0, done=0, error=reason)


def apply_later(
    session: Session, *, actor: Actor, course_id: int, import_id: int, now: datetime
) -> None:
    """Leave applying a plan to a worker.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such import.
    :raises Conflict: it is not planned, or not any more.
    """
    row = require_import(session, actor=actor, course_id=course_id, import_id=import_id)
    require_state(row, _State.PLANNED)
    _update(session, import_id, state=_State.APPLYING)
    payload = {"import_id": import_id, "actor_id": actor.id}
    enqueue(session, name=JobName.IMPORT_QUESTIONS, payload=payload, now=now)


def fail_question_import(session: Session, *, import_id: int, reason: str) -> None:
    """Store why a file comes to nothing; nothing of it is in the course."""
    row = locked_import(session, import_id=import_id)
    if row is not None and row.state in (_State.READING, _State.APPLYING, _State.PLANNED):
        _update(session, import_id, state=_State.FAILED, error=reason, file="")


def mark_applied(
    session: Session, *, import_id: int, report: dict[str, Any], now: datetime
) -> None:
    """Store that the plan was applied; the file is not needed any more."""
    _update(
        session, import_id, state=_State.APPLIED, applied_at=now, report=report, file="", error=""
    )


def mark_undone(
    session: Session,
    *,
    import_id: int,
    report: dict[str, Any],
    holding_id: int | None,
    now: datetime,
) -> None:
    """Store that what the import did was taken back."""
    _update(
        session,
        import_id,
        state=_State.UNDONE,
        undone_at=now,
        report=report,
        holding_id=holding_id,
    )


def require_import(session: Session, *, actor: Actor, course_id: int, import_id: int) -> Any:
    """Return an import of a course that the actor teaches; nobody else works on it meanwhile.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such import.
    """
    require_author(actor, course_id)
    row = locked_import(session, import_id=import_id)
    if row is None or row.course_id != course_id:
        raise NotFound(NO_IMPORT)
    return row


def require_state(row: Any, state: QuestionImportState) -> None:
    """Pass an import that stands so.

    :raises Conflict: it stands elsewhere by now.
    """
    if row.state is not state:
        raise Conflict("This import has gone on meanwhile. Look at it again.")


def require_import_run(
    session: Session, *, importing: Importing, state: QuestionImportState
) -> None:
    """Pass the worker that took the import up last, until the end of the transaction.

    :raises Conflict: another one has it by now, or there is nothing to do any more.
    """
    row = locked_import(session, import_id=importing.id)
    if row is None or row.run != importing.run or row.state is not state:
        raise Conflict(_OTHER_WORKER)


def question_files_in_use(session: Session) -> set[str]:
    """Return the files of imports that may still be read."""
    found = sa.select(QuestionImport.file).where(
        QuestionImport.state.in_((_State.READING, _State.PLANNED, _State.APPLYING)),
        QuestionImport.file != "",
    )
    return set(session.scalars(found))


def drop_old_plans(session: Session, *, before: datetime) -> int:
    """Throw away plans that nobody applied for long; return how many."""
    old = sa.select(QuestionImport.id).where(
        QuestionImport.state.in_((_State.PLANNED, _State.READING)),
        QuestionImport.created_at < before,
    )
    found = list(session.scalars(old))
    for import_id in found:
        reason = "Nobody applied it within a week. Choose the file again."
        fail_question_import(session, import_id=import_id, reason=reason)
        for table in (QuestionImportRow, QuestionImportFact):
            session.execute(sa.delete(table).where(table.import_id == import_id))
    return len(found)


def locked_import(session: Session, *, import_id: int) -> Any:
    """Return the row of an import, locked, or None."""
    found = sa.select(*QuestionImport.__table__.c).where(QuestionImport.id == import_id)
    return session.execute(found.with_for_update()).one_or_none()


def reason_of(error: QuizError) -> str:
    """Return why a file cannot be read, with the line where that is known."""
    if not isinstance(error, Invalid):
        return str(error)
    return " ".join(
        f"{one.path.capitalize()}: {one.message}" if one.path.startswith("line") else one.message
        for one in error.problems
    )


def _importing(row: Any, run: int) -> Importing:
    return Importing(
        id=row.id,
        course_id=row.course_id,
        wanted=WantedQuestions(row.file, row.name, row.format, row.topic_id),
        state=row.state,
        run=run,
    )


def _row_values(import_id: int, position: int, row: PlannedRow) -> dict[str, Any]:
    lists = {"notes": list(row.notes), "tags": list(row.tags)}
    names = (name for name in PlannedRow.__slots__ if name not in lists)
    own = {name: getattr(row, name) for name in names}
    return {"import_id": import_id, "position": position, "before": None, **own, **lists}


def _has_topic(session: Session, course_id: int, topic_id: int) -> bool:
    found = sa.select(Topic.id).where(Topic.id == topic_id, Topic.course_id == course_id)
    return session.scalar(found) is not None


def _insert(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.execute(sa.insert(Base.metadata.tables[model.__tablename__]), list(rows))


def _update(session: Session, import_id: int, **values: Any) -> None:
    found = sa.update(QuestionImport).where(QuestionImport.id == import_id)
    session.execute(found.values(**values), execution_options={"synchronize_session": False})
