"""Questions as the reference reading states them and as ours does, in one form to compare.

Only representation is levelled: a fraction and a percentage, a tolerance and a range, the format of
a text that is empty. Every other difference counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from quizapp.formats.interchange import (
    Body,
    Choice,
    Description,
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
    Text,
    TrueFalse,
    Unsupported,
)

#: A question as field → value; lists of tuples are compared entry by entry.
Form = dict[str, Any]
_MARKUPS = {
    Markup.MOODLE: "0",
    Markup.HTML: "1",
    Markup.PLAIN: "2",
    Markup.MARKDOWN: "4",
}


def of_item(item: Item) -> Form:
    """Return our reading of a question."""
    return {
        "name": " ".join(item.name.split()),
        "stem": _said(item.stem),
        "stem format": _format(item.stem),
        "general feedback": _said(item.explanation),
        "general feedback format": _format(item.explanation),
        "key": item.key,
        "tags": sorted(item.tags),
        "mark": float(item.mark),
        "hints": [_said(hint) for hint in item.hints],
        "penalty": round(float(item.penalty), 6),
        "category": item.category,
        **_of_body(item.body),
    }


def _said(text: Text) -> str:
    return same_words(text.text)


def _format(text: Text) -> str:
    return _MARKUPS[text.markup] if text else ""


def same_words(text: str) -> str:
    """Return a text without the white space at its ends and with one kind of line end."""
    return text.replace("\r\n", "\n").replace("media:", "@@PLUGINFILE@@/").strip()


def _of_body(body: Body) -> Form:  # noqa: PLR0911, C901 - one case a kind
    match body:
        case MultipleChoice():
            return {
                "kind": "multichoice",
                "single": body.is_single,
                "shuffles": body.shuffles,
                "options": [_of_choice(one) for one in body.choices],
                "option formats": [_format(one.text) for one in body.choices],
                "feedback formats": [_format(one.feedback) for one in body.choices],
            }
        case TrueFalse():
            return {
                "kind": "truefalse",
                "right": body.key,
                "feedback for true": _said(body.if_true),
                "feedback for false": _said(body.if_false),
            }
        case ShortAnswer():
            return {
                "kind": "shortanswer",
                "minds case": body.minds_case,
                "options": [_of_choice(one) for one in body.choices],
            }
        case Numerical():
            return {
                "kind": "numerical",
                "options": [
                    (
                        number(one.low),
                        number(one.high),
                        round(float(one.fraction), 6),
                        _said(one.feedback),
                    )
                    for one in body.spans
                ],
                "units": [(name, float(worth)) for name, worth in body.units],
            }
        case Match():
            return {
                "kind": "match",
                "shuffles": body.shuffles,
                "options": [(_said(one.left), _said(one.right)) for one in body.pairs],
            }
        case Sequence():
            return {"kind": "ordering", "options": [_said(one) for one in body.texts]}
        case Gaps():
            return _of_gaps(body)
        case Essay():
            return {"kind": "essay", "model": _said(body.model)}
        case Description():
            return {"kind": "description"}
        case Unsupported():
            return {"kind": body.kind}


def _of_choice(choice: Choice) -> tuple[Any, ...]:
    return (_said(choice.text), round(float(choice.fraction), 6), _said(choice.feedback))


def _of_gaps(body: Gaps) -> Form:
    text, gaps = "", []
    for piece in body.pieces:
        if isinstance(piece, Gap):
            form = _of_body(piece.part) | {"weight": float(piece.weight)}
            gaps.append(sorted(form.items(), key=lambda pair: pair[0]))
            text += f"{{#{len(gaps)}}}"
        else:
            text += piece.text
    return {"kind": "multianswer", "stem": same_words(text), "stem format": "", "gaps": gaps}


def number(value: Fraction | None) -> str:
    """Return a number as text, to the digits that a float carries."""
    return "*" if value is None else f"{float(value):.9g}"


def of_reference(stated: Mapping[str, Any], category: tuple[str, ...] = ()) -> Form:
    """Return the reference reading of a question.

    :param category: what the reference read last as the category of those that follow.
    """
    kind = str(stated.get("qtype"))
    stem = text_of(stated.get("questiontext"))
    form: Form = {
        "name": " ".join(str(stated.get("name") or "").split()),
        "stem": stem,
        "stem format": str(stated.get("questiontextformat", "0")) if stem else "",
        "general feedback": (said := text_of(stated.get("generalfeedback"))),
        "general feedback format": str(stated.get("generalfeedbackformat")) if said else "",
        "key": str(stated.get("idnumber") or ""),
        "tags": sorted(stated.get("tags") or []),
        "mark": float(stated.get("defaultmark", 1)),
        "hints": [text_of(one) for one in stated.get("hint") or []],
        "penalty": round(float(stated.get("penalty") or 0), 6),
        "category": category,
        "kind": kind,
    }
    return form | _BODIES.get(kind, lambda _: {})(stated)


def text_of(value: Any) -> str:
    """Return the text of what the reference has, a string or a mapping."""
    if isinstance(value, Mapping):
        value = value.get("text")
    return "" if value is None else same_words(str(value))


def _multichoice(stated: Mapping[str, Any]) -> Form:
    return {
        "single": _true(stated.get("single")),
        "shuffles": _true(stated.get("shuffleanswers")),
        "options": _options(stated),
        "option formats": [_format_of(one) for one in _listed(stated.get("answer"))],
        "feedback formats": [_format_of(one) for one in _listed(stated.get("feedback"))],
    }


def _format_of(value: Mapping[str, Any]) -> str:
    return str(value.get("format")) if text_of(value) else ""


def _true(value: Any) -> bool:
    return str(value).lower() in ("1", "true")


def _options(stated: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    feedback = _listed(stated.get("feedback"))
    fractions = _listed(stated.get("fraction"))
    return [
        (text_of(text), round(float(fractions[place]), 6), text_of(feedback[place]))
        for place, text in enumerate(_listed(stated.get("answer")))
    ]


def _listed(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, Mapping) else list(value or [])


def _numerical(stated: Mapping[str, Any]) -> Form:
    tolerances = _listed(stated.get("tolerance"))
    options = []
    for place, (text, fraction, feedback) in enumerate(_options(stated)):
        if text == "*":
            options.append(("*", "*", fraction, feedback))
            continue
        middle, off = Fraction(text), Fraction(str(tolerances[place] or 0))
        options.append((number(middle - off), number(middle + off), fraction, feedback))
    worth = _listed(stated.get("multiplier"))
    units = [
        (str(name), float(worth[place])) for place, name in enumerate(_listed(stated.get("unit")))
    ]
    return {"options": options, "units": units}


def _match(stated: Mapping[str, Any]) -> Form:
    rights = _listed(stated.get("subanswers"))
    return {
        "shuffles": _true(stated.get("shuffleanswers", 1)),
        "options": [
            (text_of(left), text_of(rights[place]))
            for place, left in enumerate(_listed(stated.get("subquestions")))
        ],
    }


def _multianswer(stated: Mapping[str, Any]) -> Form:
    parts = _listed((stated.get("options") or {}).get("questions"))
    gaps = [sorted(_of_part(part).items()) for part in parts]
    return {"stem": text_of(stated.get("questiontext")), "stem format": "", "gaps": gaps}


def _of_part(part: Mapping[str, Any]) -> Form:
    kind = str(part.get("qtype"))
    return {"kind": kind, "weight": float(part["defaultmark"])} | _BODIES[kind](part)


def _gapselect(stated: Mapping[str, Any]) -> Form:
    """Return a text with lists to choose from as it would be with each list in its gap."""
    choices = stated.get("choices") or []
    text = text_of(stated.get("questiontext"))
    gaps = []
    for place in (int(one) - 1 for one in re.findall(r"\[\[(\d+)\]\]", text)):
        options = [
            (text_of(one["answer"]), float(number == place), "")
            for number, one in enumerate(choices)
            if one["choicegroup"] == choices[place]["choicegroup"]
        ]
        form: Form = {"kind": "multichoice", "single": True, "shuffles": True, "options": options}
        form |= {"option formats": ["1"] * len(options), "feedback formats": [""] * len(options)}
        gaps.append(sorted((form | {"weight": 1.0}).items()))
    stem = re.sub(r"\[\[(\d+)\]\]", r"{#\1}", text)
    return {"kind": "multianswer", "stem": stem, "stem format": "", "gaps": gaps}


_BODIES = {
    "gapselect": _gapselect,
    "multichoice": _multichoice,
    "truefalse": lambda stated: {
        "right": _true(stated.get("correctanswer")),
        "feedback for true": text_of(stated.get("feedbacktrue")),
        "feedback for false": text_of(stated.get("feedbackfalse")),
    },
    "shortanswer": lambda stated: {
        "minds case": _true(stated.get("usecase")),
        "options": _options(stated),
    },
    "numerical": _numerical,
    "match": _match,
    "ordering": lambda stated: {"options": [text_of(one) for one in _listed(stated["answer"])]},
    "multianswer": _multianswer,
    "essay": lambda stated: {"model": text_of(stated.get("graderinfo"))},
}
