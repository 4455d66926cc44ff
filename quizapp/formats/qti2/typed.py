"""Typing in QTI 2: texts and numbers in a line, lists in a line, and essays."""

from __future__ import annotations

from fractions import Fraction

from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.html_pieces import joined
from quizapp.formats.interchange import (
    Choice,
    Gap,
    Markup,
    MultipleChoice,
    Numerical,
    ShortAnswer,
    Span,
    Text,
)
from quizapp.formats.qti2.chosen import read_options
from quizapp.formats.qti2.declarations import Response
from quizapp.formats.qti2.expressions import tolerance_range
from quizapp.formats.qti2.question import Question
from quizapp.formats.weighing import CannotHold, bounded
from quizapp.formats.xml_tree import Element

#: Tests in rules that name a value.
_NAMING = {"match", "equal", "stringMatch", "member", "contains"}


def read_entry(question: Question, interaction: Element) -> ShortAnswer | Numerical:
    """Return what a line to type in accepts.

    :raises CannotHold: nothing that it names earns a point.
    """
    response = question.response(interaction)
    if response.is_number:
        return _numerical(question, response)
    texts = dict.fromkeys([*response.correct, *_mapped(response), *_named(question, response)])
    scores = {text: question.score(response, [text]) for text in texts if text}
    most = max(scores.values(), default=Fraction(0))
    if most <= 0:
        raise CannotHold("No text that it names earns a point.")
    always = question.shown({})
    choices = tuple(
        Choice(
            Text(text.replace("*", "\\*")),
            bounded(score / most),
            feedback=joined(told for told in question.told(response, [text]) if told not in always),
        )
        for text, score in scores.items()
        if score
    )
    return ShortAnswer(choices, minds_case=_minds_case(question, response))


def read_inline_choice(question: Question, interaction: Element) -> MultipleChoice:
    """Return the options of a list in a line.

    :raises CannotHold: none of them is right.
    """
    body, _ = read_options(question, interaction, interaction.all("inlineChoice"))
    if all(choice.fraction <= 0 for choice in body.choices):
        raise CannotHold("One of its gaps has no option that is right.")
    return body


def gap_of(question: Question, interaction: Element) -> Gap:
    """Return an interaction in a line as a gap.

    :raises CannotHold: it scores in a way that cannot be held.
    """
    if interaction.name == "inlineChoiceInteraction":
        return Gap(read_inline_choice(question, interaction))
    if interaction.name == "choiceInteraction":
        body, _ = read_options(question, interaction, interaction.all("simpleChoice"))
        if not body.is_single or all(choice.fraction <= 0 for choice in body.choices):
            raise CannotHold("It asks several things at once, which has no equal here.")
        return Gap(body)
    return Gap(read_entry(question, interaction))


def after(text: str) -> bool:
    """Return whether words stand in the HTML behind an interaction."""
    bare, is_tag = [], False
    for letter in text:
        is_tag = letter == "<" or (is_tag and letter != ">")
        if not is_tag and letter != ">":
            bare.append(letter)
    return bool("".join(bare).strip())


def _mapped(response: Response) -> tuple[str, ...]:
    return tuple(response.mapped.entries) if response.mapped else ()


def _tests(question: Question, response: Response) -> list[Element]:
    """Return the tests in the rules that compare this response."""
    return [
        test
        for rule in question.processing.rules
        for test in (rule, *rule.deep())
        if test.name in _NAMING
        and any(
            one.name == "variable" and one.get("identifier") == response.ident
            for one in test.elements
        )
    ]


def _named(question: Question, response: Response) -> list[str]:
    return [
        one.text.strip() for test in _tests(question, response) for one in test.deep("baseValue")
    ]


def _minds_case(question: Question, response: Response) -> bool:
    """Return whether a text that differs in its capitals only earns less than the key."""
    for text in (*response.correct, *_mapped(response), *_named(question, response)):
        other = text.swapcase()
        if other != text and question.score(response, [text]) > 0:
            return question.score(response, [other]) < question.score(response, [text])
    return False


def _numerical(question: Question, response: Response) -> Numerical:
    named: dict[tuple[Fraction, Fraction, Fraction], Fraction] = {}
    texts = dict.fromkeys([*response.correct, *_mapped(response), *_named(question, response)])
    ranges = [test for test in _tests(question, response) if test.name == "equal"]
    for text in texts:
        number = read_fraction(text)
        score = question.score(response, [text]) if number is not None else Fraction(0)
        if number is None or score <= 0:
            continue
        low, high = number, number
        for test in ranges:
            if _names(test, text, response):
                low, high = tolerance_range(test, number)
        named[(low, high, number)] = score
    if not named:
        raise CannotHold("No number that it names earns a point.")
    most = max(named.values())
    return Numerical(
        tuple(
            Span(low, high, bounded(score / most), number=number)
            for (low, high, number), score in named.items()
        )
    )


def _names(test: Element, text: str, response: Response) -> bool:
    values = [one.text.strip() for one in test.deep("baseValue")]
    if any(one.name == "correct" for one in test.elements):
        values += response.correct
    return any(response.same(value, text) for value in values)


def html(text: str) -> Text:
    return Text(text, Markup.HTML)
