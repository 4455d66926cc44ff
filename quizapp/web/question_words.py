"""A question's fields in words, so that two states of it can stand side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.markup.differences import Run, word_differences
from quizapp.questions.fields import Kind
from quizapp.questions.registry import TYPES
from quizapp.web.fields import PREFIX


@dataclass(frozen=True, slots=True)
class FieldText:
    """One field as text. `name`: of the form's field."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field that two states fill differently, with the words that differ."""

    name: str
    label: str
    before: str
    after: str
    runs: tuple[Run, ...]

    def side(self, gone: bool) -> tuple[Run, ...]:
        """Return the runs of one side: of what is before, or after."""
        return tuple(run for run in self.runs if run.kind in ("same", "gone" if gone else "new"))


def content_texts(type_name: str, raw: Mapping[str, Any]) -> tuple[FieldText, ...]:
    """Return the type and every field of it; `raw` is what its `parse` reads, sound or not."""
    kind = TYPES[type_name]
    fields = (
        FieldText(PREFIX + field.name, field.label, _text(field.kind, raw.get(field.name)))
        for field in kind.fields
    )
    return (FieldText("type", "Type", kind.label), *fields)


def differences(
    before: Sequence[FieldText], after: Sequence[FieldText]
) -> tuple[FieldDifference, ...]:
    """Return the fields that differ, those of `before` first; a field that is missing is empty."""
    old, new = ({one.name: one for one in some} for some in (before, after))
    found = []
    for name in dict.fromkeys([*old, *new]):
        label = (new.get(name) or old[name]).label
        texts = (old[name].text if name in old else "", new[name].text if name in new else "")
        if texts[0] != texts[1]:
            found.append(FieldDifference(name, label, *texts, word_differences(*texts)))
    return tuple(found)


def _text(kind: Kind, value: Any) -> str:
    if kind is Kind.TRUTH:
        return "" if value is None else "True" if value else "False"
    if kind is Kind.LINES:
        return "\n".join(value or ())
    if isinstance(value, (list, tuple)):
        return "\n".join(map(_row, value))
    return str(value or "").replace("\r\n", "\n")


def _row(row: Mapping[str, Any]) -> str:
    """Return one option, pair or item on one line."""
    if "left" in row:
        said = f"{row['left']} → {row.get('right', '')}"
    elif "key" in row:
        said = f"{'Right' if row['key'] else 'Wrong'}: {row.get('text', '')}"
    else:
        said = str(row.get("text", ""))
    if row.get("gap"):
        said = f"Gap {row['gap']}: {said}"
    if row.get("credit"):
        said += f" ({row['credit']} %)"
    if row.get("feedback"):
        said += f" // {row['feedback']}"
    return f"{said} (keeps its place)" if row.get("locked") else said
