"""One graded question as far as its learner may see it: what is hidden is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from quizapp.grading.behaviour import stakes
from quizapp.grading.disclosure import EVERYTHING, Shown
from quizapp.grading.marks import show
from quizapp.grading.regrades import ACCEPTED
from quizapp.markup.media import REFERENCE
from quizapp.queries.attempt_marks import GradedSlot
from quizapp.queries.passages import CitedPassage
from quizapp.questions.base import Answer, Grade, PartGrade, QuestionType, ReviewedOption

_CHOSEN = ("right", "partly", "wrong")
_KEYS = ("right", "missed")
_FOUND = ("right", "slip")


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact that the attempt asked for, and what the learner's memory holds of it.

    :param due_in: how long until it comes back ("3 days", "now"); "" while never rated.
    :param is_rated: the attempt wrote a review; `is_new`: the first one. :param is_last: nothing
        has followed that review, so that it can be taken back.
    """

    topic_position: int = 0
    topic: str = ""
    note: str = ""
    due_in: str = ""
    is_rated: bool = False
    is_new: bool = False
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class QuietType:
    """A question type that says how a response did, and nothing that an author wrote about it."""

    kind: QuestionType[Any, Any] | AcceptingType

    def review(self, *given: Any) -> tuple[ReviewedOption, ...]:
        return tuple(replace(one, feedback="") for one in self.kind.review(*given))

    def parts(self, *given: Any) -> tuple[PartGrade, ...]:
        return tuple(replace(one, feedback="") for one in self.kind.parts(*given))

    def answer(self, content: Any) -> Answer:
        return self.kind.answer(content)


@dataclass(frozen=True, slots=True)
class AcceptingType:
    """A question type that says of a response that it was accepted after the quiz.

    Nothing of it is marked as wrong; what an author wrote against it is left out.
    """

    kind: QuestionType[Any, Any]

    def review(self, *given: Any) -> tuple[ReviewedOption, ...]:
        return tuple(
            replace(one, state="right", feedback=ACCEPTED, worth="")
            if one.state in ("partly", "wrong")
            else one
            for one in self.kind.review(*given)
        )

    def parts(self, *given: Any) -> tuple[PartGrade, ...]:
        return tuple(
            one
            if one.fraction == 1
            else replace(one, fraction=Fraction(1), feedback="", slip=False, is_foreseen=False)
            for one in self.kind.parts(*given)
        )

    def answer(self, content: Any) -> Answer:
        return self.kind.answer(content)


