"""Which pieces of a file a reading of ours holds or names, and which it lost without a word."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import zip_longest
from urllib.parse import unquote

from bench.source_words import Piece, Stated, shown_by, words_of
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
    ShortAnswer,
    Text,
    TrueFalse,
    Unsupported,
)
from quizapp.formats.interchange import Sequence as Order

#: Where a piece of each role may be.
_MAY_STAND = {
    "asked": ("asked", "option"),
    "option": ("option", "typed", "asked"),
    "told": ("told",),
    "name": ("name",),
    "tag": ("tag",),
    "words of a picture": ("alternative",),
}
_MAY_BE_NAMED = {"asked", "option", "told", "typed", "right", "said", "tag"}
#: So much of a text a note has to quote.
_QUOTED = 40
_NEAR = Fraction(1, 1_000)


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
    _add_body(held, item.body)
    return held


def _add_body(held: Held, body: object) -> None:
    match body:
        case MultipleChoice():
            held.is_whole = held.is_whole or body.all_or_nothing
            held.shuffles = body.shuffles
            held.places.append(Counter(_words(one.text) for one in body.choices))
            for one in body.choices:
                _add_choice(held, one, "option")
        case ShortAnswer():
            held.minds_case = held.minds_case or body.minds_case
            held.places.append(Counter(_words(one.text) for one in body.choices))
            for one in body.choices:
                _add_choice(held, one, "typed")
        case TrueFalse():
            held.is_truth = True
            held.texts["option"] += ["True", "False", "true", "false", "TRUE", "FALSE"]
            held.texts["right"] += ["True", "true", "TRUE"] if body.key else []
            held.texts["right"] += [] if body.key else ["False", "false", "FALSE"]
            held.add("told", body.if_true)
            held.add("told", body.if_false)
        case Numerical():
            for span in body.spans:
                held.add("told", span.feedback)
                held.numbers |= {
                    one for one in (span.low, span.high, span.number) if one is not None
                }
        case Match():
            held.shuffles = body.shuffles
            held.is_matched = True
            texts = {one for pair in body.pairs for one in (pair.left, pair.right)}
            held.places.append(Counter(map(_words, texts)))
            for pair in body.pairs:
                held.add("option", pair.left)
                held.add("option", pair.right)
                held.pairs.add(f"{_words(pair.left)}\n{_words(pair.right)}")
                both = [_words(pair.left), _words(pair.right)]
                held.texts["right"] += both if pair.left else []
        case Order():
            for text in body.texts:
                held.add("option", text)
            held.places.append(Counter(map(_words, body.texts)))
            held.order = "\n".join(map(_words, body.texts))
        case Essay():
            held.add("told", body.model)
        case Gaps():
            for piece in body.pieces:
                if isinstance(piece, Gap):
                    _add_body(held, piece.part)
                else:
                    held.add("asked", piece)
            held.shuffles = None


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


def lost(pieces: Sequence[Piece], item: Item) -> list[Piece]:
    """Return the pieces of a question that its reading neither holds nor names.

    Of a question that is left out the reason is all that is said: nothing of it is lost in silence.
    """
    if isinstance(item.body, Unsupported):
        return []
    held = held_of(item)
    once = dict.fromkeys(one for one in pieces if one.role != "options" or held.is_matched)
    each = [one for one in pieces if one.role == "options" and not held.is_matched]
    return [one for one in (*once, *each) if not _is_held(one, held)]


def lost_around(pieces: Sequence[Piece], said: str) -> list[Piece]:
    """Return the pieces around questions that neither a topic nor a remark says."""
    words = words_of(said)
    return [
        one
        for one in dict.fromkeys(pieces)
        if words_of(one.value) not in words and not _is_quoted(one, words)
    ]


def paired(
    stated: Iterable[Stated], items: Iterable[Item]
) -> Iterator[tuple[Stated | None, Item | None]]:
    """Yield the questions of a file beside those that were read, document by document."""
    theirs: dict[str, list[Stated]] = defaultdict(list)
    ours: dict[str, list[Item]] = defaultdict(list)
    for one in stated:
        theirs[one.path].append(one)
    for item in items:
        ours[item.place.rpartition(", line ")[0]].append(item)
    for path in theirs | ours:
        yield from zip_longest(theirs[path], ours[path])


def _is_held(piece: Piece, held: Held) -> bool:
    if piece.role in _MAY_STAND and held.has(_MAY_STAND[piece.role], piece.value):
        return True
    if piece.role in _MAY_BE_NAMED and _is_quoted(piece, held.notes):
        return True
    if piece.value == "AllOrNothing" and held.is_whole:
        return True
    match piece.role:
        case "key":
            return piece.value in (held.key, "") or piece.value.startswith("unnamed-")
        case "mark":
            return Fraction(piece.value) in (held.mark, 0)
        case "case":
            return held.minds_case or "apital" in held.notes
        case "typed":
            return words_of(piece.value) in held.texts["typed"] or _is_number(piece.value, held)
        case "low" | "high":
            return _is_number(piece.value, held)
        case "tolerance":
            return bool(held.numbers)
        case "share":
            ident, _, share = piece.value.rpartition(" ")
            if held.is_whole or held.is_truth or held.is_matched:
                return True
            return any(abs(one - Fraction(share)) <= _NEAR for one in held.shares[ident])
        case "pair":
            left, right = piece.value.split("\n")
            return not held.is_matched or bool({piece.value, f"{right}\n{left}"} & held.pairs)
        case "order":
            return piece.value == held.order
        case "right":
            return words_of(piece.value) in held.texts["right"]
        case "options":
            wanted = Counter(piece.value.split("\n"))
            return _take_place(Counter(set(wanted)) if held.is_matched else wanted, held)
        case "said":
            return piece.value in held.notes
        case "fixed":
            # In essays and typed answers the one place to write is listed as an option.
            return piece.value in held.fixed or piece.value not in held.shares
        case "shuffles":
            return held.shuffles is None or str(held.shuffles) == piece.value
        case "address":
            return _is_shown(piece.value, held)
    return False


def _take_place(wanted: Counter[str], held: Held) -> bool:
    """Return whether a place has all these texts; each place is found once."""
    fitting = [place for place in held.places if wanted <= place]
    if fitting and not held.is_matched:
        held.places.remove(min(fitting, key=lambda place: place.total()))
    if fitting:
        return True
    return held.is_truth or any(f"“{one[:_QUOTED]}" in held.notes for one in wanted)


def _is_number(value: str, held: Held) -> bool:
    try:
        return Fraction(value) in held.numbers
    except ValueError:
        return False


def _is_shown(address: str, held: Held) -> bool:
    """Return whether a text points there, or at the file that lay there."""
    end = re.sub(r"\W+", "_", unquote(address).partition("?")[0].rpartition("/")[2])
    return address in held.addresses or any(
        re.sub(r"\W+", "_", one).endswith(end) for one in held.addresses if one.startswith("media:")
    )


def _is_quoted(piece: Piece, notes: str) -> bool:
    whole = words_of(piece.whole)[:_QUOTED].strip()
    return bool(whole) and f"“{whole}" in notes
