"""The end of an account: asked for, taken back, begun. What then goes is `services.erasure`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, NotFound
from quizapp.models import (
    AccountDeletion,
    Course,
    DataExport,
    EmailChange,
    ExportState,
    ImportState,
    Job,
    JobState,
    PackageImport,
    PasswordReset,
    User,
)
from quizapp.policy import Actor
from quizapp.queries.own_courses import sole_courses
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.package_imports import fail_import
from quizapp.services.sessions import close_all

#: So long an account can be kept after all.
GRACE = timedelta(days=14)
#: After which time without a worker a deletion is asked for again.
_FORGOTTEN = timedelta(hours=1)
LAST_ADMIN = (
    "You are the only one who runs this site. Make an account for somebody else first: "
    "`quizapp user create --admin` on the server does it."
)
_BEGUN = "Your account is being deleted already. It cannot be kept any more."
_LEFT = "The account of whoever asked for this is being deleted."
_OPEN = (ImportState.WAITING, ImportState.RUNNING)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody whose account is being deleted.

    :param courses: that are theirs alone and go with them.
    """

    user_id: int
    name: str
    email: str | None
    keeps_statistics: bool
    courses: tuple[int, ...]


def ask_deletion(
    session: Session, *, actor: Actor, keeps_statistics: bool, token: str, now: datetime
) -> datetime:
    """Store that somebody wants their account deleted; return from when on it will be.

    Their other browsers are signed out: whoever sits at one of them must not undo it, or go on.
    Guests could not come back to change their mind, so theirs is deleted at once.

    :param token: of the browser that stays signed in.
    :raises Forbidden: nobody else runs the site.
    """
    if actor.is_admin and not _other_admins(session, actor.id):
        raise Forbidden(LAST_ADMIN)
    due_at = now if actor.is_guest else now + GRACE
    if session.get(AccountDeletion, actor.id) is not None:
        raise Conflict("This is asked for already.")
    session.add(
        AccountDeletion(
            user_id=actor.id,
            keeps_statistics=keeps_statistics,
            asked_at=now,
            due_at=due_at,
            began_at=None,
            courses=[],
        )
    )
    session.flush()  # a second press fails here
    close_all(session, user_id=actor.id, but=token)
    session.execute(sa.delete(EmailChange).where(EmailChange.user_id == actor.id))
    _enqueue(session, actor.id, now=now, run_after=due_at)
    return due_at


def keep_account(session: Session, *, actor: Actor) -> None:
    """Take it back: the account stays.

    :raises NotFound: nothing was asked for. :raises Conflict: it has begun.
    """
    row = _locked(session, actor.id)
    if row is None:
        raise NotFound("Nobody asked for this account to be deleted.")
    if row.began_at is not None:
        raise Conflict(_BEGUN)
    session.execute(sa.delete(AccountDeletion).where(AccountDeletion.user_id == actor.id))


def begin_deletion(session: Session, *, user_id: int, now: datetime) -> Leaving | None:
    """Let this worker begin or go on; None where it was taken back, is not due or cannot be.

    From here on nobody signs in to the account or joins courses that are theirs alone, and what was
    begun for it comes to an end.
    """
    row = _locked(session, user_id)
    if row is None or row.due_at > now:
        return None
    user = session.execute(sa.select(*User.__table__.c).where(User.id == user_id)).one()
    courses = list(row.courses)
    if row.began_at is None:
        if user.is_admin and not _other_admins(session, user_id):
            # Everybody else who ran the site has gone meanwhile: it waits until somebody does.
            _update(session, user_id, due_at=now + timedelta(days=1))
            _enqueue(session, user_id, now=now, run_after=now + timedelta(days=1))
            return None
        courses = _close_courses(session, user_id, now)
        _update(session, user_id, began_at=now, courses=courses)
    session.execute(sa.update(User).where(User.id == user_id).values(is_disabled=True))
    close_all(session, user_id=user_id)
    session.execute(sa.delete(PasswordReset).where(PasswordReset.user_id == user_id))
    _stop_exports(session, user_id, now)
    return Leaving(user_id, user.name, user.email, row.keeps_statistics, tuple(courses))


