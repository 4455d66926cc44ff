"""What stands between the braces of a GIFT question."""

from __future__ import annotations

import re
from fractions import Fraction

from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.gift.escapes import let_go, text_of
from quizapp.formats.interchange import (
    Body,
    Choice,
    Essay,
    Markup,
    Match,
    MultipleChoice,
    Numerical,
    Pair,
    Sequence,
    ShortAnswer,
    Span,
    Text,
    TrueFalse,
)

_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d*)?)%")
_TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
MOST_PARTS = 500
_FULL, _NOTHING = Fraction(1), Fraction(0)
#: The options before the items of an ordering question, each of them optional.
_ORDER_WORDS = re.compile(
    r"(?:\d+|ALL|EXACT|RAND(?:OM)?|REL(?:ATIVE)?|CONTIG(?:UOUS)?|H(?:ORI(?:ZONTAL)?)?|"
    r"V(?:ERT(?:ICAL)?)?|ABS(?:OLUTE)?(?:_POSITION)?|REL(?:ATIVE)?_\w+|ALL_OR_NOTHING|LONGEST_\w+|"
    r"SHOW|HIDE|TRUE|FALSE|YES|NO|none|NUMBERING_NONE|abc|ABCD|123|iii|IIII)",
    re.IGNORECASE,
)
#: The one grading that is ours.
OUR_GRADING = "RELATIVE_NEXT_EXCLUDE_LAST"
OTHER_GRADING = (
    "The file grades the order in another way; here each right pair of neighbours counts."
)


class Unreadable(Exception):
    """The answers cannot be read; `str` of it is the reason, as a sentence."""


def read_answers(held: str, markup: Markup) -> tuple[Body, tuple[str, ...]]:
    """Return what is asked, and what of it the body cannot say.

    :param held: what stands in the braces, without the general feedback, escapes held.
    :param markup: of the question, which its parts share if they name none.
    :raises Unreadable: the answers make no sense.
    """
    if not held:
        return Essay(), ()
    if held.startswith(">"):
        return _order(held[1:])
    if max(held.count(sign) for sign in "~=\n") > MOST_PARTS:
        raise Unreadable(f"It has more than {MOST_PARTS} answers.")
    return _by_signs(held, markup), ()


def _by_signs(held: str, markup: Markup) -> Body:
    """Return what is asked, known by the control characters that there are."""
    if held.startswith("#"):
        return Numerical(_spans(held[1:], markup))
    if "~" in held:
        return _choices(held, markup)
    if "=" in held and "->" in held:
        return Match(_pairs(held, markup))
    if held.partition("#")[0].strip() in _TRUTHS:
        return _truth(held, markup)
    return ShortAnswer(tuple(_typed(part, markup) for part in _split(held, 1)))


def _choices(held: str, markup: Markup) -> MultipleChoice:
    parts = [part.strip() for part in held.replace("=", "~=").split("~")]
    if not parts[0]:
        del parts[0]
    if len(parts) < 2:
        raise Unreadable("It has one option; give it at least two, each after ~ or =.")
    choices = []
    for part in parts:
        weight, rest = (_FULL, part[1:]) if part.startswith("=") else _weighed(part, _NOTHING)
        choices.append(_choice(rest, weight, markup))
    return MultipleChoice(tuple(choices), is_single="=" in held)


def _choice(held: str, weight: Fraction, markup: Markup) -> Choice:
    text, mark, feedback = held.partition("#")
    said = text_of(feedback.strip(), markup) if mark else Text(markup=markup)
    return Choice(text_of(text.strip(), markup), weight, said)


def _typed(held: str, markup: Markup) -> Choice:
    choice = _choice(*_weighed(held, _FULL)[::-1], markup)
    # What may be typed has no format: it is compared sign by sign.
    return Choice(Text(choice.text.text), choice.fraction, choice.feedback)


