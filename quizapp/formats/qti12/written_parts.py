"""What is asked, as QTI 1.2 shows and scores it: a writer for each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from quizapp.formats.fitting.changes import decimal
from quizapp.formats.interchange import (
    Choice,
    Essay,
    Gap,
    Gaps,
    Item,
    Markup,
    Match,
    MultipleChoice,
    Numerical,
    Sequence,
    ShortAnswer,
    Span,
    Text,
    TrueFalse,
)
from quizapp.formats.texts import in_html, in_inline_html
from quizapp.formats.xml_write import node, words

_RESPONSE = "response1"
_FULL = Fraction(100)
One = TypeVar("One")


@dataclass(slots=True)
class Parts:
    """What makes an item. :param kind: Canvas's word. :param feedback: name → HTML."""

    kind: str
    presentation: list[str]
    conditions: list[str] = field(default_factory=list)
    feedback: dict[str, str] = field(default_factory=dict)


def write_choices(item: Item, body: MultipleChoice) -> Parts:
    kind = "multiple_choice_question" if body.is_single else "multiple_answers_question"
    idents = [f"option-{number}" for number in range(1, len(body.choices) + 1)]
    parts = Parts(kind, [_stem(item)])
    parts.presentation.append(
        _choose(
            _RESPONSE,
            "Single" if body.is_single else "Multiple",
            [_label(i, _inline(one.text), one.is_fixed) for i, one in _with(idents, body.choices)],
            shuffles=body.shuffles,
        )
    )
    _tell(parts, idents, body.choices)
    keys = [ident for ident, one in _with(idents, body.choices) if one.fraction > 0]
    others = [ident for ident in idents if ident not in keys]
    if body.is_single:
        parts.conditions += [
            _scores([_equal(_RESPONSE, ident)], "Set", _FULL * one.fraction)
            for ident, one in _with(idents, body.choices)
            if one.fraction > 0
        ]
    elif body.all_or_nothing:
        tests = [_equal(_RESPONSE, key) for key in keys]
        tests += [node("not", {}, _equal(_RESPONSE, other)) for other in others]
        parts.conditions.append(_scores([node("and", {}, *tests)], "Set", _FULL))
    else:
        for ident, one in _with(idents, body.choices):
            action = "Add" if one.fraction > 0 else "Subtract"
            if one.fraction:
                points = _FULL * abs(one.fraction)
                parts.conditions.append(_scores([_equal(_RESPONSE, ident)], action, points))
    return parts


def write_truth(item: Item, body: TrueFalse) -> Parts:
    idents = ["true", "false"]
    labels = [_label("true", Text("True")), _label("false", Text("False"))]
    parts = Parts("true_false_question", [_stem(item)])
    parts.presentation.append(_choose(_RESPONSE, "Single", labels, shuffles=False))
    told = (Choice(Text(), _FULL, body.if_true), Choice(Text(), _FULL, body.if_false))
    _tell(parts, idents, told)
    parts.conditions.append(
        _scores([_equal(_RESPONSE, "true" if body.key else "false")], "Set", _FULL)
    )
    return parts


def write_texts(item: Item, body: ShortAnswer) -> Parts:
    parts = Parts("short_answer_question", [_stem(item), _line(_RESPONSE)])
    for worth, several in _by_worth(body.choices):
        tests = [_equal(_RESPONSE, literal(one.text.text)) for _, one in several]
        parts.conditions.append(_scores(tests, "Set", _FULL * worth))
    return parts


def _by_worth(choices: Iterable[Choice]) -> list[tuple[Fraction, list[tuple[int, Choice]]]]:
    """Return what earns something with its number, from 1, all that earn as much together."""
    found: dict[Fraction, list[tuple[int, Choice]]] = {}
    for number, one in enumerate(choices, start=1):
        if one.fraction > 0:
            found.setdefault(one.fraction, []).append((number, one))
    return list(found.items())


def write_numbers(item: Item, body: Numerical) -> Parts:
    parts = Parts("numerical_question", [_stem(item), _line(_RESPONSE, fibtype="Decimal")])
    for span in body.spans[:1]:
        parts.conditions.append(_scores([_in_span(span)], "Set", _FULL))
    return parts


def _in_span(span: Span) -> str:
    tests = []
    if span.number is not None:
        tests.append(_equal(_RESPONSE, decimal(span.number)))
    bounds = []
    if span.low is not None:
        bounds.append(node("vargte", {"respident": _RESPONSE}, decimal(span.low)))
    if span.high is not None:
        bounds.append(node("varlte", {"respident": _RESPONSE}, decimal(span.high)))
    return node("or", {}, *tests, node("and", {}, *bounds))


def write_gaps(item: Item, body: Gaps) -> Parts:
    """Write a text with a "[gap-1]" for each gap, as Canvas has them."""
    html, names = gaps_html(body)
    stem = in_html(item.stem.text).text if item.stem else ""
    parts = Parts("fill_in_multiple_blanks_question", [_material(stem + html)])
    gaps = [piece for piece in body.pieces if isinstance(piece, Gap)]
    share = _FULL / max(1, len(gaps))
    for name, gap in zip(names, gaps, strict=True):
        ident = f"response_{name}"
        choices = () if isinstance(gap.part, Numerical) else gap.part.choices
        is_list = isinstance(gap.part, MultipleChoice)
        if not is_list:
            # Whatever is listed there for a gap to type in counts in full.
            choices = tuple(one for one in choices if one.fraction == 1)
        labels = [
            node(
                "response_label",
                {"ident": f"{name}-{number}", **({"answer_type": "dropdown"} if is_list else {})},
                _material_plain(literal(one.text.text) if not is_list else one.text.text),
            )
            for number, one in enumerate(choices, start=1)
        ]
        prompt = _material_plain(name)
        shown = node("render_choice", {}, *labels)
        parts.presentation.append(node("response_lid", {"ident": ident}, prompt, shown))
        for worth, several in _by_worth(choices):
            right = [_equal(ident, f"{name}-{number}") for number, _ in several]
            parts.conditions.append(_scores(right, "Add", share * worth))
    return parts


