"""Authoring forms, built from what a question type says about itself.

A type's field `name` becomes the form field `content_<name>`, so that it cannot collide with
the fields that every question has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField

from quizapp.questions.fields import Field, Kind
from quizapp.questions.registry import TYPES
from quizapp.web.forms import Form
from quizapp.web.rows import (
    ForeseenGapRow,
    ForeseenRow,
    ItemRow,
    OptionRow,
    PairRow,
    Row,
    RowsField,
)

PREFIX = "content_"


def _label(field: Field) -> str:
    return field.label if field.required else f"{field.label} (optional)"


def _truth(field: Field) -> Any:
    choices = [SelectChoice("true", "True"), SelectChoice("false", "False")]
    return RadioField(_label(field), description=field.help, choices=choices, validate_choice=False)


def _rows(field: Field, row: type[Row], noun: str, *, marks_one: bool = False) -> Any:
    return RowsField(_label(field), description=field.help, row=row, noun=noun, marks_one=marks_one)


def _choice(field: Field) -> Any:
    choices = [SelectChoice(value, words) for value, words in field.choices]
    # Nothing need be chosen: the first stands for what is usual.
    return SelectField(field.label, description=field.help, choices=choices, validate_choice=False)


def _text(field: Field, rows: int) -> Any:
    return TextAreaField(_label(field), description=field.help, render_kw={"rows": rows})


_MAKE: Mapping[Kind, Callable[[Field], Any]] = {
    Kind.LINE: lambda field: StringField(_label(field), description=field.help),
    Kind.TEXT: lambda field: _text(field, 2),
    Kind.TRUTH: _truth,
    Kind.LINES: lambda field: _text(field, 4),
    Kind.CHOICE: _choice,
    Kind.OPTIONS_ONE: lambda field: _rows(field, OptionRow, "option", marks_one=True),
    Kind.OPTIONS_MANY: lambda field: _rows(field, OptionRow, "option"),
    Kind.PAIRS: lambda field: _rows(field, PairRow, "pair"),
    Kind.ITEMS: lambda field: _rows(field, ItemRow, "item"),
    Kind.FORESEEN: lambda field: _rows(field, ForeseenRow, "answer"),
    Kind.FORESEEN_GAPS: lambda field: _rows(field, ForeseenGapRow, "answer"),
}


def read(kind: Kind, field: Any) -> Any:
    """Return what a form field holds as `QuestionType.parse` reads it."""
    if kind is Kind.TRUTH:
        return {"true": True, "false": False}.get(field.data)
    if kind is Kind.LINES:
        return [line for line in (field.data or "").splitlines() if line.strip()]
    if isinstance(field, RowsField):
        return field.raw
    return field.data or ""


def shown(kind: Kind, value: Any) -> Any:
    """Return what a form field is given to show a value that `parse` would read."""
    if kind is Kind.TRUTH:
        return "" if value is None else str(value).lower()
    return "\n".join(value or ()) if kind is Kind.LINES else value


def note(kind: Kind, field: Any, place: str, message: str) -> None:
    """Put a problem beside a field; `place` is where in it the problem lies, such as "2.text"."""
    if isinstance(field, RowsField):
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
