"""The challenges of a course as its instructors read them: without the learners' names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.grading.behaviour import Settled
from quizapp.grading.layout import LaidSlot, load_layout
from quizapp.grading.settings import QuizSettings
from quizapp.models import Attempt, Challenge, Passage, Question, Quiz, Revision, User
from quizapp.policy import Actor, require_instructor
from quizapp.queries.attempt_marks import revision_contents, settle_slot
from quizapp.queries.citation_health import number_flagged
from quizapp.queries.markings import asks_people, markings_of, number_to_mark
from quizapp.queries.passages import CitedPassage, citations_for
from quizapp.queries.regrades import fixes_for
from quizapp.queries.response_words import in_words, response_token
from quizapp.queries.responses import UNTOUCHED, states_of_many
from quizapp.queries.reviewed import verdict
from quizapp.questions.base import Answer, QuestionType

PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class MeantPassage:
    """The passage that a learner points at."""

    source_id: int
    key: str
    locator: str


@dataclass(frozen=True, slots=True)
class ChallengeRow:
    """One challenge with the question as that learner saw it.

    :param number: of the revision that was asked; :param now: of the one asked now.
    :param citations: what proves the fact today.
    """

    attempt_id: int
    slot: int
    text: str
    made_at: datetime
    meant: MeantPassage | None
    passage_id: int | None
    answer: str
    answered_by: str
    answered_at: datetime | None
    quiz_title: str
    question_id: int
    number: int
    now: int
    laid: LaidSlot
    kind: QuestionType[Any, Any]
    content: Any
    settled: Settled
    citations: tuple[CitedPassage, ...]

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    @property
    def public(self) -> Any:
        """Return the question as it was asked, without the key."""
        return self.kind.public(self.content, self.laid.order)

    @property
    def filled(self) -> Mapping[str, list[str]]:
        response = self.settled.response
        if response is None:
            return {}
        return self.kind.fill(self.content, response, self.laid.order)

    @property
    def response(self) -> str:
        """Return what was given in words, "" for nothing."""
        return in_words(self.kind, self.content, self.settled.response)

    @property
    def token(self) -> str:
        """Return what names the response among all that were given; "" for nothing."""
        given = self.settled.response
        return "" if given is None else response_token(self.kind.dump_response(given))

    @property
    def verdict(self) -> str:
        """Return what `reviewed.verdict` does, or "waiting" to be marked."""
        return "waiting" if self.settled.waits else verdict(self.settled.grade)

    @property
    def key(self) -> Answer:
        return self.kind.answer(self.content)

    @property
    def explanation(self) -> str:
        return self.kind.explanation(self.content)


@dataclass(frozen=True, slots=True)
class ChallengePage:
    """One page: those that wait first, the longest waiting on top; then the last answered."""

    rows: tuple[ChallengeRow, ...]
    waiting: int
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for the instructors of a course."""

    flagged: int
    challenges: int
    answers: int = 0


