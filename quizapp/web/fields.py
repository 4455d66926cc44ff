"""Authoring forms, built from what a question type says about itself.

A type's field `name` becomes the form field `content_<name>`, so that it cannot collide with
the fields that every question has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from wtforms import Field as FormField
from wtforms import RadioField, SelectChoice, StringField, TextAreaField

from quizapp.questions.fields import Field, Kind
from quizapp.questions.registry import TYPES
from quizapp.web.forms import Form

PREFIX = "content_"
NEW_ROWS, LEAST_ROWS = 4, 2
#: Far more than any type allows; its own validator says so.
_MOST_ROWS = 30
_ROW = re.compile(r"-([0-9]{1,2})-(?:text|feedback)")


@dataclass(frozen=True, slots=True)
class OptionRow:
    """What stands in one row of options."""

    text: str = ""
    key: bool = False
    feedback: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.key or self.feedback.strip())


class OptionsField(FormField):
    """Rows of {text, key, feedback}; `marks_one` says whether one of them is the key, or any.

    Posted as `<name>-0-text`, `<name>-0-feedback`, and the key as `<name>-key` = "0" (one) or
    `<name>-0-key` (many). Either way of marking is read, so that changing the type of a
    question keeps its marks. Empty rows are dropped: an author who left one blank meant none.
    """

    def __init__(self, label: str, *, marks_one: bool, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.marks_one = marks_one
        self.rows: tuple[OptionRow, ...] = ()
        self.shown_rows = NEW_ROWS
        self.row_errors: dict[int, list[str]] = {}

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the posted rows, or else what the form was given."""
        self.process_errors: list[str] = []
        self.errors: list[str] = []
        posted = self._posted(formdata) if formdata is not None else None
        if posted is not None:
            self.rows = tuple(row for row in posted if not row.is_empty)
            self.shown_rows = max(len(posted), LEAST_ROWS)
        elif isinstance(data, (list, tuple)):
            self.rows = tuple(OptionRow(**row) for row in data)
            self.shown_rows = LEAST_ROWS
        self.data = list(self.rows)

    @property
    def shown(self) -> list[OptionRow]:
        """Return the rows to draw: those filled in, then empty ones."""
        return [*self.rows, *[OptionRow()] * (self.shown_rows - len(self.rows))]

    def add_row(self) -> None:
        """Show one row more."""
        self.shown_rows += 1

    def move(self, place: int, by: int) -> None:
        """Let a row change places with its neighbour; nothing happens beyond the ends."""
        rows, other = list(self.rows), place + by
        if 0 <= place < len(rows) and 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
            self.rows = tuple(rows)

    def note(self, place: str, message: str) -> None:
        """Keep a problem for the row it is about ("2.text") and for the summary."""
        number = place.partition(".")[0]
        if not number.isdecimal():
            self.errors = [*self.errors, message]
            return
        self.row_errors.setdefault(int(number), []).append(message)
        self.errors = [*self.errors, f"Option {int(number) + 1}: {message}"]

    @property
    def own_errors(self) -> list[str]:
        """Return the problems that are about no single row."""
        rows = {f"Option {n + 1}: {m}" for n, found in self.row_errors.items() for m in found}
        return [message for message in self.errors if message not in rows]

    def _posted(self, formdata: Any) -> list[OptionRow] | None:
        """Return the rows sent, in order; None when the form was sent without this field."""
        names = (name.removeprefix(self.name) for name in formdata if name.startswith(self.name))
        numbers = {int(match[1]) for name in names if (match := _ROW.fullmatch(name))}
        if not numbers:
            return None
        one = formdata.get(f"{self.name}-key", "")
        return [
            OptionRow(
                text=formdata.get(f"{self.name}-{n}-text", ""),
                key=one == str(n) or f"{self.name}-{n}-key" in formdata,
                feedback=formdata.get(f"{self.name}-{n}-feedback", ""),
            )
            for n in sorted(numbers)[:_MOST_ROWS]
        ]


def _label(field: Field) -> str:
    return field.label if field.required else f"{field.label} (optional)"


def _truth(field: Field) -> Any:
    choices = [SelectChoice("true", "True"), SelectChoice("false", "False")]
    return RadioField(_label(field), description=field.help, choices=choices, validate_choice=False)


def _options(field: Field, *, marks_one: bool) -> Any:
    return OptionsField(_label(field), description=field.help, marks_one=marks_one)


def _text(field: Field, rows: int) -> Any:
    return TextAreaField(_label(field), description=field.help, render_kw={"rows": rows})


_MAKE: Mapping[Kind, Callable[[Field], Any]] = {
    Kind.LINE: lambda field: StringField(_label(field), description=field.help),
    Kind.TEXT: lambda field: _text(field, 2),
    Kind.TRUTH: _truth,
    Kind.LINES: lambda field: _text(field, 4),
    Kind.OPTIONS_ONE: lambda field: _options(field, marks_one=True),
    Kind.OPTIONS_MANY: lambda field: _options(field, marks_one=False),
}


def read(kind: Kind, field: Any) -> Any:
    """Return what a form field holds as `QuestionType.parse` reads it."""
    if kind is Kind.TRUTH:
        return {"true": True, "false": False}.get(field.data)
    if kind is Kind.LINES:
        return [line for line in (field.data or "").splitlines() if line.strip()]
    if isinstance(field, OptionsField):
        return [{"text": row.text, "key": row.key, "feedback": row.feedback} for row in field.rows]
    return field.data or ""


def shown(kind: Kind, value: Any) -> Any:
    """Return what a form field is given to show a value that `parse` would read."""
    if kind is Kind.TRUTH:
        return "" if value is None else str(value).lower()
    return "\n".join(value) if kind is Kind.LINES else value


def note(kind: Kind, field: Any, place: str, message: str) -> None:
    """Put a problem beside a field; `place` is where in it the problem lies, such as "2.text"."""
    if isinstance(field, OptionsField):
        field.note(place, message)
        return
    if kind is Kind.LINES and place.isdecimal():
        message = f"Line {int(place) + 1}: {message}"
    field.errors = [*field.errors, message]


@cache
def form_for(type_name: str, base: type[Form]) -> type[Form]:
    """Return the form of a question type: the fields of `base`, then the type's own."""
    fields = {PREFIX + field.name: _MAKE[field.kind](field) for field in TYPES[type_name].fields}
    return type(f"{type_name.title().replace('_', '')}Form", (base,), fields)
