"""Questions in which things are put together or in order."""

from __future__ import annotations

from typing import Any

from quizapp.formats.fitting.changes import CannotFit, Changes, quoted
from quizapp.formats.fitting.stems import explanation_of, stem_of
from quizapp.formats.interchange import Item, Match, Sequence
from quizapp.formats.texts import from_plain
from quizapp.questions.folding import fold


def fit_match(body: Match, item: Item, changes: Changes) -> tuple[str, dict[str, Any]]:
    """Return pairs and what belongs to none of them."""
    pairs: list[dict[str, Any]] = []
    distractors: list[str] = []
    spelt: dict[str, str] = {}
    for pair in body.pairs:
        right = _as_before(changes.words(pair.right, "what is matched"), spelt, changes)
        if not pair.left and not right:
            changes.say("An empty pair was left out.")
        elif not pair.left:
            distractors.append(right)
        else:
            left = changes.line(pair.left, "what is matched")
            if not right:
                raise CannotFit(f"{quoted(left)} has nothing that belongs to it.")
            held: dict[str, Any] = {"left": left, "right": right}
            if held in pairs:
                changes.say(f"{quoted(left)} stood twice among what is matched.")
            else:
                pairs.append(held)
    distractors = _new(distractors, [pair["right"] for pair in pairs], changes)
    if len(pairs) == 1 and distractors:
        return _as_choice(pairs[0], distractors, item, changes)
    if not body.shuffles:
        changes.say("What is to choose from kept its order; here it is sorted.")
    return "matching", {
        "stem": stem_of(item, changes),
        "pairs": pairs,
        "distractors": distractors,
        "explanation": explanation_of(item, changes),
    }


def _as_choice(
    pair: dict[str, Any], distractors: list[str], item: Item, changes: Changes
) -> tuple[str, dict[str, Any]]:
    """Return what matches one part only as a question with options."""
    changes.say("Only one part is matched; here it is asked, and the others are options.")
    texts = [pair["right"], *distractors]
    return "single_choice", {
        "stem": "\n\n".join(one for one in (stem_of(item, changes), pair["left"]) if one),
        "options": [
            {"text": from_plain(text), "key": number == 0} for number, text in enumerate(texts)
        ],
        "explanation": explanation_of(item, changes),
    }


def fit_sequence(body: Sequence, item: Item, changes: Changes) -> tuple[str, dict[str, Any]]:
    """Return things in their right order."""
    return "ordering", {
        "stem": stem_of(item, changes),
        "items": [{"text": changes.line(text, "an item")} for text in body.texts],
        "explanation": explanation_of(item, changes),
    }


def _as_before(right: str, spelt: dict[str, str], changes: Changes) -> str:
    """Return a text as it was first written: what says the same is written the same here."""
    said = fold(right) or right
    first = spelt.setdefault(said, right)
    if first != right:
        changes.say(f"{quoted(right)} is written {quoted(first)}, as before it.")
    return first


def _new(distractors: list[str], rights: list[str], changes: Changes) -> list[str]:
    kept: list[str] = []
    for text in distractors:
        if text in rights or text in kept:
            changes.say(f"{quoted(text)} stood twice among what is to choose from.")
        else:
            kept.append(text)
    return kept
