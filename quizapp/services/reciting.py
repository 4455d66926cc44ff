"""Citing other words for a fact whose words were not found again, and taking that back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.anchoring import CONTEXT
from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.models import Citation, Fact, Passage, Source
from quizapp.policy import Actor, require_author
from quizapp.questions.reading import clean
from quizapp.services.citations import locked_anchor
from quizapp.services.facts import EXACT_LIMIT, find_words

_NO_CITATION = "There is no such citation in this course."
_CITED = "Somebody has cited words for this fact meanwhile."


@dataclass(frozen=True, slots=True)
class LostWords:
    """What a lost citation cited, by which it may be found again."""

    passage_id: int
    exact: str
    prefix: str
    suffix: str


def recite(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    fact_id: int,
    position: int,
    passage_id: int | None,
    exact: str,
) -> LostWords:
    """Let a lost citation cite other words of the course; return what it cited before.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such citation.
    :raises Invalid: with every problem at "passage" or "exact".
    :raises Conflict: it is no longer lost, or the passage was edited just then.
    """
    require_author(actor, course_id)
    before = _citation(session, course_id, fact_id, position)
    if before.lost_at is None:
        raise Conflict(_CITED)
    cited = find_words(session, course_id=course_id, passage_id=passage_id, exact=exact)
    anchor = locked_anchor(session, cited.passage_id, cited.start, cited.exact)
    changed = session.execute(
        sa.update(Citation)
        .where(
            Citation.fact_id == fact_id,
            Citation.position == position,
            Citation.lost_at.is_not(None),
        )
        .values(
            passage_id=cited.passage_id,
            start=anchor.start,
            end=anchor.end,
            exact=anchor.exact,
            prefix=anchor.prefix,
            suffix=anchor.suffix,
            lost_at=None,
        )
    )
    if cast("sa.CursorResult[Any]", changed).rowcount != 1:
        raise Conflict(_CITED)
    return LostWords(before.passage_id, before.exact, before.prefix, before.suffix)


def flag_again(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    fact_id: int,
    position: int,
    words: LostWords,
    now: datetime,
) -> None:
    """Take `recite` back: the citation is lost again, with the words that it had.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such citation.
    :raises Invalid: these can be nobody's words.
    """
    require_author(actor, course_id)
    _citation(session, course_id, fact_id, position)
    exact, complaint = clean(words.exact, EXACT_LIMIT)
    around = [clean(text, CONTEXT)[1] for text in (words.prefix, words.suffix)]
    is_here = session.scalar(
        sa.select(Passage.id)
        .join(Source, Source.id == Passage.source_id)
        .where(Passage.id == words.passage_id, Source.course_id == course_id)
    )
    if not exact or complaint or any(around) or is_here is None:
        raise Invalid([Problem("", "These words cannot be brought back. Cite others instead.")])
    session.execute(
        sa.update(Citation)
        .where(Citation.fact_id == fact_id, Citation.position == position)
        .values(
            passage_id=words.passage_id,
            start=0,
            end=0,
            exact=exact,
            prefix=words.prefix,
            suffix=words.suffix,
            lost_at=now,
        )
    )


def _citation(session: Session, course_id: int, fact_id: int, position: int) -> Any:
    row = session.execute(
        sa.select(Citation.passage_id, Citation.exact, Citation.prefix, Citation.suffix)
        .add_columns(Citation.lost_at)
        .join(Fact, Fact.id == Citation.fact_id)
        .where(
            Citation.fact_id == fact_id,
            Citation.position == position,
            Fact.course_id == course_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound(_NO_CITATION)
    return row
