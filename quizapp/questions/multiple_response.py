"""Questions with any number of keys among distractors."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from math import comb
from typing import ClassVar

from quizapp.markup import plain_inline
from quizapp.questions.base import Answer, Grade, Order, PartGrade, Posted, Raw, Recall
from quizapp.questions.choices import (
    ALL_OR_NOTHING,
    EXPLANATION_FIELD,
    PARTIAL,
    STEM_FIELD,
    Choices,
    ChoiceType,
    Option,
    chosen_indexes,
    stored_indexes,
)
from quizapp.questions.fields import Field, Kind


class MultipleResponseType(ChoiceType[frozenset[int]]):
    """The response is the set of the indexes chosen; never empty."""

    name: ClassVar[str] = "multiple_response"
    label: ClassVar[str] = "Several right answers"
    recall: ClassVar[Recall] = Recall.RECOGNITION
    fields: ClassVar[tuple[Field, ...]] = (
        STEM_FIELD,
        Field("options", Kind.OPTIONS_MANY, "Options", help="Mark every one that is right."),
        Field(
            "scoring",
            Kind.CHOICE,
            "Scoring",
            help="Learners are told when only the exact set counts.",
            required=False,
            choices=(
                (PARTIAL, "In part: each right choice counts, each wrong one is deducted"),
                (ALL_OR_NOTHING, "All or nothing: only the exact set of right options counts"),
            ),
        ),
        EXPLANATION_FIELD,
    )

    def complaint(self, keys: int, distractors: int) -> str:
        if not keys:
            return "Mark every right option; none is marked."
        return "" if distractors else "Add an option that is not right, or choosing all wins."

    def chosen(self, response: frozenset[int]) -> Collection[int]:
        return response

    def answer(self, content: Choices) -> Answer:
        return Answer("; ".join(plain_inline(o.text) for o in content.options if o.key))

    def parse_response(
        self, content: Choices, posted: Posted, order: Order = ()
    ) -> frozenset[int] | None:
        return chosen_indexes(content, posted, order) or None

    def load_response(self, content: Choices, stored: Raw) -> frozenset[int]:
        return stored_indexes(content, stored)

    def grade(self, content: Choices, response: frozenset[int]) -> Grade:
        """Grade a response: (right chosen - wrong chosen) / keys, not below 0.

        The deduction makes choosing everything worth nothing on balance. All or nothing: 1 for
        the exact set of keys, else 0.
        """
        right, wrong = len(response & content.keys), len(response - content.keys)
        keys = len(content.keys)
        fraction = _fraction(content, right, wrong)
        parts = tuple(
            _grade_option(option, index in response) for index, option in enumerate(content.options)
        )
        feedback = "" if fraction == 1 else _summary(right, wrong, keys)
        if content.scoring == ALL_OR_NOTHING and right > wrong and feedback:
            feedback += " Here only the exact set of right options counts."
        return Grade(fraction, parts, feedback)

    def guess_chance(self, content: Choices) -> Fraction:
        """Return 1 / (2^n − 1): of n options any number may be keys, but for none of them."""
        return Fraction(1, (1 << len(content.options)) - 1)

    def guess_score(self, content: Choices) -> Fraction:
        """Return the mean grade over all choices that tossing a coin for each option makes.

        Of n options k are keys. Partial: the sum over r, w of C(k, r) C(n-k, w) / 2^n times
        max(0, (r-w) / k); all or nothing: 1 / 2^n. Choosing nothing earns nothing.
        """
        keys, options = len(content.keys), len(content.options)
        wrongs = options - keys
        total = sum(
            comb(keys, right) * comb(wrongs, wrong) * _fraction(content, right, wrong)
            for right in range(keys + 1)
            for wrong in range(wrongs + 1)
        )
        return Fraction(total, 2**options)

    def example(self) -> tuple[Choices, Posted]:
        options = (
            Option("Mercury", key=True),
            Option("Europa", key=False, feedback="Europa is a moon of Jupiter."),
            Option("Mars", key=True),
            Option("Ceres", key=False, feedback="Ceres is a dwarf planet."),
        )
        content = Choices("Which of these are planets?", options, "A planet clears its orbit.")
        return content, {"choice": ["0", "2"]}


def _fraction(content: Choices, right: int, wrong: int) -> Fraction:
    keys = len(content.keys)
    if content.scoring == ALL_OR_NOTHING:
        return Fraction(int(right == keys and not wrong))
    return max(Fraction(0), Fraction(right - wrong, keys))


def _grade_option(option: Option, is_chosen: bool) -> PartGrade:
    words = plain_inline(option.text)
    return PartGrade(
        given=words if is_chosen else "",
        expected=words if option.key else "",
        fraction=Fraction(int(option.key == is_chosen)),
        feedback=option.feedback if is_chosen else "",
    )


def _summary(right: int, wrong: int, keys: int) -> str:
    if not right:
        return (
            "You chose none of the right options." if keys > 1 else "You missed the right option."
        )
    found = "the right option" if keys == 1 else f"{right} of {keys} right options"
    slips = f" and {wrong} wrong one{'s' if wrong > 1 else ''}" if wrong else ""
    return f"You chose {found}{slips}."
