"""Questions with options, and statements that hold or do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from quizapp.formats.fitting.changes import CannotFit, Changes, percent, quoted
from quizapp.formats.fitting.stems import explanation_of, stem_of
from quizapp.formats.interchange import Choice, Item, MultipleChoice, Text, TrueFalse
from quizapp.markup import plain_inline
from quizapp.questions.choices import ALL_OR_NOTHING, MAX_OPTIONS, MIN_OPTIONS
from quizapp.questions.credit import FULL, NOTHING, nearest, read_percent, show_percent
from quizapp.questions.folding import fold

#: Files give fractions in percent with few digits: 33.333 is a third.
NEAR = Fraction(1, 1000)
#: So much more makes sure that a percentage is not rounded below what it stands for.
_LAST_DIGIT = Fraction(1, 10_000_000)


@dataclass(frozen=True, slots=True)
class _Option:
    """An option on its way: `said` is what it says to who compares."""

    raw: dict[str, Any]
    fraction: Fraction
    said: str

    @property
    def words(self) -> str:
        return quoted(plain_inline(self.raw["text"][:2_000]))


def fit_choice(body: MultipleChoice, item: Item, changes: Changes) -> tuple[str, dict[str, Any]]:
    """Return a question with one key or several."""
    options = [_option(one, body, changes) for one in body.choices]
    options = _without_empty(options, changes)
    type_name, keys = _keys(body, options, changes)
    for option in options:
        option.raw["key"] = id(option) in keys
    options = _without_same(options, changes)
    options = _without_too_many(options, changes)
    if len(options) < MIN_OPTIONS:
        raise CannotFit(f"It has {len(options)} different options; give it at least two.")
    raw: dict[str, Any] = {
        "stem": stem_of(item, changes),
        "options": [option.raw for option in options],
        "explanation": explanation_of(item, changes),
    }
    if type_name == "multiple_response":
        if all(option.raw["key"] for option in options):
            raise CannotFit("All of its options are right; add one that is wrong.")
        if body.all_or_nothing:
            raw["scoring"] = ALL_OR_NOTHING
    return type_name, raw


def fit_truth(body: TrueFalse, item: Item, changes: Changes) -> tuple[str, dict[str, Any]]:
    """Return a statement; the feedbacks for either response become one."""
    if_true = changes.markdown(body.if_true, "the feedback for true")
    if_false = changes.markdown(body.if_false, "the feedback for false")
    feedback = if_true
    if if_true != if_false:
        feedback = "\n\n".join(one for one in (if_true, if_false) if one)
        if if_true and if_false:
            changes.say("The feedbacks for true and for false became one, shown with either.")
        else:
            only = "true" if if_true else "false"
            changes.say(f"The feedback was for who said {only}; here it is shown with either.")
    return "true_false", {
        "stem": stem_of(item, changes),
        "key": body.key,
        "feedback": feedback,
        "explanation": explanation_of(item, changes),
    }


def _option(choice: Choice, body: MultipleChoice, changes: Changes) -> _Option:
    text = changes.line(choice.text, "an option")
    raw: dict[str, Any] = {
        "text": text,
        "key": False,
        "feedback": changes.markdown(choice.feedback, "a feedback"),
    }
    if choice.is_fixed or not body.shuffles:
        raw["locked"] = True
    words = plain_inline(text[:2_000])
    return _Option(raw, choice.fraction, fold(words) or words or text)


def _keys(
    body: MultipleChoice, options: Sequence[_Option], changes: Changes
) -> tuple[str, set[int]]:
    """Return our type and which options are keys; what was worth something else is said."""
    if not body.is_single:
        return "multiple_response", _several(body, options, changes)
    full = [one for one in options if one.fraction >= 1 - NEAR]
    if len(full) > 1:
        changes.say("Any one of several options was right; here all of them are to be chosen.")
        for one in options:
            if NEAR < one.fraction < 1 - NEAR:
                changes.say(f"{one.words} earned {percent(one.fraction)}; here it is wrong.")
            elif one.fraction < 0:
                _say_cost(one, Fraction(1, len(full)), changes)
        return "multiple_response", {id(one) for one in full}
    return "single_choice", {id(_best(options, changes))}


def _best(options: Sequence[_Option], changes: Changes) -> _Option:
    best = max(options, key=lambda one: one.fraction, default=None)
    if best is None or best.fraction <= 0:
        raise CannotFit("None of its options is right; mark the right one.")
    if best.fraction < 1 - NEAR:
        if sum(one.fraction == best.fraction for one in options) > 1:
            raise CannotFit("None of its options earns full marks; mark the right one.")
        changes.say(f"{best.words} earned {percent(best.fraction)}, the most; here it is the key.")
    for one in options:
        if one is not best and nearest(one.fraction) > 0:
            one.raw["credit"] = show_percent(one.fraction)
        elif one.fraction < 0:
            changes.say(f"{one.words} cost {percent(-one.fraction)}; here it costs nothing.")
    return best


def _several(body: MultipleChoice, options: Sequence[_Option], changes: Changes) -> set[int]:
    keys = [one for one in options if one.fraction > 0]
    if not keys:
        raise CannotFit("None of its options is right; mark the right ones.")
    if body.all_or_nothing:
        return {id(one) for one in keys}
    share = Fraction(1, len(keys))
    is_whole = sum(one.fraction for one in keys) >= 1 - NEAR * len(keys)
    for one in options:
        due = share if one.fraction > 0 else -share
        if abs(one.fraction - due) <= NEAR:
            continue
        if is_whole:
            one.raw["credit"] = show_percent(one.fraction)
        elif one.fraction > 0:
            changes.say(
                f"{one.words} earned {percent(one.fraction)}; here each right option earns "
                f"{percent(share)}."
            )
        else:
            _say_cost(one, share, changes)
    if is_whole:
        _fill_up(keys, share)
    return {id(one) for one in keys}


def _say_cost(one: _Option, share: Fraction, changes: Changes) -> None:
    cost = f"cost {percent(-one.fraction)}" if one.fraction else "cost nothing"
    changes.say(f"Choosing {one.words} {cost}; here each wrong option costs {percent(share)}.")


def _fill_up(keys: Sequence[_Option], share: Fraction) -> None:
    """Let the keys earn everything together where the file's few digits fall short of it."""
    earned = [read_percent(one.raw["credit"]) if "credit" in one.raw else share for one in keys]
    missing = FULL - sum((worth or NOTHING for worth in earned), NOTHING)
    if missing > 0:
        largest = max(keys, key=lambda one: one.fraction)
        worth = largest.fraction + missing
        is_less = nearest(worth) < worth
        largest.raw["credit"] = show_percent(worth + _LAST_DIGIT if is_less else worth)


