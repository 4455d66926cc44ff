"""Rows of one's own, of any table, for a copy: with words beside numbers that say nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.layout import LaidSlot
from quizapp.models import (
    Attempt,
    AttemptState,
    Base,
    Course,
    Fact,
    Group,
    MarkEntry,
    Origin,
    Passage,
    Question,
    Quiz,
    Revision,
    Source,
    Topic,
)
from quizapp.models.ownership import HELD
from quizapp.policy import Actor
from quizapp.queries.attempt_marks import revision_contents
from quizapp.queries.card_history import attempt_of
from quizapp.queries.quiz_history import own_closing, shows_marks
from quizapp.queries.response_words import in_words

_USER = "user_account"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unshown:
    """What a person may not see yet of their marks.

    :param attempts: that are still open, or whose results are not shown.
    :param quizzes: in which something was written by hand of their mark, and no mark is shown.
    """

    attempts: tuple[int, ...]
    quizzes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Whose rows are copied.

    :param courses: that they are in: what others wrote there may stand in their copy.
    """

    id: int
    email: str | None
    courses: tuple[int, ...]
    unshown: Unshown


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table. :param after: where the next begin, ready for JSON; None: no more."""

    rows: list[Row]
    after: list[Any] | None


def person_of(session: Session, *, actor: Actor, now: datetime) -> Person:
    """Return whose rows are copied, and what of them has to wait."""
    found = unshown(session, learner_id=actor.id, now=now)
    return Person(actor.id, actor.email, tuple(actor.roles), found)


def unshown(session: Session, *, learner_id: int, now: datetime) -> Unshown:
    """Return what a learner may not see yet of their marks."""
    mine = sa.bindparam("learner_id", type_=sa.Integer)
    attempts = session.execute(
        sa.select(Attempt.id, Attempt.state, Quiz.settings, own_closing())
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.learner_id == mine),
        {"learner_id": learner_id},
    )
    written = sa.exists().where(MarkEntry.learner_id == mine, MarkEntry.quiz_id == Quiz.id)
    quizzes = session.execute(
        sa.select(Quiz.id, Quiz.settings, own_closing()).where(written).order_by(Quiz.id),
        {"learner_id": learner_id},
    )
    return Unshown(
        tuple(
            row.id
            for row in attempts
            if row.state is AttemptState.OPEN or not shows_marks(row, now=now)
        ),
        tuple(row.id for row in quizzes if not shows_marks(row, now=now)),
    )


def own_rows(
    session: Session, *, table: str, person: Person, after: Sequence[Any] | None, most: int
) -> Chunk:
    """Return some rows of a table that are a person's, in the order of its key."""
    held, found = HELD[table], Base.metadata.tables[table]
    mine = [found.c[name] == person.id for name in (held.owner, held.wrote) if name]
    if held.address:
        mine = [found.c[name] == person.id for name in held.names]
        mine.append(found.c[held.address] == person.email)
    wanted = [sa.or_(*mine), *_shown(found, person.unshown)]
    others = {c.name for c in found.c if _points_at(c) == _USER}
    left_out = {*held.secret, *others}
    chunk = read_rows(
        session, found, wanted, left_out=left_out, courses=person.courses, after=after, most=most
    )
    if table == "review":
        return replace(chunk, rows=_told(chunk.rows, set(person.unshown.attempts)))
    return chunk


