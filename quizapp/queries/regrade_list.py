"""What was decided about the questions of a course, for its instructors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.errors import NotFound
from quizapp.grading.regrades import RegradeFix
from quizapp.models import MarkChange, Question, Quiz, Regrade, Revision, User
from quizapp.policy import Actor, require_instructor
from quizapp.queries.doubts import accepted_words
from quizapp.questions.base import QuestionType
from quizapp.questions.registry import TYPES

PAGE_SIZE = 20
_NO_QUESTION = "There is no such question in this course."


@dataclass(frozen=True, slots=True)
class RegradeRow:
    """One decision.

    :param quiz_title: "" for every quiz. :param accepted: the response that counts as right too,
        in words; "" for other fixes. :param changed: how many marks it changed when it was made.
    """

    id: int
    question_id: int
    number: int
    stem: str
    fix: RegradeFix
    accepted: str
    quiz_title: str
    reason: str
    made_by: str
    made_at: datetime
    undone_by: str
    undone_at: datetime | None
    changed: int


@dataclass(frozen=True, slots=True)
class RegradePage:
    """One page of the decisions, the newest first."""

    rows: tuple[RegradeRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Version:
    """One revision of the question that is to be regraded; `content` is what the type parses."""

    id: int
    number: int
    kind: QuestionType[Any, Any]
    content: Any


@dataclass(frozen=True, slots=True)
class RegradedQuestion:
    """A question with its versions, the newest first."""

    id: int
    current_number: int
    versions: tuple[Version, ...]

    def version(self, revision_id: int) -> Version:
        return next(one for one in self.versions if one.id == revision_id)

    def id_of(self, number: int | None) -> int | None:
        """Return the id of the version with this number, None for None.

        :raises NotFound: there is none.
        """
        if number is None:
            return None
        for one in self.versions:
            if one.number == number:
                return one.id
        raise NotFound("This question has no such version.")


def regraded_question(
    session: Session, *, actor: Actor, course_id: int, question_id: int
) -> RegradedQuestion:
    """Return a question of a course with all its versions.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question.
    """
    require_instructor(actor, course_id)
    rows = session.execute(
        sa.select(Revision.id, Revision.number, Revision.type, Revision.content)
        .add_columns(Question.current_number)
        .join(Question, Question.id == Revision.question_id)
        .where(Question.id == question_id, Question.course_id == course_id)
        .order_by(Revision.number.desc())
    ).all()
    if not rows:
        raise NotFound(_NO_QUESTION)
    versions = tuple(
        Version(row.id, row.number, TYPES[row.type], TYPES[row.type].parse(row.content))
        for row in rows
    )
    return RegradedQuestion(question_id, rows[0].current_number, versions)


def regrades(session: Session, *, actor: Actor, course_id: int, page: int = 1) -> RegradePage:
    """Return the decisions of a course; a page beyond the last gives the last.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    is_here = Regrade.course_id == course_id
    total = session.scalar(sa.select(sa.func.count()).where(is_here)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    selected = _selected().where(is_here).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return RegradePage(_read(session, selected), total, page, pages)


def regrades_of(
    session: Session, *, actor: Actor, course_id: int, question_id: int
) -> tuple[RegradeRow, ...]:
    """Return the decisions about a question that hold, the newest first.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    selected = _selected().where(
        Regrade.course_id == course_id,
        Revision.question_id == question_id,
        Regrade.undone_at.is_(None),
    )
    return _read(session, selected)


def one_regrade(session: Session, *, actor: Actor, course_id: int, regrade_id: int) -> RegradeRow:
    """Return one decision.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such decision.
    """
    require_instructor(actor, course_id)
    selected = _selected().where(Regrade.course_id == course_id, Regrade.id == regrade_id)
    rows = _read(session, selected)
    if not rows:
        raise NotFound("There is no such regrade in this course.")
    return rows[0]


def names_of(session: Session, learner_ids: Collection[int]) -> dict[int, str]:
    """Return the names of learners, by id."""
    rows = session.execute(sa.select(User.id, User.name).where(User.id.in_(learner_ids)))
    return {row.id: row.name for row in rows}


def quiz_titles(session: Session, quiz_ids: Collection[int]) -> dict[int, str]:
    """Return the titles of quizzes, by id."""
    rows = session.execute(sa.select(Quiz.id, Quiz.title).where(Quiz.id.in_(quiz_ids)))
    return {row.id: row.title for row in rows}


def _selected() -> sa.Select[Any]:
    maker, undoer = aliased(User), aliased(User)
    return (
        sa.select(*sa.inspect(Regrade).columns)
        .add_columns(Revision.question_id, Revision.number, Revision.type, Revision.content)
        .add_columns(Quiz.title, maker.name.label("maker"), undoer.name.label("undoer"))
        .join(Revision, Revision.id == Regrade.revision_id)
        .outerjoin(Quiz, Quiz.id == Regrade.quiz_id)
        .outerjoin(maker, maker.id == Regrade.made_by)
        .outerjoin(undoer, undoer.id == Regrade.undone_by)
        .order_by(Regrade.made_at.desc(), Regrade.id.desc())
    )


def _read(session: Session, selected: sa.Select[Any]) -> tuple[RegradeRow, ...]:
    """Return the decisions with how many marks each changed."""
    rows = session.execute(selected).all()
    # One pass over the changes for all of them: nothing else asks for them by regrade.
    counted = session.execute(
        sa.select(MarkChange.regrade_id, sa.func.count())
        .where(MarkChange.regrade_id.in_([row.id for row in rows]), MarkChange.is_undo.is_(False))
        .group_by(MarkChange.regrade_id)
    )
    changed = {regrade_id: count for regrade_id, count in counted}
    return tuple(_row(row, changed.get(row.id, 0)) for row in rows)


def _row(row: Any, changed: int) -> RegradeRow:
    kind = TYPES[row.type]
    content = kind.parse(row.content)
    is_accept = row.fix is RegradeFix.ACCEPT
    return RegradeRow(
        id=row.id,
        question_id=row.question_id,
        number=row.number,
        stem=kind.stem(content),
        fix=row.fix,
        accepted=accepted_words(kind, content, row.detail) if is_accept else "",
        quiz_title=row.title or "",
        reason=row.reason,
        made_by=row.maker or "",
        made_at=row.made_at,
        undone_by=row.undoer or "",
        undone_at=row.undone_at,
        changed=changed,
    )
