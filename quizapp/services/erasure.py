"""What goes when an account is deleted, a little at a time, so that others can write in between.

`models.ownership` says of every table what becomes of its rows. A worker that dies is followed by
one that goes on: each step looks for what is still there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Attempt,
    AttemptState,
    Base,
    Challenge,
    Course,
    Fact,
    Passage,
    Question,
    QuestionComment,
    Quiz,
    Revision,
    Source,
    Status,
    Topic,
    User,
)
from quizapp.models.ownership import HELD
from quizapp.services.account_deletions import Leaving, is_leaving
from quizapp.services.course_emptying import (
    empty_facts,
    empty_passages,
    empty_questions,
    finish_emptying,
)
from quizapp.services.courses import taken_back
from quizapp.services.erasure_traces import remove_traces, unname_messages
from quizapp.services.mark_lock import share
from quizapp.services.statistics import Place, add_terms, keep_departed, terms_of_attempts

#: Rows of one table in one transaction; attempts, which are counted too; parts of a course.
BATCH, ATTEMPTS, PARTS = 2_000, 20, 250
#: With fewer others in a quiz its counts would still show what this one person did.
LEAST_OTHERS = 5
_QUIET = {"synchronize_session": False}
#: The account itself goes last, with what says that it is going.
_LAST = {"user_account", "account_deletion"}


def erase_some(session: Session, *, leaving: Leaving, now: datetime) -> bool:
    """Delete a part of what is somebody's; return whether there may be more.

    Two workers that have the same account at once take turns: what the first one takes out of the
    statistics, the second does not find any more.
    """
    if not is_leaving(session, user_id=leaving.user_id):
        return False
    return (
        _erase_attempts(session, leaving)
        or unname_messages(session, user_id=leaving.user_id)
        or _erase_rows(session, leaving.user_id)
        or any(_empty_course(session, one, now) for one in leaving.courses)
    )


def finish_erasure(session: Session, *, leaving: Leaving) -> bool:
    """Delete the account; what others keep of it loses the name in the same moment.

    Return False where another worker has done so.
    """
    if not is_leaving(session, user_id=leaving.user_id):
        return False
    remove_traces(session, leaving=leaving)
    session.execute(
        sa.delete(User).where(User.id == leaving.user_id), execution_options=dict(_QUIET)
    )
    return True


def _erase_attempts(session: Session, leaving: Leaving) -> bool:
    """Delete some attempts with all that hangs on them, and settle what they were counted as."""
    found = session.execute(
        sa.select(Attempt.id, Quiz.course_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.learner_id == leaving.user_id)
        .order_by(Attempt.id)
        .limit(ATTEMPTS)
    ).all()
    if not found:
        return False
    for course_id in sorted({row.course_id for row in found}):
        share(session, course_id)
    theirs = (Attempt.learner_id == leaving.user_id, Attempt.id.in_([row.id for row in found]))
    # Read once they are locked: one may be handed in, or marked, by somebody else right now.
    rows = session.execute(
        sa.select(Attempt.id, Attempt.state, Attempt.quiz_id)
        .where(*theirs)
        .order_by(Attempt.id)
        .with_for_update()
    ).all()
    kept = _crowded(session, leaving, {row.quiz_id for row in rows})
    handed_in = [row for row in rows if row.state is AttemptState.SUBMITTED]
    gone = _places(leaving, [row for row in handed_in if row.quiz_id not in kept])
    stay = _places(leaving, [row for row in handed_in if row.quiz_id in kept])
    if leaving.keeps_statistics:
        _keep_challenges(session, leaving, [row.id for row in rows])
    add_terms(session, terms_of_attempts(session, gone, sign=-1))
    keep_departed(session, terms_of_attempts(session, stay))
    session.execute(sa.delete(Attempt).where(*theirs), execution_options=dict(_QUIET))
    return True


def _crowded(session: Session, leaving: Leaving, quiz_ids: set[int]) -> set[int]:
    """Return the quizzes whose counts may keep what this person added."""
    if not leaving.keeps_statistics:
        return set()
    others = (
        sa.select(Attempt.quiz_id)
        .where(
            Attempt.quiz_id.in_(quiz_ids),
            Attempt.learner_id != leaving.user_id,
            Attempt.state == AttemptState.SUBMITTED,
        )
        .group_by(Attempt.quiz_id)
        .having(sa.func.count(Attempt.learner_id.distinct()) >= LEAST_OTHERS)
    )
    return set(session.scalars(others))


def _places(leaving: Leaving, rows: Sequence[Any]) -> list[Place]:
    return [(leaving.user_id, row.id) for row in rows]


def _keep_challenges(session: Session, leaving: Leaving, attempt_ids: Sequence[int]) -> None:
    """Let what was doubted of questions stay with them, as a comment that nobody signed."""
    rows = session.execute(
        sa.select(Challenge.text, Challenge.answer, Challenge.answered_by, Challenge.answered_at)
        .add_columns(Challenge.made_at, Revision.question_id)
        .join(Revision, Revision.id == Challenge.revision_id)
        .where(Challenge.learner_id == leaving.user_id, Challenge.attempt_id.in_(attempt_ids))
    )
    for row in rows.all():
        doubt = QuestionComment(
            question_id=row.question_id,
            text=f"A student's challenge: {row.text}",
            at=row.made_at,
            resolved_by=row.answered_by,
            resolved_at=row.answered_at,
        )
        session.add(doubt)
        session.flush()  # generate its id
        if row.answer:
            reply = QuestionComment(
                question_id=row.question_id,
                parent_id=doubt.id,
                author_id=row.answered_by,
                text=row.answer,
                at=row.answered_at or row.made_at,
            )
            session.add(reply)
    session.flush()


def _erase_rows(session: Session, user_id: int) -> bool:
    """Delete a batch of the first table that still has rows of theirs, children first."""
    for table in reversed(Base.metadata.sorted_tables):
        owner = HELD[table.name].owner
        if owner is None or table.name in _LAST:
            continue
        key = list(table.primary_key.columns)
        some = sa.select(*key).where(table.c[owner] == user_id).limit(BATCH)
        found = session.execute(
            sa.delete(table).where(table.c[owner] == user_id, sa.tuple_(*key).in_(some))
        )
        if found.rowcount:  # type: ignore[attr-defined]
            return True
    return False


def _empty_course(session: Session, course_id: int, now: datetime) -> bool:
    """Let a course that was theirs alone say nothing; return whether something was done.

    Its rows stay as empty shells, as those of courses that were taken back do.
    """
    emptied = sa.select(Course.emptied_at).where(Course.id == course_id)
    row = session.execute(emptied).one_or_none()
    if row is None or row.emptied_at is not None:
        return False
    hidden = {"hidden_since": now, "is_public": False, "slug": taken_back("account", course_id)}
    _set(session, Course, Course.id == course_id, title="", summary="", **hidden)
    questions = _some(session, Question.id, Question.course_id == course_id, Question.stem)
    facts = _some(session, Fact.id, Fact.course_id == course_id, Fact.statement)
    parts = (empty_questions, questions), (empty_facts, facts)
    for act, ids in (*parts, (empty_passages, _passages(session, course_id))):
        if ids:
            act(session, ids=ids)
            return True
    _set(session, Topic, Topic.course_id == course_id, title="", summary="")
    words = dict.fromkeys(("title", "author", "year", "licence", "note"), "")
    _set(session, Source, Source.course_id == course_id, **words)
    _set(session, Quiz, Quiz.course_id == course_id, title="", summary="", status=Status.RETIRED)
    finish_emptying(session, course_id=course_id, now=now)
    return True


def _some(session: Session, key: Any, here: Any, words: Any) -> list[int]:
    return list(session.scalars(sa.select(key).where(here, words != "").limit(PARTS)))


def _passages(session: Session, course_id: int) -> list[int]:
    found = (
        sa.select(Passage.id)
        .join(Source, Source.id == Passage.source_id)
        .where(Source.course_id == course_id, Passage.text != "")
        .limit(PARTS)
    )
    return list(session.scalars(found))


def _set(session: Session, table: type[Base], here: Any, **values: Any) -> None:
    change = sa.update(table).where(here).values(**values)
    session.execute(change, execution_options=dict(_QUIET))
