"""Facts as they are stated on the site."""

from __future__ import annotations

from sqlalchemy.orm import Session

from quizapp.models import Status
from quizapp.services.facts import NewFact, check_fact, store_fact


def state_fact(
    session: Session, *, course_id: int, stated: NewFact, status: Status = Status.READY
) -> int:
    """Check and store a fact with its citation, as saving a question on it does; return its id."""
    checked = check_fact(session, course_id=course_id, stated=stated)
    return store_fact(session, course_id=course_id, checked=checked, status=status)
