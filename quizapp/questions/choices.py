"""What questions with options share: reading, shuffling and showing them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any, TypeVar

from quizapp.errors import Invalid, Problem
from quizapp.markup import plain, plain_inline
from quizapp.questions.base import Order, Posted, QuestionType, Raw, ReviewedOption
from quizapp.questions.credit import FULL, NOTHING, bounded, show_percent
from quizapp.questions.fields import Field, Kind
from quizapp.questions.folding import fold
from quizapp.questions.orders import order_of
from quizapp.questions.reading import (
    EXPLANATION_LIMIT,
    FEEDBACK_LIMIT,
    OPTION_LIMIT,
    STEM_LIMIT,
    Reader,
)

Response = TypeVar("Response")

MIN_OPTIONS = 2
MAX_OPTIONS = 10
LETTERS = "ABCDEFGHIJ"
#: By whether it is a key, and whether it was chosen.
_STATES = {
    (True, True): "right",
    (True, False): "missed",
    (False, True): "wrong",
    (False, False): "",
}
_POSITIONS: Mapping[str, int] = {str(position): position for position in range(MAX_OPTIONS)}

STEM_FIELD = Field("stem", Kind.TEXT, "Question")
EXPLANATION_FIELD = Field(
    "explanation",
    Kind.TEXT,
    "Explanation",
    help="Why the key is right; shown with the answer.",
    required=False,
)


#: How several keys are graded: each option for itself, or only the exact set.
PARTIAL, ALL_OR_NOTHING = "partial", "all-or-nothing"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose; `text` and `feedback` are inline Markdown.

    :param locked: keeps its place when the others are shuffled.
    :param credit: the share of full marks that choosing it adds, where its author states one;
        None for what is usual (`ChoiceType.worths`).
    """

    text: str
    key: bool
    feedback: str = ""
    locked: bool = False
    credit: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """The content of a question with options.

    :param scoring: PARTIAL or ALL_OR_NOTHING; matters where there are several keys.
    """

    stem: str
    options: tuple[Option, ...]
    explanation: str = ""
    scoring: str = PARTIAL

    @property
    def keys(self) -> frozenset[int]:
        """Return the indexes of the options that are keys."""
        return frozenset(index for index, option in enumerate(self.options) if option.key)


@dataclass(frozen=True, slots=True)
class ShownOption:
    """An option as a learner may see it before answering.

    :param value: what a form posts when it is chosen.
    :param shortcuts: the keyboard keys that choose it, separated by spaces.
    """

    letter: str
    value: str
    text: str
    shortcuts: str


@dataclass(frozen=True, slots=True)
class PublicChoices:
    """A question with options, without the key; `exact`: only the exact set of keys counts."""

    stem: str
    options: tuple[ShownOption, ...]
    exact: bool = False


class ChoiceType(QuestionType[Choices, Response]):
    """A question with options in any order; `Response` is made of indexes into them."""

    @abstractmethod
    def complaint(self, keys: int, distractors: int) -> str:
        """Return what to do about the number of keys and distractors, or ""."""

    @abstractmethod
    def usual_worths(self, content: Choices) -> tuple[Fraction, Fraction]:
        """Return what choosing a key adds to the grade, and what choosing a distractor does."""

    @abstractmethod
    def credit_problem(self, content: Choices, option: Option) -> str:
        """Return what to do about the share that an option states, or ""."""

    def worths(self, content: Choices) -> tuple[Fraction, ...]:
        """Return what choosing each option adds to the grade, −1 to 1: the one place that says."""
        right, wrong = self.usual_worths(content)
        return tuple(
            option.credit if option.credit is not None else right if option.key else wrong
            for option in content.options
        )

    def without_usual(self, content: Choices) -> Choices:
        """Return a content that is graded the same, with no share stated that is usual anyway."""
        right, wrong = self.usual_worths(content)
        options = (
            replace(one, credit=None) if one.credit == (right if one.key else wrong) else one
            for one in content.options
        )
        return replace(content, options=tuple(options))

    def earned(self, content: Choices, chosen: Collection[int]) -> Fraction:
        """Return the grade for choosing these options: the sum of their worths, within 0 and 1."""
        worths = self.worths(content)
        return bounded(sum((worths[index] for index in chosen), NOTHING))

    @abstractmethod
    def chosen(self, response: Response) -> Collection[int]:
        """Return the indexes of the options chosen."""

    def parse(self, raw: Raw) -> Choices:
        names = [field.name for field in self.fields]
        reader = Reader(raw, names)
        stem = reader.text("stem", STEM_LIMIT, "Write the question.")
        options = _parse_options(reader)
        keys = sum(option.key for option in options)
        if options and (complaint := self.complaint(keys, len(options) - keys)):
            reader.refuse("options", complaint)
        explanation = reader.text("explanation", EXPLANATION_LIMIT)
        has_scoring = "scoring" in names
        scoring = reader.one_of("scoring", (PARTIAL, ALL_OR_NOTHING)) if has_scoring else PARTIAL
        content = Choices(stem, options, explanation, scoring)
        for place, option in enumerate(options):
            if option.credit is not None and (wrong := self.credit_problem(content, option)):
                reader.refuse(f"options.{place}.credit", wrong)
        reader.finish()
        return content

    def dump(self, content: Choices) -> dict[str, Any]:
        # What is as usual is left out: contents stored before there was a choice read the same.
        dumped = {
            "stem": content.stem,
            "options": [_dump_option(option) for option in content.options],
            "explanation": content.explanation,
        }
        return dumped | ({"scoring": content.scoring} if content.scoring != PARTIAL else {})

    def stem(self, content: Choices) -> str:
        return plain(content.stem)

    def explanation(self, content: Choices) -> str:
        return content.explanation

    def shuffled(self, content: Choices) -> int:
        return len(content.options)

    def locked(self, content: Choices) -> frozenset[int]:
        return frozenset(index for index, option in enumerate(content.options) if option.locked)

    def public(self, content: Choices, order: Order = ()) -> PublicChoices:
        shown = order_of(len(content.options), order)
        return PublicChoices(
            content.stem,
            show_options([content.options[index].text for index in shown]),
            exact=content.scoring == ALL_OR_NOTHING,
        )

    def dump_response(self, response: Response) -> dict[str, Any]:
        return {"choice": sorted(self.chosen(response))}

    def fill(self, content: Choices, response: Response, order: Order = ()) -> dict[str, list[str]]:
        chosen = self.chosen(response)
        shown = order_of(len(content.options), order)
        return {"choice": [str(place) for place, index in enumerate(shown) if index in chosen]}

    def review(
        self, content: Choices, response: Response | None, order: Order = ()
    ) -> tuple[ReviewedOption, ...]:
        chosen = () if response is None else self.chosen(response)
        shown = order_of(len(content.options), order)
        return tuple(
            self.review_one(content.options[index], index in chosen, LETTERS[place])
            for place, index in enumerate(shown)
        )

    def review_one(self, option: Option, is_chosen: bool, letter: str) -> ReviewedOption:
        """Return one option with its outcome, and what it was worth where its author says so."""
        return review_option(option, is_chosen, letter)


