"""Words, numbers and parts of short English texts, as the craft rules compare them."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_SENTENCE_END = re.compile(
    r"(?<!\bSt)(?<!\bDr)(?<!\bMr)(?<!\bMrs)(?<!\bGen)(?<!\bNo)(?<!\bArt)[.!?…]+[\"”’)]*\s+(?=\W*[A-Z0-9])"
)
_LIST = re.compile(r",\s*(?:and|or)\s+|\s+(?:and|or|&)\s+|[,;]\s*")
_VOWELS = re.compile(r"[aeiouy]+")
_ARTICLES = frozenset({"a", "an", "the"})


def listed(text: str) -> tuple[str, ...]:
    """Return the words of a list written in one line."""
    return tuple(text.split())


#: Words that carry grammar rather than meaning; negations and comparisons are kept.
FUNCTION_WORDS = frozenset(
    listed(
        "a an the of and or in on at to for by with from as is are was were be been being am it its"
        " this that these those which what who whom whose when where why how did do does had"
        " has have having i you he she they we them their his her him our your there than into"
        " onto about between can could may might must shall should will would one ones if so such"
    )
)
_NUMBERS = {
    word: number
    for number, word in enumerate(
        listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
            " fifteen sixteen seventeen eighteen nineteen twenty"
        )
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100, "thousand": 1_000}
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_DIGITS_OR_WORD = re.compile(rf"{_DIGITS.pattern}|[a-z]+")


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, without the hyphens between them."""
    return tuple(_WORD.findall(text.casefold()))


def content_words(text: str) -> frozenset[str]:
    """Return the words that carry meaning, each in its base form."""
    return frozenset(base(word) for word in words(text) if word not in FUNCTION_WORDS)


@lru_cache(maxsize=50_000)
def base(word: str) -> str:
    """Return a word without possessive and plural endings: "cities" and "city's" give "city"."""
    word = re.sub(r"['’ʼ]s?$", "", word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=50_000)
def whole_number(word: str) -> int | None:
    """Return the number that a word or its digits state, or None."""
    if word.isascii() and word.isdigit() and len(word) < 10:
        return int(word)
    return _NUMBERS.get(word)


@lru_cache(maxsize=5_000)
def numbers(text: str) -> tuple[float, ...]:
    """Return every number in a text, in digits or in words, in order."""
    found: list[float] = []
    for match in _DIGITS_OR_WORD.finditer(text.casefold()):
        said = match.group()
        if said[0].isdigit():
            found.append(_value(said))
        elif said in _NUMBERS and said != "one":  # "one" is mostly no number
            found.append(_NUMBERS[said])
    return tuple(found)


def without_numbers(text: str) -> tuple[str, ...]:
    """Return the words of a text that are no numbers, in their base form."""
    left = _DIGITS.sub(" ", text.casefold())
    return tuple(base(word) for word in words(left) if word not in _NUMBERS)


@lru_cache(maxsize=5_000)
def parts(text: str) -> frozenset[tuple[str, ...]]:
    """Return what a text lists: "Iran and the UN" has the parts ("iran",) and ("un",).

    Articles and endings do not count, and numbers are the same in digits and in words.
    """
    listed = (_plain(part) for part in _LIST.split(text))
    return frozenset(part for part in listed if part)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [part for part in _SENTENCE_END.split(text) if part.strip()]


def says(text: str, phrase: str) -> bool:
    """Return whether `phrase` stands in `text` as whole words; both are folded."""
    return bool(phrase) and f" {phrase} " in f" {text} "


def grade_level(text: str) -> float:
    """Return the years of schooling that reading a text takes; 0.0 without words.

    Names (capitals within a sentence) count as two syllables, for they cannot be simplified.
    Source: Kincaid et al. (1975), the Flesch-Kincaid grade level.
    """
    found = re.findall(r"(?<![.!?…]\s)(?<!^)\b[A-Z]\w*|\w+", text)
    if not found:
        return 0.0
    syllables = sum(2 if word[0].isupper() else _syllables(word) for word in found)
    count = len(found)
    return 0.39 * count / max(1, len(sentences(text))) + 11.8 * syllables / count - 15.59


@lru_cache(maxsize=50_000)
def _syllables(word: str) -> int:
    groups = len(_VOWELS.findall(word.casefold()))
    is_silent = word.endswith("e") and not word.endswith("le") and groups > 1
    return max(1, groups - is_silent)


def _plain(part: str) -> tuple[str, ...]:
    kept = (word for word in words(part) if word not in _ARTICLES)
    return tuple(str(_NUMBERS.get(word, base(word))) for word in kept)


def _value(digits: str) -> float:
    """Return a number as written: a comma before three digits marks thousands."""
    plain = re.sub(r",(?=\d{3}(?!\d))", "", digits).replace(",", ".")
    head, dot, rest = plain.partition(".")
    return float(head + dot + rest.replace(".", ""))
