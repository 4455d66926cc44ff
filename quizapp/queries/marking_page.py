"""One answer as the person who marks it sees it: without its learner's name, unless asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.grading.markings import Marking as Given
from quizapp.models import Attempt, Marking, Quiz, User
from quizapp.policy import Actor, require_instructor
from quizapp.queries.attempt_marks import revision_contents
from quizapp.queries.marking_queue import OpenAnswer, open_answers
from quizapp.queries.passages import CitedPassage, citations_for
from quizapp.queries.responses import slot_states
from quizapp.questions.base import Answer, QuestionType

_NO_ANSWER = "There is no such answer in this course."


@dataclass(frozen=True, slots=True)
class Marked:
    """One marking of an answer, with who made it."""

    given: Given
    made_by: str
    at: datetime
    is_undo: bool


@dataclass(frozen=True, slots=True)
class LastMarked:
    """The answer that the actor marked last and can take back; `token` names it."""

    token: str
    seq: int
    points: Fraction
    most: Fraction


@dataclass(frozen=True, slots=True)
class MarkingPage:
    """An answer to mark, among all to its question in its quiz.

    :param place: from 1, in an order of chance. :param total: how many answers there are.
    :param waiting: how many of them wait. :param seq: of the last marking, 0 for none: a form
        sends it back. :param history: every marking of it, the newest first.
    :param previous, following: the tokens beside it, "" at the ends.
    :param name: the learner's; "" where it was not asked for.
    """

    token: str
    quiz_id: int
    quiz_title: str
    question_id: int
    place: int
    total: int
    waiting: int
    kind: QuestionType[Any, Any]
    content: Any
    text: str
    max_mark: Fraction
    is_void: bool
    seq: int
    history: tuple[Marked, ...]
    citations: tuple[CitedPassage, ...]
    previous: str
    following: str
    name: str
    last: LastMarked | None

    @property
    def given(self) -> Given | None:
        """Return the marking that holds; None while none does."""
        last = self.history[0].given if self.history else None
        return last if last is not None and last.fraction is not None else None

    @property
    def key(self) -> Answer:
        return self.kind.answer(self.content)


def marking_seed(secret: str, quiz_id: int, question_id: int) -> str:
    """Return what names answers and orders them.

    The secret keeps everybody from working out which answer is whose, and each question has an
    order of its own.
    """
    return f"{secret} {quiz_id} {question_id}"


def in_chance_order(answers: Sequence[OpenAnswer], seed: str) -> list[OpenAnswer]:
    """Return answers in an order that the seed decides, and that follows no list of people."""
    return sorted(answers, key=lambda one: one.token(seed))


def answers_to(
    session: Session, *, actor: Actor, course_id: int, quiz_id: int, question_id: int, seed: str
) -> list[OpenAnswer]:
    """Return all answers to a question in a quiz, in the order that they are marked in.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    found = open_answers(session, course_id=course_id, quiz_id=quiz_id, question_id=question_id)
    return in_chance_order(found, seed)


def named(answers: Sequence[OpenAnswer], token: str, seed: str) -> OpenAnswer:
    """Return the answer that a token names.

    :raises NotFound: it names none of these.
    """
    for one in answers:
        if one.token(seed) == token:
            return one
    raise NotFound(_NO_ANSWER)


def next_waiting(answers: Sequence[OpenAnswer], token: str, seed: str) -> str:
    """Return the token of the next answer that waits, around the end; "" when none does.

    :param token: of the one to start after; "" for the beginning.
    """
    tokens = [one.token(seed) for one in answers]
    start = tokens.index(token) + 1 if token in tokens else 0
    order = [*range(start, len(answers)), *range(start)]
    return next((tokens[n] for n in order if answers[n].waits and tokens[n] != token), "")


def marking_page(
    session: Session,
    *,
    actor: Actor,
    answers: Sequence[OpenAnswer],
    token: str,
    seed: str,
    shows_names: bool = False,
) -> MarkingPage:
    """Return one answer to mark.

    :param answers: what `answers_to` gave.
    :raises NotFound: the token names none of them.
    """
    one = named(answers, token, seed)
    place = answers.index(one)
    kind, content = revision_contents(session, [one.laid.revision_id])[one.laid.revision_id]
    own = {"learner_id": one.learner_id, "attempt_id": one.attempt_id}
    state = slot_states(session, **own, slot=one.slot)[one.slot]
    beside = [
        answers[n].token(seed) if 0 <= n < len(answers) else "" for n in (place - 1, place + 1)
    ]
    title = session.scalar(sa.select(Quiz.title).where(Quiz.id == one.quiz_id))
    name = sa.select(User.name).where(User.id == one.learner_id)
    history = _history(session, one)
    return MarkingPage(
        token=token,
        quiz_id=one.quiz_id,
        quiz_title=title or "",
        question_id=one.question_id,
        place=place + 1,
        total=len(answers),
        waiting=sum(other.waits for other in answers),
        kind=kind,
        content=content,
        text=kind.load_response(content, state.content or {}),
        max_mark=one.laid.max_mark,
        is_void=one.is_void,
        seq=one.seq,
        history=history,
        citations=citations_for(session, [one.laid.fact_id]).get(one.laid.fact_id, ()),
        previous=beside[0],
        following=beside[1],
        name=(session.scalar(name) or "") if shows_names else "",
        last=_last_marked(session, actor, answers, seed),
    )


def _history(session: Session, one: OpenAnswer) -> tuple[Marked, ...]:
    rows = session.execute(
        sa.select(
            Marking.seq, Marking.fraction, Marking.comment, Marking.is_undo, Marking.at, User.name
        )
        .outerjoin(User, User.id == Marking.made_by)
        .where(
            Marking.learner_id == one.learner_id,
            Marking.attempt_id == one.attempt_id,
            Marking.slot == one.slot,
        )
        .order_by(Marking.seq.desc())
    )
    return tuple(
        Marked(Given(row.fraction, row.comment, row.seq), row.name or "", row.at, row.is_undo)
        for row in rows
    )


def _last_marked(
    session: Session, actor: Actor, answers: Sequence[OpenAnswer], seed: str
) -> LastMarked | None:
    """Return what the actor marked last here, where nothing has followed it."""
    if not any(one.seq for one in answers):
        return None
    is_attempt = sa.and_(Attempt.learner_id == Marking.learner_id, Attempt.id == Marking.attempt_id)
    rows = session.execute(
        sa.select(
            Marking.learner_id,
            Marking.attempt_id,
            Marking.slot,
            Marking.seq,
            Marking.fraction,
        )
        .join(Attempt, is_attempt)
        .where(
            Attempt.quiz_id == answers[0].quiz_id,
            Attempt.waiting.is_not(None),
            Marking.made_by == actor.id,
            ~Marking.is_undo,
            Marking.fraction.is_not(None),
        )
        .order_by(Marking.at.desc(), Marking.seq.desc())
        .limit(20)
    )
    places = {(one.learner_id, one.attempt_id, one.slot): one for one in answers}
    for row in rows:
        one = places.get((row.learner_id, row.attempt_id, row.slot))
        if one is not None and one.seq == row.seq:
            most = one.laid.max_mark
            return LastMarked(one.token(seed), row.seq, row.fraction * most, most)
    return None