def show_options(
    texts: Sequence[str], values: Sequence[str] = tuple(_POSITIONS)
) -> tuple[ShownOption, ...]:
    """Return the options with their letters, in the order given."""
    return tuple(
        ShownOption(LETTERS[place], values[place], text, _shortcuts(place))
        for place, text in enumerate(texts)
    )


def review_option(option: Option, is_chosen: bool, letter: str) -> ReviewedOption:
    """Return one option with its outcome; a distractor left alone needs no comment."""
    state = _STATES[option.key, is_chosen]
    return ReviewedOption(option.text, state, option.feedback if state else "", letter)


def chosen_indexes(content: Choices, posted: Posted, order: Order) -> frozenset[int]:
    """Return the indexes of the options that a form sent as chosen; empty for none.

    :raises Invalid: a value names no option that was shown.
    """
    shown = order_of(len(content.options), order)
    places = [_POSITIONS.get(value, MAX_OPTIONS) for value in posted.get("choice", ()) if value]
    if any(place >= len(shown) for place in places):
        raise Invalid([Problem("choice", "Choose from the options shown.")])
    return frozenset(shown[place] for place in places)


def stored_indexes(content: Choices, stored: Raw) -> frozenset[int]:
    """Return the indexes that `dump_response` stored.

    :raises Invalid: they are not a list of indexes of this question's options.
    """
    indexes = stored.get("choice")
    allowed = range(len(content.options))
    if (
        not isinstance(indexes, (list, tuple))
        or not indexes
        or not all(type(index) is int and index in allowed for index in indexes)
    ):
        raise Invalid([Problem("choice", "The stored choice does not fit the options.")])
    return frozenset(indexes)


def _shortcuts(place: int) -> str:
    # F flags a question on the pages that show one, so the sixth option has its number alone.
    letter, number = LETTERS[place].lower(), place + 1
    return " ".join(
        key for key in (letter if letter != "f" else "", str(number) if number < 10 else "") if key
    )


def _parse_options(reader: Reader) -> tuple[Option, ...]:
    items = reader.items("options", f"Give at least {MIN_OPTIONS} options.")
    if items and not MIN_OPTIONS <= len(items) <= MAX_OPTIONS:
        reader.refuse("options", f"Give {MIN_OPTIONS} to {MAX_OPTIONS} options, not {len(items)}.")
        # A list of thousands would be reported line by line.
        items = items[:MAX_OPTIONS]
    options = tuple(_parse_option(reader, place, item) for place, item in enumerate(items))
    _refuse_duplicates(reader, options)
    return options


def _parse_option(reader: Reader, place: int, raw: Any) -> Option:
    names = ("text", "key", "feedback", "locked", "credit")
    one = Reader(raw, names, path=f"options.{place}", problems=reader.problems)
    text = one.text("text", OPTION_LIMIT, "Write the option or remove it.")
    feedback = one.text("feedback", FEEDBACK_LIMIT)
    credit = one.share("credit", -FULL, FULL)
    return Option(text, one.truth("key"), feedback, one.truth("locked"), credit)


def _dump_option(option: Option) -> dict[str, Any]:
    dumped = asdict(option)
    if not option.locked:
        del dumped["locked"]
    if dumped.pop("credit") is not None:
        dumped["credit"] = show_percent(option.credit or NOTHING)
    return dumped


def _refuse_duplicates(reader: Reader, options: Sequence[Option]) -> None:
    first: dict[str, int] = {}
    for place, option in enumerate(options):
        words = plain_inline(option.text)
        folded = fold(words) or words
        if not folded:
            continue
        if folded in first:
            message = f"This says the same as option {first[folded] + 1}; change it or remove it."
            reader.refuse(f"options.{place}.text", message)
        first.setdefault(folded, place)