def _weighed(held: str, usual: Fraction) -> tuple[Fraction, str]:
    """Return the weight that stands before a part, and the part without it."""
    found = _WEIGHT.match(held)
    if not found:
        return usual, held
    weight = Fraction(found[1].rstrip(".")) / 100
    if abs(weight) > 1:
        raise Unreadable(f"The weight {found[0]} is more than 100 %; correct it.")
    return weight, held[found.end() :]


def _split(held: str, least: int) -> list[str]:
    parts = [part.strip() for part in held.split("=")]
    if not parts[0]:
        del parts[0]
    if len(parts) < least:
        raise Unreadable(f"Give at least {least} answers, each after =.")
    return parts


def _pairs(held: str, markup: Markup) -> tuple[Pair, ...]:
    pairs = []
    for part in _split(held, 2):
        left, arrow, right = part.partition("->")
        if not arrow:
            raise Unreadable(f"Write -> between the two that belong together: “{let_go(part)}”.")
        pairs.append(Pair(text_of(left, markup), Text(let_go(right).strip())))
    return tuple(pairs)


def _truth(held: str, markup: Markup) -> TrueFalse:
    answer, *said = (part.strip() for part in held.split("#", 2))
    wrong, right = [text_of(one, markup) for one in (*said, "", "")][:2]
    key = _TRUTHS[answer]
    return TrueFalse(key, right if key else wrong, wrong if key else right)


def _spans(held: str, markup: Markup) -> tuple[Span, ...]:
    body, mark, wrong = held.partition("~")
    parts = [part.strip() for part in body.split("=")]
    if not parts[0]:
        del parts[0]
    if not parts:
        raise Unreadable("Write the number after #.")
    spans = [_span(part, markup) for part in parts]
    if mark:
        spans.append(Span(None, None, _NOTHING, _choice(wrong, _NOTHING, markup).feedback))
    return tuple(spans)


def _span(held: str, markup: Markup) -> Span:
    weight, rest = _weighed(held, _FULL)
    choice = _choice(rest, weight, markup)
    text = choice.text.text
    if text == "*":
        return Span(None, None, weight, choice.feedback)
    low, dots, high = text.partition("..")
    if dots and low:
        least, most = _number(low), _number(high)
        if least > most:
            raise Unreadable(f"The range {text} begins above its end; turn it round.")
        return Span(least, most, weight, choice.feedback)
    number, _, tolerance = text.partition(":")
    middle, off = _number(number), _number(tolerance or "0")
    if off < 0:
        raise Unreadable(f"The tolerance in {text} is below 0; correct it.")
    return Span(middle - off, middle + off, weight, choice.feedback, middle)


def _number(text: str) -> Fraction:
    number = read_fraction(text)
    if number is None:
        raise Unreadable(f"“{text[:40]}” is no number; write it in digits with a point.")
    return number


def _order(held: str) -> tuple[Body, tuple[str, ...]]:
    if held.count("\n") > MOST_PARTS:
        raise Unreadable(f"It has more than {MOST_PARTS} things to put in order.")
    first, _, rest = held.strip().partition("\n")
    words = first.split()
    known = [word for word in words if _ORDER_WORDS.fullmatch(word)]
    lines = rest.split("\n") if known == words else held.split("\n")
    texts = tuple(Text(let_go(line).strip(), Markup.MOODLE) for line in lines if line.strip())
    if len(texts) < 2:
        raise Unreadable("Give at least two things to put in order, each on its line.")
    return Sequence(texts), _order_notes(known if known == words else [], len(texts))


def _order_notes(words: list[str], count: int) -> tuple[str, ...]:
    upper = [word.upper() for word in words]
    notes = []
    shown = next((int(word) for word in words if word.isdecimal() and len(word) < 4), 0)
    some = {"RAND", "RANDOM", "CONTIG", "CONTIGUOUS", "REL", "RELATIVE"}
    if 0 < shown < count and some & set(upper):
        notes.append(f"Only {shown} of the {count} items were shown at a time; here all are.")
    if OUR_GRADING not in upper:
        notes.append(OTHER_GRADING)
    return tuple(notes)