def is_leaving(session: Session, *, user_id: int) -> bool:
    """Return whether an account is still to be deleted; other workers wait until the commit."""
    return _locked(session, user_id) is not None


def go_on_later(session: Session, *, leaving: Leaving, now: datetime) -> None:
    """Leave the rest for a later job, so that others have their turn."""
    _enqueue(session, leaving.user_id, now=now, run_after=now)


def resume_deletions(session: Session, *, now: datetime) -> None:
    """Ask again for what should long have been done: each try of its job has failed.

    What a job still waits for, or a worker is at, is left to them.
    """
    late = sa.select(AccountDeletion.user_id).where(AccountDeletion.due_at < now - _FORGOTTEN)
    waiting = sa.select(Job.payload).where(
        Job.name == JobName.DELETE_ACCOUNT, Job.state == JobState.WAITING
    )
    under_way = {payload["user_id"] for payload in session.scalars(waiting)}
    for user_id in sorted({*session.scalars(late)} - under_way):
        _enqueue(session, user_id, now=now, run_after=now)


def _close_courses(session: Session, user_id: int, now: datetime) -> list[int]:
    """Hide the courses that go with the account, so that nobody joins one any more; return them."""
    alone = sole_courses(session, user_id=user_id)
    # Who is joining one right now is waited for: then it is theirs alone no more.
    found = sa.select(Course.id).where(Course.id.in_(alone)).order_by(Course.id)
    session.execute(found.with_for_update())
    going = [*sole_courses(session, user_id=user_id), *_stop_imports(session, user_id, now)]
    shown = sa.update(Course).where(Course.id.in_(going), Course.hidden_since.is_(None))
    session.execute(
        shown.values(hidden_since=now, is_public=False),
        execution_options={"synchronize_session": False},
    )
    return going


def _stop_imports(session: Session, user_id: int, now: datetime) -> Sequence[int]:
    """End imports that are going on; return the courses that they were making."""
    rows = session.execute(
        sa.select(PackageImport.id, PackageImport.course_id, PackageImport.is_comparison).where(
            PackageImport.learner_id == user_id, PackageImport.state.in_(_OPEN)
        )
    ).all()
    for row in rows:
        fail_import(session, import_id=row.id, reason=_LEFT, now=now)
    return [row.course_id for row in rows if row.course_id and not row.is_comparison]


def _stop_exports(session: Session, user_id: int, now: datetime) -> None:
    going = sa.update(DataExport).where(
        DataExport.learner_id == user_id,
        DataExport.state.in_((ExportState.WAITING, ExportState.RUNNING)),
    )
    session.execute(going.values(state=ExportState.FAILED, error=_LEFT, ended_at=now))


def _other_admins(session: Session, user_id: int) -> list[int]:
    """Return who else runs the site and stays; of two who leave at once, the second waits."""
    leaving = sa.select(AccountDeletion.user_id)
    found = (
        sa.select(User.id)
        .where(User.is_admin, User.is_disabled.is_(False), User.id != user_id)
        .where(User.id.not_in(leaving))
        .order_by(User.id)
    )
    return list(session.scalars(found.with_for_update(of=User)))


def _enqueue(session: Session, user_id: int, *, now: datetime, run_after: datetime) -> None:
    enqueue(
        session,
        name=JobName.DELETE_ACCOUNT,
        payload={"user_id": user_id},
        now=now,
        run_after=run_after,
    )


def _locked(session: Session, user_id: int) -> Any:
    found = sa.select(*AccountDeletion.__table__.c).where(AccountDeletion.user_id == user_id)
    return session.execute(found.with_for_update()).one_or_none()


def _update(session: Session, user_id: int, **values: Any) -> None:
    change = sa.update(AccountDeletion).where(AccountDeletion.user_id == user_id)
    session.execute(change.values(**values), execution_options={"synchronize_session": False})
