"""A question in which each item on the left belongs to one on the right."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, ClassVar

from quizapp.errors import Invalid, Problem
from quizapp.markup import plain, plain_inline
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
from quizapp.questions.choices import EXPLANATION_FIELD, STEM_FIELD
from quizapp.questions.fields import Field, Kind
from quizapp.questions.matching_reading import Matching, Pair, parse_matching
from quizapp.questions.orders import alphabetical
from quizapp.questions.reading import posted_value


@dataclass(frozen=True, slots=True)
class ShownLeft:
    """A left-hand item (inline Markdown) and the name a form posts its choice as."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class PublicMatching:
    """The question without the key; `choices[n]` is posted as str(n)."""

    stem: str
    lefts: tuple[ShownLeft, ...]
    choices: tuple[str, ...]


class MatchingType(QuestionType[Matching, tuple[int | None, ...]]):
    """The response has an index into `Matching.choices` for each pair; never all None."""

    name: ClassVar[str] = "matching"
    label: ClassVar[str] = "Match pairs"
    recall: ClassVar[Recall] = Recall.RECOGNITION
    fields: ClassVar[tuple[Field, ...]] = (
        STEM_FIELD,
        Field("pairs", Kind.PAIRS, "Pairs", help="What stands left, and what belongs to it."),
        Field(
            "distractors",
            Kind.LINES,
            "More to choose from",
            help="One a line: what belongs to nothing, so that the last pair is not given away.",
            required=False,
        ),
        EXPLANATION_FIELD,
    )

    def parse(self, raw: Raw) -> Matching:
        return parse_matching(raw, [field.name for field in self.fields])

    def dump(self, content: Matching) -> dict[str, Any]:
        return asdict(content) | {
            "pairs": [asdict(pair) for pair in content.pairs],
            "distractors": list(content.distractors),
        }

    def stem(self, content: Matching) -> str:
        return plain(content.stem)

    def explanation(self, content: Matching) -> str:
        return content.explanation

    def answer(self, content: Matching) -> Answer:
        pairs = (f"{plain_inline(pair.left)} – {pair.right}" for pair in content.pairs)
        return Answer(" ".join("; ".join(pairs).split()))

    def shuffled(self, content: Matching) -> int:
        return len(content.choices)

    def public(self, content: Matching, order: Order = ()) -> PublicMatching:
        choices = content.choices
        return PublicMatching(
            content.stem,
            tuple(ShownLeft(_name(place), pair.left) for place, pair in enumerate(content.pairs)),
            tuple(choices[index] for index in alphabetical(choices, order)),
        )

    def parse_response(
        self, content: Matching, posted: Posted, order: Order = ()
    ) -> tuple[int | None, ...] | None:
        shown = alphabetical(content.choices, order)
        places = {str(place): index for place, index in enumerate(shown)}
        response: list[int | None] = []
        problems: list[Problem] = []
        for place in range(len(content.pairs)):
            name = _name(place)
            try:
                value = posted_value(posted, name)
            except Invalid as error:
                problems += error.problems
                continue
            if value and value not in places:
                problems.append(Problem(name, "Choose from the list."))
            response.append(places.get(value))
        if problems:
            raise Invalid(problems)
        return tuple(response) if any(one is not None for one in response) else None

    def fill(
        self, content: Matching, response: tuple[int | None, ...], order: Order = ()
    ) -> dict[str, list[str]]:
        shown = alphabetical(content.choices, order)
        return {
            _name(place): ["" if index is None else str(shown.index(index))]
            for place, index in enumerate(response)
        }

    def dump_response(self, response: tuple[int | None, ...]) -> dict[str, Any]:
        return {"matches": list(response)}

    def load_response(self, content: Matching, stored: Raw) -> tuple[int | None, ...]:
        matches = stored.get("matches")
        allowed = range(len(content.choices))
        if (
            not isinstance(matches, (list, tuple))
            or len(matches) != len(content.pairs)
            or not all(one is None or (type(one) is int and one in allowed) for one in matches)
        ):
            raise Invalid([Problem("matches", "The stored choices do not fit the pairs.")])
        return tuple(matches)

    def grade(self, content: Matching, response: tuple[int | None, ...]) -> Grade:
        """Grade a response: right pairs / pairs."""
        parts = self.parts(content, response)
        right = sum(part.fraction == 1 for part in parts)
        fraction = Fraction(right, len(parts))
        feedback = f"{right} of {len(parts)} pairs right." if 0 < fraction < 1 else ""
        return Grade(fraction, parts, feedback)

    def guess_chance(self, content: Matching) -> Fraction:
        """Return 1/n^k: each of k pairs is given one of n right-hand items."""
        return Fraction(1, len(content.choices) ** len(content.pairs))

    def guess_score(self, content: Matching) -> Fraction:
        """Return 1/n for n right-hand items: each pair is right with that chance."""
        return Fraction(1, len(content.choices))

    def parts(
        self, content: Matching, response: tuple[int | None, ...] | None
    ) -> tuple[PartGrade, ...]:
        choices = content.choices
        given = response or (None,) * len(content.pairs)
        return tuple(
            PartGrade(
                given="" if index is None else choices[index],
                expected=pair.right,
                fraction=Fraction(int(index is not None and choices[index] == pair.right)),
                feedback=pair.feedback,
                label=plain_inline(pair.left),
            )
            for index, pair in zip(given, content.pairs, strict=True)
        )

    def example(self) -> tuple[Matching, Posted]:
        content = Matching(
            "Which sea does each river flow into?",
            (
                Pair("Volga", "Caspian Sea", "It has no outlet to an ocean."),
                Pair("Rhine", "North Sea"),
                Pair("Danube", "Black Sea"),
            ),
            ("Baltic Sea",),
            "Each sea takes the water of a basin of its own.",
        )
        return content, {"match-0": ["2"], "match-1": ["3"], "match-2": ["1"]}


def _name(place: int) -> str:
    return f"match-{place}"
