"""A statement that holds or does not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, ClassVar

from quizapp.errors import Invalid, Problem
from quizapp.markup import plain
from quizapp.questions.base import (
    Answer,
    Grade,
    Order,
    PartGrade,
    Posted,
    QuestionType,
    Raw,
    Recall,
    ReviewedOption,
)
from quizapp.questions.choices import (
    EXPLANATION_FIELD,
    LETTERS,
    Option,
    PublicChoices,
    review_option,
    show_options,
)
from quizapp.questions.fields import Field, Kind
from quizapp.questions.reading import (
    EXPLANATION_LIMIT,
    FEEDBACK_LIMIT,
    STEM_LIMIT,
    Reader,
    posted_value,
)

_WORDS = {True: "True", False: "False"}
_VALUES = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class TrueFalse:
    """A statement (Markdown) and whether it holds; `feedback` says why."""

    stem: str
    key: bool
    feedback: str = ""
    explanation: str = ""


class TrueFalseType(QuestionType[TrueFalse, bool]):
    """The response is whether the learner takes the statement to hold."""

    name: ClassVar[str] = "true_false"
    label: ClassVar[str] = "True or false"
    recall: ClassVar[Recall] = Recall.RECOGNITION
    fields: ClassVar[tuple[Field, ...]] = (
        Field("stem", Kind.TEXT, "Statement"),
        Field("key", Kind.TRUTH, "Is it true?"),
        Field("feedback", Kind.TEXT, "Why", help="Shown beside the response.", required=False),
        EXPLANATION_FIELD,
    )

    def parse(self, raw: Raw) -> TrueFalse:
        reader = Reader(raw, ("stem", "key", "feedback", "explanation"))
        content = TrueFalse(
            reader.text("stem", STEM_LIMIT, "Write the statement."),
            reader.truth("key", "Say whether the statement is true or false."),
            reader.text("feedback", FEEDBACK_LIMIT),
            reader.text("explanation", EXPLANATION_LIMIT),
        )
        reader.finish()
        return content

    def dump(self, content: TrueFalse) -> dict[str, Any]:
        return asdict(content)

    def stem(self, content: TrueFalse) -> str:
        return plain(content.stem)

    def explanation(self, content: TrueFalse) -> str:
        return content.explanation

    def answer(self, content: TrueFalse) -> Answer:
        return Answer(_WORDS[content.key])

    def public(self, content: TrueFalse, order: Order = ()) -> PublicChoices:
        return PublicChoices(content.stem, show_options(list(_WORDS.values()), list(_VALUES)))

    def parse_response(self, content: TrueFalse, posted: Posted, order: Order = ()) -> bool | None:
        value = posted_value(posted, "choice")
        if value and value not in _VALUES:
            raise Invalid([Problem("choice", "Choose true or false.")])
        return _VALUES.get(value)

    def fill(self, content: TrueFalse, response: bool, order: Order = ()) -> dict[str, list[str]]:
        return {"choice": ["true" if response else "false"]}

    def dump_response(self, response: bool) -> dict[str, Any]:
        return {"choice": response}

    def load_response(self, content: TrueFalse, stored: Raw) -> bool:
        choice = stored.get("choice")
        if not isinstance(choice, bool):
            raise Invalid([Problem("choice", "The stored choice is neither true nor false.")])
        return choice

    def grade(self, content: TrueFalse, response: bool) -> Grade:
        part = PartGrade(
            given=_WORDS[response],
            expected=_WORDS[content.key],
            fraction=Fraction(int(response is content.key)),
            feedback=content.feedback,
        )
        return Grade(part.fraction, (part,), content.feedback)

    def guess_score(self, content: TrueFalse) -> Fraction:
        """Return 1/2."""
        return Fraction(1, 2)

    def review(
        self, content: TrueFalse, response: bool | None, order: Order = ()
    ) -> tuple[ReviewedOption, ...]:
        # The one feedback is told once: where the learner looks, or at the key.
        told = content.key if response is None else response
        return tuple(
            review_option(
                Option(words, value is content.key, content.feedback if value is told else ""),
                value is response,
                LETTERS[place],
            )
            for place, (value, words) in enumerate(_WORDS.items())
        )

    def example(self) -> tuple[TrueFalse, Posted]:
        content = TrueFalse(
            "Whales are fish.",
            key=False,
            feedback="They breathe air and feed their young with milk.",
            explanation="Whales are mammals.",
        )
        return content, {"choice": ["false"]}
