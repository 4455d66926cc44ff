"""Questions with one key among distractors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from typing import ClassVar

from quizapp.errors import Invalid, Problem
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
    EXPLANATION_FIELD,
    STEM_FIELD,
    Choices,
    ChoiceType,
    Option,
    chosen_indexes,
    review_option,
    stored_indexes,
)
from quizapp.questions.credit import FULL, NOTHING, words_for
from quizapp.questions.fields import Field, Kind


class SingleChoiceType(ChoiceType[int]):
    """The response is the index of the option chosen."""

    name: ClassVar[str] = "single_choice"
    label: ClassVar[str] = "One right answer"
    recall: ClassVar[Recall] = Recall.RECOGNITION
    fields: ClassVar[tuple[Field, ...]] = (
        STEM_FIELD,
        Field("options", Kind.OPTIONS_ONE, "Options", help="Mark the one that is right."),
        EXPLANATION_FIELD,
    )

    def complaint(self, keys: int, distractors: int) -> str:
        if keys == 1:
            return ""
        return "Mark the right option." if keys == 0 else f"Mark one right option, not {keys}."

    def usual_worths(self, content: Choices) -> tuple[Fraction, Fraction]:
        return FULL, NOTHING

    def credit_problem(self, content: Choices, option: Option) -> str:
        if option.key:
            return "Leave this empty: the right option earns everything."
        is_part = option.credit is not None and NOTHING < option.credit < FULL
        return "" if is_part else "Give a share above 0 and below 100 %, such as 50."

    def chosen(self, response: int) -> Collection[int]:
        return (response,)

    def answer(self, content: Choices) -> Answer:
        partly = tuple(
            f"{plain_inline(option.text)}, {words_for(option.credit)}"
            for option in content.options
            if option.credit is not None
        )
        return Answer(plain_inline(_key(content).text), partly=partly)

    def parse_response(self, content: Choices, posted: Posted, order: Order = ()) -> int | None:
        chosen = chosen_indexes(content, posted, order)
        if len(chosen) > 1:
            raise Invalid([Problem("choice", "Choose one option.")])
        return next(iter(chosen), None)

    def load_response(self, content: Choices, stored: Raw) -> int:
        indexes = stored_indexes(content, stored)
        if len(indexes) > 1:
            raise Invalid([Problem("choice", "The stored choice has more than one option.")])
        return next(iter(indexes))

    def grade(self, content: Choices, response: int) -> Grade:
        option = content.options[response]
        part = PartGrade(
            given=plain_inline(option.text),
            expected=plain_inline(_key(content).text),
            fraction=self.earned(content, (response,)),
            feedback=option.feedback,
        )
        return Grade(part.fraction, (part,), option.feedback)

    def review_one(self, option: Option, is_chosen: bool, letter: str) -> ReviewedOption:
        reviewed = review_option(option, is_chosen, letter)
        if option.credit is None:
            return reviewed
        state = "partly" if is_chosen else ""
        return replace(reviewed, state=state, worth=words_for(option.credit))

    def guess_score(self, content: Choices) -> Fraction:
        """Return the mean of what the options earn: 1/n where only the key earns anything."""
        return sum(self.worths(content), NOTHING) / len(content.options)

    def guess_chance(self, content: Choices) -> Fraction:
        """Return 1/n: one of n options is the key."""
        return Fraction(1, len(content.options))

    def example(self) -> tuple[Choices, Posted]:
        options = (
            Option("Canberra", key=True),
            Option("Sydney", key=False, feedback="Sydney is the largest city."),
            Option("Melbourne", key=False, feedback="Parliament sat here until 1927."),
        )
        content = Choices("What is the capital of Australia?", options, "It was built as one.")
        return content, {"choice": ["0"]}


def _key(content: Choices) -> Option:
    return next(option for option in content.options if option.key)
