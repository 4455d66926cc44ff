"""What a learner may see of an attempt, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from quizapp.errors import Problem


class Shown(StrEnum):
    """A thing that a learner may be shown beside a question."""

    RESPONSE = "response"
    RIGHT_ANSWER = "right_answer"
    FEEDBACK = "feedback"
    PASSAGE = "passage"
    MARKS = "marks"


EVERYTHING = frozenset(Shown)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What is shown at each moment.

    :param during: of a question that was checked while the attempt is open; a behaviour that
        checks nothing shows nothing then.
    :param after_submit: from handing in until the quiz closes; :param after_close: from then on.
        A quiz that never closes stays at `after_submit`.
    """

    during: frozenset[Shown] = EVERYTHING
    after_submit: frozenset[Shown] = EVERYTHING
    after_close: frozenset[Shown] = EVERYTHING

    def dump(self) -> dict[str, list[str]]:
        """Return the JSON-ready mapping that `read_disclosure` reads back."""
        return {name: sorted(getattr(self, name)) for name in MOMENTS}


MOMENTS = tuple(field.name for field in fields(Disclosure))


def read_disclosure(raw: Any) -> tuple[Disclosure, tuple[Problem, ...]]:
    """Return what a mapping of moments to lists states, and what is wrong with it.

    A moment that is left out shows everything.
    """
    if not isinstance(raw, Mapping):
        return Disclosure(), (Problem("disclosure", "Say what is shown at each moment."),)
    problems = [
        Problem(f"disclosure.{name}", f"Remove this; the moments are {', '.join(MOMENTS)}.")
        for name in raw
        if name not in MOMENTS
    ]
    stated: dict[str, frozenset[Shown]] = {}
    for name in MOMENTS:
        listed = raw.get(name, list(EVERYTHING))
        if isinstance(listed, list | tuple | set | frozenset) and set(listed) <= EVERYTHING:
            stated[name] = frozenset(map(Shown, listed))
        else:
            known = ", ".join(Shown)
            problems.append(Problem(f"disclosure.{name}", f"List any of {known}."))
    return Disclosure(**stated), tuple(problems)
