"""Rules about the options of a question: what may stand beside what."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import combinations

from quizapp.bank.craft.rule import Item
from quizapp.bank.craft.wording import listed, numbers, parts, without_numbers

_MOST_WORDS = 20
_FEWEST = 3
_OPENING_WORDS = 3
_CATCH_ALL = re.compile(
    r"\b(?:all|none|both|neither|any|either) of (?:the|these|them|those)\b"
    r"(?: (?:above|other|others|options|choices|answers))?\s*\W*$"
    r"|\b(?:all|none|any|both|neither) (?:the )?(?:above|options)\b"
    r"|^\W*(?:both |neither |only )?\(?[A-F1-6]\)? (?:and|or|nor|&) \(?[A-F1-6]\)?\W*$",
    re.IGNORECASE,
)
_ING = re.compile(r"[a-z]{2,}ing$", re.IGNORECASE)
_NO_VERBS = frozenset(
    listed(
        "king spring string thing nothing something anything everything morning evening during"
        " beijing building wing ceiling"
    )
)
_OPENERS = {
    "to": "to",
    "by": "by",
    "that": "that",
    "because": "because",
    **dict.fromkeys(("who", "what", "when", "where", "why", "how", "whether"), "a question word"),
}
_STOP = re.compile(r"[.!]\W*$")
_RANGE = re.compile(r"(\d[\d.,]*)\s*(?:-|–|—|to)\s*(\d[\d.,]*)", re.IGNORECASE)
_OPEN_ABOVE = re.compile(r"\b(more than|over|above|at least|from|after|since)\b|(?<=\d)\+", re.I)
_OPEN_BELOW = re.compile(
    r"\b(less than|fewer than|under|below|at most|up to|within|before|until)\b", re.IGNORECASE
)
_INCLUSIVE = frozenset({"at least", "from", "since", "at most", "up to", "within", "until"})


def all_of_the_above(item: Item) -> str:
    """Say which option stands for the others."""
    for option in item.options:
        if _CATCH_ALL.search(option.text):
            return f'"{option.text}" stands for other options; replace it by one of its own'
    return ""


def duplicate_options(item: Item) -> str:
    """Say which two options mean the same."""
    for one, other in combinations(item.options, 2):
        if one.words == other.words or (parts(one.text) and parts(one.text) == parts(other.text)):
            return f'"{one.text}" and "{other.text}" say the same; change one of them'
    return ""


def overlapping_options(item: Item) -> str:
    """Say which two options of a single choice can both be right."""
    if not item.has_one_key:
        return ""
    spans = [_span(option.text) for option in item.options]
    for (one, first), (other, second) in combinations(zip(item.options, spans, strict=True), 2):
        if first and second and first.meets(second):
            return f'"{one.text}" and "{other.text}" can both be true; make them exclude each other'
        mine, theirs = parts(one.text), parts(other.text)
        if mine and theirs and (mine < theirs or theirs < mine):
            return f'"{one.text}" and "{other.text}" overlap: one lists the other; pull them apart'
    return ""


def options_not_parallel(item: Item) -> str:
    """Say which option differs in form from all the others."""
    count = len(item.options)
    if count < _FEWEST:
        return ""
    stops = sum(bool(_STOP.search(option.text)) for option in item.options)
    if 0 < stops < count:
        return "some options end with a full stop and some do not; write all the same way"
    openers = [_opener(option.words) for option in item.options]
    for opener, times in Counter(openers).items():
        if opener and times == count - 1:
            odd = next(o for o, mine in zip(item.options, openers, strict=True) if mine != opener)
            return f'all options but "{odd.text}" open with {opener}; give it the same form'
        if opener and times == 1 and opener != "an -ing form":
            odd = item.options[openers.index(opener)]
            return f'only "{odd.text}" opens with {opener}; give all options one form'
    return ""


def numbers_unsorted(item: Item) -> str:
    """Say that options that are numbers are out of order."""
    if len(item.options) < _FEWEST:
        return ""
    found = [numbers(option.text) for option in item.options]
    if any(len(one) != 1 for one in found):
        return ""
    if len({without_numbers(option.text) for option in item.options}) > 1:
        return ""
    values = [one[0] for one in found]
    if values in (sorted(values), sorted(values, reverse=True)):
        return ""
    return "the options are numbers out of order; sort them"


def too_few_options(item: Item) -> str:
    """Say that a single choice is half guessed."""
    if not item.has_one_key or len(item.options) >= _FEWEST:
        return ""
    return "with two options half of all guesses are right; add a distractor, or ask true or false"


def one_key_of_several(item: Item) -> str:
    """Say that a question with several keys has only one, or only one distractor."""
    if not item.has_several_keys:
        return ""
    if len(item.keys) == 1:
        return "only one option is right where several are expected; ask for one right answer"
    if len(item.distractors) == 1:
        return "only one option is wrong, so that nearly any choice scores; add a distractor"
    return ""


def choosing_all_wins(item: Item) -> str:
    """Say that wrong options cost too little for who chooses everything."""
    if not (item.has_several_keys and item.all_win):
        return ""
    return "choosing every option earns full marks; let the wrong ones cost something"


def option_too_long(item: Item) -> str:
    """Say which option takes too long to read."""
    for option in item.options:
        if len(option.words) > _MOST_WORDS:
            return (
                f'the option "{option.text[:40]}…" has {len(option.words)} words; '
                f"shorten it to {_MOST_WORDS}"
            )
    return ""


def repeated_opening(item: Item) -> str:
    """Say that all options begin with the same words."""
    if len(item.options) < _FEWEST:
        return ""
    openings = {option.words[:_OPENING_WORDS] for option in item.options}
    longer = all(len(option.words) > _OPENING_WORDS for option in item.options)
    if len(openings) > 1 or not longer:
        return ""
    return f'every option begins with "{" ".join(openings.pop())}"; move the words to the question'


@dataclass(frozen=True, slots=True)
class _Span:
    """The numbers that an option allows, of one unit."""

    unit: tuple[str, ...]
    low: float
    high: float
    has_low: bool = True
    has_high: bool = True

    def meets(self, other: _Span) -> bool:
        """Return whether some number is in both; two equal single numbers are for another rule."""
        if self.unit != other.unit or (self.is_point and other.is_point):
            return False
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low == high:
            return all(
                (low > s.low or s.has_low) and (low < s.high or s.has_high) for s in (self, other)
            )
        return low < high

    @property
    def is_point(self) -> bool:
        return self.low == self.high


def _span(text: str) -> _Span | None:
    between = _RANGE.search(text)
    found = numbers(text)
    if between and len(found) == 2:
        return _Span(_unit(_RANGE.sub("", text)), min(found), max(found))
    if len(found) != 1:
        return None
    above, below = _OPEN_ABOVE.search(text), _OPEN_BELOW.search(text)
    unit = _unit(_OPEN_BELOW.sub("", _OPEN_ABOVE.sub("", text)))
    if above:
        return _Span(unit, found[0], math.inf, has_low=above.group().casefold() in _INCLUSIVE)
    if below:
        return _Span(unit, -math.inf, found[0], has_high=below.group().casefold() in _INCLUSIVE)
    return _Span(unit, found[0], found[0])


def _unit(text: str) -> tuple[str, ...]:
    return tuple(word for word in without_numbers(text) if word not in ("about", "around", "to"))


def _opener(words: tuple[str, ...]) -> str:
    first = words[0] if words else ""
    if _ING.match(first) and first not in _NO_VERBS:
        return "an -ing form"
    name = _OPENERS.get(first, "")
    return f'"{name}"' if name and " " not in name else name
