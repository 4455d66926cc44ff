"""How the form of questions grows in a course, set by those who teach it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.forms import USUAL, FormPolicy
from quizapp.models import Course
from quizapp.policy import Actor, require_author


def set_form_policy(session: Session, *, actor: Actor, course_id: int, policy: FormPolicy) -> None:
    """Keep how forms grow from now on; nothing of any memory changes.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_author(actor, course_id)
    # NULL, so that what is usual can become better for courses that never chose.
    stored = sa.null() if policy == USUAL else policy.dump()
    session.execute(
        sa.update(Course).where(Course.id == course_id).values(form_policy=stored),
        execution_options={"synchronize_session": False},
    )
