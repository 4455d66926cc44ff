"""What an item of QTI 1.2 shows: texts and the fields in which people respond, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.formats.interchange import NOTHING, Text
from quizapp.formats.qti12.material import text_of
from quizapp.formats.xml_tree import Element

_FIELDS = {"response_lid", "response_str", "response_num", "response_xy", "response_grp"}
_MATERIAL = {"material", "material_ref"}


@dataclass(frozen=True, slots=True)
class Label:
    """One thing that can be chosen in a field.

    :param answer_type: how Canvas asks for it ("dropdown", "openEntry"), or "".
    :param algorithm: how Canvas compares what is typed with it, or "". :param distance: how many
        letters may be wrong.
    """

    ident: str
    text: Text
    answer_type: str = ""
    algorithm: str = ""
    distance: str = ""
    minds_case: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One place to respond. :param kind: "lid" (choose), "str", "num", "xy" or "grp".

    :param cardinality: "single", "multiple" or "ordered". :param prompt: what stands in the field.
    :param render: the elements that show it ("render_choice", "render_fib", …).
    :param shuffles: None where the file does not say.
    """

    kind: str
    ident: str
    cardinality: str
    prompt: Text
    labels: tuple[Label, ...]
    render: tuple[str, ...]
    shuffles: bool | None
    rows: int = 1
    fibtype: str = ""


@dataclass(frozen=True, slots=True)
class Presentation:
    """Texts and fields in turn."""

    parts: tuple[Text | Field, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(part for part in self.parts if isinstance(part, Field))


def read_presentation(item: Element) -> Presentation:
    """Return what an item shows; nothing where it has no presentation."""
    found: list[Element] = []
    for presentation in item.all("presentation"):
        _flatten(presentation, found)
    parts: list[Text | Field] = []
    waiting: list[Element] = []
    for element in found:
        if element.name in _FIELDS:
            _finish(waiting, parts)
            parts.append(_field(element))
        else:
            waiting.append(element)
    _finish(waiting, parts)
    return Presentation(tuple(parts))


def _flatten(element: Element, found: list[Element]) -> None:
    for child in element.elements:
        if child.name in _FIELDS or child.name in _MATERIAL:
            found.append(child)
        else:
            _flatten(child, found)


def _finish(waiting: list[Element], parts: list[Text | Field]) -> None:
    text = text_of(waiting)
    if text:
        parts.append(text)
    waiting.clear()


def _field(element: Element) -> Field:
    render = [child for child in element.elements if child.name.startswith("render_")]
    labels = [label for shown in render for label in shown.deep("response_label")]
    first = render[0] if render else element
    return Field(
        kind=element.name.removeprefix("response_"),
        ident=element.get("ident"),
        cardinality=element.get("rcardinality", "Single").strip().lower() or "single",
        prompt=_prompt(element, render),
        labels=tuple(_label(label) for label in labels),
        render=tuple(shown.name for shown in render),
        shuffles=_shuffles(first),
        rows=_rows(first),
        fibtype=first.get("fibtype").strip().lower(),
    )


def _shuffles(render: Element) -> bool | None:
    said = [one.get("shuffle").strip().lower() for one in (render, *render.deep())]
    return "yes" in said if any(said) else None


def _prompt(element: Element, render: Sequence[Element]) -> Text:
    """Return the texts of a field that belong to none of its labels."""
    above = [child for child in element.elements if child.name in _MATERIAL]
    within = [child for shown in render for child in shown.all("material")]
    return text_of([*above, *within])


def _label(element: Element) -> Label:
    text = text_of(element.elements)
    if not text and element.text.strip():
        # Some programs write the text straight into the label.
        text = Text(element.text.strip())
    return Label(
        ident=element.get("ident"),
        text=text or NOTHING,
        answer_type=element.get("answer_type"),
        algorithm=element.get("scoring_algorithm"),
        distance=element.get("levenshtein_distance")[:10],
        minds_case=element.get("ignore_case").strip().lower() == "false",
        is_fixed=_is_fixed(element),
    )


def _is_fixed(label: Element) -> bool:
    """Return whether an option keeps its place; Canvas calls that locked."""
    return (
        label.get("rshuffle").strip().lower() == "no" or label.get("lock").strip().lower() == "yes"
    )


def _rows(element: Element) -> int:
    rows = element.get("rows").strip()
    return int(rows) if rows.isascii() and rows.isdigit() and len(rows) < 6 else 1
