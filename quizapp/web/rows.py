"""A form field of several rows: options, pairs, items."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeAlias, TypeVar

from wtforms import Field as FormField

from quizapp.questions.credit import percent, read_percent, signed

NEW_ROWS, LEAST_ROWS = 4, 2
#: Far more than any type allows; its own validator says so.
_MOST_ROWS = 30
_NUMBER = re.compile(r"-([0-9]{1,2})-([a-z]+)")

#: What the menu of shares offers, in percent; any other may be stated in a file.
_PARTS = ("90", "80", "75", "66.66667", "50", "33.33333", "25", "20", "10")
_COSTS = ("-10", "-20", "-25", "-33.33333", "-50", "-66.66667", "-75", "-100")
_USUAL = {"answer": "As usual", "option": "0 %", "several": "As usual"}

T = TypeVar("T")


def moved(rows: tuple[T, ...], place: int, by: int) -> tuple[T, ...]:
    """Return the rows with one in its neighbour's place; as they are beyond the ends."""
    other = place + by
    if not (0 <= place < len(rows) and 0 <= other < len(rows)):
        return rows
    changed = list(rows)
    changed[place], changed[other] = changed[other], changed[place]
    return tuple(changed)


def share_choices(stated: str, kind: str) -> list[tuple[str, str]]:
    """Return what may be chosen as a share, each value with its words, the stated one too.

    :param kind: "option" where one is right, "several" where more are, "answer" for a typed one.
    """
    values = [*_PARTS]
    if kind == "several":
        values = ["100", *_PARTS, "0", *_COSTS]
    if stated and stated not in values:
        values = [stated, *values]
    return [("", _USUAL[kind]), *((value, _share_words(value, kind)) for value in values)]


def _share_words(value: str, kind: str) -> str:
    share = read_percent(value)
    if share is None:
        return value
    return signed(share) if kind == "several" else percent(share)


@dataclass(frozen=True, slots=True)
class OptionRow:
    """What stands in one row of options."""

    text: str = ""
    key: bool = False
    feedback: str = ""
    locked: bool = False
    credit: str = ""


@dataclass(frozen=True, slots=True)
class PairRow:
    """What stands in one row of pairs."""

    left: str = ""
    right: str = ""
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """What stands in one row of an order."""

    text: str = ""
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class ForeseenRow:
    """What stands in one row of answers that are foreseen."""

    text: str = ""
    credit: str = ""
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class ForeseenGapRow:
    """The same of a text with gaps; `gap` is a number, from 1."""

    gap: str = ""
    text: str = ""
    credit: str = ""
    feedback: str = ""


Row: TypeAlias = OptionRow | PairRow | ItemRow | ForeseenRow | ForeseenGapRow


class RowsField(FormField):
    """Rows of texts and ticks; which ones, the row's own fields say.

    Posted as `<name>-0-<text>`, a tick as `<name>-0-<tick>`, and of options with one key
    (`marks_one`) the key as `<name>-key` = "0". Either way of marking is read, so that changing
    the type of a question keeps its marks. Empty rows are dropped: an author who left one blank
    meant none.

    :param noun: what one row is ("option"); the template draws it by that. Rows of "answers" are
        an extra: one empty row is enough, and the page folds them away.

    Of options, `<name>-shares` says that each is to state what it earns (`states_shares`).
    """

    def __init__(
        self, label: str, *, row: type[Row], noun: str, marks_one: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.row, self.noun, self.marks_one = row, noun, marks_one
        self.texts = tuple(one.name for one in fields(row) if one.default == "")
        self.ticks = tuple(one.name for one in fields(row) if one.default is False)
        self.rows: tuple[Row, ...] = ()
        self.is_extra = noun == "answer"
        self.least_rows = 1 if self.is_extra else LEAST_ROWS
        self.shown_rows = 1 if self.is_extra else NEW_ROWS
        self.wants_shares = False
        self.row_errors: dict[int, list[str]] = {}

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the posted rows, or else what the form was given."""
        self.process_errors: list[str] = []
        self.errors: list[str] = []
        posted = self._posted(formdata) if formdata is not None else None
        if posted is not None:
            self.rows = tuple(row for row in posted if not self.is_empty(row))
            self.shown_rows = max(len(posted), self.least_rows)
            self.wants_shares = f"{self.name}-shares" in formdata
        elif isinstance(data, (list, tuple)):
            self.rows = tuple(self.row(**row) for row in data)
            self.shown_rows = self.least_rows
        self.data = list(self.rows)

    @property
    def raw(self) -> list[dict[str, Any]]:
        """Return the rows as `QuestionType.parse` reads them."""
        return [asdict(row) for row in self.rows]

    @property
    def shown(self) -> list[Row]:
        """Return the rows to draw: those filled in, then empty ones."""
        return [*self.rows, *[self.row()] * (self.shown_rows - len(self.rows))]

    @property
    def is_open(self) -> bool:
        """Return whether there is something in rows that are folded away while they are empty."""
        return bool(self.rows or self.errors) or self.shown_rows > self.least_rows

    @property
    def states_shares(self) -> bool:
        """Return whether options state what they earn, or are to."""
        return self.wants_shares or any(getattr(row, "credit", "") for row in self.rows)

    def shares(self, stated: str) -> list[tuple[str, str]]:
        """Return what a row may be worth, each value with its words; `stated` is among them."""
        return share_choices(stated, self.noun if self.is_extra or self.marks_one else "several")

    def is_empty(self, row: Row) -> bool:
        """Return whether there is nothing in a row."""
        return not any(
            value.strip() if isinstance(value, str) else value for value in asdict(row).values()
        )

    def add_row(self) -> None:
        """Show one row more."""
        self.shown_rows += 1

    def move(self, place: int, by: int) -> None:
        """Let a row change places with its neighbour; nothing happens beyond the ends."""
        self.rows = moved(self.rows, place, by)

    def note(self, place: str, message: str) -> None:
        """Keep a problem for the row it is about ("2.text") and for the summary."""
        number = place.partition(".")[0]
        if not number.isdecimal():
            self.errors = [*self.errors, message]
            return
        self.row_errors.setdefault(int(number), []).append(message)
        self.errors = [*self.errors, self._named(int(number), message)]

    @property
    def own_errors(self) -> list[str]:
        """Return the problems that are about no single row."""
        rows = {
            self._named(n, message) for n, found in self.row_errors.items() for message in found
        }
        return [message for message in self.errors if message not in rows]

    def _named(self, number: int, message: str) -> str:
        return f"{self.noun.capitalize()} {number + 1}: {message}"

    def _posted(self, formdata: Mapping[str, str]) -> list[Row] | None:
        """Return the rows sent, in order; None when the form was sent without this field."""
        names = (name.removeprefix(self.name) for name in formdata if name.startswith(self.name))
        found = (match for name in names if (match := _NUMBER.fullmatch(name)))
        numbers = {int(match[1]) for match in found if match[2] in self.texts}
        if not numbers:
            return None
        return [self._row(formdata, number) for number in sorted(numbers)[:_MOST_ROWS]]

    def _row(self, formdata: Mapping[str, str], number: int) -> Row:
        start = f"{self.name}-{number}-"
        values: dict[str, Any] = {text: formdata.get(start + text, "") for text in self.texts}
        values |= {tick: start + tick in formdata for tick in self.ticks}
        if "key" in values and formdata.get(f"{self.name}-key", "") == str(number):
            values["key"] = True
        return self.row(**values)
