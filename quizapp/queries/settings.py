"""What a person set, for the settings pages."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Review
from quizapp.policy import Actor


def reviews_kept(session: Session, *, actor: Actor) -> int:
    """Return how many reviews a learner has that were not undone."""
    counted = sa.select(sa.func.count()).where(
        Review.learner_id == actor.id, Review.undone_at.is_(None)
    )
    return session.scalar(counted) or 0
