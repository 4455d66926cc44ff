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
from quizapp.questions.folding import fold
from quizapp.questions.orders import alphabetical
from quizapp.questions.reading import (
    EXPLANATION_LIMIT,
    FEEDBACK_LIMIT,
    OPTION_LIMIT,
    STEM_LIMIT,
    Reader,
    posted_value,
)

MIN_PAIRS, MAX_PAIRS = 2, 10
#: Right-hand items in all; a longer list cannot be kept in mind while choosing.
MAX_CHOICES = 15


@dataclass(frozen=True, slots=True)
class Pair:
    """What belongs together: `left` and `feedback` are inline Markdown, `right` is plain text."""

    left: str
    right: str
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Matching:
    """A stem (Markdown), the pairs, and right-hand items that belong to nothing (plain text)."""

    stem: str
    pairs: tuple[Pair, ...]
    distractors: tuple[str, ...] = ()
    explanation: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the right-hand items, each once: several pairs may share one."""
        return tuple(dict.fromkeys((*(pair.right for pair in self.pairs), *self.distractors)))


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
        reader = Reader(raw, [field.name for field in self.fields])
        content = Matching(
            reader.text("stem", STEM_LIMIT, "Write the question."),
            _parse_pairs(reader),
            reader.texts("distractors", OPTION_LIMIT, "", "Write the item or remove it."),
            reader.text("explanation", EXPLANATION_LIMIT),
        )
        if not reader.problems:
            _check(reader, content)
        reader.finish()
        return content

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


def _parse_pairs(reader: Reader) -> tuple[Pair, ...]:
    items = reader.items("pairs", f"Give at least {MIN_PAIRS} pairs.")
    if items and not MIN_PAIRS <= len(items) <= MAX_PAIRS:
        reader.refuse("pairs", f"Give {MIN_PAIRS} to {MAX_PAIRS} pairs, not {len(items)}.")
        items = items[:MAX_PAIRS]
    return tuple(_parse_pair(reader, place, item) for place, item in enumerate(items))


def _parse_pair(reader: Reader, place: int, raw: Any) -> Pair:
    names = ("left", "right", "feedback")
    one = Reader(raw, names, path=f"pairs.{place}", problems=reader.problems)
    return Pair(
        one.text("left", OPTION_LIMIT, "Write the left-hand item, or remove the pair."),
        one.text("right", OPTION_LIMIT, "Write what belongs to it, or remove the pair."),
        one.text("feedback", FEEDBACK_LIMIT),
    )


def _check(reader: Reader, content: Matching) -> None:
    """Note what does not fit together; every text is there."""
    lefts = [_said(plain_inline(pair.left)) for pair in content.pairs]
    for place, left in enumerate(lefts):
        if left in lefts[:place]:
            message = f"This says the same as pair {lefts.index(left) + 1}; change it or remove it."
            reader.refuse(f"pairs.{place}.left", message)
    rights: dict[str, str] = {}
    for place, pair in enumerate(content.pairs):
        if rights.setdefault(_said(pair.right), pair.right) != pair.right:
            message = f"Write this as elsewhere, “{rights[_said(pair.right)]}”, or tell it apart."
            reader.refuse(f"pairs.{place}.right", message)
    for place, text in enumerate(content.distractors):
        if _said(text) in rights:
            message = "Change or remove this; it stands in the list already."
            reader.refuse(f"distractors.{place}", message)
        rights.setdefault(_said(text), text)
    if len(rights) < 2:
        reader.refuse("pairs", "Give at least two different right-hand items to choose from.")
    if len(rights) > MAX_CHOICES:
        message = f"Give at most {MAX_CHOICES} right-hand items in all; there are {len(rights)}."
        reader.refuse("distractors", message)


def _said(text: str) -> str:
    return fold(text) or text