@dataclass(frozen=True, slots=True)
class ResultSlot:
    """One question with its outcome, its proof and what follows for the memory.

    Templates read its properties; each is empty where the quiz does not show the thing.

    :param shown: what may be seen of it.
    """

    graded: GradedSlot
    fact: FactLine
    citations: tuple[CitedPassage, ...]
    shown: frozenset[Shown] = EVERYTHING

    @property
    def number(self) -> int:
        return self.graded.position + 1

    @property
    def type_name(self) -> str:
        return self.graded.type.name

    @property
    def stem(self) -> str:
        return self.graded.type.stem(self.graded.content)

    @property
    def pictures(self) -> str:
        """Return the pictures and sounds of the stem as Markdown: `stem` only names them."""
        stem = getattr(self.graded.content, "stem", "")
        return "\n\n".join(found[0] for found in REFERENCE.finditer(stem))

    @property
    def form(self) -> str:
        """Return how the outcome is told: "review", "given", "key" or "".

        "review" tells what was given beside what is right, "given" and "key" one of the two.
        """
        gives, tells = Shown.RESPONSE in self.shown, Shown.RIGHT_ANSWER in self.shown
        return {(True, True): "review", (True, False): "given", (False, True): "key"}.get(
            (gives, tells), ""
        )

    @property
    def type(self) -> QuestionType[Any, Any] | AcceptingType | QuietType:
        """Return the type to tell the outcome with; it tells no feedback where that is hidden."""
        kind: Any = AcceptingType(self.graded.type) if self.was_accepted else self.graded.type
        return kind if Shown.FEEDBACK in self.shown else QuietType(kind)

    @property
    def was_accepted(self) -> bool:
        """Return whether the response is right by what was decided since, and was not before."""
        graded = self.graded
        if not graded.fixes or graded.response is None or not graded.is_right:
            return False
        return not graded.type.grade(graded.content, graded.response).is_right

    @property
    def grade(self) -> Grade | None:
        return self.graded.grade if Shown.FEEDBACK in self.shown else None

    @property
    def public(self) -> Any:
        """Return the question as it was asked, without the key."""
        graded = self.graded
        return graded.type.public(graded.content, graded.laid.order)

    @property
    def filled(self) -> Mapping[str, list[str]]:
        """Return what was given as a form holds it; {} for nothing, or where that is hidden."""
        graded = self.graded
        if graded.response is None or Shown.RESPONSE not in self.shown:
            return {}
        return graded.type.fill(graded.content, graded.response, graded.laid.order)

    @property
    def answer(self) -> Answer:
        """Return the key in words; an empty one where it is hidden."""
        if Shown.RIGHT_ANSWER not in self.shown:
            return Answer("")
        return self.graded.type.answer(self.graded.content)

    @property
    def explanation(self) -> str:
        """Return why the key is right. It says what the key is, so it needs that to be shown."""
        if not {Shown.FEEDBACK, Shown.RIGHT_ANSWER} <= self.shown:
            return ""
        return self.graded.type.explanation(self.graded.content)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return the feedback on what was given where that is told without the key.

        What we say of a part that is wrong tells the key, so that stays out.
        """
        graded = self.graded
        if Shown.FEEDBACK not in self.shown or self.form != "given" or graded.response is None:
            return ()
        given = (graded.content, graded.response)
        if self.was_accepted:
            return (ACCEPTED,)
        options = graded.type.review(*given, graded.laid.order)
        said = [option.feedback for option in options if option.state in _CHOSEN]
        said += [
            one.feedback
            for one in graded.type.parts(*given)
            if one.state in _FOUND or one.is_foreseen
        ]
        return tuple(filter(None, said))

    @property
    def key_letters(self) -> str:
        """Return what the learner saw before the keys ("C", "A and C"); "" without options."""
        if Shown.RIGHT_ANSWER not in self.shown:
            return ""
        graded = self.graded
        shown = graded.type.review(graded.content, graded.response, graded.laid.order)
        letters = [option.letter for option in shown if option.state in _KEYS]
        return " and ".join(filter(None, (", ".join(letters[:-1]), *letters[-1:])))

    @property
    def verdict(self) -> str:
        """Return what `verdict` does, or "waiting" for a person; "" where marks are hidden."""
        if Shown.MARKS not in self.shown:
            return ""
        return "waiting" if self.graded.waits else verdict(self.graded.grade)

    @property
    def full_points(self) -> str:
        """Return what it is worth, as marks are shown."""
        return show(self.graded.laid.max_mark)

    @property
    def comment(self) -> str:
        """Return what the person who marked it says of it, Markdown; "" where that is hidden."""
        graded = self.graded
        if graded.type.is_gradable or graded.grade is None or Shown.FEEDBACK not in self.shown:
            return ""
        return graded.grade.feedback

    @property
    def tries(self) -> tuple[str, ...]:
        """Return how each of several tries did; () where there was one, or marks are hidden."""
        tries = self.graded.settled.tries
        if Shown.MARKS not in self.shown or len(tries) < 2:
            return ()
        return tuple(map(verdict, tries))

    @property
    def certainty(self) -> int | None:
        """Return how sure the learner was; None where that was not asked, or marks are hidden."""
        return self.graded.settled.certainty if Shown.MARKS in self.shown else None

    @property
    def earned(self) -> Fraction | None:
        """Return the points; None where marks are hidden, and while it waits to be marked."""
        is_told = Shown.MARKS in self.shown and not self.graded.waits
        return self.graded.mark.points if is_told else None


def verdict(grade: Grade | None) -> str:
    """Return "right", "partly", "wrong" or "unanswered"."""
    if grade is None:
        return "unanswered"
    if grade.is_right:
        return "right"
    return "wrong" if grade.is_wrong else "partly"


def told(
    graded: GradedSlot,
    fact: FactLine,
    citations: tuple[CitedPassage, ...],
    shown: frozenset[Shown],
) -> ResultSlot:
    """Return a graded question without what is not shown of it.

    A note on the fact goes with the passage. When a card comes back tells how the response did.
    """
    graded = _corrected(graded)
    if Shown.PASSAGE not in shown:
        citations, fact = (), replace(fact, note="")
    if Shown.MARKS not in shown:
        fact = replace(fact, due_in="")
    return ResultSlot(graded, fact, citations, shown)


def _corrected(graded: GradedSlot) -> GradedSlot:
    """Return the question with the key that it is marked by since, where that asks the same.

    Where the corrected question reads otherwise, what was asked stays on the page.
    """
    corrected = next((fix.corrected for fix in reversed(graded.fixes) if fix.corrected), None)
    if corrected is None or corrected[0] is not graded.type:
        return graded
    kind, content = corrected
    order, response = graded.laid.order, graded.response
    if kind.shuffled(content) != kind.shuffled(graded.content) or (
        kind.public(content, order) != kind.public(graded.content, order)
    ):
        return graded
    if response is not None:
        response = kind.load_response(content, kind.dump_response(response))
    return replace(graded, content=content, settled=replace(graded.settled, response=response))


def points_at_stake(certainty: int, max_mark: Fraction) -> tuple[Fraction, Fraction]:
    """Return the points for a right and for a wrong response, when so certain."""
    right, wrong = stakes(certainty)
    return right * max_mark, wrong * max_mark
