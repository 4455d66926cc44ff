"""Editing the paragraphs of a course; the citations of each follow its words, or are flagged."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.digest import passage_digest
from quizapp.bank.items import PASSAGE_LIMITS
from quizapp.bank.text import control_character, normalise, web_address
from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.models import Passage, Source
from quizapp.policy import Actor, require_author
from quizapp.queries.citation_fates import Fate, Outcome, fates
from quizapp.questions.reading import clean
from quizapp.services.citations import follow_citations

_NO_PASSAGE = "There is no such paragraph in this course."
STALE = "Someone else changed this paragraph while you were editing it."


@dataclass(frozen=True, slots=True)
class StatedPassage:
    """What a paragraph says, as somebody states it."""

    heading: str
    locator: str
    text: str
    note: str

    @property
    def sha256(self) -> str:
        return passage_digest(self.heading, self.locator, self.text, self.note)


@dataclass(frozen=True, slots=True)
class Revised:
    """What an edit does to the citations of its paragraph; `is_stored`: it was saved."""

    fates: tuple[Fate, ...]
    is_stored: bool = False

    def of(self, *outcomes: Outcome) -> tuple[Fate, ...]:
        """Return the citations of facts in use with these outcomes."""
        return tuple(fate for fate in self.fates if fate.is_asked and fate.outcome in outcomes)

    @property
    def lost(self) -> tuple[Fate, ...]:
        return self.of(Outcome.LOST)


def read_passage(stated: StatedPassage) -> StatedPassage:
    """Return what was stated, normalised as the bank's files are.

    :raises Invalid: with every problem at "heading", "locator", "text" or "note".
    """
    problems: list[Problem] = []
    read = StatedPassage(
        **{name: _read(name, value, problems) for name, value in asdict(stated).items()}
    )
    if not read.text and not any(problem.path == "text" for problem in problems):
        problems.append(Problem("text", "Write the text of the paragraph."))
    if problems:
        raise Invalid(problems)
    return read


def check_passage(
    session: Session, *, actor: Actor, course_id: int, passage_id: int, stated: StatedPassage
) -> Revised:
    """Return what saving would do to the citations of a paragraph; nothing is stored.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such paragraph.
    :raises Invalid: with every problem at "heading", "locator", "text" or "note".
    """
    require_author(actor, course_id)
    stored, read = _stored(session, course_id, passage_id), read_passage(stated)
    return Revised(fates(session, passage_id=passage_id, old_text=stored.text, new_text=read.text))


def revise_passage(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    passage_id: int,
    stated: StatedPassage,
    seen_sha256: str,
    agreed: Collection[tuple[int, int]] = (),
    now: datetime,
) -> Revised:
    """Store what a paragraph says and let its citations follow.

    Nothing is stored while it would lose a citation of a fact in use that is not `agreed`.

    :param seen_sha256: of what the editor started from. :param agreed: keys of citations that
        may be flagged.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such paragraph.
    :raises Invalid: with every problem at "heading", "locator", "text" or "note".
    :raises Conflict: someone else changed it since.
    """
    require_author(actor, course_id)
    read = read_passage(stated)
    stored = _stored(session, course_id, passage_id, is_locked=True)
    if stored.sha256 != seen_sha256:
        raise Conflict(STALE)
    expected = Revised(
        fates(session, passage_id=passage_id, old_text=stored.text, new_text=read.text)
    )
    if {fate.key for fate in expected.lost} - set(agreed):
        return expected
    session.execute(sa.update(Passage).where(Passage.id == passage_id).values(**asdict(read)))
    followed = follow_citations(
        session, passage_id=passage_id, old_text=stored.text, new_text=read.text, now=now
    )
    return Revised(followed, is_stored=True)


def _read(name: str, value: str, problems: list[Problem]) -> str:
    cleaned, complaint = clean(value, PASSAGE_LIMITS[name])
    control = control_character(cleaned)
    if control:
        complaint = f"Remove the {control[0]} at place {control[1] + 1}."
    elif address := web_address(cleaned):
        complaint = f"Remove the web address “{address}”. Texts of a course hold none."
    if complaint:
        problems.append(Problem(name, complaint))
        return ""
    return normalise(cleaned)


def _stored(
    session: Session, course_id: int, passage_id: int, *, is_locked: bool = False
) -> StatedPassage:
    found = (
        sa.select(Passage.heading, Passage.locator, Passage.text, Passage.note)
        .join(Source, Source.id == Passage.source_id)
        .where(Passage.id == passage_id, Source.course_id == course_id)
    )
    row = session.execute(found.with_for_update(of=Passage) if is_locked else found).one_or_none()
    if row is None:
        raise NotFound(_NO_PASSAGE)
    return StatedPassage(*row)
