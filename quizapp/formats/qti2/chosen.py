"""Choosing in QTI 2: options, words marked in a text, and an order."""

from __future__ import annotations

from collections.abc import Sequence as Many

from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.html_pieces import as_html, joined
from quizapp.formats.interchange import (
    Body,
    Choice,
    Markup,
    MultipleChoice,
    Sequence,
    Text,
    TrueFalse,
)
from quizapp.formats.qti2.body import as_text, feedback_in, inner_text, prompt_of, read_within
from quizapp.formats.qti2.declarations import Mapped, Response
from quizapp.formats.qti2.question import Question, key_of
from quizapp.formats.weighing import CannotHold, weigh_alone, weigh_together
from quizapp.formats.xml_tree import Element

_FEEDBACK = ("feedbackInline", "feedbackBlock")
_NO_MAP = Mapped({})
ORDER_NOTE = "The file tells no order; the one in which it lists the points of the parts was taken."
HOTTEXT_NOTE = "The words to mark in the text became options."
_LOGIC = {("true", "false"): 0, ("false", "true"): 1}


def read_choice(question: Question, interaction: Element) -> tuple[Body, Text]:
    """Return the options of an interaction, and what is told of every response.

    :raises CannotHold: they score in a way that has no equal here.
    """
    options = interaction.all("simpleChoice")
    body, explanation = read_options(question, interaction, options)
    return _as_true_false(body) or body, explanation


def read_hottext(question: Question, interaction: Element) -> tuple[Body, Text, Text]:
    """Return words to mark as options, the text with them in it, and what is told."""
    within = read_within(interaction)
    options = [one for one in within.interactions if one.name == "hottext"]
    html = "".join(
        piece if isinstance(piece, str) else f"<b>{as_html(inner_text(piece))}</b>"
        for piece in within.pieces
    )
    body, explanation = read_options(question, interaction, options)
    stem = joined([prompt_of(interaction), as_text(html)])
    return body, stem, explanation


def read_options(
    question: Question, interaction: Element, options: Many[Element]
) -> tuple[MultipleChoice, Text]:
    """Return options with what each is worth, and what is told of every response.

    :raises CannotHold: as `read_choice`.
    """
    response = question.response(interaction)
    idents = [one.get("identifier") for one in options]
    if not options or len(set(idents)) != len(idents):
        raise CannotHold("It has no options, or two of the same name.")

    is_single = response.cardinality == "single"
    whole = False
    if is_single:
        fractions = weigh_alone(lambda chosen: question.score(response, chosen), idents)
    else:
        keys = key_of(response)
        fractions, whole = weigh_together(
            lambda chosen: question.score(response, chosen), idents, keys
        )
        is_single = sum(one > 0 for one in fractions) == 1 and _takes_one(interaction)
    shown = [question.told(response, [ident]) for ident in idents]
    common = [text for text in shown[0] if all(text in texts for texts in shown)]
    choices = tuple(
        Choice(
            inner_text(one, without=_FEEDBACK),
            fraction,
            feedback=joined([*_own(one), *(text for text in texts if text not in common)]),
            is_fixed=one.get("fixed").strip().lower() == "true",
            ident=ident,
        )
        for one, ident, fraction, texts in zip(options, idents, fractions, shown, strict=True)
    )
    return MultipleChoice(
        choices, is_single=is_single, shuffles=is_shuffled(interaction), all_or_nothing=whole
    ), joined(common if len(shown) > 1 else [])


def read_order(question: Question, interaction: Element) -> Sequence:
    """Return things in their right order.

    :raises CannotHold: the order is not told, or not of all things.
    """
    response = question.response(interaction)
    options = {one.get("identifier"): one for one in interaction.all("simpleChoice")}
    order = response.correct or order_of_points(question, interaction)
    if set(order) != set(options) or len(order) != len(options) or _is_mapped(response):
        raise CannotHold("Its right order is not told, or not of all its parts.")
    if question.score(response, order) <= 0:
        raise CannotHold("Its right order earns no point.")
    return Sequence(tuple(inner_text(options[ident], without=_FEEDBACK) for ident in order))


def order_of_points(question: Question, interaction: Element) -> tuple[str, ...]:
    """Return the order in which a file that tells no key lists the points of all parts, or ().

    In the order in which the parts are shown it would tell nothing.
    """
    response = question.response(interaction)
    shown = tuple(one.get("identifier") for one in interaction.all("simpleChoice"))
    is_told = not response.correct and len(set((response.mapped or _NO_MAP).entries.values())) == 1
    listed = response.positive if is_told else ()
    return listed if sorted(listed) == sorted(shown) and listed != shown else ()


def _is_mapped(response: Response) -> bool:
    """Return whether points are given for parts, wherever they stand."""
    return bool(response.correct) and response.mapped is not None


def is_shuffled(interaction: Element) -> bool:
    return interaction.get("shuffle", "false").strip().lower() == "true"


def _takes_one(interaction: Element) -> bool:
    return read_fraction(interaction.get("maxChoices", "0")) == 1


def _own(option: Element) -> list[Text]:
    return [inner_text(one) for one in feedback_in(option)]


def _as_true_false(body: MultipleChoice) -> TrueFalse | None:
    """Return options that say "true" and "false" and nothing else as such a question, or None."""
    if len(body.choices) != 2 or not body.is_single:
        return None
    first, second = body.choices
    if sorted((first.fraction, second.fraction)) != [0, 1]:
        return None
    at = _LOGIC.get((_word(first.text), _word(second.text)))
    if at is None:
        return None
    true, false = (first, second) if at == 0 else (second, first)
    return TrueFalse(true.fraction == 1, if_true=true.feedback, if_false=false.feedback)


def _word(text: Text) -> str:
    plain = text.text
    if text.markup is Markup.HTML:
        for tag in ("<p>", "</p>", "<div>", "</div>", "<span>", "</span>"):
            plain = plain.replace(tag, "")
    return plain.strip().lower()