def _without_empty(options: Sequence[_Option], changes: Changes) -> list[_Option]:
    kept = [one for one in options if one.raw["text"].strip()]
    for one in options:
        if not one.raw["text"].strip():
            if one.fraction > 0:
                raise CannotFit("An option that is right has no words.")
            changes.say("An option without words was left out.")
    return kept


def _without_same(options: Sequence[_Option], changes: Changes) -> list[_Option]:
    first: dict[str, _Option] = {}
    kept = []
    for one in options:
        other = first.setdefault(one.said, one)
        if other is one:
            kept.append(one)
        elif other.raw["key"] != one.raw["key"] or (
            other.raw.get("credit") != one.raw.get("credit")
        ):
            raise CannotFit(
                f"{other.words} and {one.words} say the same here, and do not earn the same."
            )
        else:
            changes.say(f"{one.words} says the same as {other.words} and was left out.")
            changes.drop_feedback(Text(one.raw["feedback"]), one.words)
    return kept


def _without_too_many(options: list[_Option], changes: Changes) -> list[_Option]:
    """Drop the last distractors where there are more options than a question takes."""
    surplus = len(options) - MAX_OPTIONS
    dropped: list[_Option] = []
    for one in reversed(options):
        if len(dropped) < surplus and not one.raw["key"]:
            dropped.insert(0, one)
    if dropped:
        changes.say(
            f"It had {len(options)} options and a question here has at most {MAX_OPTIONS}; left "
            f"out: {', '.join(one.words for one in dropped)}."
        )
    return [one for one in options if not any(one is other for other in dropped)]
