"""One item of QTI 2 with everything that its readers need."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizapp.formats.interchange import Text
from quizapp.formats.qti2.body import Body, feedback_in, inner_text
from quizapp.formats.qti2.declarations import Response
from quizapp.formats.qti2.processing import Given, Processing
from quizapp.formats.weighing import CannotHold
from quizapp.formats.xml_tree import Element

#: What can be chosen; feedback in it belongs to it.
OPTIONS = ("simpleChoice", "inlineChoice", "hottext", "simpleAssociableChoice", "gapText")


@dataclass(frozen=True, slots=True)
class Feedback:
    """A text that is shown when an outcome has (or has not) a value."""

    outcome: str
    value: str
    is_hidden_by_it: bool
    text: Text


@dataclass(frozen=True, slots=True)
class Question:
    """An item as it stands in the file."""

    body: Body
    processing: Processing
    feedback: tuple[Feedback, ...]

    def response(self, interaction: Element) -> Response:
        """Return what an interaction's response is declared as.

        :raises CannotHold: it is not declared.
        """
        ident = interaction.get("responseIdentifier")
        if ident not in self.processing.responses:
            raise CannotHold(f"What counts as right for “{ident[:60]}” is not declared.")
        return self.processing.responses[ident]

    def right(self) -> Given:
        """Return the response that the file tells is right."""
        if self.processing.right is None:
            responses = self.processing.responses
            self.processing.right = {ident: key_of(one) for ident, one in responses.items()}
        return self.processing.right

    def score(self, response: Response, values: Collection[str]) -> Fraction:
        """Return what values of one response earn, all others being given rightly."""
        others: Given = {
            ident: given for ident, given in self.right().items() if ident != response.ident
        }
        nothing = self.processing.run(others).score if len(self.processing.responses) > 1 else 0
        return self.processing.run({**others, response.ident: list(values)}).score - nothing

    def told(self, response: Response, values: Sequence[str]) -> list[Text]:
        """Return the feedback that values of a response show, in its order."""
        return self.shown({response.ident: values})

    def shown(self, given: Given) -> list[Text]:
        """Return the feedback that a response to everything shows, in its order."""
        outcomes = self.processing.run(given).values
        return [
            one.text
            for one in self.feedback
            if (one.value in outcomes.get(one.outcome, ())) != one.is_hidden_by_it
        ]


def key_of(response: Response) -> tuple[str, ...]:
    """Return the values that are right: those declared, or else those the map gives points for."""
    if response.correct:
        return response.correct
    if response.cardinality == "single" and response.mapped is not None:
        entries = response.mapped.entries
        best = max(entries, key=lambda value: entries[value], default="")
        return (best,) if best and entries[best] > 0 else ()
    return response.positive


def read_feedback(item: Element) -> tuple[Feedback, ...]:
    """Return the feedback of an item, wherever it stands but in its options."""
    found = item.all("modalFeedback")
    for body in item.all("itemBody"):
        in_options = {id(one) for option in body.deep(*OPTIONS) for one in feedback_in(option)}
        found += [one for one in feedback_in(body) if id(one) not in in_options]
    return tuple(
        Feedback(
            outcome=one.get("outcomeIdentifier"),
            value=one.get("identifier"),
            is_hidden_by_it=one.get("showHide", "show") == "hide",
            text=inner_text(one),
        )
        for one in found
    )
