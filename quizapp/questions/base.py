"""The contract that every question type fulfils."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import Any, ClassVar, Generic, TypeVar

from quizapp.questions.credit import words_for
from quizapp.questions.fields import Field
from quizapp.questions.folding import Speller, fold

Content = TypeVar("Content")
Response = TypeVar("Response")
#: What an author's form, a bank file or an import states of a question.
Raw = Mapping[str, Any]
#: What a browser sends for one question: every value a list, as forms send them.
Posted = Mapping[str, Sequence[str]]
#: The order in which options are shown: `order[shown position]` is the index in the content.
Order = Sequence[int]


class Recall(IntEnum):
    """How much a form asks of memory; a higher value asks for more."""

    RECOGNITION = 1
    CUED = 2
    FREE = 3


@dataclass(frozen=True, slots=True)
class PartGrade:
    """The outcome for one gradable part of a response (an option, a gap, a pair, the whole text).

    :param given: what the learner gave, in plain words; "" for nothing.
    :param expected: the right answer in plain words; "" where the part should be left alone.
    :param fraction: 0 to 1, exact.
    :param feedback: why it is right or wrong, Markdown, or "".
    :param slip: right but for a spelling slip.
    :param label: which part it is, in plain words ("Dehghan"); "" where its number says enough.
    :param is_foreseen: the feedback was written for who gives exactly this.
    """

    given: str
    expected: str
    fraction: Fraction
    feedback: str = ""
    slip: bool = False
    label: str = ""
    is_foreseen: bool = False

    @property
    def is_variant(self) -> bool:
        """Return whether something right was given in other words than the key's."""
        return self.fraction == 1 and fold(self.given) != fold(self.expected)

    @property
    def share(self) -> str:
        """Return how right it is in words ("half right"), where it is partly."""
        return words_for(self.fraction)

    @property
    def state(self) -> str:
        """Return "right", "slip" (right but for the spelling), "partly", "missed" or "wrong".

        "missed" is nothing given.
        """
        if self.fraction == 1:
            return "slip" if self.slip else "right"
        if self.fraction > 0:
            return "partly"
        return "wrong" if self.given else "missed"


@dataclass(frozen=True, slots=True)
class Grade:
    """The outcome of grading one response.

    :param fraction: the exact share of full marks, 0 to 1.
    :param feedback: about the response as a whole, Markdown, or "".
    """

    fraction: Fraction
    parts: tuple[PartGrade, ...] = ()
    feedback: str = ""

    @property
    def is_right(self) -> bool:
        return self.fraction == 1

    @property
    def is_wrong(self) -> bool:
        return self.fraction == 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The key in plain words, for the back of a flashcard and the results page.

    :param also: other texts that count as right.
    :param markdown: the key as its author wrote it, where plain words would lose something.
    :param partly: what an author gives another share of the marks, with the share ("Sydney, half
        right").
    """

    text: str
    also: tuple[str, ...] = ()
    markdown: str = ""
    partly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewedOption:
    """One option as the results page shows it.

    :param text: inline Markdown.
    :param state: "right" (key, chosen), "missed" (key, not chosen), "partly" (chosen, and worth
        part of the marks), "wrong" (distractor, chosen) or "" (distractor, not chosen).
    :param feedback: Markdown, or "" where there is nothing to say.
    :param letter: what the learner saw before it ("A").
    :param worth: what choosing it earns, in words ("half right", "+60 %"); "" where no author
        said so.
    """

    text: str
    state: str
    feedback: str = ""
    letter: str = ""
    worth: str = ""


class QuestionType(ABC, Generic[Content, Response]):
    """How one kind of question is written, shown, answered and graded.

    Instances hold no state. `parse` is the only validator: the authoring form, the
    bank files and every import hand it the same raw mapping.
    """

    #: Identifier in files, addresses and the database ("single_choice").
    name: ClassVar[str]
    #: What people read ("One right answer").
    label: ClassVar[str]
    recall: ClassVar[Recall]
    #: What an author fills in, in order; each name is a key that `parse` reads.
    fields: ClassVar[tuple[Field, ...]]
    #: Whether `grade` judges the response. Where it does not, a person marks what was given in
    #: a quiz (`grading.markings`), and on a card learners judge themselves.
    is_gradable: ClassVar[bool] = True

    @abstractmethod
    def parse(self, raw: Raw) -> Content:
        """Return validated content, or raise `Invalid` naming every problem at once."""

    @abstractmethod
    def dump(self, content: Content) -> dict[str, Any]:
        """Return the JSON-ready mapping that `parse` would read back as `content`."""

    def with_spellings(self, content: Content, find: Speller) -> Content:
        """Return the content with what else may be typed for its accepted texts.

        Worked out anew from what the author accepts, and kept apart from it. Nothing right
        becomes wrong by it; types in which no words are typed give back the content.

        :param find: gives the other ways to write what a text names.
        """
        return content

    @abstractmethod
    def stem(self, content: Content) -> str:
        """Return what is asked in plain words, for lists and searches; gaps read as "___"."""

    @abstractmethod
    def explanation(self, content: Content) -> str:
        """Return the rationale (Markdown) shown with the answer, or ""."""

    @abstractmethod
    def answer(self, content: Content) -> Answer:
        """Return the key in words."""

    def shuffled(self, content: Content) -> int:
        """Return how many options an order of `public` has; 0 where there is one order only."""
        return 0

    def locked(self, content: Content) -> frozenset[int]:
        """Return the indexes of the options that keep their place in every order."""
        return frozenset()

    @abstractmethod
    def public(self, content: Content, order: Order = ()) -> Any:
        """Return what may be shown before an answer: a frozen type of its own, without the key.

        :param order: the order to show options in; () for the order they were written in.
        """

    @abstractmethod
    def parse_response(
        self, content: Content, posted: Posted, order: Order = ()
    ) -> Response | None:
        """Return the response that a form sent, or None when nothing was filled in.

        :raises Invalid: it is malformed or too long; never because it is wrong.
        """

    @abstractmethod
    def fill(self, content: Content, response: Response, order: Order = ()) -> dict[str, list[str]]:
        """Return the posted values that `parse_response` would read back as `response`."""

    @abstractmethod
    def dump_response(self, response: Response) -> dict[str, Any]:
        """Return a JSON-ready mapping that does not depend on the order shown."""

    @abstractmethod
    def load_response(self, content: Content, stored: Raw) -> Response:
        """Return the response that `dump_response` stored.

        :raises Invalid: it does not fit the content.
        """

    @abstractmethod
    def grade(self, content: Content, response: Response) -> Grade:
        """Grade a response; total, deterministic and free of I/O.

        :raises TypeError: the type is one that a person marks.
        """

    @abstractmethod
    def guess_score(self, content: Content) -> Fraction:
        """Return the grade, 0 to 1, that guessing blindly earns on average."""

    def guess_chance(self, content: Content) -> Fraction:
        """Return the chance, below 1, that guessing blindly gets all of it right.

        It is the guess score where there is one part to get right.
        """
        return self.guess_score(content)

    def review(
        self, content: Content, response: Response | None, order: Order = ()
    ) -> tuple[ReviewedOption, ...]:
        """Return the options as the results page shows them; () for types without options."""
        return ()

    def parts(self, content: Content, response: Response | None) -> tuple[PartGrade, ...]:
        """Return the parts as the results page shows them; () for types with options."""
        return ()

    @abstractmethod
    def example(self) -> tuple[Content, Posted]:
        """Return content and posted values worth full marks, for docs and contract tests."""
