"""What a result comes to, in sentences."""

from __future__ import annotations

from quizapp.grading.behaviour import stakes
from quizapp.grading.marks import Mark, show
from quizapp.grading.settings import Counting
from quizapp.queries.results import Earlier, ResultsPage
from quizapp.queries.reviewed import ResultSlot
from quizapp.services.undoing import TakenBack
from quizapp.web.filters import short_day
from quizapp.web.quiz_words import COUNTS, SURE, signed, waiting_words
from quizapp.web.wording import NO_BREAK_SPACE, count, duration

_VERDICTS = {"right": "right", "partly": "partly right", "wrong": "wrong"}


def result_summary(page: ResultsPage) -> str:
    """Return whether it was passed, how it compares with the last attempt, and the time taken.

    While answers wait to be marked, that stands in place of the first two.
    """
    taken = f"You took {duration(page.seconds)}."
    if not page.shows_marks:
        return taken
    if page.waits:
        final = f"Your mark is final once {'it is' if page.waits == 1 else 'they are'}."
        return f"{waiting_words(page.waits)}. {final} {taken}"
    sentences = [_passed(page)]
    if page.earlier is not None and not page.earlier.waits:
        sentences.append(_compared(page, page.earlier))
    return " ".join([*sentences, taken])


def counted_words(page: ResultsPage) -> str:
    """Return which of several attempts counts, and what; "" for one attempt or hidden marks.

    A mark by hand counts whichever attempt would.
    """
    reckoned = page.standing.reckoned
    if not page.shows_marks or len(page.attempts) < 2 or page.standing.is_changed:
        return ""
    if reckoned is None:
        return f"{COUNTS[page.counting]} It waits to be marked."
    mark = f"{reckoned.mark} ({_percent(reckoned.mark.percent)})"
    so_far = "So far it is" if reckoned.is_so_far else "It is"
    if page.counting is Counting.AVERAGE:
        return f"{COUNTS[page.counting]} {so_far} {mark}."
    return f"{COUNTS[page.counting]} {so_far} attempt {reckoned.number}, with {mark}."


def slot_words(slot: ResultSlot, penalty_percent: int = 0) -> str:
    """Return how certainty or several tries made the mark of a question; "" for neither."""
    if slot.certainty is not None:
        return _certain(slot, slot.certainty)
    if not slot.tries:
        return ""
    said = [
        f"try {number} {_VERDICTS[verdict]}" + _cost(min(100, penalty_percent * (number - 1)))
        for number, verdict in enumerate(slot.tries, start=1)
    ]
    return f"{', '.join(said).capitalize()}."


def undone_words(taken: TakenBack) -> str:
    """Return what became of the reviews that were to be taken back."""
    said = []
    if taken.undone:
        cards = "is" if taken.undone == 1 else "are"
        said.append(f"{count(taken.undone, 'card')} {cards} as before this quiz.")
    if taken.kept:
        it = ("has", "its rating stays") if taken.kept == 1 else ("have", "their ratings stay")
        said.append(f"{count(taken.kept, 'card')} {it[0]} been rated since, so {it[1]}.")
    return " ".join(said) or "There is nothing left to take back."


def _certain(slot: ResultSlot, certainty: int) -> str:
    """Return "Right and certain: +3", for the points that the question has."""
    grade, sure = slot.graded.grade, SURE[certainty].lower()
    if grade is None:
        return ""
    earned = signed(slot.graded.mark.points)
    if grade.is_right or grade.is_wrong:
        return f"{'Right' if grade.is_right else 'Wrong'} and {sure}: {earned}"
    full = signed(stakes(certainty)[0] * slot.graded.laid.max_mark)
    return f"Partly right and {sure}: {earned} of {full}"


def _cost(percent: int) -> str:
    return f" (−{percent}{NO_BREAK_SPACE}%)" if percent else ""


def _passed(page: ResultsPage) -> str:
    reached = _percent(page.mark.percent)
    if page.passed is None:
        return f"That is {reached}."
    needed = _percent(page.head.settings.pass_mark_percent or 0)
    if page.passed:
        return f"Passed with {reached} (pass mark {needed})."
    return f"{reached}, and the pass mark is {needed}: not passed."


def _compared(page: ResultsPage, earlier: Earlier) -> str:
    that = f"attempt {earlier.number} ({short_day(earlier.submitted_at)})"
    if earlier.mark.most != page.mark.most:
        return f"In {that} it was {earlier.mark}."
    change = page.mark.points - earlier.mark.points
    if change == 0:
        return f"The same as in {that}."
    return f"{show(abs(change))} {'more' if change > 0 else 'fewer'} than in {that}."


def _percent(percent: int) -> str:
    return f"{percent}{NO_BREAK_SPACE}%".replace("-", "−")


def mark_percent(mark: Mark) -> str:
    """Return "73 %", or "−20 %" where mistakes cost more than the rest earned."""
    return _percent(mark.percent)
