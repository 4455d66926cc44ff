"""What is asked, as QTI 2.1 shows and scores it: a writer for each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from quizapp.formats.fitting.changes import decimal
from quizapp.formats.html_pieces import as_html
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
from quizapp.formats.qti2.xhtml import as_xhtml
from quizapp.formats.texts import in_html, in_inline_html
from quizapp.formats.xml_write import node, words

_RESPONSE = "RESPONSE"
#: The outcome that holds the chosen options.
CHOSEN = "CHOSEN"


@dataclass(slots=True)
class Parts:
    """What makes an item: declarations, what its body shows, and rules that score."""

    declarations: list[str]
    body: list[str]
    rules: list[str] = field(default_factory=list)


def block(text: Text) -> str:
    """Return a text of ours as XHTML in blocks."""
    html = in_html(text.text).text if text.markup is Markup.MARKDOWN else as_html(text)
    return as_xhtml(html)


def inline(text: Text) -> str:
    """Return a text of ours as XHTML in a line."""
    html = in_inline_html(text.text).text if text.markup is Markup.MARKDOWN else as_html(text)
    return as_xhtml(html)


def write_choices(item: Item, body: MultipleChoice) -> Parts:
    idents = [f"option-{number}" for number in range(1, len(body.choices) + 1)]
    least = 1 if body.is_single else Fraction(0)
    keys = [
        ident
        for ident, one in zip(idents, body.choices, strict=True)
        if one.fraction > 0 and one.fraction >= least
    ]
    has_shares = body.is_single and any(0 < one.fraction < 1 for one in body.choices)
    is_sum = has_shares or not (body.is_single or body.all_or_nothing)
    mapping = _mapping_of(idents, body) if is_sum else ""
    cardinality = "single" if body.is_single else "multiple"
    declared = _declared(_RESPONSE, cardinality, "identifier", keys, mapping)
    shown = [_simple_choice(ident, one) for ident, one in zip(idents, body.choices, strict=True)]
    attributes = {
        "responseIdentifier": _RESPONSE,
        "shuffle": str(body.shuffles).lower(),
        "maxChoices": "1" if body.is_single else "0",
    }
    rules = [_map_rule([_RESPONSE]) if is_sum else _match_rule(_RESPONSE)]
    if any(one.feedback for one in body.choices):
        rules.append(_CHOSEN_RULE)
    interaction = node("choiceInteraction", attributes, *shown)
    return Parts([declared], [block(item.stem), interaction], rules)


def _mapping_of(idents: list[str], body: MultipleChoice) -> str:
    """Return what each option adds: points where all add or cost alike, else shares."""
    worths = [one.fraction for one in body.choices]
    keys = sum(worth > 0 for worth in worths)
    is_alike = {abs(worth) for worth in worths} == {Fraction(1, keys)} and not body.is_single
    unit, most = (Fraction(1, keys), keys) if is_alike else (Fraction(1), 1)
    points = {
        ident: decimal(worth / unit) for ident, worth in zip(idents, worths, strict=True) if worth
    }
    return _mapping(points, {"lowerBound": "0", "upperBound": str(most)})


def _simple_choice(ident: str, choice: Choice) -> str:
    attributes = {"identifier": ident, **({"fixed": "true"} if choice.is_fixed else {})}
    feedback = _feedback(ident, choice.feedback)
    return node("simpleChoice", attributes, inline(choice.text), feedback)


def _feedback(ident: str, text: Text) -> str:
    if not text:
        return ""
    attributes = {"outcomeIdentifier": CHOSEN, "identifier": ident, "showHide": "show"}
    written = block(text)
    if written.count("<p>") == 1 and written.startswith("<p>") and written.endswith("</p>"):
        # What stands in a line may not hold paragraphs.
        return node("feedbackInline", attributes, written[3:-4])
    return node("feedbackBlock", attributes, written)


def write_truth(item: Item, body: TrueFalse) -> Parts:
    choices = (("true", "True", body.if_true), ("false", "False", body.if_false))
    shown = [
        node("simpleChoice", {"identifier": ident}, label, _feedback(ident, text))
        for ident, label, text in choices
    ]
    declared = _declared(_RESPONSE, "single", "identifier", ["true" if body.key else "false"])
    attributes = {"responseIdentifier": _RESPONSE, "shuffle": "false", "maxChoices": "1"}
    interaction = node("choiceInteraction", attributes, *shown)
    rules = [_match_rule(_RESPONSE)]
    if body.if_true or body.if_false:
        rules.append(_CHOSEN_RULE)
    return Parts([declared], [block(item.stem), interaction], rules)


def write_texts(item: Item, body: ShortAnswer) -> Parts:
    entry = node("p", {}, node("textEntryInteraction", {"responseIdentifier": _RESPONSE}))
    return Parts([_typed(_RESPONSE, body)], [block(item.stem), entry], [_map_rule([_RESPONSE])])


def _typed(ident: str, body: ShortAnswer) -> str:
    worths = {
        one.text.text.replace("\\*", "*"): decimal(one.fraction)
        for one in body.choices
        if one.fraction > 0
    }
    case = {"caseSensitive": str(body.minds_case).lower()}
    mapping = _mapping(worths, {"defaultValue": "0"}, case)
    return _declared(ident, "single", "string", list(worths)[:1], mapping)


def write_numbers(item: Item, body: Numerical) -> Parts:
    entry = node("p", {}, node("textEntryInteraction", {"responseIdentifier": _RESPONSE}))
    keys = [decimal(span.number) for span in body.spans if span.number is not None]
    rules = [_span_rule(span) for span in body.spans[:1]]
    return Parts(
        [_declared(_RESPONSE, "single", "float", keys[:1])], [block(item.stem), entry], rules
    )


def _span_rule(span: Span) -> str:
    number = span.number or Fraction(0)
    low, high = span.low, span.high
    below = decimal(number - low) if low is not None else "0"
    above = decimal(high - number) if high is not None else "0"
    attributes = {"toleranceMode": "exact"}
    if below != "0" or above != "0":
        attributes = {"toleranceMode": "absolute", "tolerance": f"{below} {above}"}
    return _condition(
        node("equal", attributes, _variable(_RESPONSE), _base("float", decimal(number)))
    )


def write_gaps(item: Item, body: Gaps) -> Parts:
    """Write a text with a line to type in, or a list, in each gap."""
    gaps = [piece for piece in body.pieces if isinstance(piece, Gap)]
    idents = [f"{_RESPONSE}_{number}" for number in range(1, len(gaps) + 1)]
    base = "gap"
    while any(base in piece.text for piece in body.pieces if isinstance(piece, Text)):
        base += "x"
    names = iter(f"{base}{number}z" for number in range(1, len(gaps) + 1))
    markdown = "".join(
        next(names) if isinstance(piece, Gap) else piece.text for piece in body.pieces
    )
    html = as_xhtml(in_html(markdown).text)
    declarations = []
    for number, (ident, gap) in enumerate(zip(idents, gaps, strict=True), start=1):
        declared, shown = _gap(ident, gap)
        declarations.append(declared)
        html = html.replace(f"{base}{number}z", shown)
    content = [block(item.stem), html] if item.stem else [html]
    return Parts(declarations, content, [_map_rule(idents)])


def _gap(ident: str, gap: Gap) -> tuple[str, str]:
    if not isinstance(gap.part, MultipleChoice):
        body = gap.part if isinstance(gap.part, ShortAnswer) else ShortAnswer(())
        return _typed(ident, body), node("textEntryInteraction", {"responseIdentifier": ident})
    options = [(f"option-{number}", one) for number, one in enumerate(gap.part.choices, start=1)]
    worths = {name: decimal(one.fraction) for name, one in options if one.fraction > 0}
    keys = [name for name, one in options if one.fraction == 1]
    shown = [node("inlineChoice", {"identifier": name}, inline(one.text)) for name, one in options]
    mapping = _mapping(worths, {"defaultValue": "0"})
    attributes = {"responseIdentifier": ident, "shuffle": str(gap.part.shuffles).lower()}
    return (
        _declared(ident, "single", "identifier", keys[:1], mapping),
        node("inlineChoiceInteraction", attributes, *shown),
    )


def write_match(item: Item, body: Match) -> Parts:
    rights = list(dict.fromkeys(pair.right.text for pair in body.pairs))
    lefts = [pair for pair in body.pairs if pair.left]
    keys = [
        f"left-{number} right-{rights.index(pair.right.text) + 1}"
        for number, pair in enumerate(lefts, start=1)
    ]
    columns = (
        [(f"left-{number}", pair.left, "1") for number, pair in enumerate(lefts, start=1)],
        [(f"right-{number}", Text(text), "0") for number, text in enumerate(rights, start=1)],
    )
    sets = [
        node(
            "simpleMatchSet",
            {},
            *(
                node("simpleAssociableChoice", {"identifier": name, "matchMax": most}, inline(text))
                for name, text, most in column
            ),
        )
        for column in columns
    ]
    attributes = {
        "responseIdentifier": _RESPONSE,
        "shuffle": str(body.shuffles).lower(),
        "maxAssociations": str(len(lefts)),
    }
    mapping = _mapping(dict.fromkeys(keys, "1"), {"defaultValue": "0"})
    return Parts(
        [_declared(_RESPONSE, "multiple", "directedPair", keys, mapping)],
        [block(item.stem), node("matchInteraction", attributes, *sets)],
        [_map_rule([_RESPONSE])],
    )


def write_sequence(item: Item, body: Sequence) -> Parts:
    named = [(f"item-{number}", text) for number, text in enumerate(body.texts, start=1)]
    # Programs that do not shuffle must not show the right order.
    shown = [
        node("simpleChoice", {"identifier": name}, inline(text))
        for name, text in sorted(named, key=lambda pair: pair[1].text)
    ]
    attributes = {"responseIdentifier": _RESPONSE, "shuffle": "true"}
    return Parts(
        [_declared(_RESPONSE, "ordered", "identifier", [name for name, _ in named])],
        [block(item.stem), node("orderInteraction", attributes, *shown)],
        [_match_rule(_RESPONSE)],
    )


def write_essay(item: Item, body: Essay) -> Parts:
    shown = [block(item.stem), node("extendedTextInteraction", {"responseIdentifier": _RESPONSE})]
    if body.model:
        shown.append(node("rubricBlock", {"view": "scorer"}, block(body.model)))
    return Parts([_declared(_RESPONSE, "single", "string", [])], shown)


def _declared(
    ident: str, cardinality: str, base_type: str, correct: Iterable[str], mapping: str = ""
) -> str:
    values = [node("value", {}, words(value)) for value in correct]
    attributes = {"identifier": ident, "cardinality": cardinality, "baseType": base_type}
    key = node("correctResponse", {}, *values) if values else ""
    return node("responseDeclaration", attributes, key, mapping)


def _mapping(
    points: Mapping[str, str],
    attributes: Mapping[str, str],
    each: Mapping[str, str] | None = None,
) -> str:
    entries = [
        node("mapEntry", {"mapKey": value, "mappedValue": worth, **(each or {})})
        for value, worth in points.items()
    ]
    return node("mapping", {"defaultValue": "0", **attributes}, *entries) if entries else ""


def _variable(ident: str) -> str:
    return node("variable", {"identifier": ident})


def _base(kind: str, value: str) -> str:
    return node("baseValue", {"baseType": kind}, words(value))


def _condition(test: str) -> str:
    score = node("setOutcomeValue", {"identifier": "SCORE"}, _base("float", "1"))
    return node("responseCondition", {}, node("responseIf", {}, test, score))


def _match_rule(ident: str) -> str:
    return _condition(node("match", {}, _variable(ident), node("correct", {"identifier": ident})))


def _map_rule(idents: Iterable[str]) -> str:
    maps = [node("mapResponse", {"identifier": ident}) for ident in idents]
    value = maps[0] if len(maps) == 1 else node("sum", {}, *maps)
    return node("setOutcomeValue", {"identifier": "SCORE"}, value)


#: Tells which options are chosen, by which their feedback is shown.
_CHOSEN_RULE = node("setOutcomeValue", {"identifier": CHOSEN}, _variable(_RESPONSE))
