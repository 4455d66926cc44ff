"""How long a learner takes for a card."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.expected import Pace
from quizapp.memory.quarters import first_quarter
from quizapp.models import QuarterTotal
from quizapp.queries.history import LATELY, MEASURABLE, USUAL_SECONDS

#: A rating in steps takes as long as any other: a lapse is two of them, a new fact two or three.
_LAPSE, _NEW = 2.0, 2.5
#: Seconds are rounded to halves, so that what was reckoned for one pace serves many learners.
_HALVES = 2


def pace(
    session: Session, *, learner_id: int, course_id: int, clock: LearnerClock, today: date
) -> Pace:
    """Return what answers take the learner, by the last 30 days; while too little is known, usual.

    Ratings are not told apart by what they were of.
    """
    first = first_quarter(clock, today - timedelta(days=LATELY - 1))
    row = session.execute(
        sa.select(sa.func.sum(QuarterTotal.reviews), sa.func.sum(QuarterTotal.milliseconds)).where(
            QuarterTotal.learner_id == learner_id,
            QuarterTotal.course_id == course_id,
            QuarterTotal.quarter >= first,
        )
    ).one()
    reviews, milliseconds = (int(total or 0) for total in row)
    seconds = USUAL_SECONDS
    if reviews >= MEASURABLE and milliseconds:
        seconds = max(1.0, round(milliseconds / reviews / 1000 * _HALVES) / _HALVES)
    return Pace(seconds, _LAPSE * seconds, _NEW * seconds)
