"""What a person gave for an answer in a learner's own words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from quizapp.grading.behaviour import Logged, Settled
from quizapp.questions.base import Grade

#: What is mostly given, as a share of the points of a question.
SHARES = (Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1))


@dataclass(frozen=True, slots=True)
class Marking:
    """The marking of an answer that counts: the last one.

    :param fraction: 0 to 1, exact; None where it was taken back, and then it counts as unmarked.
    :param comment: to the learner, Markdown, or "". :param seq: its number in the slot's log of
        markings, from 1.
    """

    fraction: Fraction | None
    comment: str = ""
    seq: int = 0


def settle_marked(logged: Logged, marking: Marking | None) -> Settled:
    """Return where a slot stands that a person marks, whatever the behaviour of its quiz.

    It cannot be checked at once, so it is never tried; how sure its learner is plays no part, so
    it earns its plain points. What was left empty earns nothing, without anybody looking at it.
    `Settled.first` stays None: the memory does not hear of it.
    """
    if logged.latest is None:
        return Settled(None, None, Fraction(0), Fraction(1))
    if marking is None or marking.fraction is None:
        return Settled(logged.latest, None, Fraction(0), Fraction(1), waits=True)
    grade = Grade(marking.fraction, feedback=marking.comment)
    return Settled(logged.latest, grade, marking.fraction, Fraction(1))
