"""Pairing in QTI 2: two columns, free pairs, and words dragged into gaps."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from quizapp.formats.interchange import (
    NOTHING,
    Choice,
    Gap,
    Gaps,
    Markup,
    Match,
    MultipleChoice,
    Pair,
    Text,
)
from quizapp.formats.qti2.body import inner_text, read_within
from quizapp.formats.qti2.chosen import is_shuffled
from quizapp.formats.qti2.declarations import Response
from quizapp.formats.qti2.question import Question, key_of
from quizapp.formats.weighing import CannotHold, weigh_alone
from quizapp.formats.xml_tree import Element

_FEEDBACK = ("feedbackInline", "feedbackBlock")
_GROUPS = "Its parts are put into groups, which has no equal here."
ASSOCIATE_NOTE = "The parts that are paired freely became two columns."
DRAG_NOTE = "The words to drag became a list to choose from in each gap."


def read_match(question: Question, interaction: Element) -> Match:
    """Return what belongs together of two columns.

    :raises CannotHold: a part of either column has several partners, or none.
    """
    response = question.response(interaction)
    columns = [_texts(one) for one in interaction.all("simpleMatchSet")]
    if len(columns) != 2:
        raise CannotHold("It has not two columns.")
    keys = _pairs(question, response)
    left, right = columns
    if any(one not in left or other not in right for one, other in keys):
        raise CannotHold("It names a pair of which a part is missing.")
    if len({one for one, _ in keys}) < len(keys) or len(keys) < len(left):
        # The other way round it may be one to one.
        left, right = right, left
        keys = [(other, one) for one, other in keys]
    if len({one for one, _ in keys}) != len(keys) or {one for one, _ in keys} != set(left):
        raise CannotHold(_GROUPS)
    return _match(keys, left, right, is_shuffled(interaction))


def read_associate(question: Question, interaction: Element) -> Match:
    """Return parts of one list that are paired freely, as two columns.

    :raises CannotHold: a part has several partners.
    """
    response = question.response(interaction)
    texts = _texts(interaction)
    keys = _pairs(question, response)
    used = [part for pair in keys for part in pair]
    if len(set(used)) != len(used) or any(part not in texts for part in used):
        raise CannotHold(_GROUPS)
    left = {one: texts[one] for one, _ in keys}
    right = {ident: text for ident, text in texts.items() if ident not in left}
    return _match(keys, left, right, is_shuffled(interaction))


def _match(
    keys: Sequence[tuple[str, str]],
    left: dict[str, Text],
    right: dict[str, Text],
    shuffles: bool,
) -> Match:
    partner = dict(keys)
    pairs = [Pair(text, right[partner[ident]]) for ident, text in left.items() if ident in partner]
    used = set(partner.values())
    pairs += [Pair(NOTHING, text) for ident, text in right.items() if ident not in used]
    return Match(tuple(pairs), shuffles=shuffles)


def _texts(element: Element) -> dict[str, Text]:
    return {
        one.get("identifier"): inner_text(one, without=_FEEDBACK)
        for one in element.all("simpleAssociableChoice")
    }


def _pairs(question: Question, response: Response) -> list[tuple[str, str]]:
    """Return the pairs that are right.

    :raises CannotHold: none is told, or one is told that is none, or they earn no point.
    """
    keys = key_of(response)
    parts = [tuple(key.split()) for key in keys]
    if not parts or any(len(pair) != 2 for pair in parts):
        raise CannotHold("It does not tell what belongs together.")
    if question.score(response, keys) <= 0:
        raise CannotHold("What belongs together earns no point.")
    return [(pair[0], pair[1]) for pair in parts]


def read_gap_match(question: Question, interaction: Element) -> Gaps:
    """Return a text with gaps, in each a list of the words that can be dragged there.

    :raises CannotHold: pictures are dragged, or a gap has no word that is right.
    """
    if interaction.all("gapImg"):
        raise CannotHold("Pictures are dragged into a text, which has no equal here.")
    response = question.response(interaction)
    words = {one.get("identifier"): inner_text(one) for one in interaction.all("gapText")}
    keys = _pairs(question, response)
    within = read_within(_without(interaction, {"gapText", "prompt"}))
    pieces: list[Text | Gap] = []
    for piece in within.pieces:
        if isinstance(piece, str):
            pieces.append(Text(piece, Markup.HTML))
        else:
            pieces.append(_gap(question, response, piece, words, keys))
    if {gap for _, gap in keys} - {one.get("identifier") for one in within.interactions}:
        raise CannotHold("It names a gap that is not in its text.")
    return Gaps(tuple(pieces))


def _gap(
    question: Question,
    response: Response,
    element: Element,
    words: dict[str, Text],
    keys: Sequence[tuple[str, str]],
) -> Gap:
    ident = element.get("identifier")
    right = [word for word, gap in keys if gap == ident]
    others = [f"{word} {gap}" for word, gap in keys if gap != ident]
    nothing = question.score(response, others)
    fractions = weigh_alone(
        lambda chosen: (
            question.score(response, [*others, *(f"{word} {ident}" for word in chosen)]) - nothing
        ),
        list(words),
    )
    if not right or max(fractions, default=Fraction(0)) <= 0:
        raise CannotHold("One of its gaps has no word that is right.")
    choices = tuple(
        Choice(text, fraction, ident=word)
        for (word, text), fraction in zip(words.items(), fractions, strict=True)
    )
    return Gap(MultipleChoice(choices, is_single=True))


def _without(element: Element, names: set[str]) -> Element:
    children = [
        child for child in element.children if isinstance(child, str) or child.name not in names
    ]
    return Element(element.name, element.line, element.attributes, children)
