"""What an instructor decided about a question whose key was wrong, applied to what it earns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from quizapp.errors import Invalid
from quizapp.grading.behaviour import Settled
from quizapp.questions.base import Grade, QuestionType
from quizapp.questions.folding import compact, fold


class RegradeFix(StrEnum):
    """What makes a wrong key good."""

    ACCEPT = "accept"  # this response counts as right too
    GIVE_ALL = "give_all"  # everybody gets full marks for the question
    DROP = "drop"  # the question counts for nobody
    CORRECT = "correct"  # graded by a later revision


@dataclass(frozen=True, slots=True)
class Fix:
    """One decision about one revision.

    :param response: for `ACCEPT`, what `dump_response` gives for the response to accept.
    :param corrected: for `CORRECT`, the type and the content of the later revision.
    """

    kind: RegradeFix
    response: Mapping[str, Any] | None = None
    corrected: tuple[QuestionType[Any, Any], Any] | None = None


def grader(
    kind: QuestionType[Any, Any], content: Any, fixes: Sequence[Fix]
) -> Callable[[Any], Grade]:
    """Return what grades the responses to a revision, with the fixes that hold for it.

    A response that a corrected revision cannot read, because it has other parts, or that a
    person would have to mark, is graded by the revision that was asked.
    """
    accepted = [fix.response for fix in fixes if fix.kind is RegradeFix.ACCEPT]
    corrected = next((fix.corrected for fix in reversed(fixes) if fix.corrected), None)

    def grade(response: Any) -> Grade:
        given = kind.dump_response(response)
        if any(_is_same(given, one) for one in accepted):
            return Grade(Fraction(1), feedback="Accepted as right after the quiz.")
        if corrected is None:
            return kind.grade(content, response)
        later, key = corrected
        if not later.is_gradable:
            return kind.grade(content, response)
        try:
            return later.grade(key, later.load_response(key, given))
        except Invalid:
            return kind.grade(content, response)

    return grade


def with_fixes(settled: Settled, fixes: Sequence[Fix]) -> Settled:
    """Return where a slot stands once full marks are given to all, or it is dropped.

    Nobody has to mark it then.
    """
    kinds = {fix.kind for fix in fixes}
    if RegradeFix.DROP in kinds:
        return replace(settled, share=Fraction(0), most=Fraction(0), waits=False)
    if RegradeFix.GIVE_ALL in kinds:
        return replace(settled, share=settled.most, waits=False)
    return settled


def _is_same(given: Any, accepted: Any) -> bool:
    """Return whether two dumped responses say the same; texts as typed answers are compared."""
    if isinstance(given, str) and isinstance(accepted, str):
        return compact(fold(given)) == compact(fold(accepted))
    if isinstance(given, Mapping) and isinstance(accepted, Mapping):
        return given.keys() == accepted.keys() and all(
            _is_same(given[name], accepted[name]) for name in given
        )
    if isinstance(given, list | tuple) and isinstance(accepted, list | tuple):
        return len(given) == len(accepted) and all(map(_is_same, given, accepted))
    return bool(given == accepted)
