"""Form fields for numbers."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField
from wtforms.validators import InputRequired


class WholeNumber(IntegerField):
    """A number field that says what to type when it is left empty or holds something else."""

    def __init__(self, label: str, *, low: int, high: int, **kwargs: Any) -> None:
        self._wanted = f"Enter a whole number from {low} to {high}."
        shown = {"min": low, "max": high, "inputmode": "numeric"}
        super().__init__(label, [InputRequired(self._wanted)], render_kw=shown, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(self._wanted) from error
