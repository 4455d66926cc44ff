"""Names that instructors give to what the list of questions shows them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, Problem
from quizapp.models import SavedView
from quizapp.models.listing import VIEW_NAME, VIEW_QUERY
from quizapp.policy import Actor, require_author
from quizapp.queries.list_choices import saved_views
from quizapp.questions.reading import clean

MOST_VIEWS = 20


def save_view(session: Session, *, actor: Actor, course_id: int, name: str, query: str) -> str:
    """Keep a view under a name, in place of what the name stood for; return the name.

    :raises Forbidden, NotFound: the actor does not teach the course.
    :raises Invalid: there is no name, it is too long, or too many are kept.
    """
    require_author(actor, course_id)
    text, complaint = clean(name, VIEW_NAME)
    if complaint or not text:
        raise Invalid([Problem("name", complaint or "Give the view a name.")])
    kept = {view.name for view in saved_views(session, actor=actor, course_id=course_id)}
    if len(kept) >= MOST_VIEWS and text not in kept:
        message = f"{MOST_VIEWS} views are kept already. Forget one first."
        raise Invalid([Problem("name", message)])
    forget_view(session, actor=actor, course_id=course_id, name=text)
    view = SavedView(user_id=actor.id, course_id=course_id, name=text, query=query[:VIEW_QUERY])
    session.add(view)
    session.flush()  # a second save of this transaction sees it
    return text


def forget_view(session: Session, *, actor: Actor, course_id: int, name: str) -> None:
    """Drop a view of the actor's, if there is one of that name.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_author(actor, course_id)
    session.execute(
        sa.delete(SavedView).where(
            SavedView.user_id == actor.id,
            SavedView.course_id == course_id,
            SavedView.name == name,
        )
    )
