"""What the slots of many attempts add to statistics, each answer graded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from quizapp.grading.layout import LaidSlot
from quizapp.grading.settings import QuizSettings
from quizapp.queries.attempt_marks import grade_slots
from quizapp.queries.attempt_terms import CountedAttempt, CountedSlot, Earned, earned
from quizapp.queries.markings import Markings
from quizapp.queries.regrades import Fixes
from quizapp.queries.responses import UNTOUCHED, SlotState
from quizapp.questions.base import QuestionType

#: Types and parsed contents by the id of a revision, while they are being found.
Contents = dict[int, tuple[QuestionType[Any, Any], Any]]
#: So many different answers are remembered; where they are typed, there is no end of them.
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class SlotLog:
    """An attempt with everything that its marks are worked out from.

    :param settings: as the attempt has them stored.
    """

    attempt: CountedAttempt
    settings: Mapping[str, Any]
    layout: Sequence[LaidSlot]
    states: Mapping[int, SlotState]
    markings: Markings


class SlotCounter:
    """Grades the slots of attempts by one set of decisions about wrong keys.

    Learners choose among few options, so most answers have been graded before. What a slot
    earns follows from the quiz, its settings, the revision, the points and the answers alone;
    where a person gave marks, it is graded anew.
    """

    def __init__(self, contents: Contents, fixes: Fixes) -> None:
        self._contents, self._fixes = contents, fixes
        self._known: dict[Any, Earned] = {}

    def count(self, log: SlotLog) -> list[CountedSlot]:
        """Return what each slot earned and when it was saved, in order."""
        quiz = (log.attempt.quiz_id, repr(log.settings))
        found: list[CountedSlot] = []
        for position, laid in enumerate(log.layout):
            state = log.states.get(position, UNTOUCHED)
            if position in log.markings:
                found.append((self._grade(log, position, laid, state), state.saved_at))
                continue
            key = (
                *quiz,
                laid.revision_id,
                laid.max_mark.as_integer_ratio(),
                repr(state.content),
                repr(state.checked) if state.checked else "",
                state.certainty,
            )
            if (known := self._known.get(key)) is None:
                if len(self._known) >= _MOST:
                    self._known.clear()
                known = self._known[key] = self._grade(log, position, laid, state)
            found.append((known, state.saved_at))
        return found

    def _grade(self, log: SlotLog, position: int, laid: LaidSlot, state: SlotState) -> Earned:
        given = log.markings.get(position)
        (slot,) = grade_slots(
            [laid],
            QuizSettings.parse(log.settings),
            {0: state},
            self._contents,
            partial(self._fixes.of, log.attempt.quiz_id),
            markings={} if given is None else {0: given},
        )
        return earned(slot)