def gaps_html(body: Gaps) -> tuple[str, list[str]]:
    """Return a text with gaps as HTML, and the names in brackets that stand for its gaps."""
    texts = [piece.text for piece in body.pieces if isinstance(piece, Text)]
    base = "gap"
    while any(base in text for text in texts):
        base += "x"
    names: list[str] = []
    markdown = ""
    for piece in body.pieces:
        if isinstance(piece, Gap):
            names.append(f"{base}{len(names) + 1}")
            markdown += f"{base}{len(names)}z"
        else:
            markdown += piece.text
    html = in_html(markdown).text
    for number, name in enumerate(names, start=1):
        html = html.replace(f"{base}{number}z", f"[{name}]")
    return html, names


def write_match(item: Item, body: Match) -> Parts:
    parts = Parts("matching_question", [_stem(item)])
    rights = list(dict.fromkeys(pair.right.text for pair in body.pairs))
    labels = [_label(f"right-{number}", Text(text)) for number, text in enumerate(rights, start=1)]
    lefts = [pair for pair in body.pairs if pair.left]
    share = _FULL / max(1, len(lefts))
    for number, pair in enumerate(lefts, start=1):
        ident = f"response_{number}"
        shown = node("render_choice", {"shuffle": "Yes" if body.shuffles else "No"}, *labels)
        parts.presentation.append(
            node("response_lid", {"ident": ident}, _text(_inline(pair.left)), shown)
        )
        key = f"right-{rights.index(pair.right.text) + 1}"
        parts.conditions.append(_scores([_equal(ident, key)], "Add", share))
    return parts


def write_sequence(item: Item, body: Sequence) -> Parts:
    idents = [f"item-{number}" for number in range(1, len(body.texts) + 1)]
    # Programs that do not shuffle must not show the right order.
    shown = sorted(_with(idents, body.texts), key=lambda pair: pair[1].text)
    labels = [_label(ident, _inline(text)) for ident, text in shown]
    parts = Parts("ordering_question", [_stem(item)])
    parts.presentation.append(_choose(_RESPONSE, "Ordered", labels, shuffles=True))
    tests = [_equal(_RESPONSE, ident) for ident in idents]
    parts.conditions.append(_scores(tests, "Set", _FULL))
    return parts


def write_essay(item: Item, body: Essay) -> Parts:
    parts = Parts("essay_question", [_stem(item), _line(_RESPONSE, rows="15")])
    if body.model:
        parts.feedback["solution"] = in_html(body.model.text).text
    return parts


def literal(text: str) -> str:
    """Return a text that may be typed as it is typed: a star in it is a star."""
    return text.replace("\\*", "*")


def _tell(parts: Parts, idents: list[str], choices: Iterable[Choice]) -> None:
    for ident, one in _with(idents, choices):
        if one.feedback:
            name = f"{ident}_fb"
            parts.feedback[name] = in_html(one.feedback.text).text
            shown = node("displayfeedback", {"feedbacktype": "Response", "linkrefid": name})
            test = node("conditionvar", {}, _equal(_RESPONSE, ident))
            parts.conditions.append(node("respcondition", {"continue": "Yes"}, test, shown))


def _with(idents: list[str], things: Iterable[One]) -> list[tuple[str, One]]:
    return list(zip(idents, things, strict=True))


def _stem(item: Item) -> str:
    return _material(in_html(item.stem.text).text)


def _inline(text: Text) -> Text:
    return in_inline_html(text.text) if text.markup is Markup.MARKDOWN else text


def _material(html: str) -> str:
    return node("material", {}, node("mattext", {"texttype": "text/html"}, words(html)))


def _material_plain(text: str) -> str:
    return node("material", {}, node("mattext", {"texttype": "text/plain"}, words(text)))


def _text(text: Text) -> str:
    return _material(text.text) if text.markup is Markup.HTML else _material_plain(text.text)


def _label(ident: str, text: Text, is_fixed: bool = False) -> str:
    attributes = {"ident": ident, **({"rshuffle": "No"} if is_fixed else {})}
    return node("response_label", attributes, _text(text))


def _choose(ident: str, cardinality: str, labels: list[str], *, shuffles: bool) -> str:
    shown = node("render_choice", {"shuffle": "Yes" if shuffles else "No"}, *labels)
    return node("response_lid", {"ident": ident, "rcardinality": cardinality}, shown)


def _line(ident: str, **attributes: str) -> str:
    label = node("response_label", {"ident": "answer1"})
    shown = node("render_fib", attributes, label)
    return node("response_str", {"ident": ident, "rcardinality": "Single"}, shown)


def _equal(ident: str, value: str) -> str:
    return node("varequal", {"respident": ident}, words(value))


def _scores(tests: Iterable[str], action: str, points: Fraction) -> str:
    attributes: Mapping[str, str] = {"action": action, "varname": "SCORE"}
    return node(
        "respcondition",
        {"continue": "Yes"} if action != "Set" else {"continue": "No"},
        node("conditionvar", {}, *tests),
        node("setvar", attributes, decimal(points)),
    )
