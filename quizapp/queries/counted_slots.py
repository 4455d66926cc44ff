"""What the slots of many attempts earn, each answer graded once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from quizapp.grading.layout import LaidSlot
from quizapp.grading.settings import QuizSettings
from quizapp.queries.attempt_marks import GradedSlot, grade_slots
from quizapp.queries.attempt_terms import CountedSlot, Earned
from quizapp.queries.markings import Markings
from quizapp.queries.regrades import Fixes
from quizapp.queries.responses import UNTOUCHED, SlotState
from quizapp.questions.base import QuestionType

#: Types and parsed contents by the id of a revision, while they are being found.
Contents = dict[int, tuple[QuestionType[Any, Any], Any]]
#: So many different answers are remembered; where they are typed, there is no end of them.
_MOST = 20_000
_Told = TypeVar("_Told")


@dataclass(frozen=True, slots=True)
class SlotLog:
    """Slots of an attempt with everything that their marks are worked out from.

    :param settings: as the attempt has them stored.
    :param layout: by place from 0, all slots or only those that are looked at.
    """

    quiz_id: int
    settings: Mapping[str, Any]
    layout: Mapping[int, LaidSlot]
    states: Mapping[int, SlotState]
    markings: Markings


class SlotGrader(Generic[_Told]):
    """Grades the slots of attempts by one set of decisions about wrong keys.

    Learners choose among few options, so most answers have been graded before. What a slot
    earns follows from the quiz, its settings, the revision, the points and the answers alone;
    where a person gave marks, it is graded anew.

    :param told: returns of a graded slot what is wanted of it.
    """

    def __init__(
        self, contents: Mapping[int, Any], fixes: Fixes, told: Callable[[GradedSlot], _Told]
    ) -> None:
        self._contents, self._fixes, self._told = contents, fixes, told
        self._known: dict[Any, _Told] = {}

    def of(self, log: SlotLog) -> Iterator[_Told]:
        """Yield what is wanted of each slot, in the order of the layout."""
        quiz = (log.quiz_id, repr(log.settings))
        for place, laid in log.layout.items():
            state = log.states.get(place, UNTOUCHED)
            if place in log.markings:
                yield self._grade(log, place, laid, state)
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
                known = self._known[key] = self._grade(log, place, laid, state)
            yield known

    def _grade(self, log: SlotLog, place: int, laid: LaidSlot, state: SlotState) -> _Told:
        given = log.markings.get(place)
        (slot,) = grade_slots(
            [laid],
            QuizSettings.parse(log.settings),
            {0: state},
            self._contents,
            partial(self._fixes.of, log.quiz_id),
            markings={} if given is None else {0: given},
        )
        return self._told(slot)


def counted_slots(grader: SlotGrader[Earned], log: SlotLog) -> list[CountedSlot]:
    """Return what each slot earned and when it was saved, in order."""
    saved = [log.states.get(place, UNTOUCHED).saved_at for place in log.layout]
    return list(zip(grader.of(log), saved, strict=True))
