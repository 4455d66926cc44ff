"""Rules of the craft that a question may break, each with the reason that its author gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from quizapp.bank.craft.registry import RULES
from quizapp.errors import Problem
from quizapp.questions.reading import clean

REASON_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Waiver:
    """One rule, by its id, and why the question may break it."""

    rule: str
    reason: str

    def dump(self) -> dict[str, str]:
        """Return the mapping that is stored."""
        return {"rule": self.rule, "reason": self.reason}


def read_waivers(stated: Iterable[Waiver]) -> tuple[tuple[Waiver, ...], list[Problem]]:
    """Return the waivers that give a reason, in the order of their rules, and what is wrong.

    A reason that was taken out takes its waiver with it; a rule that is unknown has none.
    """
    found: dict[str, Waiver] = {}
    problems: list[Problem] = []
    for waiver in stated:
        reason, complaint = clean(waiver.reason, REASON_LIMIT)
        if complaint:
            problems.append(Problem("waivers", f"A reason to leave a rule aside: {complaint}"))
        elif waiver.rule in RULES and (said := " ".join(reason.split())):
            found[waiver.rule] = Waiver(waiver.rule, said)
    return tuple(found[rule] for rule in RULES if rule in found), problems
