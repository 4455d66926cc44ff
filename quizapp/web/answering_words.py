"""What is said of an answered card: how it did, what it counts as, and why."""

from __future__ import annotations

from dataclasses import dataclass

from quizapp.memory.credit import Came
from quizapp.memory.state import Rating
from quizapp.queries.answered_cards import AnsweredCard

#: By what came: what is said of it, the tone of that, its sign, and the rating that it is.
_SAID = {
    Came.WRONG: ("Missed", "bad", "x", Rating.AGAIN),
    Came.SKIPPED: ("No answer", "bad", "", Rating.AGAIN),
    Came.TIMED_OUT: ("Out of time", "bad", "", Rating.AGAIN),
    Came.NOT_SURE: ("Not sure", "bad", "", Rating.AGAIN),
    Came.PARTLY: ("Partly right", "warn", "", Rating.HARD),
    Came.SLIP: ("Right", "good", "check", Rating.GOOD),
    Came.RIGHT: ("Right", "good", "check", Rating.GOOD),
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
    def said(self) -> str:
        return _SAID[self.view.came][0]

    @property
    def tone(self) -> str:
        return _SAID[self.view.came][1]

    @property
    def sign(self) -> str:
        return _SAID[self.view.came][2]

    @property
    def rating(self) -> str:
        """Return what it counts as, in the words of the buttons."""
        rating = self.view.rating
        if not self.is_short:
            return rating.label
        return _SHORT[Rating.AGAIN if rating is Rating.AGAIN else Rating.GOOD]

    @property
    def proposed(self) -> int:
        """Return the rating whose button goes on without a change."""
        return int(self.view.rating)

    @property
    def buttons(self) -> int:
        """Return how many ratings are offered."""
        return 2 if self.is_short else 3 if self.view.is_choice else 4

    @property
    def why(self) -> str:
        """Return why it counts as that, in a sentence; "" where nothing needs saying."""
        view, usual = self.view, _SAID[self.view.came][3]
        if view.rating is not usual:  # Nothing but the time makes it another one.
            slow = view.rating is Rating.HARD
            return f"You took {'longer' if slow else 'less time'} than you usually do."
        if view.came is Came.SLIP:
            return "Right but for the spelling."
        if view.came is Came.PARTLY:
            return "You had a part of it."
        if view.came is Came.RIGHT and view.is_choice:
            return "A right choice may be a guess, so it tells a little less."
        return ""

    @property
    def intervals(self) -> list[str]:
        """Return until when each rating puts the card off, Again to Easy."""
        shown = [choice.interval for choice in self.view.card.choices]
        shown[self.view.rating - 1] = self.view.due
        return shown
