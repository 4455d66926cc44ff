"""A question as other programs state it, before it is fitted into our types.

A reader gives these faithfully, with fractions, tolerances and markup as the file has them;
`formats.fitting` makes drafts of them and names every difference. So what a file says and what we
can hold are judged apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Markup(StrEnum):
    """How a text is to be read. MOODLE is HTML in which line ends count."""

    HTML = "html"
    MOODLE = "moodle"
    MARKDOWN = "markdown"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Text:
    """A text as the file has it, its escapes resolved; pictures are named as in `files`."""

    text: str = ""
    markup: Markup = Markup.PLAIN

    def __bool__(self) -> bool:
        return bool(self.text.strip())


NOTHING = Text()


@dataclass(frozen=True, slots=True)
class Choice:
    """An option, or a text that may be typed.

    :param fraction: of full marks that it earns, −1 to 1. :param ident: its name in the file.
    """

    text: Text
    fraction: Fraction
    feedback: Text = NOTHING
    is_fixed: bool = False
    ident: str = ""


@dataclass(frozen=True, slots=True)
class MultipleChoice:
    """Options of which one (`is_single`) or several are chosen.

    :param all_or_nothing: only the exact set of keys earns anything.
    """

    choices: tuple[Choice, ...]
    is_single: bool
    shuffles: bool = True
    all_or_nothing: bool = False


@dataclass(frozen=True, slots=True)
class TrueFalse:
    """`key` is right; the feedbacks are for who said so."""

    key: bool
    if_true: Text = NOTHING
    if_false: Text = NOTHING


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """Texts that may be typed; "*" in one stands for anything."""

    choices: tuple[Choice, ...]
    minds_case: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from `low` to `high`, both included, None for any number.

    :param number: what the file names as the number itself, or None where it gives a range.
    """

    low: Fraction | None
    high: Fraction | None
    fraction: Fraction
    feedback: Text = NOTHING
    number: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Numerical:
    """Numbers that may be given; `units` each with what one of it is worth in the first."""

    spans: tuple[Span, ...]
    units: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """What belongs together; an empty `left` makes `right` a distractor."""

    left: Text
    right: Text


@dataclass(frozen=True, slots=True)
class Match:
    pairs: tuple[Pair, ...]
    shuffles: bool = True


@dataclass(frozen=True, slots=True)
class Sequence:
    """Things in their right order."""

    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap in a text: `part` is what is asked in it."""

    part: MultipleChoice | ShortAnswer | Numerical
    weight: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Texts and gaps in turn."""

    pieces: tuple[Text | Gap, ...]


@dataclass(frozen=True, slots=True)
class Essay:
    """Written in one's own words; `model` is for whoever marks it."""

    model: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Description:
    """Nothing is asked."""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A kind that we do not have; `kind` in the file's word, `reason` in ours."""

    kind: str
    reason: str


Body = (
    MultipleChoice
    | TrueFalse
    | ShortAnswer
    | Numerical
    | Match
    | Sequence
    | Gaps
    | Essay
    | Description
    | Unsupported
)


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a file.

    :param line: where it begins, from 1, or 0. :param key: its stable identifier, or "".
    :param stem: for `Gaps` what stands before the text, usually nothing.
    :param explanation: told to everyone afterwards. :param mark: its points.
    :param category: outermost first. :param notes: what the reader already left out or
        changed, each a sentence.
    """

    body: Body
    line: int = 0
    key: str = ""
    name: str = ""
    stem: Text = NOTHING
    explanation: Text = NOTHING
    mark: Fraction = Fraction(1)
    penalty: Fraction = Fraction(0)
    hints: tuple[Text, ...] = ()
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    place: str = ""
