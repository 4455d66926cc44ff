"""What an answer is worth, as the pages of marking say it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from quizapp.grading.markings import SHARES, Marking
from quizapp.grading.marks import show
from quizapp.queries.marking_page import MarkingPage
from quizapp.services.marking import Written
from quizapp.web.teach_quiz_words import points as typed_points

_WORDS = ("Nothing", "¼", "½", "¾", "Full")
#: By what the form sends: the key that chooses it, and what it is called.
SHARE_WORDS: Mapping[str, tuple[str, str]] = {
    str(share): (str(key), word)
    for key, (share, word) in enumerate(zip(SHARES, _WORDS, strict=True), start=1)
}


def filled(page: MarkingPage) -> Written:
    """Return what the form shows before anything is typed: the marking that holds."""
    given = page.given
    if given is None or given.fraction is None:
        return Written(comment=page.history[0].given.comment if page.history else "")
    if given.fraction in SHARES:
        return Written(share=str(given.fraction), comment=given.comment)
    return Written(points=typed_points(given.fraction * page.max_mark), comment=given.comment)


def plain_points(marking: Marking, most: Fraction) -> str:
    """Return "1.5 of 2 points", or that nothing is given."""
    if marking.fraction is None:
        return "not marked"
    return f"{show(marking.fraction * most)} of {show(most)} points"


def question_of(page: MarkingPage) -> str:
    """Return "Answer 3 of 12"."""
    return f"Answer {page.place} of {page.total}"
