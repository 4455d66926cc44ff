"""What a review page sends: hidden fields that the page wrote, and the sitting in its address.

Nobody types these, so there is no field to put an error beside: they are read at once or not
at all. Rating a card is what learners do most; a form library would take a tenth of its time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from quizapp.errors import Invalid, NotFound, Problem
from quizapp.memory.state import Rating
from quizapp.queries.scope import Scope
from quizapp.queries.sittings import AHEAD, MISSED
from quizapp.services.answering import CardAnswer

MAXIMUM_LIMIT = 999
_LARGEST_ID = 2**31 - 1
_LARGEST_REVIEW_ID = 2**63 - 1
_LONGEST = len(str(_LARGEST_REVIEW_ID))
_SHORTEST_NONCE = 8
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class CardForm:
    """Which card of which course something is done to."""

    course_id: int
    fact_id: int

    @classmethod
    def read(cls, form: Mapping[str, str]) -> CardForm:
        """Return what was sent. :raises Invalid: it cannot be read."""
        return cls(course_id=_whole(form, "course_id"), fact_id=_whole(form, "fact"))


@dataclass(frozen=True, slots=True)
class GradeForm:
    """A rating, with what the page showed when it was given.

    :param promised: the days by rating, as far as days were shown.
    """

    course_id: int
    fact_id: int
    revision_id: int
    seen: int
    rating: int
    nonce: str
    duration_ms: int
    promised: Mapping[int, int]

    @classmethod
    def read(cls, form: Mapping[str, str]) -> GradeForm:
        """Return what was sent. :raises Invalid: it cannot be read."""
        nonce = _nonce(form, "nonce")
        return cls(
            course_id=_whole(form, "course_id"),
            fact_id=_whole(form, "fact"),
            revision_id=_whole(form, "revision"),
            seen=_whole(form, "seen", least=0),
            rating=_whole(form, "rating", most=max(Rating)),
            nonce=nonce,
            duration_ms=_duration(form),
            promised=_promised(form.get("promised", "")),
        )


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """A response to a card, with what the page showed when it was given."""

    course_id: int
    answer: CardAnswer

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> AnswerForm:
        """Return what was sent. :raises Invalid: it cannot be read."""
        answer = CardAnswer(
            fact_id=_whole(form, "fact"),
            revision_id=_whole(form, "revision"),
            posted=form.to_dict(flat=False),
            is_unsure="unsure" in form,
            seen=_whole(form, "seen", least=0),
            nonce=_nonce(form, "nonce"),
            duration_ms=_duration(form),
        )
        return cls(_whole(form, "course_id"), answer)


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """What an answered card is to count as.

    :param nonce: of the answer. :param new_nonce: of what takes its place.
    :param promised: the days by rating, as far as days were shown.
    """

    course_id: int
    rating: int
    nonce: str
    new_nonce: str
    promised: Mapping[int, int]

    @classmethod
    def read(cls, form: Mapping[str, str]) -> ChangeForm:
        """Return what was sent. :raises Invalid: it cannot be read."""
        return cls(
            course_id=_whole(form, "course_id"),
            rating=_whole(form, "rating", most=max(Rating)),
            nonce=_nonce(form, "nonce"),
            new_nonce=_nonce(form, "new_nonce"),
            promised=_promised(form.get("promised", "")),
        )


@dataclass(frozen=True, slots=True)
class StepForm:
    """The last rating or act that the page knew of; 0 for none."""

    course_id: int
    step_id: int

    @classmethod
    def read(cls, form: Mapping[str, str]) -> StepForm:
        """Return what was sent. :raises Invalid: it cannot be read."""
        step_id = _whole(form, "step", least=0, most=_LARGEST_REVIEW_ID)
        return cls(course_id=_whole(form, "course_id"), step_id=step_id)


@dataclass(frozen=True, slots=True)
class Sitting:
    """What the address says of the sitting: all of it is carried from card to card.

    :param course: slug, or None for the learner's first. :param topic: key, or None for all.
    :param limit: stop after so many cards. :param done: cards rated in this sitting.
    :param ahead: study so many days ahead. :param missed: go over what was missed on the last so
        many days; :param after: of that, only what was missed after the review with this id.
    """

    course: str | None
    topic: str | None
    limit: int | None
    done: int
    ahead: int | None = None
    missed: int | None = None
    after: int | None = None

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.done >= self.limit

    @property
    def scope(self) -> Scope:
        """Return which cards it asks."""
        return Scope(self.topic, self.ahead or 0, self.missed or 0, self.after or 0)

    def arguments(self, step: int = 0) -> dict[str, Any]:
        """Return the arguments of the next address, `step` cards further."""
        done = max(0, self.done + step) if self.limit or self.missed else None
        given = {
            "course": self.course,
            "topic": self.topic,
            "ahead": self.ahead,
            "missed": self.missed,
            "limit": self.limit,
            "done": done,
            "after": self.after,
        }
        return {name: value for name, value in given.items() if value is not None}


def sitting_of(address: MultiDict[str, str]) -> Sitting:
    """Return the sitting that the arguments of an address say; what makes no sense is left out."""
    limit = address.get("limit", type=small)
    topic = address.get("topic") or None
    if topic and "\0" in topic:  # PostgreSQL refuses to look for text with NUL
        raise NotFound("There is no such topic in this course.")
    ahead, missed = address.get("ahead", type=small), address.get("missed", type=small)
    after = address.get("after", "")
    return Sitting(
        course=address.get("course"),
        topic=topic,
        limit=min(limit, MAXIMUM_LIMIT) if limit else None,
        done=address.get("done", 0, type=small),
        ahead=ahead if ahead in AHEAD and missed not in MISSED else None,
        missed=missed if missed in MISSED else None,
        after=_place(after) if missed in MISSED else None,
    )


def _duration(form: Mapping[str, str]) -> int:
    """Return the milliseconds from question to answer, or 0.

    Without a script it stays 0, and a wrong one is no reason to lose a rating.
    """
    text = form.get("duration_ms", "")
    return small(text) if is_small(text) else 0


def _place(text: str) -> int | None:
    """Return the id of a review, or None where the text is none."""
    number = int(text) if _is_whole(text, _LONGEST) else 0
    return number if 0 < number <= _LARGEST_REVIEW_ID else None


def small(text: str) -> int:
    """Return a whole number of at most nine digits.

    :raises ValueError: it is none.
    """
    if not is_small(text):
        raise ValueError(text)
    return int(text)


def is_small(text: str) -> bool:
    """Return whether a text is a whole number of at most nine digits."""
    return _is_whole(text, _DIGITS)


def _is_whole(text: str, digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= digits


def _whole(form: Mapping[str, str], name: str, *, least: int = 1, most: int = _LARGEST_ID) -> int:
    text = form.get(name, "")
    number = int(text) if _is_whole(text, _LONGEST) else -1
    if not least <= number <= most:
        raise _unreadable(name)
    return number


def _nonce(form: Mapping[str, str], name: str) -> str:
    nonce = form.get(name, "")
    if len(nonce) < _SHORTEST_NONCE:
        raise _unreadable(name)
    return nonce


def _promised(text: str) -> Mapping[int, int]:
    """Return the days that `CardView.promised` wrote; none where the page told none."""
    if not text:
        return {}
    days = text.split(",")
    if len(days) != len(Rating) or not all(map(is_small, days)):
        raise _unreadable("promised")
    return {rating: int(shown) for rating, shown in zip(Rating, days, strict=True) if int(shown)}


def _unreadable(name: str) -> Invalid:
    return Invalid([Problem(name, "This cannot be read. Load the page again.")])
