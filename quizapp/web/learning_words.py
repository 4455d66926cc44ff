"""What the page about learning says of fits: in plain words, with the figures beside them."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from quizapp.memory.fitting import MINIMUM_TRIALS
from quizapp.memory.settings import MemorySettings
from quizapp.models import FitOutcome
from quizapp.policy import Actor
from quizapp.queries.memory_fits import Fits, PastFit
from quizapp.web.wording import count, percent, short_day, thousands

_PLACES = 4
_HEADINGS = {
    FitOutcome.ADOPTED: "Predictions are fitted to you",
    FitOutcome.KEPT: "The last fit was no better, so nothing changed",
    FitOutcome.TOO_FEW: "There is too little to learn from yet",
    FitOutcome.FAILED: "The last fit came to nothing",
}
_OUTCOMES = {
    FitOutcome.KEPT: "Not better, not used",
    FitOutcome.TOO_FEW: "Too little to judge by",
    FitOutcome.FAILED: "Stopped; it will be tried again",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One try as the table has it."""

    date: str
    reviews: str
    before: str
    fitted: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is said to a learner of their fits in a course.

    :param reviews: that stand now.
    """

    fits: Fits
    reviews: int
    settings: MemorySettings
    actor: Actor

    @property
    def is_waiting(self) -> bool:
        return self.fits.waiting is not None

    @property
    def needed(self) -> int:
        """Return from how many reviews on there is something to learn."""
        return MINIMUM_TRIALS

    @property
    def is_early(self) -> bool:
        """Return whether there is nothing to learn from, so that nothing is offered."""
        return self.reviews < MINIMUM_TRIALS and self.fits.last is None

    @property
    def so_far(self) -> str:
        return f"{thousands(self.reviews)} of {count(MINIMUM_TRIALS, 'review')}"

    @property
    def heading(self) -> str:
        last, adopted = self.fits.last, self.fits.adopted
        if last is None:
            return "Not fitted to you yet"
        if last.outcome is FitOutcome.ADOPTED and last.undone_at is not None:
            return "You took the last fit back"
        if adopted is not None and adopted is not last and adopted.undone_at is None:
            return "Predictions are fitted to you"
        return _HEADINGS[last.outcome]

    @property
    def finding(self) -> str:
        """Return what came of the last try, in two sentences."""
        last = self.fits.last
        if last is None:
            return (
                f"You have {count(self.reviews, 'review')} in this course. A fit learns from them "
                "how fast you forget, and is used only if it would have predicted you better."
            )
        tried = f"Tried on {self._date(last)} with {count(last.reviews, 'review')}."
        if last.loss_in_force is None or last.loss_fitted is None:
            return f"{tried} {_OUTCOMES[last.outcome]}."
        share = 1 - last.loss_fitted / last.loss_in_force
        judged = f"on {count(last.held_out, 'review')} that it had not seen"
        if last.is_adopted:
            size = percent(share, 0 if share >= 0.01 else 1)
            return f"{tried} It was {size} less wrong {judged}, so it was taken."
        return f"{tried} It was no less wrong {judged}, so it was left."

    @property
    def judged(self) -> PastFit | None:
        """Return the last try if there are two numbers to compare."""
        last = self.fits.last
        return last if last is not None and last.loss_fitted is not None else None

    @property
    def errors(self) -> tuple[tuple[str, str], ...]:
        """Return both prediction errors of the last try: what, and how large."""
        last = self.judged
        if last is None:
            return ()
        return (("As it was", _error(last.loss_in_force)), ("Fitted", _error(last.loss_fitted)))

    @property
    def lines(self) -> list[Line]:
        """Return the tries so far, newest first."""
        return [
            Line(
                date=self._date(one),
                reviews=thousands(one.reviews),
                before=_error(one.loss_in_force),
                fitted=_error(one.loss_fitted),
                outcome=self._outcome(one),
            )
            for one in self.fits.past
        ]

    @property
    def undoable(self) -> PastFit | None:
        """Return the fit in use that can be taken back."""
        one = self.fits.adopted
        is_in_use = one and one.undone_at is None and self.settings.weights == one.weights
        return one if is_in_use else None

    @property
    def redoable(self) -> PastFit | None:
        """Return the fit that was taken back and can be used again."""
        one = self.fits.adopted
        is_back = one and one.undone_at is not None and self.settings.weights == one.before
        return one if is_back else None

    @property
    def correction(self) -> str:
        """Return how predictions turned out, and what their correction is used for."""
        last = self.fits.last
        if last is None or not last.correction.trials:
            return "Begins with the first fit."
        correction = last.correction
        seen = count(correction.trials, "review")
        if not correction.is_adopted:
            return f"Over {seen}, correcting would not have helped enough, so nothing is corrected."
        shown = percent(correction.corrected(0.9))
        return (
            f"Over {seen}, corrected predictions were closer, so they are used: where 90 % was "
            f"predicted, {shown} is meant now."
        )

    @property
    def times(self) -> str:
        """Return whether answer times count, and why."""
        if not self.settings.use_answer_times:
            return "Switched off: only what you answer counts."
        last = self.fits.last
        choice = last.times.choice if last else None
        if last is None or choice is None or not choice.trials:
            return "Not judged yet: this takes 500 answers on cards."
        both = f"{_error(choice.loss_timed)} with them, {_error(choice.loss_given)} without"
        judged = f"Judged by {count(choice.trials, 'review')}: a prediction error of {both}."
        if last.is_timed:
            return f"They tell something, so they count. {judged}"
        return f"They tell too little, so they do not count. {judged}"

    def _outcome(self, one: PastFit) -> str:
        if one.outcome is not FitOutcome.ADOPTED:
            return _OUTCOMES[one.outcome]
        return "Better, taken back by you" if one.undone_at else "Better, used"

    def _date(self, one: PastFit) -> str:
        at = one.at or one.asked_at
        return short_day(at.astimezone(ZoneInfo(self.actor.timezone)).date())


def _error(loss: float | None) -> str:
    return "–" if loss is None else f"{loss:.{_PLACES}f}"
