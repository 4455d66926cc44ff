"""Comparing typed text: what counts as the same, and what as one slip of the fingers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

#: Gives the other ways to write what a text names, () where it names nothing that is known.
Speller: TypeAlias = Callable[[str], Sequence[str]]
#: A slip is forgiven only in a word this long: in shorter ones it is often another word.
SLIP_LETTERS = 6

APOSTROPHES = "'’‘‛`´′ʹʻʼʽʾʿ"
HYPHENS = "-‐‑‒–—―−"
_SPACED = HYPHENS + '"“”„‟«»‹›()[]{}!?;¡¿،؛؟/'
_INVISIBLE = "\u00ad\u0640\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff" + "".join(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xFE00, 0xFE10)))
)
#: Letters that Unicode does not take apart, and letters typed for one another.
_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"}
_LETTERS |= {"ي": "ی", "ى": "ی", "ك": "ک"}
_TABLE = (
    {ord(c): None for c in APOSTROPHES + _INVISIBLE}
    | {ord(c): " " for c in _SPACED}
    | {ord(c): letters for c, letters in _LETTERS.items()}
)
# Only of scripts in which a mark may be left out: in Devanagari and Thai it is a vowel, and in
# Russian й is a letter of its own while ё is commonly written е.
_MARKS = re.compile(
    "(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2"
    "\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8"
    "\u06ea-\u06ed\u1dc0-\u1dff\u20d0-\u20f0]"
)
_DIGIT = re.compile(r"[^\D0-9]")
_NEGATIVE = re.compile(rf"\s*[{HYPHENS}]\d")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# Between digits a point, comma or colon is part of the number: 3.5 is not 35.
_STOP = re.compile(r"(?<!\d)[.。]|[.。](?!\d)")
_PAUSE = re.compile(r"(?<!\d)[,:]|[,:](?!\d)")
_JOINT = re.compile(r"(?<!\d) | (?!\d)")


class MatchKind(Enum):
    EXACT = "exact"
    SLIP = "slip"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Match:
    """How a typed text relates to what is accepted; `accepted` is the text it matched, or ""."""

    kind: MatchKind
    accepted: str = ""


def fold(text: str) -> str:
    """Return `text` without what a learner need not get right; idempotent.

    Gone are case, accents (Latin, Greek, Cyrillic, Hebrew and Arabic script), apostrophes,
    hyphens and other punctuation, full stops, extra white space and a leading "the".
    Numbers stay what they are, in ASCII digits: the point in 3.5 and the sign of -5 count.
    """
    text = text.replace("´", "")  # compatibility form would make it a space and an accent
    text = text.casefold() if text.isascii() else _fold_letters(text)
    sign = "-" if _NEGATIVE.match(text) else ""
    text = _THOUSANDS.sub("", text.translate(_TABLE))
    text = " ".join(_PAUSE.sub(" ", _STOP.sub("", text)).split())
    while text.startswith("the "):
        text = text.removeprefix("the ")
    return sign + text


def compact(folded: str) -> str:
    """Return a folded text without its spaces, but for those that keep two numbers apart."""
    return _JOINT.sub("", folded)


def matches(given: str, accepted: Sequence[str], known: Collection[str] = ()) -> Match:
    """Return how `given` relates to the accepted texts.

    EXACT means that the folded texts are equal, spaces aside. SLIP means one edit (a letter
    added, left out or changed, or two neighbours swapped) in one word of at least
    `SLIP_LETTERS` letters, and none in a word with a digit.

    :param known: right answers to something else: never taken for a slip.
    """
    folded = fold(given)
    joined = compact(folded)
    if not joined:
        return Match(MatchKind.NONE)
    candidates = [(text, fold(text)) for text in accepted]
    for text, candidate in candidates:
        if compact(candidate) == joined:
            return Match(MatchKind.EXACT, text)
    if any(compact(fold(text)) == joined for text in known):
        return Match(MatchKind.NONE)
    for text, candidate in candidates:
        if _is_slip(folded, candidate):
            return Match(MatchKind.SLIP, text)
    return Match(MatchKind.NONE)


def is_one_edit(one: str, other: str) -> bool:
    """Return whether the texts differ by exactly one Damerau-Levenshtein edit.

    Source: Damerau (1964), on the four kinds of slip that make most spelling errors.
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    shorter, longer = sorted((one, other), key=len)
    same = next((i for i, c in enumerate(shorter) if c != longer[i]), len(shorter))
    if len(shorter) < len(longer):
        return shorter[same:] == longer[same + 1 :]
    swapped = one[same : same + 2] == other[same : same + 2][::-1]
    return one[same + 1 :] == other[same + 1 :] or (
        swapped and one[same + 2 :] == other[same + 2 :]
    )


def _fold_letters(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    text = unicodedata.normalize("NFKC", text)
    return _DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)


def _is_slip(given: str, accepted: str) -> bool:
    given_words, accepted_words = given.split(), accepted.split()
    if len(given_words) != len(accepted_words):
        return False
    pairs = zip(given_words, accepted_words, strict=True)
    different = [pair for pair in pairs if pair[0] != pair[1]]
    if len(different) != 1:
        return False
    wrote, meant = different[0]
    if len(meant) < SLIP_LETTERS or not (wrote.isalpha() and meant.isalpha()):
        return False
    return is_one_edit(wrote, meant)
