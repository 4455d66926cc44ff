"""From a response to what the memory is told of it: one way for cards and for quizzes."""

from __future__ import annotations

from typing import Any

from quizapp.memory.credit import Came, Reply
from quizapp.questions.base import Grade, QuestionType

#: The certainty (`grading.behaviour`) of whoever does not stand by a response, and of who does.
_UNSURE, _SURE = 1, 3


def reply_for(
    kind: QuestionType[Any, Any],
    content: Any,
    grade: Grade | None,
    *,
    is_unsure: bool = False,
    certainty: int | None = None,
) -> Reply:
    """Return a response as the memory takes it.

    Who was right without being sure found it hard, as with a hint. Who was sure did not guess:
    being wrong would have cost double what there was to gain.

    :param grade: None where no response was given. :param is_unsure: "not sure" was said instead.
    :param certainty: as said in a quiz, 1 to 3; None where nobody asked.
    """
    if is_unsure:
        return Reply(Came.NOT_SURE)
    guess = 0.0 if certainty == _SURE else float(kind.guess_chance(content))
    return Reply(_came(grade), guess, is_hinted=certainty == _UNSURE)


def _came(grade: Grade | None) -> Came:
    if grade is None:
        return Came.SKIPPED
    if grade.is_wrong:
        return Came.WRONG
    if not grade.is_right:
        return Came.PARTLY
    return Came.SLIP if any(part.slip for part in grade.parts) else Came.RIGHT
