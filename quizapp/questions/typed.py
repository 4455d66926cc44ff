"""What question types share that are answered in one box of text."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from quizapp.questions.base import Content, Order, Posted, QuestionType, Raw
from quizapp.questions.reading import posted_value, response_text


class TypedType(QuestionType[Content, str]):
    """The response is the text typed, never empty; what cannot be read is wrong, not refused.

    The macro `box` of templates/questions/_typed.html draws the box.
    """

    def parse_response(self, content: Content, posted: Posted, order: Order = ()) -> str | None:
        return response_text(posted_value(posted, "text"), "text") or None

    def fill(self, content: Content, response: str, order: Order = ()) -> dict[str, list[str]]:
        return {"text": [response]}

    def dump_response(self, response: str) -> dict[str, Any]:
        return {"text": response}

    def load_response(self, content: Content, stored: Raw) -> str:
        return response_text(stored.get("text"), "text")

    def guess_score(self, content: Content) -> Fraction:
        """Return 0: there is more to type than anyone can guess among."""
        return Fraction(0)
