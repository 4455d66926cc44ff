"""The links in letters that stop them: they work without signing in, for whoever has the mail.

Nothing is stored of them. A link names whose letters it stops and is signed, so that nobody can
make one; it goes on working for as long as the letter lies somewhere. It names the moment, too, at
which the account was made: SQLite gives the number of an account that is deleted to the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer

from quizapp.models.base import from_millis, to_millis

_PURPOSE = "stop-weekly-letters"


@dataclass(frozen=True, slots=True)
class Stopping:
    """Whose letters a link stops: of the account of that number that was made then."""

    learner_id: int
    since: datetime


def stop_token(secret_key: str, *, learner_id: int, since: datetime) -> str:
    """Return what the address of such a link ends with. :param since: as in `Stopping`."""
    return str(_signer(secret_key).dumps([learner_id, to_millis(since)]))


def read_stop_token(secret_key: str, token: str) -> Stopping | None:
    """Return whose letters a link stops; None if we have not made it."""
    try:
        learner_id, since = _signer(secret_key).loads(token)
    except (BadData, TypeError, ValueError):
        return None
    return Stopping(learner_id, from_millis(since))


def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=_PURPOSE)
