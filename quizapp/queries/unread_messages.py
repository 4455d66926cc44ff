"""What instructors wrote to a learner that they have not put away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import ClassMessage, ReceivedMessage, User

#: So many stand on Today.
MOST_UNREAD = 3


@dataclass(frozen=True, slots=True)
class UnreadMessage:
    """A message to a learner that they have not put away."""

    id: int
    author: str | None
    text: str
    sent_at: datetime


def unread_messages(
    session: Session, *, learner_id: int, course_id: int
) -> tuple[UnreadMessage, ...]:
    """Return the messages that a learner has not put away, the newest `MOST_UNREAD` first."""
    rows = session.execute(
        sa.select(ClassMessage.id, User.name, ClassMessage.text, ClassMessage.sent_at)
        .join(ReceivedMessage, ReceivedMessage.message_id == ClassMessage.id)
        .outerjoin(User, User.id == ClassMessage.author_id)
        .where(
            ReceivedMessage.learner_id == learner_id,
            ReceivedMessage.seen_at.is_(None),
            ClassMessage.course_id == course_id,
        )
        .order_by(ClassMessage.id.desc())
        .limit(MOST_UNREAD)
    )
    return tuple(UnreadMessage(*row) for row in rows)
