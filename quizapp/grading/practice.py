"""Practice that a learner puts together: which facts it asks, and in which form. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from quizapp.errors import Invalid, Problem
from quizapp.grading.selection import Picked
from quizapp.grading.settings import Behaviour, QuizSettings
from quizapp.memory.forms import FormPolicy, choose_form
from quizapp.memory.state import NEW_STATE, MemoryState

#: The predicted recall that is asked first: what may well be lost soon and is not lost yet. To
#: recall it takes effort and mostly succeeds, which is when testing teaches most.
BAND = (0.60, 0.85)
LENGTHS = (5, 10, 20)
MAX_LENGTH = 50
USUAL_LENGTH = 10
TITLE_LIMIT = 200
_MARK = Fraction(1)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a learner chose to practise.

    :param topics: keys; () means all. :param length: how many questions, 1 to 50.
    :raises Invalid: the length is out of range, at "length".
    """

    topics: tuple[str, ...] = ()
    length: int = USUAL_LENGTH
    behaviour: Behaviour = Behaviour.IMMEDIATE

    def __post_init__(self) -> None:
        if not 1 <= self.length <= MAX_LENGTH:
            message = f"Choose how many questions, from 1 to {MAX_LENGTH}."
            raise Invalid([Problem("length", message)])

    @property
    def settings(self) -> QuizSettings:
        """Return how the attempt runs: without a limit, and every answer counts for memory."""
        return QuizSettings(behaviour=self.behaviour, counts_for_memory=True)


@dataclass(frozen=True, slots=True)
class Prospect:
    """A fact that practice may ask.

    :param state: the learner's memory of it. :param recall: the chance, 0 to 1, that the learner
        recalls it now; None for a fact never met.
    """

    fact_id: int
    topic_id: int
    state: MemoryState = field(default=NEW_STATE)
    recall: float | None = None

    @property
    def is_new(self) -> bool:
        return self.recall is None

    @property
    def is_in_band(self) -> bool:
        return self.recall is not None and not distance(self.recall)


def distance(recall: float) -> float:
    """Return how far a predicted recall lies from `BAND`; 0 within it, ends included."""
    low, high = BAND
    return max(low - recall, recall - high, 0.0)


def draw(
    prospects: Collection[Prospect], *, count: int, seed: int, last: Collection[int] = ()
) -> tuple[Prospect, ...]:
    """Return up to `count` facts to ask, in the order to ask them.

    Those in `BAND` come first, then the nearest to it, then those never met. Equals come in an
    order of chance that the seed decides, so the draw can be repeated: the same prospects with
    the same memories, in whatever order they are listed, and the same seed, `count` and `last`
    give the same facts.

    :param last: ids of facts that come after all others, since they were asked just now.
    """
    order = sorted(prospects, key=lambda one: one.fact_id)
    # Chance here picks questions; nothing secret hangs on it.
    Random(f"practice {seed}").shuffle(order)  # noqa: S311

    def rank(one: Prospect) -> tuple[bool, bool, float]:
        far = 0.0 if one.recall is None else distance(one.recall)
        return one.fact_id in last, one.is_new, far

    return tuple(sorted(order, key=rank)[:count])


def pick_forms(
    drawn: Sequence[Prospect],
    available: Mapping[int, Mapping[int, Sequence[int]]],
    policy: FormPolicy | None = None,
) -> tuple[Picked, ...]:
    """Return one question for each fact, in the form that suits the memory of it.

    :param available: by fact: question ids by the rank of their form, as `memory.forms` takes them.
    :param policy: of the course; None is the usual one.
    :raises Invalid: a fact has no question.
    """
    return tuple(
        Picked(_form(one, available.get(one.fact_id, {}), policy), one.fact_id, _MARK)
        for one in drawn
    )


def _form(
    prospect: Prospect, available: Mapping[int, Sequence[int]], policy: FormPolicy | None
) -> int:
    return choose_form(prospect.state.stability, prospect.state.reps, available, policy)


def title(topics: Sequence[str]) -> str:
    """Return what to call a practice of these topics, by their titles; () means all of them.

    As many as fit are named: "Practice: Aleppo, Astana and 3 more".
    """
    if not topics:
        return "Practice: all topics"
    for named in range(len(topics), 0, -1):
        rest = len(topics) - named
        words = ", ".join(topics[:named]) + (f" and {rest} more" if rest else "")
        if len(words) <= TITLE_LIMIT - len("Practice: "):
            return f"Practice: {words}"
    return f"Practice: {len(topics)} topics" if len(topics) > 1 else _cut(f"Practice: {topics[0]}")


def _cut(words: str) -> str:
    return words[: TITLE_LIMIT - 1] + "…"
