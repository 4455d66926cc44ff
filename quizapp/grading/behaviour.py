"""From the log of one slot to what it earns, by the behaviour of the quiz."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from quizapp.grading.settings import Behaviour, QuizSettings
from quizapp.questions.base import Grade

#: How sure a learner can say to be: not very, fairly, very. The first holds if nothing is said.
CERTAINTIES = (1, 2, 3)
# Certainty-based marking (Gardner-Medwin 1995): honest certainty earns most. Being wrong starts
# to cost at the second level, and the third pays from a chance of 80 % to be right.
_IF_RIGHT: Mapping[int, Fraction] = {1: Fraction(1), 2: Fraction(2), 3: Fraction(3)}
_IF_WRONG: Mapping[int, Fraction] = {1: Fraction(0), 2: Fraction(-2), 3: Fraction(-6)}
_ONE, _NOTHING = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Logged:
    """What the log of one slot holds.

    :param latest: the response saved last, None if there is none or it was cleared.
    :param tried: the responses that were checked, in order.
    :param certainty: what was said beside `latest`, one of `CERTAINTIES`, or None.
    """

    latest: Any | None
    tried: tuple[Any, ...] = ()
    certainty: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """Where a slot stands.

    :param response: the one that counts; None for an empty slot, and then `grade` is None too.
    :param waits: a person has yet to mark the response; `grade` is None until then.
    :param share: of the slot's full mark that it earns; below 0 for a certain mistake.
    :param most: the share that could be earned: 1, or 3 with certainty.
    :param tries: the grade of each try, in order; () where nothing was checked.
    :param tries_left: how often it may still be checked while the attempt is open.
    :param first: the grade of the first response given, which tells most about the memory.
    """

    response: Any | None
    grade: Grade | None
    share: Fraction
    most: Fraction
    tries: tuple[Grade, ...] = ()
    tries_left: int = 0
    first: Grade | None = None
    certainty: int | None = None
    waits: bool = False

    @property
    def is_checked(self) -> bool:
        """Return whether the learner has asked for feedback at least once."""
        return bool(self.tries)

    @property
    def is_final(self) -> bool:
        """Return whether the slot takes no other response: it was checked for the last time."""
        return bool(self.tries) and not self.tries_left


def settle(
    settings: QuizSettings,
    logged: Logged,
    grade: Callable[[Any], Grade],
    *,
    is_submitted: bool,
) -> Settled:
    """Return what a slot earns; total and deterministic, so that a log can be replayed.

    :param grade: grades one response, as `QuestionType.grade` does.
    :param is_submitted: a response that was saved and not checked counts from handing in on.
    """
    if settings.behaviour is Behaviour.PRACTICE:
        return _after_tries(settings, logged, grade, is_submitted=is_submitted)
    if settings.behaviour is Behaviour.CERTAINTY:
        return _by_certainty(most_share(settings), logged, grade)
    checks = settings.behaviour is Behaviour.IMMEDIATE
    response = logged.tried[0] if checks and logged.tried else logged.latest
    outcome = None if response is None else grade(response)
    tries = (outcome,) if outcome and checks and logged.tried else ()
    return Settled(
        response,
        outcome,
        outcome.fraction if outcome else _NOTHING,
        _ONE,
        tries=tries,
        tries_left=int(checks and not tries),
        first=outcome,
    )


def most_share(settings: QuizSettings) -> Fraction:
    """Return the most that a slot can earn, as a share of its mark: 1, or 3 with certainty."""
    is_certain = settings.behaviour is Behaviour.CERTAINTY
    return max(_IF_RIGHT.values()) if is_certain else _ONE


def stakes(certainty: int) -> tuple[Fraction, Fraction]:
    """Return what a slot earns, as shares of its mark, if right and if wrong, when so certain.

    :param certainty: one of `CERTAINTIES`.
    """
    return _IF_RIGHT[certainty], _IF_WRONG[certainty]


def _after_tries(
    settings: QuizSettings,
    logged: Logged,
    grade: Callable[[Any], Grade],
    *,
    is_submitted: bool,
) -> Settled:
    """Return the best of the tries: fraction − penalty × earlier tries, never below nothing.

    The best and not the last, so that trying again can never cost what was earned. The rule of
    adaptive questions as Moodle documents it.
    """
    responses = list(logged.tried[: settings.tries])
    grades = [grade(response) for response in responses]
    is_over = len(grades) >= settings.tries or any(one.is_right for one in grades)
    tries_left = 0 if is_over else settings.tries - len(grades)
    pending = logged.latest
    if is_submitted and not is_over and pending is not None and pending not in responses:
        responses.append(pending)
        grades.append(grade(pending))
    earned = [
        max(_NOTHING, one.fraction - settings.penalty * place) for place, one in enumerate(grades)
    ]
    if not grades:
        return Settled(None, None, _NOTHING, _ONE, tries_left=tries_left)
    best = max(range(len(grades)), key=lambda place: (earned[place], place))
    return Settled(
        responses[best],
        grades[best],
        earned[best],
        _ONE,
        tries=tuple(grades),
        tries_left=tries_left,
        first=grades[0],
    )


def _by_certainty(most: Fraction, logged: Logged, grade: Callable[[Any], Grade]) -> Settled:
    """Return the mark by certainty; what is partly right earns its part of the right one's."""
    if logged.latest is None:
        return Settled(None, None, _NOTHING, most)
    outcome = grade(logged.latest)
    certainty = logged.certainty or CERTAINTIES[0]
    share = outcome.fraction * _IF_RIGHT[certainty]
    if outcome.is_wrong:
        share = _IF_WRONG[certainty]
    return Settled(logged.latest, outcome, share, most, first=outcome, certainty=certainty)
