"""The base of every form: CSRF on, errors attachable by path; and fields that many share."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired

from quizapp.errors import Invalid


class Form(FlaskForm):
    """A form whose problems stand beside their fields and whose values stay typed."""

    def attach(self, error: Invalid) -> None:
        """Show each problem beside its field, or above the form if it has none."""
        for problem in error.problems:
            field = self._fields.get(problem.path.split(".")[0])
            if field is None:
                self.form_errors.append(problem.message)
            else:
                field.errors = [*field.errors, problem.message]


class WholeNumber(IntegerField):
    """A number field that says what to type when it is left empty or holds something else."""

    def __init__(self, label: str, *, low: int, high: int, **kwargs: Any) -> None:
        self._wanted = f"Enter a whole number from {low} to {high:,}."
        shown = {"min": low, "max": high, "inputmode": "numeric"}
        super().__init__(label, [InputRequired(self._wanted)], render_kw=shown, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(self._wanted) from error
