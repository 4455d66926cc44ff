"""Which pieces of a file a reading of ours holds or names, and which it lost without a word."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import zip_longest
from urllib.parse import unquote

from bench.held_words import Held, held_of
from bench.source_words import Piece, Stated, words_of
from quizapp.formats.interchange import Item, Unsupported

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
    check = _CHECKS.get(piece.role)
    return check is not None and check(piece.value, held)


def _has_share(value: str, held: Held) -> bool:
    ident, _, share = value.rpartition(" ")
    if held.is_whole or held.is_truth or held.is_matched:
        return True
    return any(abs(one - Fraction(share)) <= _NEAR for one in held.shares[ident])


def _has_pair(value: str, held: Held) -> bool:
    left, right = value.split("\n")
    return not held.is_matched or bool({value, f"{right}\n{left}"} & held.pairs)


def _has_options(value: str, held: Held) -> bool:
    wanted = Counter(value.split("\n"))
    return _take_place(Counter(set(wanted)) if held.is_matched else wanted, held)


def _has_typed(value: str, held: Held) -> bool:
    return words_of(value) in held.texts["typed"] or _is_number(value, held)


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


#: Role → whether a reading has a piece of it.
_CHECKS: Mapping[str, Callable[[str, Held], bool]] = {
    "key": lambda value, held: value == held.key or value.startswith("unnamed-"),
    "mark": lambda value, held: Fraction(value) == held.mark,
    "case": lambda _, held: held.minds_case or "apital" in held.notes,
    "typed": _has_typed,
    "low": _is_number,
    "high": _is_number,
    "share": _has_share,
    "pair": _has_pair,
    "order": lambda value, held: value == held.order,
    "right": lambda value, held: words_of(value) in held.texts["right"],
    "options": _has_options,
    "said": lambda value, held: value in held.notes or (value == "AllOrNothing" and held.is_whole),
    # In essays and typed answers the one place to write is listed as an option.
    "fixed": lambda value, held: value in held.fixed or value not in held.shares,
    "shuffles": lambda value, held: held.shuffles is None or str(held.shuffles) == value,
    "address": _is_shown,
}
