"""What everybody gave to a revision, counted: from these an instructor picks what to accept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.settings import QuizSettings
from quizapp.models import Quiz
from quizapp.policy import Actor, require_instructor
from quizapp.queries.asked_attempts import BATCH, AskedAttempt, attempts_asking
from quizapp.queries.attempt_marks import revision_contents, settle_slot
from quizapp.queries.markings import markings_of
from quizapp.queries.regrades import fixes_for
from quizapp.queries.response_words import in_words, response_token
from quizapp.queries.responses import UNTOUCHED, states_of_many
from quizapp.questions.base import Grade


@dataclass(frozen=True, slots=True)
class Given:
    """One response with how often it was given, those alike together.

    :param token: names it in a form. :param response: as the type has it.
    :param grade: as it is graded now; None where it waits for a person.
    """

    token: str
    words: str
    count: int
    response: Any
    grade: Grade | None

    @property
    def is_right(self) -> bool:
        return self.grade is not None and self.grade.is_right


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked the versions of a question, and what they gave to one of them.

    :param attempts: how many asked each revision, by its id. :param revision_id: the one looked
        at. :param empty: how many left it empty.
    :param given: what is not right yet first, then what was given most.
    :param quizzes: the title of each quiz that asked it, by id.
    """

    attempts: Mapping[int, int]
    revision_id: int
    empty: int
    given: tuple[Given, ...]
    quizzes: Mapping[int, str]

    @property
    def wrong(self) -> tuple[Given, ...]:
        return tuple(one for one in self.given if not one.is_right)

    @property
    def right(self) -> tuple[Given, ...]:
        return tuple(one for one in self.given if one.is_right)

    def find(self, token: str) -> Given | None:
        """Return the response that a form names, or None."""
        return next((one for one in self.given if one.token == token), None)


def responses_to(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    revision_ids: Sequence[int],
    revision_id: int | None,
) -> Asked:
    """Return what the submitted attempts of a course gave to a revision.

    :param revision_ids: the versions of one question, the newest first.
    :param revision_id: the one to look at; None for the newest that was asked, or the first.
    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    places: dict[int, list[tuple[AskedAttempt, int]]] = {one: [] for one in revision_ids}
    for some in attempts_asking(session, course_id=course_id, revision_ids=set(revision_ids)):
        for attempt in some:
            for position, laid in enumerate(attempt.layout):
                if laid.revision_id in places:
                    places[laid.revision_id].append((attempt, position))
    if revision_id is None:
        revision_id = next((one for one in revision_ids if places[one]), revision_ids[0])
    empty, given = _tally(session, revision_id, places[revision_id])
    quiz_ids = {attempt.quiz_id for attempt, _ in places[revision_id]}
    return Asked(
        attempts={one: len(found) for one, found in places.items()},
        revision_id=revision_id,
        empty=empty,
        given=given,
        quizzes=_titles(session, quiz_ids),
    )


def _tally(
    session: Session, revision_id: int, places: Sequence[tuple[AskedAttempt, int]]
) -> tuple[int, tuple[Given, ...]]:
    """Return how many gave nothing, and what the others gave."""
    kind, content = revision_contents(session, [revision_id])[revision_id]
    fixes = fixes_for(session, [revision_id])
    counts: Counter[str] = Counter()
    found: dict[str, Given] = {}
    for start in range(0, len(places), BATCH):
        some = places[start : start + BATCH]
        own = [(one.learner_id, one.id) for one, _ in some]
        states = states_of_many(session, own)
        markings = {} if kind.is_gradable else markings_of(session, own)
        for attempt, position in some:
            log = states.get((attempt.learner_id, attempt.id), {})
            settled = settle_slot(
                QuizSettings.parse(attempt.settings),
                log.get(position, UNTOUCHED),
                kind,
                content,
                fixes.of(attempt.quiz_id, revision_id),
                is_submitted=True,
                marking=markings.get((attempt.learner_id, attempt.id), {}).get(position),
            )
            if settled.response is None:
                counts[""] += 1
                continue
            token = response_token(kind.dump_response(settled.response))
            counts[token] += 1
            # Accepted in one quiz and not in another: it can still be picked.
            words = in_words(kind, content, settled.response)
            one = Given(token, words, 0, settled.response, settled.grade)
            if token not in found or found[token].is_right > one.is_right:
                found[token] = one
    empty = counts.pop("", 0)
    given = [
        Given(token, one.words, counts[token], one.response, one.grade)
        for token, one in found.items()
    ]
    given.sort(key=lambda one: (one.is_right, -one.count, one.words))
    return empty, tuple(given)


def _titles(session: Session, quiz_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(
        sa.select(Quiz.id, Quiz.title)
        .where(Quiz.id.in_(quiz_ids), Quiz.is_practice.is_(False))
        .order_by(Quiz.position, Quiz.id)
    )
    return {row.id: row.title for row in rows}
