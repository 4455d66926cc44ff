"""Attempts by the thousand, stored as the services store them, with marks reckoned apart."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.layout import LaidSlot
from quizapp.grading.regrades import RegradeFix
from quizapp.grading.settings import QuizSettings
from quizapp.models import Action, Attempt, AttemptState, Question, Response, Revision, to_millis
from quizapp.questions.registry import TYPES
from tests.property import palette
from tests.property.ledger import NOTHING, Decision, Ledger, Row, Slot
from tests.support.make import NOON, Make

BEHAVIOURS = ("deferred", "immediate", "practice", "certainty")
_MARKS = (Fraction(1), Fraction(1), Fraction(2), Fraction(1, 2))
_ID_BITS = 20


@dataclass(frozen=True)
class Asked:
    """A question with the ids of its revisions so far, the first one first."""

    question: Question
    fact_id: int
    kind: str
    revisions: list[int]


@dataclass(frozen=True)
class Made:
    """One attempt to store, and the rows of its log."""

    attempt: dict[str, Any]
    responses: list[dict[str, Any]]


class Crowd:
    """Learners at quizzes of four behaviours whose questions were edited in between.

    :param questions: how many there are; :param edits: of all of them together, made in between
        the attempts. :param regrades: decisions about first revisions, every fifth one undone.
    :param slots: of each quiz. :param is_plain: each slot is answered once and nothing else done.
    """

    def __init__(
        self,
        session: Session,
        *,
        learners: int,
        questions: int,
        edits: int,
        slots: int,
        chance: Random,
        regrades: int = 0,
        is_plain: bool = False,
    ) -> None:
        self._chance, self._slots, self._is_plain = chance, slots, is_plain
        self._make = make = Make(session)
        self._edits, self.edited = edits, 0
        self.decided: list[Decision] = []
        course = make.course()
        topic, passage = make.topic(course), make.passage(course)
        kinds = [kind for half in palette.HALVES for kind in half]
        self._asked: list[Asked] = []
        for number in range(questions):
            fact = make.fact(course, topic, passage)
            kind = kinds[number % len(kinds)]
            question = make.question(fact, kind, palette.raw(kind, 0))
            first = sa.select(Revision.id).where(Revision.question_id == question.id)
            self._asked.append(Asked(question, fact.id, kind, list(session.scalars(first))))
        for number in range(min(regrades, questions)):
            self._decide(self._asked[number], number)
        self._quizzes = [
            (make.quiz(course, settings=stated).id, QuizSettings.parse(stated))
            for stated in ({"behaviour": name} for name in BEHAVIOURS)
        ]
        self._learners = [make.learner(course).id for _ in range(learners)]
        self._numbers: dict[tuple[int, int], int] = {}
        self._open: set[tuple[int, int]] = set()

    def attempts(self, count: int) -> Iterator[Made]:
        """Make so many attempts, in the order of time, by learners in any order."""
        for number in range(count):
            while self.edited < self._edits * (number + 1) // count:
                self._edit(self._chance.choice(self._asked))
            yield self._attempt(NOON + timedelta(seconds=number))

    def _edit(self, asked: Asked) -> int:
        """Give a question its next version, asked from now on; return the id."""
        version = len(asked.revisions)
        content = TYPES[asked.kind].dump(palette.content(asked.kind, version))
        made = self._make.revision(asked.question, content, number=version + 1)
        asked.question.current_number = version + 1
        asked.revisions.append(made.id)
        self.edited += 1
        return made.id

    def _decide(self, asked: Asked, number: int) -> None:
        """Store a decision about the first revision of a question, for every quiz."""
        fix = list(RegradeFix)[number % len(RegradeFix)]
        response = palette.CHOICES[asked.kind][-1].stored if fix is RegradeFix.ACCEPT else None
        detail = None if response is None else dict(response)
        version = 1 if fix is RegradeFix.CORRECT else None
        if version is not None:
            detail = {"revision": self._edit(asked)}
        row = self._make.regrade(asked.question, fix)
        row.detail = detail
        if number % 5 == 4:
            row.undone_at = NOON + timedelta(days=1)
        else:
            self.decided.append(Decision(row.id, fix, asked.revisions[0], True, response, version))

    def _attempt(self, started_at: datetime) -> Made:
        chance = self._chance
        learner_id = chance.choice(self._learners)
        quiz_id, settings = chance.choice(self._quizzes)
        place = (learner_id, quiz_id)
        self._numbers[place] = number = self._numbers.get(place, 0) + 1
        seed = chance.getrandbits(63)
        attempt_id = to_millis(started_at) << _ID_BITS | seed & (1 << _ID_BITS) - 1
        laid, slots = zip(*map(self._lay, chance.sample(self._asked, self._slots)), strict=True)
        ledger = Ledger(attempt_id, settings, list(slots), None)
        for position in range(self._slots):
            self._work(ledger, position)
        stays_open = place not in self._open and not self._is_plain and chance.random() < 0.02
        if stays_open:
            self._open.add(place)
        mark, most = ledger.mark(() if stays_open else self.decided)
        attempt = {
            "learner_id": learner_id,
            "id": attempt_id,
            "quiz_id": quiz_id,
            "title": "",
            "number": number,
            "state": AttemptState.OPEN if stays_open else AttemptState.SUBMITTED,
            "seed": seed,
            "layout": [one.dump() for one in laid],
            "settings": settings.dump(),
            "started_at": started_at,
            "due_at": None,
            "submitted_at": None if stays_open else started_at + timedelta(minutes=9),
            "mark": None if stays_open else mark,
            "max_mark": most,
        }
        return Made(attempt, list(_log(learner_id, ledger, started_at)))

    def _lay(self, asked: Asked) -> tuple[LaidSlot, Slot]:
        # Mostly what is asked now; some began before the question was edited.
        version = len(asked.revisions) - 1
        if self._chance.random() < 0.3:
            version = self._chance.randrange(len(asked.revisions))
        content = palette.content(asked.kind, version)
        order = list(range(TYPES[asked.kind].shuffled(content)))
        self._chance.shuffle(order)
        mark = Fraction(1) if self._is_plain else self._chance.choice(_MARKS)
        laid = LaidSlot(asked.revisions[version], asked.fact_id, tuple(order), mark)
        slot = Slot(asked.kind, version, tuple(order), mark)
        slot.revision_id = laid.revision_id
        return laid, slot

    def _work(self, ledger: Ledger, position: int) -> None:
        """Answer one slot as somebody would: mostly once, at times again, or not at all."""
        chance, slot = self._chance, ledger.slots[position]
        times = 1 if self._is_plain else chance.choice((0, 1, 1, 1, 1, 2, 3))
        for time in range(times):
            content = chance.choice(palette.CHOICES[slot.kind]).stored
            sure = chance.choice((1, 2, 3)) if ledger.settings.behaviour == "certainty" else None
            checks = ledger.settings.behaviour.checks and chance.random() < 0.7
            action = "check" if checks else "save"
            row = Row(action, f"{position} {time} {chance.random()}", 1, (content, sure))
            if not self._is_plain and chance.random() < 0.05:
                row = Row("cleared", row.page, 1, NOTHING)
            ledger.say(position, row, slot.last[0], slot.said)
        if not self._is_plain and chance.random() < 0.05:
            ledger.flag(position, Row("flag", f"{position} flag", 1))


def store(session: Session, made: Sequence[Made]) -> int:
    """Store attempts with their logs; return how many responses there are."""
    session.execute(sa.insert(Attempt), [one.attempt for one in made])
    return store_responses(session, made)


def store_responses(session: Session, made: Sequence[Made]) -> int:
    """Store the logs of attempts that are stored; return how many rows there are."""
    rows = [row for one in made for row in one.responses]
    session.execute(sa.insert(Response), rows)
    return len(rows)


def _log(learner_id: int, ledger: Ledger, started_at: datetime) -> Iterator[dict[str, Any]]:
    for position, slot in enumerate(ledger.slots):
        for number, row in enumerate(slot.rows, start=1):
            digest = hashlib.sha256(f"{ledger.attempt_id} {position} {row.page}".encode()).digest()
            page = urlsafe_b64encode(digest[:16]).decode().rstrip("=")
            yield {
                "learner_id": learner_id,
                "attempt_id": ledger.attempt_id,
                "slot": position,
                "seq": number,
                "at": started_at + timedelta(seconds=30 * position + number),
                "action": Action(row.action),
                "nonce": f"{page}.{row.turn}.{number}",
                "content": row.said[0],
                "certainty": row.said[1],
            }
