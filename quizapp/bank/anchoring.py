"""Finding the cited words of a passage again after its text changed, or saying that they are not.

After the W3C Web Annotation Data Model: a citation keeps its place (TextPositionSelector) and its
words with what stands around them (TextQuoteSelector). The place is followed through a comparison
of both texts; where that fails, the words are looked for beside the same words. In doubt nothing
is found. docs/adr/0011-citations-that-are-found-again.md has the whole rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from quizapp.bank.alignment import Alignment, Run, Tokens, align, is_word, tokens

#: So many code points around the words are kept with them.
CONTEXT = 32
#: So many words beside the cited ones, on one side, tell their place from others.
_WORDS_BESIDE = 3
#: So many cited words, standing nowhere else, tell their place by themselves.
_WORDS_ALONE = 5
#: Words that stand in more places of a text than this are not looked for by what is beside them.
_MOST_PLACES = 100


@dataclass(frozen=True, slots=True)
class Anchor:
    """Cited words: `exact` at `start`–`end` of a text, in code points, and what stands around."""

    start: int
    end: int
    exact: str
    prefix: str = ""
    suffix: str = ""


def surroundings(text: str, start: int, end: int) -> tuple[str, str]:
    """Return up to `CONTEXT` code points before and after `start`–`end`."""
    return text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]


def anchor_at(text: str, start: int, end: int) -> Anchor:
    """Return the anchor of the words at `start`–`end`."""
    prefix, suffix = surroundings(text, start, end)
    return Anchor(start, end, text[start:end], prefix, suffix)


def follow(anchor: Anchor, old_text: str, new_text: str) -> tuple[int, int] | None:
    """Return where the words that `anchor` cites in `old_text` stand in `new_text`.

    :return: start and end, so that `new_text[start:end] == anchor.exact`; None when the words
        changed, or cannot be told from the same words elsewhere.
    """
    if not anchor.exact or old_text[anchor.start : anchor.end] != anchor.exact:
        return find_again(anchor, old_text, new_text)
    aligned = align(old_text, new_text)
    place = anchor.start, anchor.end
    run = aligned.run_around(*aligned.old.covered(*place))
    if run is not None and (run.is_certain or _is_told(anchor, old_text, new_text, run, aligned)):
        moved = _moved(place, run, aligned)
        if new_text[slice(*moved)] == anchor.exact:
            return moved
    # Words that stood elsewhere before are other words, however alike.
    others = [other for other in _occurrences(old_text, anchor.exact) if other != place]
    if len(others) >= _MOST_PLACES:
        return None
    quote = _Quote(anchor_at(old_text, *place))
    found = set(quote.places(new_text, is_strict=False)) - _images(others, aligned)
    return found.pop() if len(found) == 1 else None


def find_again(anchor: Anchor, old_text: str, new_text: str) -> tuple[int, int] | None:
    """Return where words that were not found in `old_text` are back in `new_text`, or None.

    Only the words with what stood on both sides of them count, and only in one place. A place
    that `old_text` had already was not taken then, and is not now.
    """
    if not anchor.exact:
        return None
    quote = _Quote(anchor)
    before = list(quote.places(old_text, is_strict=True))
    found = set(quote.places(new_text, is_strict=True))
    found -= _images(before, align(old_text, new_text))
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class _Side:
    """How far a side of a place is as it was: `words` alike; `is_whole`: nothing differs."""

    words: int
    is_whole: bool


class _Quote:
    """The tokens of cited words and of their surroundings.

    A word that is cited in part is compared as a whole, so that "art" is not found in "party".
    """

    def __init__(self, anchor: Anchor) -> None:
        self._exact = anchor.exact
        found = tokens(anchor.prefix + anchor.exact + anchor.suffix)
        start = len(anchor.prefix)
        first, last = found.covered(start, start + len(anchor.exact))
        self._core = found.texts[first:last]
        self._offset = start - found.starts[first] if first < last else 0
        self._is_start = len(anchor.prefix) < CONTEXT
        self._is_end = len(anchor.suffix) < CONTEXT
        # The outermost word may have been cut when the surroundings were kept.
        self._before = found.texts[0 if self._is_start else 1 : first]
        self._after = found.texts[last : None if self._is_end else -1]

    def places(self, text: str, *, is_strict: bool) -> Iterator[tuple[int, int]]:
        """Yield where the words stand in `text` beside the words that they stood beside.

        :param is_strict: both sides must be as they were; else one is enough.
        """
        found, places = tokens(text), _occurrences(text, self._exact)
        for start, end in places if len(places) <= _MOST_PLACES else ():
            first, last = found.covered(start, end)
            whole = found.texts[first:last] == self._core and first < last
            if whole and start - found.starts[first] == self._offset:
                sides = self._sides(found, first, last)
                if _agree(sides, self._is_start and self._is_end, is_strict):
                    yield start, end

    def _sides(self, found: Tokens, first: int, last: int) -> tuple[_Side, _Side]:
        return (
            _side(self._before[::-1], found.texts[:first][::-1], self._is_start),
            _side(self._after, found.texts[last:], self._is_end),
        )


def _side(known: tuple[str, ...], found: tuple[str, ...], is_edge: bool) -> _Side:
    """Compare outwards what stood beside the words with what stands there now.

    :param is_edge: the text began, or ended, after `known`.
    """
    words = 0
    for index, token in enumerate(known):
        if index >= len(found) or found[index] != token:
            return _Side(words, is_whole=False)
        words += is_word(token)
        if words == _WORDS_BESIDE:
            return _Side(words, is_whole=True)
    return _Side(words, is_whole=not is_edge or len(known) == len(found))


def _agree(sides: tuple[_Side, _Side], is_whole_text: bool, is_strict: bool) -> bool:
    if not is_strict and any(side.words == _WORDS_BESIDE for side in sides):
        return True
    is_enough = is_whole_text or sum(side.words for side in sides) >= _WORDS_BESIDE
    return is_enough and all(side.is_whole for side in sides)


def _moved(place: tuple[int, int], run: Run, aligned: Alignment) -> tuple[int, int]:
    """Return where a place that lies in `run` is in the new text."""
    start, end = place
    first, last = aligned.old.covered(start, end)
    shift = run.new - run.old
    return (
        aligned.new.starts[first + shift] + start - aligned.old.starts[first],
        aligned.new.ends[last - 1 + shift] + end - aligned.old.ends[last - 1],
    )


def _is_told(anchor: Anchor, old: str, new: str, run: Run, aligned: Alignment) -> bool:
    """Return whether words between two edits are told from words like them elsewhere.

    They are by three words of the same run on one side, or by being many and standing only
    there.
    """
    first, last = aligned.old.covered(anchor.start, anchor.end)
    texts = aligned.old.texts
    before = sum(map(is_word, texts[run.old : first]))
    after = sum(map(is_word, texts[last : run.old + run.length]))
    if max(before, after) >= _WORDS_BESIDE:
        return True
    is_alone = all(len(_occurrences(text, anchor.exact)) == 1 for text in (old, new))
    return is_alone and sum(map(is_word, texts[first:last])) >= _WORDS_ALONE


def _images(places: list[tuple[int, int]], aligned: Alignment) -> set[tuple[int, int]]:
    """Return where places of the old text are in the new one, by every reading of the change."""
    return {
        _moved(place, run, aligned)
        for place in places
        for run in aligned.runs_around(*aligned.old.covered(*place))
    }


def _occurrences(text: str, exact: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = text.find(exact)
    while at >= 0:
        found.append((at, at + len(exact)))
        at = text.find(exact, at + 1)
    return found
