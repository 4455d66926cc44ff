"""A text with gaps to type into or to choose for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import Any, ClassVar

from quizapp.errors import Invalid, Problem
from quizapp.markup import plain_inline
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
from quizapp.questions.choices import EXPLANATION_FIELD
from quizapp.questions.credit import FULL, NOTHING
from quizapp.questions.fields import Field, Kind
from quizapp.questions.folding import Speller
from quizapp.questions.foreseen import (
    FORESEEN_FIELD,
    Foreseen,
    dump_foreseen,
    partly_right,
    texts_of,
)
from quizapp.questions.gaps import Blank, parse_gaps, read_gap_answers
from quizapp.questions.reading import (
    EXPLANATION_LIMIT,
    RESPONSE_LIMIT,
    STEM_LIMIT,
    Reader,
    posted_value,
    response_text,
)
from quizapp.questions.short_text import grade_text
from quizapp.questions.spellings import further, read_gap_spellings

_WIDTHS = (10, 18, 28, 40)
_MISSING = "Write the sentence, with the key of each gap in double braces: {{Paris}}."
_NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True, slots=True)
class Cloze:
    """A text as its author wrote it, and its pieces: inline Markdown and gaps in turn."""

    text: str
    pieces: tuple[str | Blank, ...]
    explanation: str = ""

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """Return the gaps in order, at least one."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Blank))


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap as a learner may see it.

    :param number: 1 for the first.
    :param name: what a form posts it as.
    :param hint: shown beside it, or "".
    :param width: in characters, one of a few widths, so that it does not tell the key.
    :param limit: the most characters a response may have.
    :param choices: what there is to choose from; () for a gap to type into.
    """

    number: int
    name: str
    hint: str
    width: int
    limit: int = RESPONSE_LIMIT
    choices: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """Return blank text as wide as the gap, to be underlined on a flashcard."""
        return _NO_BREAK_SPACE * self.width


@dataclass(frozen=True, slots=True)
class PublicCloze:
    """The text without the keys: inline Markdown and gaps in turn."""

    segments: tuple[str | Gap, ...]
    gap_count: int


class ClozeType(QuestionType[Cloze, tuple[str, ...]]):
    """The response has one text for each gap, "" where nothing was typed; never all empty."""

    name: ClassVar[str] = "cloze"
    label: ClassVar[str] = "Gaps in a text"
    recall: ClassVar[Recall] = Recall.CUED
    fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "text",
            Kind.TEXT,
            "Text with gaps",
            help="Put a key in double braces: {{Paris}}. Add what else is right after |, and a "
            "hint after ::, as in {{Paris|Paname::a city}}. For a list to choose from, write ~ "
            "before what is wrong: {{Paris|~Lyon|~Nice}}.",
        ),
        replace(
            FORESEEN_FIELD,
            kind=Kind.FORESEEN_GAPS,
            help="Half right, or a mistake that many make: what it earns of its gap, and what to "
            "tell who gives it. A * stands for any other answer.",
        ),
        EXPLANATION_FIELD,
    )

    def parse(self, raw: Raw) -> Cloze:
        reader = Reader(raw, ("text", "foreseen", "explanation", "spellings"))
        text = reader.text("text", STEM_LIMIT, _MISSING)
        pieces, complaints = parse_gaps(text) if text else ((), ())
        for complaint in complaints:
            reader.refuse("text", complaint)
        explanation = reader.text("explanation", EXPLANATION_LIMIT)
        content = Cloze(text, pieces, explanation)
        content = _spelt(content, read_gap_spellings(reader, content.blanks))
        content = _foreseen_in(content, read_gap_answers(reader, content.blanks))
        reader.finish()
        return content

    def dump(self, content: Cloze) -> dict[str, Any]:
        dumped: dict[str, Any] = {"text": content.text, "explanation": content.explanation}
        dumped |= dump_foreseen([one for blank in content.blanks for one in blank.foreseen])
        spellings = [list(blank.spellings) for blank in content.blanks]
        return dumped | {"spellings": spellings} if any(spellings) else dumped

    def with_spellings(self, content: Cloze, find: Speller) -> Cloze:
        said = shown_text(content)
        return _spelt(
            content,
            [
                ()
                if blank.choices
                else further(
                    blank.accepted,
                    find,
                    said=said,
                    elsewhere=(*elsewhere(content.blanks, blank), *texts_of(blank.foreseen)),
                )
                for blank in content.blanks
            ],
        )

    def stem(self, content: Cloze) -> str:
        return _joined(content, lambda _: "___")

    def explanation(self, content: Cloze) -> str:
        return content.explanation

    def answer(self, content: Cloze) -> Answer:
        also = tuple(variant for blank in content.blanks for variant in blank.variants)
        partly = tuple(one for blank in content.blanks for one in partly_right(blank.foreseen))
        return Answer(_joined(content, lambda blank: blank.key), also, partly=partly)

    def public(self, content: Cloze, order: Order = ()) -> PublicCloze:
        segments: list[str | Gap] = []
        count = 0
        for piece in content.pieces:
            if isinstance(piece, Blank):
                count += 1
                segments.append(
                    Gap(
                        count,
                        f"gap-{count - 1}",
                        piece.hint,
                        _width(piece),
                        choices=piece.choices,
                    )
                )
            else:
                segments.append(piece)
        return PublicCloze(tuple(segments), count)

    def parse_response(
        self, content: Cloze, posted: Posted, order: Order = ()
    ) -> tuple[str, ...] | None:
        response: list[str] = []
        problems: list[Problem] = []
        for index, blank in enumerate(content.blanks):
            name = f"gap-{index}"
            try:
                response.append(_given(blank, posted_value(posted, name), name))
            except Invalid as error:
                problems += error.problems
        if problems:
            raise Invalid(problems)
        return tuple(response) if any(response) else None

    def fill(
        self, content: Cloze, response: tuple[str, ...], order: Order = ()
    ) -> dict[str, list[str]]:
        return {f"gap-{index}": [text] for index, text in enumerate(response)}

    def dump_response(self, response: tuple[str, ...]) -> dict[str, Any]:
        return {"gaps": list(response)}

    def load_response(self, content: Cloze, stored: Raw) -> tuple[str, ...]:
        gaps = stored.get("gaps")
        if not isinstance(gaps, (list, tuple)) or len(gaps) != len(content.blanks):
            raise Invalid([Problem("gaps", "The stored texts do not fit the gaps.")])
        return tuple(
            _given(blank, text, f"gaps.{index}")
            for index, (blank, text) in enumerate(zip(content.blanks, gaps, strict=True))
        )

    def grade(self, content: Cloze, response: tuple[str, ...]) -> Grade:
        parts = self.parts(content, response)
        right = sum(part.fraction == 1 for part in parts)
        partly = sum(0 < part.fraction < 1 for part in parts)
        fraction = sum((part.fraction for part in parts), NOTHING) / len(parts)
        slips = "Counted as right, with a spelling slip." if any(p.slip for p in parts) else ""
        halves = f", {partly} partly" if partly else ""
        feedback = slips if fraction == 1 else f"{right} of {len(parts)} gaps right{halves}."
        return Grade(fraction, parts, feedback if fraction else "")

    def guess_chance(self, content: Cloze) -> Fraction:
        """Return the product over the gaps of 1/n for a list of n choices and 0 for typing."""
        chances = (
            Fraction(1, len(blank.choices)) if blank.choices else Fraction(0)
            for blank in content.blanks
        )
        return prod(chances, start=Fraction(1))

    def guess_score(self, content: Cloze) -> Fraction:
        """Return the mean over the gaps of what a choice earns on average, and 0 for typing."""
        scores = [
            sum((_grade_gap(one, blank, ()).fraction for one in blank.choices), NOTHING)
            / len(blank.choices)
            for blank in content.blanks
            if blank.choices
        ]
        return sum(scores, NOTHING) / len(content.blanks)

    def parts(self, content: Cloze, response: tuple[str, ...] | None) -> tuple[PartGrade, ...]:
        blanks = content.blanks
        texts = response or ("",) * len(blanks)
        return tuple(
            _grade_gap(text, blank, blanks) for text, blank in zip(texts, blanks, strict=True)
        )

    def example(self) -> tuple[Cloze, Posted]:
        text = (
            "In 1535 {{Lima|Ciudad de los Reyes::a city}} was founded in what is {{Peru|Piruw}}, "
            "on the coast of the {{Pacific|~Atlantic|~Arctic}}."
        )
        content = self.parse({"text": text, "explanation": "The viceroys ruled from there."})
        return content, {"gap-0": ["Lima"], "gap-1": ["Peru"], "gap-2": ["Pacific"]}


def _given(blank: Blank, value: Any, path: str) -> str:
    """Return what was typed or chosen, "" for nothing.

    :raises Invalid: it cannot be kept, or it is none of the choices.
    """
    text = response_text(value, path)
    if text and blank.choices and text not in blank.choices:
        raise Invalid([Problem(path, "Choose from the list.")])
    return text


def _grade_gap(text: str, blank: Blank, blanks: tuple[Blank, ...]) -> PartGrade:
    if blank.choices:
        # Whoever chose did not mistype: a distractor one letter away is still wrong.
        told = next((one for one in blank.foreseen if one.text == text), None)
        return PartGrade(
            given=text,
            expected=blank.key,
            fraction=FULL if text == blank.key else told.fraction if told else NOTHING,
            feedback=told.feedback if told else "",
            is_foreseen=told is not None,
        )
    others = [other for other in blanks if other is not blank]
    return grade_text(
        text,
        blank.accepted,
        elsewhere(blanks, blank),
        spellings=blank.spellings,
        known_spellings=tuple(text for other in others for text in other.spellings),
        foreseen=blank.foreseen,
    )


def _joined(content: Cloze, fill: Callable[[Blank], str]) -> str:
    words = "".join(
        fill(piece) if isinstance(piece, Blank) else plain_inline(piece) for piece in content.pieces
    )
    return " ".join(words.split())


def _width(blank: Blank) -> int:
    # Of the key alone: a long variant would make the box of a short word stand out.
    return next((width for width in _WIDTHS if len(blank.key) <= width), _WIDTHS[-1])


def shown_text(content: Cloze) -> str:
    """Return what a learner reads before answering: the text, the hints and the choices."""
    words = [_joined(content, lambda _: "___")]
    for blank in content.blanks:
        words += (blank.hint, *blank.choices)
    return " / ".join(words)


def elsewhere(blanks: tuple[Blank, ...], here: Blank) -> tuple[str, ...]:
    """Return what the author counts as right in the other gaps."""
    return tuple(text for blank in blanks if blank is not here for text in blank.accepted)


def _foreseen_in(content: Cloze, foreseen: Sequence[Foreseen]) -> Cloze:
    """Return the content with what is foreseen for its gaps."""
    pieces: list[str | Blank] = []
    gap = 0
    for piece in content.pieces:
        if isinstance(piece, Blank):
            gap += 1
            own = tuple(one for one in foreseen if one.gap == gap)
            pieces.append(replace(piece, foreseen=own))
        else:
            pieces.append(piece)
    return replace(content, pieces=tuple(pieces))


def _spelt(content: Cloze, spellings: Sequence[tuple[str, ...]]) -> Cloze:
    """Return the content with these spellings for its gaps in order; with none for []."""
    left = iter(spellings or [()] * len(content.blanks))
    pieces = tuple(
        replace(piece, spellings=next(left)) if isinstance(piece, Blank) else piece
        for piece in content.pieces
    )
    return replace(content, pieces=pieces)
