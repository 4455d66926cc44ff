"""What a package says, as values: types of note, notes, their cards, and the reviews of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import IntEnum


class CardType(IntEnum):
    """Where a card stands; the numbers are those of the file."""

    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3


#: Numbers in the column `queue`. Learning cards wait for a moment, or past midnight for a day.
NEW, LEARNING, REVIEW, DAY_LEARNING = 0, 1, 2, 3
SUSPENDED = -1
BURIED = (-2, -3)


class AnswerKind(IntEnum):
    """What a review was; manual ones and reschedulings were no answers."""

    LEARN = 0
    REVIEW = 1
    RELEARN = 2
    CRAM = 3
    MANUAL = 4
    RESCHEDULED = 5


@dataclass(frozen=True, slots=True)
class Template:
    """How one card is made of a note: the HTML of both sides, with fields in double braces."""

    front: str
    back: str


@dataclass(frozen=True, slots=True)
class NoteType:
    """Names of fields, and the templates; a cloze type has one template and a card a number."""

    name: str
    is_cloze: bool
    fields: tuple[str, ...]
    templates: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One row of cards.

    :param due: a day of the collection, a moment in seconds, or the place of a new card.
    :param left: how many steps are left, in its last three digits.
    :param factor: the ease in thousandths, of collections without FSRS.
    :param last_review: seconds since 1970; None where the file does not tell.
    """

    id: int
    ordinal: int
    deck: str
    type: int
    queue: int
    due: int
    interval: int
    factor: int
    reps: int
    lapses: int
    left: int
    stability: float | None = None
    difficulty: float | None = None
    retention: float | None = None
    last_review: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of the review log.

    :param id: the moment, in milliseconds since 1970. :param rating: 1 to 4, 0 for none.
    :param interval: given: days, or seconds below 0. :param duration_ms: shown to rated.
    """

    id: int
    rating: int
    interval: int
    last_interval: int
    factor: int
    duration_ms: int
    kind: int


@dataclass(frozen=True, slots=True)
class Note:
    """A note with its cards in their order, and the answers to each, oldest first."""

    id: int
    guid: str
    type: NoteType
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    cards: tuple[Card, ...]
    answers: Mapping[int, tuple[Answer, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a collection: day 0 is the one on which it was made.

    :param rollover: the hour at which its days begin.
    """

    day_zero: date
    rollover: int

    @classmethod
    def of(cls, created: int, minutes_west: int, rollover: int) -> Calendar:
        """Return the calendar of a collection made at a moment, in seconds since 1970.

        :raises ValueError, OverflowError: there is no such moment or offset.
        """
        zone = timezone(timedelta(minutes=-minutes_west))
        return cls(datetime.fromtimestamp(created, zone).date(), rollover)

    def date_of(self, day: int) -> date:
        """Return the date of a day; raises OverflowError where there is none."""
        return self.day_zero + timedelta(days=day)

    def day_of(self, on: date) -> int:
        return (on - self.day_zero).days
