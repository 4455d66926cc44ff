"""What a result comes to, in sentences."""

from __future__ import annotations

from quizapp.grading.marks import show
from quizapp.queries.results import Earlier, ResultsPage
from quizapp.web.filters import short_day
from quizapp.web.wording import NO_BREAK_SPACE, duration


def result_summary(page: ResultsPage) -> str:
    """Return whether it was passed, how it compares with the last attempt, and the time taken."""
    sentences = [_passed(page)]
    if page.earlier is not None:
        sentences.append(_compared(page, page.earlier))
    sentences.append(f"You took {duration(page.seconds)}.")
    return " ".join(sentences)


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
    return f"{percent}{NO_BREAK_SPACE}%"
