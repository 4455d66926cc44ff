"""Questions answered by typing words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from quizapp.formats.fitting.changes import CannotFit, Changes, percent, quoted
from quizapp.formats.fitting.choices import NEAR
from quizapp.formats.fitting.stems import explanation_of, stem_of
from quizapp.formats.interchange import Choice, Essay, Item, ShortAnswer, Span
from quizapp.questions.credit import nearest, show_percent
from quizapp.questions.folding import fold
from quizapp.questions.foreseen import ANY_OTHER, MAX_FORESEEN, same_as
from quizapp.questions.reading import FEEDBACK_LIMIT, RESPONSE_LIMIT
from quizapp.questions.short_text import MAX_ACCEPTED

#: A model answer is needed; a person writes it before the question is used.
NO_MODEL = "(There is no model answer yet.)"
_STAR = re.compile(r"\\\*|\*")


def fit_typed(body: ShortAnswer, item: Item, changes: Changes) -> tuple[str, dict[str, Any]]:
    """Return a question with accepted texts."""
    answers = typed_answers(body, changes)
    if not answers.accepted:
        raise CannotFit("No answer earns full marks that could be typed here.")
    return "short_text", {
        "stem": stem_of(item, changes),
        "accepted": answers.accepted,
        "foreseen": answers.foreseen,
        "explanation": explanation_of(item, changes),
    }


def fit_essay(body: Essay, item: Item, changes: Changes) -> tuple[str, dict[str, Any]]:
    """Return a question in one's own words, with a place for the answer to compare with."""
    answer = changes.markdown(body.model, "the model answer")
    explanation = explanation_of(item, changes)
    if not answer and explanation:
        changes.say("The general feedback became the model answer, which the file does not have.")
        answer, explanation = explanation, ""
    elif not answer:
        changes.say("The file has no model answer; write one.")
        answer = NO_MODEL
    return "self_rated", {
        "stem": stem_of(item, changes),
        "answer": answer,
        "explanation": explanation,
    }


@dataclass(slots=True)
class TypedAnswers:
    """What may be typed: what earns everything, and what else a file foresees, as raw content.

    :param where: which part of the question is meant (" in gap 2"), or "".
    """

    changes: Changes
    where: str = ""
    accepted: list[str] = field(default_factory=list)
    foreseen: list[dict[str, Any]] = field(default_factory=list)
    _seen: dict[str, Fraction] = field(default_factory=dict)

    def add(self, choice: Choice) -> None:
        """Take one answer of the file; of those that say the same the first one counts."""
        text = self.changes.words(choice.text, "an accepted answer")
        shown = (quoted(text) if text != ANY_OTHER else "any other answer") + self.where
        is_right = choice.fraction >= 1 - NEAR
        bare = text if text == ANY_OTHER and not is_right else self._bare(text, shown, is_right)
        if not bare or self._comes_too_late(bare, shown, choice.fraction):
            self.changes.drop_feedback(choice.feedback, shown)
            # Another way to write what is accepted is listed, as the author did.
            if bare and is_right and bare not in self.accepted:
                self.accepted.append(bare)
            return
        if is_right:
            self.accepted.append(bare)
        if entry := foreseen_entry(bare, shown, choice, self.changes, is_right=is_right):
            self.foreseen.append(entry)

    def _comes_too_late(self, bare: str, shown: str, fraction: Fraction) -> bool:
        said = same_as(bare) or bare
        if said not in self._seen:
            self._seen[said] = fraction
            return False
        if self._seen[said] != fraction:
            self.changes.say(f"{shown} says the same here as one before it, and was left out.")
        return True

    def _bare(self, text: str, shown: str, is_right: bool) -> str:
        """Return a text as it would be typed, "" where it cannot be compared here."""
        if len(text) > RESPONSE_LIMIT:
            self.changes.say(
                f"{shown} has more than {RESPONSE_LIMIT:,} characters; it is left out."
            )
            return ""
        bare = _STAR.sub(lambda found: "*" if found[0] == "\\*" else "", text).strip()
        bare = " ".join(bare.split())
        has_stars = "*" in _STAR.sub(lambda found: "" if found[0] == "\\*" else "*", text)
        if not fold(bare):
            self.changes.say(
                f"{shown} accepted anything; here it is left out."
                if has_stars
                else f"{shown} has no letters or digits and cannot be accepted here."
            )
            return ""
        if has_stars:
            here = "is accepted" if is_right else "is meant"
            self.changes.say(
                f"{shown} accepted anything in place of the star; here {quoted(bare)} {here}."
            )
        return bare


def typed_answers(body: ShortAnswer, changes: Changes, where: str = "") -> TypedAnswers:
    """Return what may be typed, and say what else the file had; `where` as in `TypedAnswers`."""
    if body.minds_case:
        changes.say(f"Capitals mattered{where}; here they do not.")
    found = TypedAnswers(changes, where)
    for choice in body.choices:
        found.add(choice)
    found.accepted = _most(found.accepted, where, changes)
    found.foreseen = at_most(found.foreseen, where, changes)
    return found


def foreseen_entry(
    text: str, shown: str, choice: Choice | Span, changes: Changes, *, is_right: bool
) -> dict[str, Any] | None:
    """Return what is foreseen of an answer, or None where there is nothing to keep.

    :param shown: how it is called in a sentence. :param is_right: it earns everything anyway.
    """
    feedback = changes.markdown(choice.feedback, "a feedback")
    if len(feedback) > FEEDBACK_LIMIT:
        changes.drop_feedback(choice.feedback, shown)
        feedback = ""
    entry: dict[str, Any] = {"text": text, "feedback": feedback}
    earned = nearest(choice.fraction)
    if earned > 0 and not is_right and text != ANY_OTHER:
        return entry | {"credit": show_percent(earned)}
    if earned > 0 and not is_right:
        changes.say(f"{shown} earned {percent(earned)}; here it earns nothing.")
    elif earned < 0:
        changes.say(f"{shown} cost {percent(-earned)}; here it costs nothing.")
    elif not choice.feedback and not is_right and text != ANY_OTHER:
        changes.say(f"{shown} was listed as wrong; here whatever is not right is wrong.")
    return entry if feedback else None


def at_most(foreseen: list[dict[str, Any]], where: str, changes: Changes) -> list[dict[str, Any]]:
    """Return as many as a question takes."""
    if len(foreseen) > MAX_FORESEEN:
        count = len(foreseen)
        changes.say(f"{count} answers{where} had a share or feedback; {MAX_FORESEEN} are kept.")
    return foreseen[:MAX_FORESEEN]


def _most(accepted: list[str], where: str, changes: Changes) -> list[str]:
    if len(accepted) > MAX_ACCEPTED:
        changes.say(
            f"{len(accepted)} answers were accepted{where}; here the first {MAX_ACCEPTED} are."
        )
    return accepted[:MAX_ACCEPTED]
