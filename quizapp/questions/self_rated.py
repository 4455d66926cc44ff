"""A question answered in one's own words: marked by a person in a quiz, by oneself on a card."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, ClassVar

from quizapp.markup import plain
from quizapp.questions.base import (
    Answer,
    Grade,
    Order,
    Posted,
    QuestionType,
    Raw,
    Recall,
)
from quizapp.questions.choices import EXPLANATION_FIELD, STEM_FIELD
from quizapp.questions.fields import Field, Kind
from quizapp.questions.reading import (
    EXPLANATION_LIMIT,
    STEM_LIMIT,
    Reader,
    posted_value,
    response_text,
)

ANSWER_LIMIT = 4_000
#: The most characters that a response may have.
OPEN_LIMIT = 4_000


@dataclass(frozen=True, slots=True)
class SelfRated:
    """A stem and the answer to compare with, both Markdown."""

    stem: str
    answer: str
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class PublicSelfRated:
    """The question without the answer; `limit` is the most characters a response may have."""

    stem: str
    limit: int


class SelfRatedType(QuestionType[SelfRated, str]):
    """The response is a text of one's own, never empty.

    Nothing here can judge it. In a quiz it waits until a person marks it beside the answer; on
    a card learners compare their own with the answer and rate themselves, and nothing is typed.
    """

    name: ClassVar[str] = "self_rated"
    label: ClassVar[str] = "Own words"
    recall: ClassVar[Recall] = Recall.FREE
    is_gradable: ClassVar[bool] = False
    fields: ClassVar[tuple[Field, ...]] = (
        STEM_FIELD,
        Field(
            "answer",
            Kind.TEXT,
            "Model answer",
            help="What a good answer says. You mark by it, and learners compare theirs with it. "
            "Markdown.",
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
        return PublicSelfRated(content.stem, OPEN_LIMIT)

    def parse_response(self, content: SelfRated, posted: Posted, order: Order = ()) -> str | None:
        return response_text(posted_value(posted, "text"), "text", OPEN_LIMIT) or None

    def fill(self, content: SelfRated, response: str, order: Order = ()) -> dict[str, list[str]]:
        return {"text": [response]}

    def dump_response(self, response: str) -> dict[str, Any]:
        return {"text": response}

    def load_response(self, content: SelfRated, stored: Raw) -> str:
        return response_text(stored.get("text"), "text", OPEN_LIMIT)

    def grade(self, content: SelfRated, response: str) -> Grade:
        """Refuse: a person marks it."""
        raise TypeError("An answer in one's own words is marked by a person.")

    def guess_score(self, content: SelfRated) -> Fraction:
        """Return 0: there is nothing to guess at."""
        return Fraction(0)

    def example(self) -> tuple[SelfRated, Posted]:
        content = SelfRated(
            "Why are there seasons?",
            "The Earth’s **axis** is tilted, so each half of it leans towards the Sun in turn.",
            "The distance to the Sun is not the cause: the Earth is nearest to it in January.",
        )
        return content, {"text": ["Because the axis of the Earth is tilted."]}
