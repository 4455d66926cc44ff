"""The links in letters that stop them: they work without signing in, for whoever has the mail.

Nothing is stored of them. A link names whose letters it stops and is signed, so that nobody can
make one; it goes on working for as long as the letter lies somewhere.
"""

from __future__ import annotations

from itsdangerous import BadData, URLSafeSerializer

_PURPOSE = "stop-weekly-letters"


def stop_token(secret_key: str, *, learner_id: int) -> str:
    """Return what the address of such a link ends with."""
    return str(_signer(secret_key).dumps(learner_id))


def read_stop_token(secret_key: str, token: str) -> int | None:
    """Return whose letters a link stops; None if we have not made it."""
    try:
        learner_id = _signer(secret_key).loads(token)
    except BadData:
        return None
    return learner_id if isinstance(learner_id, int) else None


def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=_PURPOSE)