def _shown(table: sa.Table, hidden: Unshown) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that leave out what a person may not see yet."""
    if table.name == "mark_entry":
        return [table.c.quiz_id.not_in(hidden.quizzes)]
    name = "id" if table.name == "attempt" else "attempt_id"
    return [table.c[name].not_in(hidden.attempts)] if name in table.c else []


def _told(reviews: list[Row], hidden: set[int]) -> list[Row]:
    """Return the reviews but those of such attempts: each says what an answer earned."""
    return [
        row
        for row in reviews
        if row["origin"] is not Origin.QUIZ or attempt_of(row["nonce"]) not in hidden
    ]


def read_rows(
    session: Session,
    table: sa.Table,
    wanted: Sequence[sa.ColumnElement[bool]],
    *,
    left_out: set[str],
    courses: Sequence[int],
    after: Sequence[Any] | None,
    most: int,
) -> Chunk:
    """Return some rows of a table with words for what they point at."""
    key = list(table.primary_key.columns)
    found = sa.select(table).where(*wanted).order_by(*key).limit(most)
    if after is not None:
        place = [sa.literal(_loaded(one, c), c.type) for one, c in zip(after, key, strict=True)]
        found = found.where(sa.tuple_(*key) > sa.tuple_(*place))
    rows = [dict(row._mapping) for row in session.execute(found)]
    end = None
    if len(rows) == most:
        end = [_dumped(rows[-1][column.name]) for column in key]
    _add_words(session, table, rows, courses)
    return Chunk([_plain(row, left_out) for row in rows], end)


def _points_at(column: sa.Column[Any]) -> str:
    """Return the table that a column points at, or ""."""
    return next((key.column.table.name for key in column.foreign_keys), "")


def _dumped(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _loaded(value: Any, column: sa.Column[Any]) -> Any:
    return date.fromisoformat(value) if isinstance(column.type, sa.Date) else value


def _plain(row: Row, left_out: set[str]) -> Row:
    return {name: value for name, value in row.items() if name not in left_out}


def _add_words(session: Session, table: sa.Table, rows: list[Row], courses: Sequence[int]) -> None:
    """Put beside each number of a course, a fact or the like what it is called."""
    if not rows:
        return
    for column in table.c:
        naming = _NAMED.get(_points_at(column))
        if naming is None:
            continue
        ids = {row[column.name] for row in rows} - {None}
        names = _names(session, naming(courses), ids)
        for row in rows:
            row[column.name.removesuffix("_id")] = names.get(row[column.name], "")
    if table.name == "attempt":
        _add_questions(session, rows, courses)
    if table.name == "response":
        _add_answers(session, rows, courses)


def _add_questions(session: Session, rows: list[Row], courses: Sequence[int]) -> None:
    """Say what each attempt asked, in place of its layout."""
    asked = {row["id"]: [LaidSlot.revision_of(slot) for slot in row["layout"]] for row in rows}
    ids = {one for revisions in asked.values() for one in revisions}
    stems = _names(session, _stems(courses), ids)
    for row in rows:
        row.pop("layout")
        row["questions"] = [stems.get(one, "") for one in asked[row["id"]]]


def _add_answers(session: Session, rows: list[Row], courses: Sequence[int]) -> None:
    """Put the question and the words of the answer beside what is stored of it."""
    attempts = {(row["learner_id"], row["attempt_id"]) for row in rows}
    found = session.execute(
        sa.select(Attempt.id, Attempt.layout).where(
            Attempt.learner_id.in_({learner for learner, _ in attempts}),
            Attempt.id.in_({attempt for _, attempt in attempts}),
        )
    )
    asked = {row.id: [LaidSlot.revision_of(slot) for slot in row.layout] for row in found}
    ids = sorted({one for revisions in asked.values() for one in revisions})
    stems, contents = _names(session, _stems(courses), set(ids)), revision_contents(session, ids)
    for row in rows:
        revision = asked[row["attempt_id"]][row["slot"]]
        kind, content = contents[revision]
        row["question"] = stems.get(revision, "")
        given = row["content"]
        response = None if given is None else kind.load_response(content, given)
        row["answer"] = in_words(kind, content, response) if revision in stems else ""


_AT_ONCE = 500
#: A query of numbers and words, and the number.
_Found = tuple[Any, Any]
_Naming = Callable[[Sequence[int]], _Found]


def _names(session: Session, naming: _Found, ids: set[int]) -> dict[int, str]:
    found, key = naming
    names: dict[int, str] = {}
    listed = sorted(ids)
    for start in range(0, len(listed), _AT_ONCE):
        rows = session.execute(found.where(key.in_(listed[start : start + _AT_ONCE])))
        names |= {row[0]: row[1] for row in rows}
    return names


def _stems(courses: Sequence[int]) -> _Found:
    found = sa.select(Revision.id, Question.stem).join(
        Question, Question.id == Revision.question_id
    )
    return found.where(Question.course_id.in_(courses)), Revision.id


def _passages(courses: Sequence[int]) -> _Found:
    found = sa.select(Passage.id, Passage.heading).join(Source, Source.id == Passage.source_id)
    return found.where(Source.course_id.in_(courses)), Passage.id


def _of(table: Any, words: Any) -> _Naming:
    def naming(courses: Sequence[int]) -> _Found:
        return sa.select(table.id, words).where(table.course_id.in_(courses)), table.id

    return naming


#: What something is called, by its table: of those courses only.
_NAMED: Mapping[str, _Naming] = {
    "course": lambda _courses: (sa.select(Course.id, Course.title), Course.id),
    "topic": _of(Topic, Topic.title),
    "fact": _of(Fact, Fact.statement),
    "question": _of(Question, Question.stem),
    "quiz": _of(Quiz, Quiz.title),
    "student_group": _of(Group, Group.name),
    "revision": _stems,
    "passage": _passages,
}
