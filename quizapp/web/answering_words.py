"""What is said of an answered card: how it did, what it counts as, and why."""

from __future__ import annotations

from dataclasses import dataclass

from quizapp.memory.credit import Came
from quizapp.memory.state import Rating
from quizapp.queries.answered_cards import AnsweredCard

_VERDICTS = {
    Came.WRONG: "wrong",
    Came.SKIPPED: "unanswered",
    Came.TIMED_OUT: "unanswered",
    Came.NOT_SURE: "unsure",
    Came.PARTLY: "partly",
    Came.SLIP: "right",
    Came.RIGHT: "right",
}
_WHY = {
    Came.WRONG: "Missed, so it comes back soon.",
    Came.SKIPPED: "You gave no answer, so it comes back soon.",
    Came.TIMED_OUT: "Time was up, so it comes back soon.",
    Came.NOT_SURE: "You were not sure, so it comes back soon.",
    Came.PARTLY: "Partly right counts as hard.",
    Came.SLIP: "Right but for the spelling.",
}
_SHORT = {Rating.AGAIN: "Missed", Rating.GOOD: "Got it"}


@dataclass(frozen=True, slots=True)
class Counted:
    """What the page of an answered card says.

    :param is_short: the learner rates with two buttons.
    """

    view: AnsweredCard
    is_short: bool

    @property
    def verdict(self) -> str:
        return _VERDICTS[self.view.came]

    @property
    def rating(self) -> str:
        """Return what it counts as, in the words of the buttons."""
        if not self.is_short:
            return self.view.rating.label
        return _SHORT[Rating.AGAIN if self.view.rating is Rating.AGAIN else Rating.GOOD]

    @property
    def proposed(self) -> int:
        """Return the button that goes on without a change."""
        return int(self.view.rating)

    @property
    def why(self) -> str:
        """Return why it counts as that, in a sentence."""
        view = self.view
        natural = Rating.AGAIN if view.came in _MISSED else Rating.GOOD
        if view.came is Came.PARTLY:
            natural = Rating.HARD
        if view.rating is not natural and view.came is Came.RIGHT and not view.is_choice:
            how = "Slower" if view.rating is Rating.HARD else "Quicker"
            return f"{how} than you usually are with such a question, or changed by you."
        if view.rating is not natural:
            return "Changed by you."
        if view.came is Came.RIGHT:
            return (
                "A right choice may be a guess, so it counts a little less."
                if (view.is_choice)
                else "Right."
            )
        return _WHY[view.came]

    @property
    def intervals(self) -> list[str]:
        """Return until when each rating puts the card off, Again to Easy."""
        shown = [choice.interval for choice in self.view.card.choices]
        shown[self.view.rating - 1] = self.view.due
        return shown


_MISSED = frozenset({Came.WRONG, Came.SKIPPED, Came.TIMED_OUT, Came.NOT_SURE})
