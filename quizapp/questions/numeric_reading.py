"""The content of a question answered by a number: what may be stated, and reading it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from quizapp.questions.base import Raw
from quizapp.questions.fields import Field, Kind
from quizapp.questions.foreseen import Foreseen, checked, read_foreseen
from quizapp.questions.numbers import read_number, read_span
from quizapp.questions.reading import EXPLANATION_LIMIT, STEM_LIMIT, Reader
from quizapp.questions.short_text import MAX_ACCEPTED, read_accepted

NUMBER_LIMIT, UNIT_LIMIT = 40, 40

NUMBER_FIELDS = (
    Field("number", Kind.LINE, "Right number", help="In digits, as it is to be shown."),
    Field(
        "tolerance",
        Kind.LINE,
        "Tolerance",
        help="How far off still counts as right, the limit included.",
        required=False,
    ),
    Field(
        "minimum",
        Kind.LINE,
        "Least that counts",
        help="With the next field, instead of a tolerance.",
        required=False,
    ),
    Field("maximum", Kind.LINE, "Most that counts", required=False),
    Field("unit", Kind.LINE, "Unit", help="Shown after the box.", required=False),
    Field(
        "units",
        Kind.LINES,
        "More spellings of the unit",
        help="One a line. Learners may write a unit or leave it out.",
        required=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Numeric:
    """A stem (Markdown) and the number that is right, as its author wrote it.

    :param tolerance: how far from it still counts, or "".
    :param minimum: least that counts, with `maximum`; "" for both, or for neither.
    :param units: more spellings of the unit. :param accepted: words that count as right.
    :param foreseen: what other numbers and words earn, and what is said to certain ones.
    """

    stem: str
    number: str
    tolerance: str = ""
    minimum: str = ""
    maximum: str = ""
    unit: str = ""
    units: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    explanation: str = ""
    foreseen: tuple[Foreseen, ...] = ()

    @property
    def key(self) -> Fraction:
        """Return the right number, exactly."""
        return _exact(self.number)

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """Return the least and the most that count as right, both included."""
        if self.minimum:
            return _exact(self.minimum), _exact(self.maximum)
        tolerance = _exact(self.tolerance) if self.tolerance else Fraction(0)
        return self.key - tolerance, self.key + tolerance


def parse_numeric(raw: Raw, names: Sequence[str]) -> Numeric:
    """Return validated content; `names` are the fields that `raw` may have.

    :raises Invalid: naming every problem at once.
    """
    reader = Reader(raw, names)
    content = Numeric(
        stem=reader.text("stem", STEM_LIMIT, "Write the question."),
        number=_read_number(reader, "number", "Write the right number in digits, such as 146."),
        tolerance=_read_number(reader, "tolerance"),
        minimum=_read_number(reader, "minimum"),
        maximum=_read_number(reader, "maximum"),
        unit=reader.text("unit", UNIT_LIMIT),
        units=reader.texts("units", UNIT_LIMIT, "", "Write the unit or remove it."),
        accepted=read_accepted(reader, "accepted"),
        foreseen=read_foreseen(reader, may_be_full=True),
        explanation=reader.text("explanation", EXPLANATION_LIMIT),
    )
    if not reader.problems:  # of broken values nothing more can be said
        _check_bounds(reader, content)
        _check_words(reader, content)
    if not reader.problems:
        content = replace(content, foreseen=_checked_foreseen(reader, content))
    reader.finish()
    return content


def without_unit(text: str, content: Numeric) -> str:
    """Return what was typed without a unit before or after it."""
    bare = text.strip().rstrip(".").casefold()
    for unit in sorted((content.unit, *content.units), key=len, reverse=True):
        folded = unit.strip().rstrip(".").casefold()
        if folded and bare.endswith(folded):
            return bare.removesuffix(folded).strip()
        if folded and bare.startswith(folded):
            return bare.removeprefix(folded).strip()
    return text


def _exact(text: str) -> Fraction:
    """Return a number that `parse_numeric` has let through.

    :raises ValueError: it is none.
    """
    value = read_number(text)
    if value is None:
        raise ValueError(f"{text!r} is no number")
    return value


def _read_number(reader: Reader, name: str, missing: str = "") -> str:
    text = reader.text(name, NUMBER_LIMIT, missing)
    if text and read_number(text) is None:
        reader.refuse(name, "Write a number in digits, such as 146, 1,000 or 3.5.")
        return ""
    return text


def _check_bounds(reader: Reader, content: Numeric) -> None:
    if bool(content.minimum) != bool(content.maximum):
        empty = "maximum" if content.minimum else "minimum"
        reader.refuse(empty, "Give both the least and the most that count, or neither.")
        return
    if content.tolerance and content.minimum:
        reader.refuse("tolerance", "Give a tolerance or a least and a most, not both.")
    elif content.tolerance and _exact(content.tolerance) <= 0:
        reader.refuse("tolerance", "Give a tolerance above 0, or leave it out.")
    elif not content.bounds[0] <= content.key <= content.bounds[1]:
        reader.refuse("number", "Let the right number lie between the least and the most.")


def _check_words(reader: Reader, content: Numeric) -> None:
    if len(content.units) > MAX_ACCEPTED:
        reader.refuse("units", f"Give at most {MAX_ACCEPTED} spellings.")
    for place, unit in enumerate((content.unit, *content.units)):
        if read_number(unit) is not None:
            path = f"units.{place - 1}" if place else "unit"
            reader.refuse(path, "Write the unit in letters or signs; this is a number.")
    for place, words in enumerate(content.accepted):
        if read_number(without_unit(words, content)) is not None:
            message = "Remove this number; the right one is given above, this list is for words."
            reader.refuse(f"accepted.{place}", message)


def _checked_foreseen(reader: Reader, content: Numeric) -> tuple[Foreseen, ...]:
    low, high = content.bounds

    def is_full(one: Foreseen) -> bool:
        span = read_span(one.text)
        return span is not None and low <= span[0] and span[1] <= high

    for place, one in enumerate(content.foreseen):
        span = read_span(one.text)
        if span is not None and span[0] > span[1]:
            reader.refuse(f"foreseen.{place}.text", "Write the lesser number first.")
    return checked(reader, content.foreseen, (content.accepted,), is_full)
