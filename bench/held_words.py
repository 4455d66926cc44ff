"""What a reading of ours has of a question, text by text, without regard to where."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bench.source_words import shown_by, words_of
from quizapp.formats.interchange import (
    Choice,
    Essay,
    Gap,
    Gaps,
    Item,
    Markup,
    Match,
    MultipleChoice,
    Numerical,
    Sequence,
    ShortAnswer,
    Text,
    TrueFalse,
)


@dataclass(slots=True)
class Held:
    """What a reading of one question has."""

    texts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    addresses: list[str] = field(default_factory=list)
    shares: dict[str, list[Fraction]] = field(default_factory=lambda: defaultdict(list))
    pairs: set[str] = field(default_factory=set)
    #: The texts of each place in which something is chosen, typed, matched or put in order.
    places: list[Counter[str]] = field(default_factory=list)
    is_matched: bool = False
    order: str = ""
    numbers: set[Fraction] = field(default_factory=set)
    mark: Fraction = Fraction(1)
    minds_case: bool = False
    is_whole: bool = False
    is_truth: bool = False
    fixed: set[str] = field(default_factory=set)
    shuffles: bool | None = None
    key: str = ""
    notes: str = ""

    def add(self, role: str, text: Text) -> None:
        """Note a text that has a role."""
        if text.markup is Markup.PLAIN:
            self.texts[role].append(words_of(text.text.replace("\\*", "*")))
            return
        shown = shown_by(text.text)
        self.texts[role].append(words_of(" ".join(shown.texts)))
        self.texts["alternative"] += map(words_of, shown.alternatives)
        self.addresses += shown.addresses

    def has(self, roles: Iterable[str], value: str) -> bool:
        wanted = f" {words_of(value)} "
        return any(wanted in f" {one} " for role in roles for one in self.texts[role])


def held_of(item: Item) -> Held:
    """Return what a reading has."""
    held = Held(mark=item.mark, key=item.key, notes=words_of(" ".join(item.notes)))
    held.add("asked", item.stem)
    held.add("told", item.explanation)
    for hint in item.hints:
        held.add("told", hint)
    held.texts["name"] = [words_of(item.name), *map(words_of, item.category)]
    held.texts["tag"] = [words_of(tag) for tag in item.tags]
    add_body(held, item.body)
    return held


def add_body(held: Held, body: object) -> None:
    """Note what a question asks, of whatever kind."""
    _ADDERS.get(type(body), _add_nothing)(held, body)


def _add_nothing(held: Held, body: object) -> None:
    pass


def _add_choices(held: Held, body: MultipleChoice) -> None:
    held.is_whole = held.is_whole or body.all_or_nothing
    held.shuffles = body.shuffles
    held.places.append(Counter(_words(one.text) for one in body.choices))
    for one in body.choices:
        _add_choice(held, one, "option")


def _add_texts(held: Held, body: ShortAnswer) -> None:
    held.minds_case = held.minds_case or body.minds_case
    held.places.append(Counter(_words(one.text) for one in body.choices))
    for one in body.choices:
        _add_choice(held, one, "typed")


def _add_truth(held: Held, body: TrueFalse) -> None:
    held.is_truth = True
    held.texts["option"] += ["True", "False", "true", "false", "TRUE", "FALSE"]
    held.texts["right"] += ["True", "true", "TRUE"] if body.key else ["False", "false", "FALSE"]
    held.add("told", body.if_true)
    held.add("told", body.if_false)


def _add_numbers(held: Held, body: Numerical) -> None:
    for span in body.spans:
        held.add("told", span.feedback)
        held.numbers |= {one for one in (span.low, span.high, span.number) if one is not None}


def _add_pairs(held: Held, body: Match) -> None:
    held.shuffles = body.shuffles
    held.is_matched = True
    texts = {one for pair in body.pairs for one in (pair.left, pair.right)}
    held.places.append(Counter(map(_words, texts)))
    for pair in body.pairs:
        left, right = _words(pair.left), _words(pair.right)
        held.add("option", pair.left)
        held.add("option", pair.right)
        held.pairs.add(f"{left}\n{right}")
        held.texts["right"] += [left, right] if pair.left else []


def _add_order(held: Held, body: Sequence) -> None:
    for text in body.texts:
        held.add("option", text)
    held.places.append(Counter(map(_words, body.texts)))
    held.order = "\n".join(map(_words, body.texts))


def _add_gaps(held: Held, body: Gaps) -> None:
    for piece in body.pieces:
        if isinstance(piece, Gap):
            add_body(held, piece.part)
        else:
            held.add("asked", piece)
    held.shuffles = None


_ADDERS: Mapping[type, Callable[[Held, Any], None]] = {
    MultipleChoice: _add_choices,
    ShortAnswer: _add_texts,
    TrueFalse: _add_truth,
    Numerical: _add_numbers,
    Match: _add_pairs,
    Sequence: _add_order,
    Essay: lambda held, body: held.add("told", body.model),
    Gaps: _add_gaps,
}


def _add_choice(held: Held, choice: Choice, role: str) -> None:
    held.add(role, choice.text)
    held.add("told", choice.feedback)
    if choice.ident:
        held.shares[choice.ident].append(choice.fraction)
    if choice.is_fixed:
        held.fixed.add(choice.ident)
    if choice.fraction > 0:
        held.texts["right"].append(_words(choice.text))


def _words(text: Text) -> str:
    shown = Held()
    shown.add("", text)
    return " ".join(shown.texts[""]).strip()
