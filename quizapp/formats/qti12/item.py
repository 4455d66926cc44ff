"""One item of QTI 1.2 as a question."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from quizapp.formats.html_pieces import as_html, joined, untold
from quizapp.formats.interchange import (
    NOTHING,
    Body,
    Description,
    Essay,
    Gaps,
    Item,
    Markup,
    Text,
    Unsupported,
)
from quizapp.formats.qti12.choices import read_choice
from quizapp.formats.qti12.leftovers import notes_of
from quizapp.formats.qti12.metadata import (
    STIMULUS,
    UNNAMED,
    kind_of,
    other_kinds,
    points_of,
    read_fields,
    tags_of,
)
from quizapp.formats.qti12.presentation import Field, read_presentation
from quizapp.formats.qti12.processing import TooManyTests, read_processing
from quizapp.formats.qti12.several import (
    read_groups,
    read_inline_gaps,
    read_match,
    read_named_gaps,
)
from quizapp.formats.qti12.source import Source, read_feedback
from quizapp.formats.qti12.typed import read_typed
from quizapp.formats.weighing import CannotHold
from quizapp.formats.xml_tree import Element

#: Kind in the file's word → why there is no such question here.
_NOT_HERE = {
    "calculated_question": "Questions with numbers drawn anew for everybody are not known here.",
    "file_upload_question": "Files cannot be handed in here.",
    "hot_spot_question": "Places on a picture cannot be asked for here.",
}
_KNOWN = {
    "multiple_choice_question",
    "true_false_question",
    "short_answer_question",
    "fill_in_multiple_blanks_question",
    "multiple_answers_question",
    "multiple_dropdowns_question",
    "matching_question",
    "numerical_question",
    "essay_question",
    "text_only_question",
    "ordering_question",
    "categorization_question",
}
_CC_KNOWN = (
    "cc.multiple_choice",
    "cc.multiple_response",
    "cc.true_false",
    "cc.fib",
    "cc.essay",
    "cc.pattern_match",
)
_WITH_GAPS = {"multiple_dropdowns_question", "fill_in_multiple_blanks_question"}
#: The name of the feedback that everybody is told.
GENERAL = "general_fb"
_TITLES = {"question", "untitled", "item"}


def read_item(
    element: Element, category: tuple[str, ...], stimuli: Mapping[str, Text] | None = None
) -> Item:
    """Return an item as a question; one that cannot be held says why.

    :param stimuli: the texts that stand before items, by the name of the item that has them.
    """
    fields = read_fields(element)
    body, stem, explanation, notes = _read_body(element, kind_of(fields))
    if others := other_kinds(element):
        notes = (*notes, f"The file says that it is a {others[0]}, too; the first kind was taken.")
    if not isinstance(body, Unsupported):
        notes = (*notes, *notes_of(element))
    before = (stimuli or {}).get(fields.get(STIMULUS, ""), NOTHING)
    if before and isinstance(body, Gaps):
        body = Gaps((Text(f"<div>{as_html(before)}</div>", Markup.HTML), *body.pieces))
    elif before:
        stem = joined([before, stem])
    points = points_of(element, fields)
    return Item(
        body=body,
        line=element.line,
        key=_key(element, fields),
        name=_name(element),
        stem=stem,
        explanation=explanation,
        mark=points if points is not None else Fraction(1),
        hints=_hints(element),
        category=category,
        tags=tags_of(fields),
        notes=notes,
    )


def _key(element: Element, fields: dict[str, str]) -> str:
    key = fields.get("assessment_question_identifierref") or element.get("ident")
    return "" if key.startswith(UNNAMED) else key


def _name(element: Element) -> str:
    name = " ".join((element.get("title") or element.get("label")).split())
    return "" if name.lower() in _TITLES else name


_Told = tuple[Body, Text, Text, tuple[str, ...]]


def _read_body(element: Element, kind: str) -> _Told:
    presentation = read_presentation(element)
    texts = joined([part for part in presentation.parts if isinstance(part, Text)])
    if reason := _refused(kind):
        return Unsupported(kind, reason), texts, NOTHING, ()
    processing = read_processing(element, {field.ident: field for field in presentation.fields})
    if isinstance(processing, str):
        return Unsupported(kind or "item", _sentence(processing)), texts, NOTHING, ()
    source = Source(kind, presentation, processing, read_feedback(element))
    try:
        body, stem, explanation, notes = _dispatch(source)
        general = source.feedback.get(GENERAL, NOTHING)
        if untold([general], body, explanation):
            # By its name it is meant for every response, also where no condition shows it.
            explanation = joined([explanation, general])
        lost = untold(source.feedback.values(), body, explanation)
        return body, stem, explanation, (*notes, *lost)
    except CannotHold as error:
        return Unsupported(kind or _shape(source), str(error)), source.stem, NOTHING, ()
    except TooManyTests:
        reason = "Its scoring has so many conditions that it cannot be run."
        return Unsupported(kind or _shape(source), reason), source.stem, NOTHING, ()


def _dispatch(source: Source) -> _Told:
    """Read an item by its kind, or by the fields that it has where it names none.

    :raises CannotHold: there is no equal of it here.
    """
    fields = source.fields
    if source.kind == "essay_question" or source.kind.startswith("cc.essay"):
        return _essay(source)
    if not fields or source.kind == "text_only_question":
        return _describe(source)
    if source.kind in _WITH_GAPS or (not source.kind and _names_gaps(source)):
        gaps, notes = read_named_gaps(source)
        return gaps, NOTHING, _general(source), notes
    if source.kind == "matching_question":
        return read_match(source), _texts(source), _general(source), ()
    if source.kind == "categorization_question":
        groups, notes = read_groups(source)
        return groups, _texts(source), _general(source), notes
    _check_kinds(fields)
    return _read_one(source, fields[0]) if len(fields) == 1 else _read_many(source)


def _describe(source: Source) -> _Told:
    if source.kind and source.kind != "text_only_question":
        raise CannotHold("It shows no place to respond in.")
    return Description(), source.stem, NOTHING, ()


def _read_one(source: Source, field: Field) -> _Told:
    if field.kind == "lid":
        body, explanation = read_choice(source, field)
        return body, source.stem, explanation, ()
    texts = [part for part in source.presentation.parts if isinstance(part, Text)]
    body, explanation, notes = read_typed(source, field)
    after = source.presentation.parts[-1]
    if isinstance(after, Text) and len(texts) > 1 and not isinstance(body, Essay):
        return read_inline_gaps(source), NOTHING, explanation, notes
    return body, source.stem, explanation, notes


def _read_many(source: Source) -> _Told:
    """Read an item that names no kind and has several fields."""
    fields = source.fields
    is_chosen = all(field.kind == "lid" for field in fields)
    same = {tuple(label.text.text for label in field.labels) for field in fields}
    if is_chosen and len(same) == 1 and any(field.prompt for field in fields):
        return read_match(source), _texts(source), _general(source), ()
    return read_inline_gaps(source), NOTHING, _general(source), ()


def _texts(source: Source) -> Text:
    """Return the texts outside of all fields."""
    return joined([part for part in source.presentation.parts if isinstance(part, Text)])


def _names_gaps(source: Source) -> bool:
    """Return whether the text has a "[name]" for each field `response_name`, as in Canvas."""
    text = "".join(part.text for part in source.presentation.parts if isinstance(part, Text))
    return all(
        field.ident.startswith("response_") and f"[{field.ident.removeprefix('response_')}]" in text
        for field in source.fields
    )


def _essay(source: Source) -> _Told:
    models = [
        text for name, text in source.feedback.items() if name.lower() in {"solution", "model"}
    ]
    return Essay(model=joined(models)), source.stem, _general(source), ()


def _general(source: Source) -> Text:
    """Return what is told whatever was given."""
    shown = source.processing.run({}).shown
    return joined([source.feedback[name] for name in shown if name in source.feedback])


def _check_kinds(fields: tuple[Field, ...]) -> None:
    for field in fields:
        if field.kind == "xy" or "render_hotspot" in field.render:
            raise CannotHold(_NOT_HERE["hot_spot_question"])
        if field.kind == "grp":
            raise CannotHold("Its parts are put into groups, which has no equal here.")
        if "render_slider" in field.render:
            raise CannotHold("Numbers on a slider cannot be asked for here.")
        if field.kind == "lid" and "render_fib" in field.render:
            raise CannotHold("It asks to type the names of its options.")


def _refused(kind: str) -> str:
    """Return why a kind of item is not read, or ""."""
    if not kind or kind in _KNOWN or kind.startswith(_CC_KNOWN):
        return ""
    return _NOT_HERE.get(kind) or "This kind of question is not known here."


def _sentence(reason: str) -> str:
    return f"It cannot be scored here: {reason}."


def _shape(source: Source) -> str:
    return (
        " and ".join(dict.fromkeys(f"response_{field.kind}" for field in source.fields)) or "item"
    )


def _hints(element: Element) -> tuple[Text, ...]:
    hints = [one for feedback in element.all("itemfeedback") for one in feedback.deep("hint")]
    texts = [Text(one.text.strip(), Markup.PLAIN) for one in hints]
    return tuple(text for text in texts if text)