def what_waits(session: Session, *, actor: Actor, course_id: int) -> Waiting:
    """Return how many citations, challenges and answers to mark wait, in one statement.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    waiting = sa.select(sa.func.count()).where(
        Challenge.course_id == course_id, Challenge.answered_at.is_(None)
    )
    row = session.execute(
        sa.select(
            number_flagged(course_id).scalar_subquery(),
            waiting.scalar_subquery(),
            number_to_mark(course_id).scalar_subquery(),
        )
    ).one()
    return Waiting(*row)


def challenges(session: Session, *, actor: Actor, course_id: int, page: int = 1) -> ChallengePage:
    """Return the challenges of a course; a page beyond the last gives the last.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    total, answered = session.execute(
        sa.select(sa.func.count(), sa.func.count(Challenge.answered_at)).where(
            Challenge.course_id == course_id
        )
    ).one()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    is_answered = sa.case((Challenge.answered_at.is_(None), 0), else_=1)
    rows = session.execute(
        _selected(course_id)
        .order_by(
            is_answered,
            sa.case((is_answered == 0, Challenge.made_at)),
            Challenge.answered_at.desc(),
            Challenge.attempt_id,
            Challenge.slot,
        )
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return ChallengePage(_read(session, rows), total - answered, total, page, pages)


def one_challenge(
    session: Session, *, actor: Actor, course_id: int, attempt_id: int, slot: int
) -> ChallengeRow:
    """Return one challenge of a course.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such challenge.
    """
    require_instructor(actor, course_id)
    rows = session.execute(
        _selected(course_id)
        .where(Challenge.attempt_id == attempt_id, Challenge.slot == slot)
        .limit(1)
    ).all()
    if not rows:
        raise NotFound("There is no such challenge in this course.")
    return _read(session, rows)[0]


def _selected(course_id: int) -> sa.Select[Any]:
    is_attempt = sa.and_(
        Attempt.learner_id == Challenge.learner_id, Attempt.id == Challenge.attempt_id
    )
    return (
        sa.select(*sa.inspect(Challenge).columns)
        .add_columns(Attempt.layout, Attempt.settings, Attempt.quiz_id, Attempt.title)
        .add_columns(Quiz.title.label("quiz_title"), Revision.number, Revision.question_id)
        .add_columns(Question.current_number, User.name)
        .add_columns(Passage.source_id, Passage.key, Passage.locator)
        .join(Attempt, is_attempt)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Revision, Revision.id == Challenge.revision_id)
        .join(Question, Question.id == Revision.question_id)
        .outerjoin(User, User.id == Challenge.answered_by)
        .outerjoin(Passage, Passage.id == Challenge.passage_id)
        .where(Challenge.course_id == course_id)
    )


def _read(session: Session, rows: Sequence[Any]) -> tuple[ChallengeRow, ...]:
    """Return the rows with what was asked and given; the same statements for one or ten."""
    if not rows:
        return ()
    laid = [load_layout(row.layout)[row.slot] for row in rows]
    contents = revision_contents(session, sorted({one.revision_id for one in laid}))
    states = states_of_many(session, [(row.learner_id, row.attempt_id) for row in rows])
    fixes = fixes_for(session, list(contents))
    markings: Any = {}
    if asks_people(laid, contents):
        markings = markings_of(session, [(row.learner_id, row.attempt_id) for row in rows])
    citations = citations_for(session, {one.fact_id for one in laid})
    found = []
    for row, one in zip(rows, laid, strict=True):
        kind, content = contents[one.revision_id]
        log = states.get((row.learner_id, row.attempt_id), {})
        settled = settle_slot(
            QuizSettings.parse(row.settings),
            log.get(row.slot, UNTOUCHED),
            kind,
            content,
            fixes.of(row.quiz_id, one.revision_id),
            is_submitted=True,
            marking=markings.get((row.learner_id, row.attempt_id), {}).get(row.slot),
        )
        found.append(_row(row, one, (kind, content), settled, citations.get(one.fact_id, ())))
    return tuple(found)


def _row(
    row: Any,
    laid: LaidSlot,
    asked: tuple[QuestionType[Any, Any], Any],
    settled: Settled,
    citations: tuple[CitedPassage, ...],
) -> ChallengeRow:
    meant = None if row.source_id is None else MeantPassage(row.source_id, row.key, row.locator)
    return ChallengeRow(
        attempt_id=row.attempt_id,
        slot=row.slot,
        text=row.text,
        made_at=row.made_at,
        meant=meant,
        passage_id=row.passage_id,
        answer=row.answer,
        answered_by=row.name or "",
        answered_at=row.answered_at,
        quiz_title=row.title or row.quiz_title,
        question_id=row.question_id,
        number=row.number,
        now=row.current_number,
        laid=laid,
        kind=asked[0],
        content=asked[1],
        settled=settled,
        citations=citations,
    )
