"""Questions of ours as Moodle XML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Sequence as Many
from fractions import Fraction
from html import escape as html_escape

from quizapp.formats.base import NO_MEDIA, Draft
from quizapp.formats.categories import path_of
from quizapp.formats.embedded import write_gap
from quizapp.formats.fitting.changes import decimal
from quizapp.formats.gift.answers import OUR_GRADING
from quizapp.formats.interchange import (
    Body,
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
    Text,
    TrueFalse,
)
from quizapp.formats.moodle_xml.files import with_bytes, with_pointers
from quizapp.formats.stating import state
from quizapp.formats.texts import best, in_inline_html
from quizapp.markup.html_faithful import HOLD_CLOSE, HOLD_OPEN
from quizapp.questions.credit import show_percent

_ZERO = Fraction(0)
_FORMATS = {Markup.MOODLE: "moodle_auto_format", Markup.PLAIN: "plain_text"}
_KINDS: dict[type, str] = {
    MultipleChoice: "multichoice",
    TrueFalse: "truefalse",
    ShortAnswer: "shortanswer",
    Numerical: "numerical",
    Match: "matching",
    Sequence: "ordering",
    Essay: "essay",
    Gaps: "cloze",
}
#: XML has no place for these, not even written as numbers.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_file(drafts: Many[Draft], title: str, media: Mapping[str, bytes] = NO_MEDIA) -> str:
    """Return a file with the questions in their order, and in each text the files it shows."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    if title.strip():
        lines.append(f"<!-- {_escaped(re.sub('-+', '-', title)).strip('-')} -->")
    topic: tuple[str, ...] = ()
    for draft in drafts:
        if draft.topic != topic:
            topic = draft.topic
            lines += _category(topic)
        lines += [with_bytes(line, media) for line in _question(state(draft))]
    return "\n".join([*lines, "</quiz>", ""])


def _category(topic: Many[str]) -> list[str]:
    path = _escaped(path_of(topic))
    return [
        '<question type="category">',
        f"<category><text>{path}</text></category>",
        "</question>",
    ]


def _question(item: Item) -> list[str]:
    stem = _gaps_text(item.body) if isinstance(item.body, Gaps) else best(item.stem.text)
    lines = [
        f'<question type="{_KINDS[type(item.body)]}">',
        f"<name><text>{_escaped(item.name)}</text></name>",
        _element("questiontext", stem),
        _element("generalfeedback", _best(item.explanation)),
        f"<defaultgrade>{decimal(item.mark)}</defaultgrade>",
        f"<idnumber>{_escaped(item.key)}</idnumber>",
        *_body(item.body),
    ]
    if item.tags:
        tags = "".join(f"<tag><text>{_escaped(tag)}</text></tag>" for tag in item.tags)
        lines.append(f"<tags>{tags}</tags>")
    return [*lines, "</question>"]


def _body(body: Body) -> list[str]:
    match body:
        case MultipleChoice():
            return _choices(body)
        case TrueFalse():
            return [_truth(value, body) for value in (True, False)]
        case ShortAnswer():
            return [
                "<usecase>0</usecase>",
                *(_answer(one, Text(one.text.text)) for one in body.choices),
            ]
        case Numerical():
            return _number(body)
        case Essay():
            return [_element("graderinfo", _best(body.model))]
        case _:
            return _arranged(body)


def _arranged(body: Body) -> list[str]:
    if isinstance(body, Match):
        pairs = [
            _wrapped(
                "subquestion", _best(pair.left, inline=True), _plain("answer", pair.right.text)
            )
            for pair in body.pairs
        ]
        return ["<shuffleanswers>true</shuffleanswers>", *pairs]
    if isinstance(body, Sequence):
        kinds = [
            "<layouttype>VERTICAL</layouttype>",
            "<selecttype>ALL</selecttype>",
            f"<gradingtype>{OUR_GRADING}</gradingtype>",
        ]
        return [*kinds, *(_placed(text, place) for place, text in enumerate(body.texts, start=1))]
    return []


def _placed(text: Text, place: int) -> str:
    return _wrapped("answer", _best(text, inline=True), "", f'fraction="{place}" ')


