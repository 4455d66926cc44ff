"""One item of QTI 1.2 with everything that its readers need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from quizapp.formats.html_pieces import joined
from quizapp.formats.interchange import Text
from quizapp.formats.qti12.material import text_of
from quizapp.formats.qti12.presentation import Field, Presentation
from quizapp.formats.qti12.processing import Given, Processing, tests_of
from quizapp.formats.xml_tree import Element


@dataclass(frozen=True, slots=True)
class Source:
    """An item as it stands in the file. :param kind: its kind in the file's word, or "".

    :param feedback: the texts that are shown for responses, by name.
    """

    kind: str
    presentation: Presentation
    processing: Processing
    feedback: Mapping[str, Text]

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.presentation.fields

    @property
    def stem(self) -> Text:
        """Return what is asked: the texts outside of all fields, or else those in the only one."""
        texts = [part for part in self.presentation.parts if isinstance(part, Text)]
        if len(self.fields) == 1 and self.fields[0].prompt:
            texts.append(self.fields[0].prompt)
        return joined(texts)

    def score(self, given: Given) -> Fraction:
        return self.processing.run(given).score

    def best(self) -> tuple[Given, Fraction]:
        """Return the response that earns most, of those that the conditions name, and its score.

        ({}, 0) where nothing earns anything.
        """
        if self.processing.best is None:
            self.processing.best = self._find_best()
        return self.processing.best

    def _find_best(self) -> tuple[Given, Fraction]:
        named = [_named(condition, self.processing) for condition in self.processing.conditions]
        together: dict[str, list[str]] = {}
        for condition, response in zip(self.processing.conditions, named, strict=True):
            if _adds(condition):
                for name, values in response.items():
                    held = together.setdefault(name, [])
                    if self.processing.fields[name].cardinality == "multiple":
                        held.extend(value for value in values if value not in held)
                    elif not held:
                        held.extend(values)
        best: tuple[Given, Fraction] = ({}, Fraction(0))
        for response in (together, *named):
            score = self.score(response)
            if score > best[1]:
                best = (response, score)
        return best


def read_feedback(item: Element) -> dict[str, Text]:
    """Return the texts that are shown for responses, by name."""
    return {one.get("ident"): text_of(one.elements) for one in item.all("itemfeedback")}


def _named(condition: Element, processing: Processing) -> dict[str, list[str]]:
    """Return the response that a condition names, or one of them where it names several."""
    response: dict[str, list[str]] = {}
    for test in tests_of(condition, "varequal"):
        field = processing.fields.get(test.get("respident"))
        if field is None:
            continue
        values = response.setdefault(field.ident, [])
        value = test.text.strip()
        if field.cardinality == "ordered" or (field.cardinality == "multiple" or not values):
            values.append(value)
    return response


def _adds(condition: Element) -> bool:
    return any(
        setting.get("action", "Set").strip().lower() == "add"
        and not setting.text.strip().startswith("-")
        for setting in condition.all("setvar")
    )
