"""What a quiz asks, as an instructor states it: checked, so that every slot can be filled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Problem
from quizapp.grading.draws import Draw
from quizapp.grading.selection import Candidate, Place, select
from quizapp.models import Topic
from quizapp.queries.quiz_pool import Askable, askable, supply
from quizapp.questions.registry import TYPES
from quizapp.questions.tags import read_tags

MOST_SLOTS = 200
MOST_DRAWN = 200
MOST_POINTS = 1_000
_POINTS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}|/[1-9][0-9]{0,3})?")


@dataclass(frozen=True, slots=True)
class WrittenDraw:
    """A draw as it was typed, unchecked; an empty list means any."""

    count: int | None
    topics: tuple[int, ...] = ()
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenSlot:
    """A slot as it was typed, unchecked: a question or a draw; `mark` is in points each."""

    mark: str
    question_id: int | None = None
    draw: WrittenDraw | None = None


@dataclass(frozen=True, slots=True)
class CheckedSlot:
    """A slot that may be stored: either `question_id` or `draw` is set."""

    mark: Fraction
    question_id: int | None
    draw: Draw | None

    @property
    def count(self) -> int:
        """Return how many questions it asks."""
        return self.draw.count if self.draw else 1


def read_slots(written: Sequence[WrittenSlot]) -> tuple[tuple[CheckedSlot, ...], list[Problem]]:
    """Return the slots as values, and what is wrong with what was typed."""
    problems: list[Problem] = []
    if len(written) > MOST_SLOTS:
        problems.append(Problem("slots", f"A quiz has at most {MOST_SLOTS} rows; remove some."))
    slots = [
        CheckedSlot(
            _read_mark(slot.mark, f"slots.{place}.mark", problems),
            slot.question_id if slot.draw is None else None,
            _read_draw(slot.draw, f"slots.{place}", problems),
        )
        for place, slot in enumerate(written[:MOST_SLOTS])
    ]
    return tuple(slots), problems


def slot_problems(
    session: Session, *, course_id: int, slots: Sequence[CheckedSlot]
) -> list[Problem]:
    """Return what keeps slots from being filled with questions of the course."""
    pool = askable(
        session,
        course_id=course_id,
        fixed={slot.question_id for slot in slots if slot.question_id is not None},
        whole=any(slot.draw for slot in slots),
    )
    topics = set(session.scalars(sa.select(Topic.id).where(Topic.course_id == course_id)))
    problems = _fixed_problems(slots, pool)
    for place, slot in enumerate(slots):
        if slot.draw is not None:
            problems += _draw_problems(slot.draw, pool, topics, f"slots.{place}")
    return problems or _shortage(slots, pool)


def _read_mark(text: str, path: str, problems: list[Problem]) -> Fraction:
    text = text.strip().replace(",", ".")
    mark = Fraction(text) if _POINTS.fullmatch(text) else Fraction(0)
    if not 0 < mark <= MOST_POINTS:
        message = f"Give points above 0, at most {MOST_POINTS:,}, such as 1 or 0.5."
        problems.append(Problem(path, message))
        return Fraction(1)
    return mark


def _read_draw(written: WrittenDraw | None, path: str, problems: list[Problem]) -> Draw | None:
    if written is None:
        return None
    count = written.count or 0
    if not 1 <= count <= MOST_DRAWN:
        message = f"Give how many questions to draw, from 1 to {MOST_DRAWN}."
        problems.append(Problem(f"{path}.count", message))
        count = 1
    tags, complaints = read_tags(written.tags, path=f"{path}.tags")
    problems += complaints
    return Draw(count, written.topics, written.types, tags)


def _fixed_problems(slots: Sequence[CheckedSlot], pool: Sequence[Askable]) -> list[Problem]:
    """Return what is wrong with fixed questions: each can be asked, and tests another fact."""
    facts = {one.id: one.fact_id for one in pool}
    first: dict[int, tuple[int, int]] = {}
    problems = []
    for place, slot in enumerate(slots):
        if slot.draw is not None:
            continue
        path = f"slots.{place}.question"
        question_id = slot.question_id or 0
        if question_id not in facts:
            message = (
                "This question cannot be asked: it is not ready, or not in this course. Remove it."
            )
            problems.append(Problem(path, message))
            continue
        earlier, same = first.setdefault(facts[question_id], (place, question_id))
        if earlier != place:
            what = "is the same question as" if same == question_id else "tests the same fact as"
            message = f"This {what} row {earlier + 1}. An attempt asks each fact once: remove one."
            problems.append(Problem(path, message))
    return problems


def _draw_problems(
    draw: Draw, pool: Sequence[Askable], topics: set[int], path: str
) -> list[Problem]:
    if not set(draw.topics) <= topics:
        return [Problem(f"{path}.topics", "Choose topics of this course.")]
    if not set(draw.types) <= set(TYPES):
        return [Problem(f"{path}.types", "Choose types of question from the list.")]
    found = supply(pool, draw)
    if found.facts < draw.count:
        message = (
            f"This draws {draw.count} facts, but only {found.facts} can be asked: "
            "draw fewer, or from more topics, types or tags."
        )
        return [Problem(f"{path}.count", message)]
    return []


def _shortage(slots: Sequence[CheckedSlot], pool: Sequence[Askable]) -> list[Problem]:
    """Return a problem at the first draw that cannot be filled beside the rows above it."""
    places = [_place(slot, pool) for slot in slots]
    wanted = sum(place.count for place in places)
    if len(select(places, seed=0)) == wanted:
        return []
    low, high = 1, len(places)  # the shortest beginning that falls short
    while low < high:
        middle = (low + high) // 2
        some = places[:middle]
        if len(select(some, seed=0)) < sum(place.count for place in some):
            high = middle
        else:
            low = middle + 1
    short = low - 1
    message = (
        "Together with the rows above, this asks for more facts than there are: "
        "the same fact is never asked twice. Draw fewer, or from more."
    )
    path = f"slots.{short}.{'count' if slots[short].draw else 'question'}"
    return [Problem(path, message)]


def _place(slot: CheckedSlot, pool: Sequence[Askable]) -> Place:
    draw = slot.draw
    fitting = (one for one in pool if (one.fits(draw) if draw else one.id == slot.question_id))
    candidates = tuple(Candidate(one.id, one.fact_id) for one in fitting)
    return Place(candidates, slot.count, slot.mark, is_fixed=draw is None)