def _choices(body: MultipleChoice) -> list[str]:
    return [
        f"<single>{_truth_word(body.is_single)}</single>",
        f"<shuffleanswers>{_truth_word(body.shuffles)}</shuffleanswers>",
        *(_answer(one, _best(one.text, inline=True)) for one in body.choices),
    ]


def _truth(value: bool, body: TrueFalse) -> str:
    fraction = 100 if value is body.key else 0
    feedback = _element("feedback", _best(body.if_true))
    return f'<answer fraction="{fraction}"><text>{_truth_word(value)}</text>{feedback}</answer>'


def _answer(choice: Choice, text: Text) -> str:
    feedback = _element("feedback", _best(choice.feedback))
    return _wrapped("answer", text, feedback, f'fraction="{show_percent(choice.fraction)}" ')


def _number(body: Numerical) -> list[str]:
    lines = []
    for span in body.spans:
        low, high = span.low or _ZERO, span.high or _ZERO
        middle, off = (low + high) / 2, (high - low) / 2
        text = "*" if span.low is None else decimal(middle)
        feedback = _element("feedback", _best(span.feedback)) if span.feedback else ""
        lines.append(
            f'<answer fraction="{show_percent(span.fraction)}"><text>{text}</text>'
            f"<tolerance>{decimal(off)}</tolerance>{feedback}</answer>"
        )
    lines.append("<unitgradingtype>0</unitgradingtype>")
    lines.append(f"<showunits>{0 if body.units else 3}</showunits>")
    if body.units:
        units = "".join(
            f"<unit><multiplier>{decimal(worth)}</multiplier>"
            f"<unit_name>{_escaped(name)}</unit_name></unit>"
            for name, worth in body.units
        )
        lines.append(f"<units>{units}</units>")
    return lines


def _gaps_text(body: Gaps) -> Text:
    """Return the text with its gaps in Moodle's notation."""
    gaps = [piece for piece in body.pieces if isinstance(piece, Gap)]
    count = 0
    parts = []
    for piece in body.pieces:
        if isinstance(piece, Gap):
            parts.append(f"{HOLD_OPEN}{count}{HOLD_CLOSE}")
            count += 1
        else:
            parts.append(piece.text)
    text = best("".join(parts), inline=True)
    written = [write_gap(_in_html(gap)) for gap in gaps]
    place = re.compile(f"{HOLD_OPEN}(\\d+){HOLD_CLOSE}")
    return Text(place.sub(lambda found: written[int(found[1])], text.text), text.markup)


def _in_html(gap: Gap) -> Gap:
    part = gap.part
    if isinstance(part, Numerical):
        return gap
    choices = tuple(
        Choice(
            Text(html_escape(one.text.text, quote=False)),
            one.fraction,
            in_inline_html(one.feedback.text) if one.feedback else one.feedback,
        )
        for one in part.choices
    )
    if isinstance(part, ShortAnswer):
        return Gap(ShortAnswer(choices, part.minds_case), gap.weight)
    return Gap(MultipleChoice(choices, part.is_single, part.shuffles), gap.weight)


def _best(text: Text, *, inline: bool = False) -> Text:
    if text.markup is Markup.MARKDOWN and text.text:
        return best(text.text, inline=inline)
    return text if text.text else Text("", Markup.HTML)


def _element(name: str, text: Text) -> str:
    return _wrapped(name, text, "")


def _wrapped(name: str, text: Text, more: str, attributes: str = "") -> str:
    markup = _FORMATS.get(text.markup, text.markup)
    words, files = with_pointers(text)
    return (
        f'<{name} {attributes}format="{markup}"><text>{_data(words)}</text>{files}{more}</{name}>'
    )


def _plain(name: str, text: str) -> str:
    return f"<{name}><text>{_data(text)}</text></{name}>"


def _data(text: str) -> str:
    """Return a text as XML: as it is between marks where it holds any of XML's own."""
    text = _NOT_XML.sub("", text)
    if not re.search("[<>&]", text):
        return text
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _escaped(text: str) -> str:
    return html_escape(_NOT_XML.sub("", text), quote=False)


def _truth_word(value: bool) -> str:
    return "true" if value else "false"
