"""The key that a learner is shown once a corrected question marks the attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from quizapp.grading.behaviour import Settled
from quizapp.grading.disclosure import EVERYTHING
from quizapp.grading.layout import LaidSlot
from quizapp.grading.marks import slot_mark
from quizapp.grading.regrades import Fix, RegradeFix
from quizapp.queries.attempt_marks import GradedSlot
from quizapp.queries.reviewed import FactLine, ResultSlot, told
from quizapp.questions.registry import TYPES

KIND = TYPES["single_choice"]
ORDER = (2, 0, 1)


def content(key: str, stem: str = "Which river?", texts: Sequence[str] = ("A", "B", "C")) -> Any:
    options = [{"text": text, "key": text == key} for text in texts]
    return KIND.parse({"stem": stem, "options": options})


def told_with(corrected: Any, chosen: int | None = 0) -> ResultSlot:
    """Return the question, asked with the key B, as a learner sees it who chose so."""
    asked = content("B")
    response = None if chosen is None else KIND.load_response(asked, {"choice": [chosen]})
    settled = Settled(response, None, Fraction(0), Fraction(1))
    graded = GradedSlot(
        0,
        LaidSlot(1, 1, ORDER, Fraction(1)),
        KIND,
        asked,
        settled,
        slot_mark(Fraction(0), Fraction(1), Fraction(1)),
        False,
    )
    if corrected is not None:
        fix = Fix(RegradeFix.CORRECT, corrected=(KIND, corrected))
        graded = replace(graded, fixes=(fix,))
    return told(graded, FactLine(), (), EVERYTHING)


def states(slot: ResultSlot) -> dict[str, str]:
    graded = slot.graded
    shown = slot.type.review(graded.content, graded.response, graded.laid.order)
    return {option.text: option.state for option in shown}


def test_a_corrected_key_is_the_one_that_is_shown() -> None:
    assert states(told_with(None)) == {"C": "", "A": "wrong", "B": "missed"}

    slot = told_with(content("A"))

    assert states(slot) == {"C": "", "A": "right", "B": ""}
    assert (slot.answer.text, slot.key_letters) == ("A", "B")


def test_it_is_shown_to_whoever_gave_no_answer_too() -> None:
    assert states(told_with(content("A"), chosen=None)) == {"C": "", "A": "missed", "B": ""}


def test_what_was_asked_stays_where_the_corrected_question_reads_otherwise() -> None:
    for corrected in (
        content("A", stem="Which lake?"),
        content("A", texts=("A", "B")),
        content("D", texts=("A", "B", "D")),
    ):
        slot = told_with(corrected)

        assert (slot.stem, slot.answer.text) == ("Which river?", "B")
