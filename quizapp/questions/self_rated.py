"""A question that learners answer in their own words and judge themselves; for cards alone."""

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
)
from quizapp.questions.choices import EXPLANATION_FIELD, STEM_FIELD, ShownOption, show_options
from quizapp.questions.fields import Field, Kind
from quizapp.questions.reading import EXPLANATION_LIMIT, STEM_LIMIT, Reader, posted_value

ANSWER_LIMIT = 4_000
#: What learners may say of themselves, in words, and what it is worth.
_RATINGS = {
    "right": ("I had it", Fraction(1)),
    "partly": ("I had part of it", Fraction(1, 2)),
    "wrong": ("I did not have it", Fraction(0)),
}


@dataclass(frozen=True, slots=True)
class SelfRated:
    """A stem and the answer to compare one's own with, both Markdown."""

    stem: str
    answer: str
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class PublicSelfRated:
    """The question without the answer, and what learners may say of themselves."""

    stem: str
    options: tuple[ShownOption, ...]


class SelfRatedType(QuestionType[SelfRated, str]):
    """The response is the learner's own rating, "right", "partly" or "wrong".

    Nothing of the content is graded, and the answer has to be seen before the rating. So no
    quiz asks it: there, the key of an unanswered question must be nowhere in the page.
    """

    name: ClassVar[str] = "self_rated"
    label: ClassVar[str] = "Own words, self-rated (cards only)"
    recall: ClassVar[Recall] = Recall.FREE
    is_gradable: ClassVar[bool] = False
    fields: ClassVar[tuple[Field, ...]] = (
        STEM_FIELD,
        Field(
            "answer",
            Kind.TEXT,
            "Answer",
            help="What a good answer says. Learners compare their own with it. Markdown.",
        ),
        EXPLANATION_FIELD,
    )

    def parse(self, raw: Raw) -> SelfRated:
        reader = Reader(raw, [field.name for field in self.fields])
        content = SelfRated(
            reader.text("stem", STEM_LIMIT, "Write the question."),
            reader.text("answer", ANSWER_LIMIT, "Write the answer to compare with."),
            reader.text("explanation", EXPLANATION_LIMIT),
        )
        reader.finish()
        return content

    def dump(self, content: SelfRated) -> dict[str, Any]:
        return asdict(content)

    def stem(self, content: SelfRated) -> str:
        return plain(content.stem)

    def explanation(self, content: SelfRated) -> str:
        return content.explanation

    def answer(self, content: SelfRated) -> Answer:
        return Answer(plain(content.answer), markdown=content.answer)

    def public(self, content: SelfRated, order: Order = ()) -> PublicSelfRated:
        words = [said for said, _ in _RATINGS.values()]
        return PublicSelfRated(content.stem, show_options(words, list(_RATINGS)))

    def parse_response(self, content: SelfRated, posted: Posted, order: Order = ()) -> str | None:
        value = posted_value(posted, "choice")
        return _checked(value, "Say how well you had it.") if value else None

    def fill(self, content: SelfRated, response: str, order: Order = ()) -> dict[str, list[str]]:
        return {"choice": [response]}

    def dump_response(self, response: str) -> dict[str, Any]:
        return {"choice": response}

    def load_response(self, content: SelfRated, stored: Raw) -> str:
        return _checked(stored.get("choice"), "The stored rating is none of those known.")

    def grade(self, content: SelfRated, response: str) -> Grade:
        """Return what the learner said: 1 for right, 1/2 for partly, 0 for wrong."""
        parts = self.parts(content, response)
        return Grade(parts[0].fraction, parts)

    def guess_score(self, content: SelfRated) -> Fraction:
        """Return 0: there is nothing to guess at."""
        return Fraction(0)

    def parts(self, content: SelfRated, response: str | None) -> tuple[PartGrade, ...]:
        said, fraction = _RATINGS[response] if response else ("", Fraction(0))
        return (PartGrade(said, plain(content.answer), fraction),)

    def example(self) -> tuple[SelfRated, Posted]:
        content = SelfRated(
            "Why are there seasons?",
            "The Earth’s **axis** is tilted, so each half of it leans towards the Sun in turn.",
            "The distance to the Sun is not the cause: the Earth is nearest to it in January.",
        )
        return content, {"choice": ["right"]}


def _checked(value: Any, message: str) -> str:
    if not isinstance(value, str) or value not in _RATINGS:
        raise Invalid([Problem("choice", message)])
    return value
