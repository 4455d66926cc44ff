"""Keeping what is typed about a question before it is saved; nobody but its author sees it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, Problem
from quizapp.models import Question, QuestionDraft, from_millis, to_millis
from quizapp.policy import Actor, require_author

MOST_DRAFTS = 100
MOST_FIELDS = 300
TEXT_LIMIT = 200_000
STEM_LIMIT = 200
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
_TICK = timedelta(milliseconds=1)
_NEWER = "Another page of yours has a newer draft of this."


def is_draft_key(text: str) -> bool:
    """Return whether a text can name a draft."""
    return _KEY.fullmatch(text) is not None


def keep_draft(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    key: str,
    question_id: int | None,
    seen: int,
    stem: str,
    fields: Sequence[tuple[str, str]],
    known: datetime | None,
    now: datetime,
) -> datetime:
    """Store what is typed, in place of what the same page stored before; return when.

    :param known: when the page knows the draft was stored last, None for never.
    :raises Forbidden, NotFound: the actor does not teach the course.
    :raises Conflict: another page has stored this draft since.
    :raises Invalid: it is too long, or there are too many.
    """
    require_author(actor, course_id)
    _check(session, actor, key, fields)
    at = from_millis(to_millis(now if known is None else max(now, known + _TICK)))
    stated = {"seen": seen, "stem": stem[:STEM_LIMIT], "fields": list(map(list, fields))}
    mine = (QuestionDraft.user_id == actor.id, QuestionDraft.key == key)
    changed = session.execute(
        sa.update(QuestionDraft)
        .where(*mine, QuestionDraft.course_id == course_id, QuestionDraft.saved_at == known)
        .values(**stated, saved_at=at),
        execution_options={"synchronize_session": False},
    )
    if cast("sa.CursorResult[Any]", changed).rowcount == 1:
        return at
    if known is not None and session.scalar(sa.select(QuestionDraft.key).where(*mine)) is None:
        known = None  # it was discarded elsewhere; what is typed here is kept all the same
    if known is not None or session.scalar(sa.select(QuestionDraft.key).where(*mine)):
        raise Conflict(_NEWER)
    of_course = sa.select(Question.id).where(
        Question.id == question_id, Question.course_id == course_id
    )
    owner = {"user_id": actor.id, "course_id": course_id, "question_id": session.scalar(of_course)}
    session.execute(sa.insert(QuestionDraft).values(**owner, **stated, key=key, saved_at=at))
    return at


def discard_draft(session: Session, *, actor: Actor, course_id: int, key: str) -> None:
    """Forget a draft of the actor's; one that is not there stays away, whatever its key.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_author(actor, course_id)
    if not is_draft_key(key):
        return
    session.execute(
        sa.delete(QuestionDraft).where(
            QuestionDraft.user_id == actor.id,
            QuestionDraft.key == key,
            QuestionDraft.course_id == course_id,
        ),
        execution_options={"synchronize_session": False},
    )


def _check(session: Session, actor: Actor, key: str, fields: Sequence[tuple[str, str]]) -> None:
    if not is_draft_key(key):
        raise Invalid([Problem("draft", "Load the page again.")])
    problems = []
    if len(fields) > MOST_FIELDS or sum(len(n) + len(v) for n, v in fields) > TEXT_LIMIT:
        problems.append(Problem("", "This is too much text for one question. Shorten it."))
    if any("\0" in name + value for name, value in fields):
        problems.append(Problem("", "There is a character in it that cannot be stored."))
    kept = sa.select(sa.func.count()).where(
        QuestionDraft.user_id == actor.id, QuestionDraft.key != key
    )
    if (session.scalar(kept) or 0) >= MOST_DRAFTS:
        message = f"You have {MOST_DRAFTS} drafts. Save or discard some of them."
        problems.append(Problem("", message))
    if problems:
        raise Invalid(problems)
