"""What other tables say of a person whose account goes: work that waits, invitations, notes."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.models import Base, ClassMessage, Job, RateLimit, ReceivedMessage, SavedView
from quizapp.models.ownership import HELD
from quizapp.services import limits
from quizapp.services.account_deletions import Leaving

#: What stands where a name stood.
REMOVED = "[name removed]"
#: Names of a person in the payload of a job.
_KEYS = frozenset({"user_id", "learner_id", "actor_id"})
#: Notes between the people of a course; the texts of a course itself are no notes.
_NOTES = (
    ("question_comment", "text"),
    ("question_review", "comment"),
    ("regrade", "reason"),
    ("group_override", "reason"),
    ("learner_override", "reason"),
    ("question_import", "name"),
    ("class_message", "text"),
    ("class_message", "whom"),
    ("challenge", "text"),
)
#: The same where they are many: only what the person wrote is looked through.
_WRITTEN = (
    ("challenge", "answer", "answered_by"),
    ("marking", "comment", "made_by"),
    ("mark_entry", "comment", "made_by"),
    ("mark_entry", "reason", "made_by"),
    ("accommodation", "reason", "set_by"),
)
_QUIET = {"synchronize_session": False}


def remove_traces(session: Session, *, leaving: Leaving) -> None:
    """Remove what names somebody where no row is theirs."""
    _forget_work(session, leaving)
    _forget_tries(session, leaving)
    _forget_address(session, leaving)
    _forget_filters(session, leaving.user_id)
    for name in _names(leaving):
        _strike(session, leaving.user_id, name)


def unname_messages(session: Session, *, user_id: int) -> bool:
    """Take the name off messages that went to this person alone; return whether there were any.

    Such a message says whom it was for, by the name of that time. Who got it is known only for as
    long as their rows are there.
    """
    got, other = aliased(ReceivedMessage), aliased(ReceivedMessage)
    theirs = sa.select(got.message_id).where(got.learner_id == user_id)
    others = sa.exists().where(other.message_id == ClassMessage.id, other.learner_id != user_id)
    named = (ClassMessage.id.in_(theirs), ~others, ClassMessage.whom != REMOVED)
    change: Any = session.execute(
        sa.update(ClassMessage).where(*named).values(whom=REMOVED), execution_options=dict(_QUIET)
    )
    return bool(change.rowcount)


def _names(leaving: Leaving) -> list[str]:
    """Return what to strike out of notes; one word alone could be any word."""
    names = [leaving.name] if " " in leaving.name else []
    return [*names, leaving.email] if leaving.email else names


def _forget_work(session: Session, leaving: Leaving) -> None:
    """Drop the jobs about somebody, done or not: letters to them, work on what was theirs."""
    words = [sa.cast(Job.payload, sa.Text).contains(key) for key in _KEYS]
    if leaving.email:
        for column in (sa.cast(Job.payload, sa.Text), Job.error):
            words.append(column.contains(leaving.email, autoescape=True))
    rows = session.execute(sa.select(Job.id, Job.payload, Job.error).where(sa.or_(*words)))
    gone = [row.id for row in rows if _is_about(row.payload, row.error, leaving)]
    session.execute(sa.delete(Job).where(Job.id.in_(gone)), execution_options=dict(_QUIET))


def _is_about(payload: Any, error: str, leaving: Leaving) -> bool:
    if any(payload.get(key) == leaving.user_id for key in _KEYS):
        return True
    email = leaving.email
    return email is not None and (email in payload.values() or email in error)


def _forget_tries(session: Session, leaving: Leaving) -> None:
    kinds = [one for one in vars(limits).values() if isinstance(one, limits.Limit)]
    subjects = [str(leaving.user_id), *([leaving.email] if leaving.email else [])]
    buckets = [kind.bucket(subject) for kind in kinds for subject in subjects]
    session.execute(sa.delete(RateLimit).where(RateLimit.bucket.in_(buckets)))


def _forget_address(session: Session, leaving: Leaving) -> None:
    """Delete rows that hold the person's address, and those that they had by another one."""
    for table, held in _tables():
        if held.address is None:
            continue
        theirs = [table.c[name] == leaving.user_id for name in held.names]
        if leaving.email:
            theirs.append(table.c[held.address] == leaving.email)
        session.execute(sa.delete(table).where(sa.or_(*theirs)))


def _forget_filters(session: Session, user_id: int) -> None:
    """Take the person out of lists of questions that colleagues kept: those "by" them."""
    wanted = ("author", str(user_id))
    rows = session.execute(
        sa.select(SavedView.user_id, SavedView.course_id, SavedView.name, SavedView.query).where(
            SavedView.query.contains("=".join(wanted), autoescape=True)
        )
    )
    for row in rows.all():
        left = [pair for pair in parse_qsl(row.query, keep_blank_values=True) if pair != wanted]
        view = (
            SavedView.user_id == row.user_id,
            SavedView.course_id == row.course_id,
            SavedView.name == row.name,
        )
        change = sa.update(SavedView).where(*view).values(query=urlencode(left))
        session.execute(change, execution_options=dict(_QUIET))


def _strike(session: Session, user_id: int, name: str) -> None:
    """Strike a name out of notes."""
    tables = Base.metadata.tables
    for table, column in _NOTES:
        _replace(session, tables[table], column, name)
    for table, column, writer in _WRITTEN:
        _replace(session, tables[table], column, name, tables[table].c[writer] == user_id)


def _replace(session: Session, table: sa.Table, column: str, name: str, *where: Any) -> None:
    """Write over a name however it is spelt: databases replace what is written just so."""
    words, key = table.c[column], list(table.primary_key.columns)
    stands = sa.func.lower(words).like(_in_any_case(name), escape="\\")
    for row in session.execute(sa.select(words, *key).where(*where, stands)).all():
        left = re.sub(re.escape(name), REMOVED, row[0], flags=re.IGNORECASE)
        if left == row[0]:
            continue
        here = [one == value for one, value in zip(key, row[1:], strict=True)]
        session.execute(sa.update(table).where(*here).values({column: left}))


def _in_any_case(name: str) -> str:
    """Return what to look for with LIKE in lower case: all that has a name in it, and maybe more.

    Databases know capitals of English letters alone (SQLite does, PostgreSQL by its locale), so
    any character may stand where another letter has two cases.
    """
    found = ""
    for letter in name:
        if letter.isascii():
            found += f"\\{letter}" if letter in "%_\\" else letter.lower()
        else:
            found += letter if letter.lower() == letter.upper() else "_"
    return f"%{found}%"


def _tables() -> list[tuple[sa.Table, Any]]:
    return [(table, HELD[table.name]) for table in Base.metadata.sorted_tables]
