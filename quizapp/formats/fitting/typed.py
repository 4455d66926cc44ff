"""Questions answered by typing words."""

from __future__ import annotations

import re
from typing import Any

from quizapp.formats.fitting.changes import CannotFit, Changes, percent, quoted
from quizapp.formats.fitting.choices import NEAR
from quizapp.formats.fitting.stems import explanation_of, stem_of
from quizapp.formats.interchange import Essay, Item, ShortAnswer
from quizapp.questions.folding import fold
from quizapp.questions.reading import RESPONSE_LIMIT
from quizapp.questions.short_text import MAX_ACCEPTED

#: A model answer is needed; a person writes it before the question is used.
NO_MODEL = "(There is no model answer yet.)"
_STAR = re.compile(r"\\\*|\*")


def fit_typed(body: ShortAnswer, item: Item, changes: Changes) -> tuple[str, dict[str, Any]]:
    """Return a question with accepted texts."""
    accepted = accepted_texts(body, changes)
    if not accepted:
        raise CannotFit("No answer earns full marks that could be typed here.")
    return "short_text", {
        "stem": stem_of(item, changes),
        "accepted": accepted,
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


def accepted_texts(body: ShortAnswer, changes: Changes, where: str = "") -> list[str]:
    """Return what earns full marks, each once, and say what else the file had.

    :param where: which part of the question is meant (" in gap 2"), or "".
    """
    if body.minds_case:
        changes.say(f"Capitals mattered{where}; here they do not.")
    accepted: dict[str, None] = {}
    for choice in body.choices:
        text = changes.words(choice.text, "an accepted answer")
        shown = (quoted(text) if text != "*" else "any other answer") + where
        changes.drop_feedback(choice.feedback, shown)
        if len(text) > RESPONSE_LIMIT:
            changes.say(f"{shown} has more than {RESPONSE_LIMIT:,} characters; it is left out.")
        elif choice.fraction >= 1 - NEAR:
            _accept(text, shown, accepted, changes)
        elif choice.fraction > 0:
            earned = percent(choice.fraction)
            changes.say(f"{shown} earned {earned}; here it is not accepted.")
        elif text != "*" and not choice.feedback:
            changes.say(f"{shown} was listed as wrong; here whatever is not accepted is wrong.")
    return _most(list(accepted), where, changes)


def _accept(text: str, shown: str, accepted: dict[str, None], changes: Changes) -> None:
    bare = _STAR.sub(lambda found: "*" if found[0] == "\\*" else "", text).strip()
    bare = " ".join(bare.split())
    if "*" in _STAR.sub(lambda found: "" if found[0] == "\\*" else "*", text):
        if not fold(bare):
            changes.say(f"{shown} accepted anything; here it is left out.")
            return
        changes.say(
            f"{shown} accepted anything in place of the star; here {quoted(bare)} is accepted."
        )
    elif not fold(bare):
        changes.say(f"{shown} has no letters or digits and cannot be accepted here.")
        return
    accepted.setdefault(bare)


def _most(accepted: list[str], where: str, changes: Changes) -> list[str]:
    if len(accepted) > MAX_ACCEPTED:
        changes.say(
            f"{len(accepted)} answers were accepted{where}; here the first {MAX_ACCEPTED} are."
        )
    return accepted[:MAX_ACCEPTED]
