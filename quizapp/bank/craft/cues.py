"""Rules about cues: what gives the key away to somebody who does not know it."""

from __future__ import annotations

import re

from quizapp.bank.craft.rule import Alternative, Item
from quizapp.bank.craft.wording import content_words, says, whole_number, words
from quizapp.questions.folding import fold

#: A key may be this much longer than the longest distractor before its length gives it away.
_LONGER, _FEW_CHARACTERS = 1.4, 12
_ECHO_LETTERS = 4
_FEW_LETTERS = 3
_ABSOLUTE = re.compile(
    r"\b(?:always|never|all|every|everyone|everybody|everything|none|nobody|nothing|only|entirely|"
    r"completely|totally|absolutely|invariably|wholly|exclusively)\b",
    re.IGNORECASE,
)
_NOT_ABSOLUTE = re.compile(r"\b(?:not only|at all|above all|after all|all over|not all)\b", re.I)
_ENDS_IN_ARTICLE = re.compile(r"\b(an?)\b[\s_]*[.:?…]*\s*$", re.IGNORECASE)
_AN_BEFORE_GAP = re.compile(r"\ban\s+$", re.IGNORECASE)
_VOWEL = re.compile(
    r"(?!(?:uni|use|usu|eu|one|once|uk|us\b))[aeiou]|hour|honest|honou?r|heir", re.I
)
_PLURAL_ASKED = re.compile(
    r"\b(?:which|what) (?:\w+ ){0,2}?(?:are|were)\b|\b(?:are|were)\b[\s_]*[:?.…]*\s*$",
    re.IGNORECASE,
)
_SINGULAR_ASKED = re.compile(
    r"\b(?:which|what) (?:\w+ ){0,2}?(?:is|was)\b|\b(?:is|was)\b[\s_]*[:?.…]*\s*$",
    re.IGNORECASE,
)
#: Of names and of words from Latin and Greek: Delos, Aeneas, basis.
_SINGULAR_ENDING = re.compile(r"(?:ss|us|is|os|as|['’]s)$", re.IGNORECASE)
_STATED_COUNT = re.compile(
    r"\b(?:which|what|choose|pick|mark|select|name|tick)(?: the)? (\w+)\b", re.IGNORECASE
)


def longest_key(item: Item) -> str:
    """Say that a key stands out by its length."""
    if not item.distractors:
        return ""
    key = max(len(option.text) for option in item.keys)
    distractor = max(len(option.text) for option in item.distractors)
    if key <= _LONGER * distractor or key - distractor <= _FEW_CHARACTERS:
        return ""
    return "the key is much the longest option; shorten it or lengthen the others"


def stem_echoes_key(item: Item) -> str:
    """Say which word of the stem comes back in the key alone."""
    if not item.has_one_key:
        return ""
    stem = content_words(item.stem)
    of_distractors = [option.content for option in item.distractors]
    (key,) = item.keys
    echoed = _echo(stem, key.content, of_distractors)
    if not echoed:
        return ""
    for option in item.distractors:
        others = [o.content for o in item.options if o is not option]
        if _echo(stem, option.content, others):
            return ""  # a distractor lures by the same means
    return f'of the options only the key takes up "{echoed}" from the question; reword one'


def key_in_stem(item: Item) -> str:
    """Say that what is asked for stands in the question."""
    if item.is_statement:
        return ""
    for gap in item.gaps:
        for text in gap.accepted:
            if len(text) > _FEW_LETTERS and _stands_in_stem(item, words(text), text):
                return f'the question says "{text}", which is what it asks for; reword it'
    if item.has_one_key:
        said = [o for o in item.options if _stands_in_stem(item, o.words, o.text)]
        if len(said) == 1 and said[0].is_key and len(said[0].text) > _FEW_LETTERS:
            return f'the question says "{said[0].text}", which is its key; reword it'
    return ""


def article_cue(item: Item) -> str:
    """Say that "a" or "an" tells which option fits."""
    ends = _ENDS_IN_ARTICLE.search(item.stem)
    if item.options and ends:
        wants_vowel = ends[1].casefold() == "an"
        fits = [bool(_VOWEL.match(option.text)) is wants_vowel for option in item.options]
        if not all(fits):
            return f'"{ends[1]}" before the options rules some out; move the article into them'
    if item.is_cloze and any(_AN_BEFORE_GAP.search(gap.before) for gap in item.gaps):
        return '"an" before the gap tells how the key begins; write "a(n)" or put it into the gap'
    return ""


def plural_cue(item: Item) -> str:
    """Say that the number asked for fits the key alone."""
    if not item.has_one_key:
        return ""
    is_plural = bool(_PLURAL_ASKED.search(item.stem))
    if not is_plural and not _SINGULAR_ASKED.search(item.stem):
        return ""
    fitting = [option for option in item.options if _is_plural(option) is is_plural]
    if len(fitting) == 1 and fitting[0].is_key:
        number = "plural" if is_plural else "singular"
        return f"the question asks in the {number}, which only the key is; even the options out"
    return ""


def absolute_words(item: Item) -> str:
    """Say which absolute word marks what is wrong."""
    if item.is_statement:
        found = _absolute(item.stem) if item.truth is False else ""
        return f'"{found}" makes the statement easy to reject; say it without' if found else ""
    if any(_absolute(option.text) for option in item.keys):
        return ""
    for option in item.distractors:
        if found := _absolute(option.text):
            return f'"{found}" in "{option.text}" marks it as wrong; say it without'
    return ""


def stated_count(item: Item) -> str:
    """Say that the question asks for another number of options than are right."""
    if not item.has_several_keys:
        return ""
    for match in _STATED_COUNT.finditer(item.stem):
        count = whole_number(match[1].casefold())
        if count is not None and count != len(item.keys):
            return (
                f"the question asks for {count} options and {len(item.keys)} are right; correct it"
            )
    return ""


def _stands_in_stem(item: Item, own: tuple[str, ...], text: str) -> bool:
    # The cheap comparison of words spares nearly all folding.
    return set(own) <= set(item.stem_words) and says(fold(item.stem), fold(text))


def _echo(stem: frozenset[str], own: frozenset[str], others: list[frozenset[str]]) -> str:
    found = (own & stem).difference(*others)
    return min((word for word in found if len(word) >= _ECHO_LETTERS), default="")


def _absolute(text: str) -> str:
    found = _ABSOLUTE.search(_NOT_ABSOLUTE.sub("", text))
    return found.group() if found else ""


def _is_plural(option: Alternative) -> bool:
    last = option.words[-1] if option.words else ""
    if "and" in option.words:
        return True
    return len(last) > _FEW_LETTERS and last.endswith("s") and not _SINGULAR_ENDING.search(last)
