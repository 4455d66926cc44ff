"""The question that a learner is about to challenge, when what they sent has to be shown again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from quizapp.grading.disclosure import Shown
from quizapp.queries.attempt_marks import revision_contents
from quizapp.queries.attempts import AttemptHead
from quizapp.queries.passages import CitedPassage, citations_for


@dataclass(frozen=True, slots=True)
class ChallengedQuestion:
    """A question of an attempt in a line. `number` counts from 1.

    :param passages: what proves its fact; () where that is hidden.
    """

    number: int
    stem: str
    passages: tuple[CitedPassage, ...]


def challenged_question(
    session: Session, *, head: AttemptHead, number: int, shown: frozenset[Shown]
) -> ChallengedQuestion:
    """Return a question of the learner's own attempt.

    :param number: from 1. :param shown: what may be seen of the attempt now.
    :raises NotFound: the attempt has no such question.
    """
    laid = head.layout[head.position(number)]
    kind, content = revision_contents(session, [laid.revision_id])[laid.revision_id]
    passages = citations_for(session, [laid.fact_id]) if Shown.PASSAGE in shown else {}
    return ChallengedQuestion(number, kind.stem(content), passages.get(laid.fact_id, ()))
