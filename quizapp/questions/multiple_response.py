"""Questions with any number of keys among distractors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from typing import ClassVar

from quizapp.markup import plain_inline
from quizapp.questions.base import (
    Answer,
    Grade,
    Order,
    PartGrade,
    Posted,
    Raw,
    Recall,
    ReviewedOption,
)
from quizapp.questions.choices import (
    ALL_OR_NOTHING,
    EXPLANATION_FIELD,
    PARTIAL,
    STEM_FIELD,
    Choices,
    ChoiceType,
    Option,
    chosen_indexes,
    review_option,
    stored_indexes,
)
from quizapp.questions.credit import FULL, NOTHING, bounded, signed
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

    def usual_worths(self, content: Choices) -> tuple[Fraction, Fraction]:
        """Return 1 / keys, and as much below 0: choosing everything is worth nothing on balance."""
        share = Fraction(1, len(content.keys) or 1)
        return share, -share

    def credit_problem(self, content: Choices, option: Option) -> str:
        credit = option.credit or NOTHING
        if content.scoring == ALL_OR_NOTHING:
            return "Leave this empty: only the exact set of right options counts."
        if option.key and credit <= 0:
            return "Give a right option a share above 0."
        if not option.key and credit > 0:
            return "Give a share of 0 or below, or mark this as right."
        keys = (w for one, w in zip(content.options, self.worths(content), strict=True) if one.key)
        if option.key and sum(keys, NOTHING) < FULL:
            return "Let the right options together earn 100 % or more."
        return ""

    def chosen(self, response: frozenset[int]) -> Collection[int]:
        return response

    def answer(self, content: Choices) -> Answer:
        partly = tuple(
            f"{plain_inline(option.text)} {signed(option.credit)}"
            for option in content.options
            if option.credit is not None
        )
        keys = "; ".join(plain_inline(o.text) for o in content.options if o.key)
        return Answer(keys, partly=partly)

    def parse_response(
        self, content: Choices, posted: Posted, order: Order = ()
    ) -> frozenset[int] | None:
        return chosen_indexes(content, posted, order) or None

    def load_response(self, content: Choices, stored: Raw) -> frozenset[int]:
        return stored_indexes(content, stored)

    def grade(self, content: Choices, response: frozenset[int]) -> Grade:
        """Grade a response: the sum of what its options are worth, within 0 and 1.

        Where the author states nothing else that is (right chosen - wrong chosen) / keys. All or
        nothing: 1 for the exact set of keys, else 0.
        """
        right, wrong = len(response & content.keys), len(response - content.keys)
        keys = len(content.keys)
        fraction = self.earned(content, response)
        if content.scoring == ALL_OR_NOTHING:
            fraction = Fraction(int(response == content.keys))
        parts = tuple(
            _grade_option(option, index in response) for index, option in enumerate(content.options)
        )
        feedback = "" if fraction == 1 else _summary(right, wrong, keys)
        if content.scoring == ALL_OR_NOTHING and right > wrong and feedback:
            feedback += " Here only the exact set of right options counts."
        return Grade(fraction, parts, feedback)

    def review_one(self, option: Option, is_chosen: bool, letter: str) -> ReviewedOption:
        worth = signed(option.credit) if option.credit is not None else ""
        return replace(review_option(option, is_chosen, letter), worth=worth)

    def guess_chance(self, content: Choices) -> Fraction:
        """Return the share of choices that earn everything; one of them is that of all keys.

        Of n options any number may be keys, but for none of them: there are 2^n − 1 choices.
        """
        winning = 1
        if any(option.credit is not None for option in content.options):
            winning = sum(n for total, n in self._sums(content).items() if total >= FULL)
        return Fraction(winning, (1 << len(content.options)) - 1)

    def guess_score(self, content: Choices) -> Fraction:
        """Return the mean grade over all choices that tossing a coin for each option makes.

        All or nothing: 1 / 2^n. Choosing nothing earns nothing.
        """
        choices = 1 << len(content.options)
        if content.scoring == ALL_OR_NOTHING:
            return Fraction(1, choices)
        sums = self._sums(content).items()
        return sum((bounded(total) * n for total, n in sums), NOTHING) / choices

    def _sums(self, content: Choices) -> Counter[Fraction]:
        """Return how many choices of options come to each sum of worths."""
        sums = Counter({NOTHING: 1})
        for worth in self.worths(content):
            chosen = Counter({total + worth: n for total, n in sums.items()})
            sums += chosen
        return sums

    def example(self) -> tuple[Choices, Posted]:
        options = (
            Option("Mercury", key=True),
            Option("Europa", key=False, feedback="Europa is a moon of Jupiter."),
            Option("Mars", key=True),
            Option("Ceres", key=False, feedback="Ceres is a dwarf planet."),
        )
        content = Choices("Which of these are planets?", options, "A planet clears its orbit.")
        return content, {"choice": ["0", "2"]}


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
