"""Storing where facts are proved, and following it when the text of a passage changes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.anchoring import Anchor, anchor_at, surroundings
from quizapp.errors import Conflict
from quizapp.models import Citation, Passage
from quizapp.queries.citation_fates import Fate, Outcome, fates

_EDITED = "Someone else edited that paragraph just now. Look at it again, then cite its words."


def new_citation(fact_id: int, position: int, passage_id: int, anchor: Anchor) -> Citation:
    """Return a row that cites the words of `anchor`."""
    return Citation(
        fact_id=fact_id,
        position=position,
        passage_id=passage_id,
        start=anchor.start,
        end=anchor.end,
        exact=anchor.exact,
        prefix=anchor.prefix,
        suffix=anchor.suffix,
    )


def lost_citation(
    fact_id: int, position: int, passage_id: int, anchor: Anchor, *, now: datetime
) -> Citation:
    """Return a row whose words, those of `anchor`, are not in the passage."""
    row = new_citation(fact_id, position, passage_id, anchor)
    row.start = row.end = 0
    row.lost_at = now
    return row


def locked_anchor(session: Session, passage_id: int, start: int, exact: str) -> Anchor:
    """Return the anchor of words that begin at `start`; the passage stays as it is until commit.

    :raises Conflict: other words stand there by now.
    """
    text = session.scalar(
        sa.select(Passage.text).where(Passage.id == passage_id).with_for_update(read=True)
    )
    anchor = anchor_at(text or "", start, start + len(exact))
    if anchor.exact != exact:
        raise Conflict(_EDITED)
    return anchor


def follow_citations(
    session: Session, *, passage_id: int, old_text: str, new_text: str, now: datetime
) -> tuple[Fate, ...]:
    """Move every citation of a passage to where its words stand in the new text; flag the rest.

    Citations that were lost before come back if their words do. The text is for the caller to
    store.
    """
    found = fates(session, passage_id=passage_id, old_text=old_text, new_text=new_text)
    for fate in found:
        if fate.outcome is not Outcome.STILL_LOST:
            session.execute(
                sa.update(Citation)
                .where(Citation.fact_id == fate.fact_id, Citation.position == fate.position)
                .values(**_values(fate, old_text, new_text, now))
            )
    return found


def _values(fate: Fate, old_text: str, new_text: str, now: datetime) -> dict[str, object]:
    if fate.outcome is Outcome.LOST:
        # What stood around the words is what finds them when they come back.
        prefix, suffix = surroundings(old_text, fate.old_start, fate.old_end)
        return {"start": 0, "end": 0, "prefix": prefix, "suffix": suffix, "lost_at": now}
    prefix, suffix = surroundings(new_text, fate.start, fate.end)
    return {
        "start": fate.start,
        "end": fate.end,
        "prefix": prefix,
        "suffix": suffix,
        "lost_at": None,
    }
