"""A package beside the course that it came from: what is the same, and what is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.formats.anki_package.cards import OWN_TYPE, Made, key_of, make
from quizapp.formats.anki_package.notes import SUSPENDED, Calendar, Card, CardType, Note
from quizapp.formats.anki_package.scheduling import rated
from quizapp.formats.anki_package.writer import WrittenCard, guid_of
from quizapp.formats.report import Part, Tally
from quizapp.markup.html_text import from_html
from quizapp.models import Fact, Question, Revision
from quizapp.queries.package_export import Exported, cards_of

_TEXT = "Cards with other text"
_SCHEDULE = "Cards with another schedule"
_LOG = "Cards with another number of reviews"
_SAME = "Cards, with text, schedule and reviews"
_UNKNOWN = "Cards that are not in this course"


@dataclass(frozen=True, slots=True)
class Known:
    """The facts of a course by the guids that they have in packages, and by their keys."""

    by_guid: Mapping[str, int]
    by_key: Mapping[str, int]

    def fact(self, note: Note, card: Card) -> int | None:
        if note.type.name == OWN_TYPE and note.guid in self.by_guid:
            return self.by_guid[note.guid]
        return self.by_key.get(key_of(note.guid, card.ordinal))


@dataclass(frozen=True, slots=True)
class _Days:
    """The calendars of the course, were it exported now, and of the package."""

    ours: Calendar
    theirs: Calendar


def known_facts(session: Session, exported: Exported) -> Known:
    """Return how the cards of a package are found again in a course."""
    course = exported.course
    rows = session.execute(sa.select(Fact.id, Fact.key).where(Fact.course_id == course.id)).all()
    return Known(
        {guid_of(course.slug, row.key): row.id for row in rows}, {row.key: row.id for row in rows}
    )


def compare(
    session: Session,
    *,
    exported: Exported,
    known: Known,
    calendar: Calendar,
    notes: Sequence[Note],
    tally: Tally,
) -> None:
    """Count of each card of a package whether the course has it, and just as it is.

    :param exported: the course, as it would be exported now. :param calendar: of the package.
    """
    found = [(note, card, known.fact(note, card)) for note in notes for card in note.cards]
    facts = [fact for _, _, fact in found if fact is not None]
    written = cards_of(session, exported, facts)
    contents = _contents(session, facts)
    days = _Days(exported.calendar, calendar)
    for note, card, fact in found:
        here = written.get(fact) if fact is not None else None
        if fact is None or here is None:
            tally.add(Part.UNKNOWN, _UNKNOWN, example=_shown(note))
            continue
        differences = list(_differences(note, card, here, contents.get(fact), days))
        for what in differences:
            tally.add(Part.DIFFERS, what, example=_shown(note))
        if not differences:
            tally.add(Part.SAME, _SAME)


def _differences(
    note: Note,
    card: Card,
    here: WrittenCard,
    content: Mapping[str, Any] | None,
    days: _Days,
) -> Iterator[str]:
    if not _same_text(note, card, here, content):
        yield _TEXT
    answers = rated(note.answers.get(card.id, ()))
    if card.type == CardType.NEW and not answers:
        return  # a package without schedules says nothing of them
    if not _same_schedule(card, here, days):
        yield _SCHEDULE
    if len(answers) != len(here.answers):
        yield _LOG


def _same_text(
    note: Note, card: Card, here: WrittenCard, content: Mapping[str, Any] | None
) -> bool:
    if note.type.name == OWN_TYPE and note.guid == here.guid:
        return note.fields[:2] == here.fields[:2]
    made = make(note, card)
    return isinstance(made, Made) and made.content == content


def _same_schedule(card: Card, here: WrittenCard, days: _Days) -> bool:
    schedule, memory = here.schedule, here.memory
    if card.type != schedule.type or (card.queue == SUSPENDED) != (schedule.queue == SUSPENDED):
        return False
    if memory is None:
        return card.type == CardType.NEW
    stated = (card.reps, card.lapses, card.stability, card.difficulty)
    if stated != (memory.reps, memory.lapses, memory.stability, memory.difficulty):
        return False
    if card.type != CardType.REVIEW:
        return card.due == schedule.due
    try:
        return days.theirs.date_of(card.due) == days.ours.date_of(schedule.due)
    except OverflowError:
        return False


def _contents(session: Session, facts: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """Return what the question that came with a fact says now."""
    rows = session.execute(
        sa.select(Fact.id, Revision.content)
        .join(Question, sa.and_(Question.fact_id == Fact.id, Question.key == Fact.key))
        .join(
            Revision,
            sa.and_(
                Revision.question_id == Question.id, Revision.number == Question.current_number
            ),
        )
        .where(Fact.id.in_(facts))
    )
    return {row.id: row.content for row in rows}


def _shown(note: Note) -> str:
    return from_html(note.fields[0][:2_000]).words if note.fields else ""
