"""Rules about what is asked: stems, statements and texts with gaps."""

from __future__ import annotations

import re

from quizapp.bank.craft.rule import Item
from quizapp.bank.craft.wording import content_words, grade_level, listed, sentences, words

_ASKING = frozenset({"single_choice", "multiple_response", "short_text"})
_ORDERS = frozenset(
    listed(
        "name give state choose select pick mark complete identify list match order put write say"
        " find calculate compute type fill arrange translate explain describe define tick solve"
    )
)
_FEWEST_WORDS = 3
_MOST_WORDS = 45
_LEVEL, _LEVEL_WORDS = 16, 15
_NOT_ONLY = re.compile(r"\bnot (?:only|just|merely)\b|\bwhether or not\b", re.IGNORECASE)
_NEGATIVE = re.compile(
    r"\b(?:not|never|except|excluding|cannot|nor|neither)\b|n[’']t\b"
    r"|\bwhich\b.{0,60}\b(?:incorrect|untrue|false|wrong)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|without|cannot|unable|unlikely|impossible|"
    r"unwilling|unaware|incorrect|untrue|false|except|deny|denies|denied|lacked|lacks)\b|n[’']t\b",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"(?<![\w(-])[A-Z][A-Z0-9]{1,5}(?![\w-])")
_ROMAN = re.compile(r"[IVXLCDM]+")
_KNOWN = frozenset(
    listed("UN EU US USA UK NATO BBC AD BC BCE CE DNA RNA TV UTC GMT PDF HTML CD DVD USSR FBI CIA")
)
_ASKS_MEANING = re.compile(r"\b(?:stands? for|short for|abbreviat\w+|acronym|initials)\b", re.I)
_OPINION = re.compile(
    r"\b(?:do|would|did|can) you (?:think|feel|agree|believe|prefer|say|like|consider)\b"
    r"|\bin your (?:opinion|view|mind)\b|\byour favou?rite\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\b(?:currently|nowadays|today|recently|lately|at present|these days|(?:this|last|next) year|"
    r"at the moment|to date|so far|up to now|right now|is now|are now)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:many|several|some|few|often|usually|sometimes|rarely|seldom|frequently|occasionally|"
    r"generally|a lot|lots|a number of|most of)\b",
    re.IGNORECASE,
)
_COPIED = 0.85


def stem_without_question(item: Item) -> str:
    """Say that the stem alone does not tell what to do."""
    if item.type not in _ASKING:
        return ""
    advice = "ask a whole question that can be answered without seeing the options"
    if "___" in item.stem or item.stem.rstrip().endswith((":", "…", "...")):
        return ""
    orders = any((words(part) or ("",))[0] in _ORDERS for part in sentences(item.stem))
    if "?" not in item.stem and "؟" not in item.stem and not orders:
        return f"the stem asks nothing; {advice}"
    if len(item.stem_words) < _FEWEST_WORDS:
        return f"the stem is too short to be understood; {advice}"
    return ""


def negative_stem(item: Item) -> str:
    """Say that the question asks what is not so."""
    found = None if item.is_cloze else _NEGATIVE.search(_NOT_ONLY.sub("", item.stem))
    if not found or double_negative(item):
        return ""
    return f'"{found.group()}" turns the question round; ask what is so'


def double_negative(item: Item) -> str:
    """Say that two negatives have to be untangled."""
    text = _NOT_ONLY.sub("", item.stem)
    if not _NEGATION.search(text) and not _NEGATIVE.search(text):
        return ""
    for sentence in sentences(text):
        found = [match.group() for match in _NEGATION.finditer(sentence)]
        if len(found) > 1:
            return f'"{found[0]}" and "{found[1]}" undo each other; say it without negatives'
    if _NEGATIVE.search(text):
        for option in item.options:
            if again := _NEGATION.search(option.text):
                return (
                    f'the question is negative and so is "{again.group()}" in "{option.text}"; '
                    "ask what is so"
                )
    return ""


def stem_too_long(item: Item) -> str:
    """Say that the question takes too long to read."""
    count = len(item.stem_words)
    if count <= _MOST_WORDS:
        return ""
    return f"the question has {count} words; cut it to {_MOST_WORDS} or fewer"


def reading_level(item: Item) -> str:
    """Say that the words are harder than the matter."""
    if len(item.stem_words) < _LEVEL_WORDS:
        return ""
    level = grade_level(item.stem)
    if level <= _LEVEL:
        return ""
    return f"it reads at grade {level:.0f} of schooling; use shorter sentences and plainer words"


def unexplained_abbreviation(item: Item) -> str:
    """Say which abbreviation a learner may not know."""
    shown = " · ".join(item.shown)
    if shown == shown.upper() or _ASKS_MEANING.search(item.stem):
        return ""
    for match in _ABBREVIATION.finditer(shown):
        short = match.group()
        if short in _KNOWN or _ROMAN.fullmatch(short) or f"({short})" in shown:
            continue
        if not re.search(rf"\b{short} \(\w+ ", shown):
            return f'"{short}" is not explained; write it out with "({short})" after it'
    return ""


def asks_opinion(item: Item) -> str:
    """Say that the question has no one right response."""
    found = _OPINION.search(item.stem)
    return f'"{found.group()}" asks for an opinion; ask for what can be shown' if found else ""


def dated_words(item: Item) -> str:
    """Say which word will be untrue one day."""
    found = _DATED.search(item.stem)
    return f'"{found.group()}" will grow stale; name the time that is meant' if found else ""


def vague_quantity(item: Item) -> str:
    """Say which word everybody counts differently."""
    texts = [item.stem] if item.is_statement else [option.text for option in item.options]
    for text in texts:
        if found := _VAGUE.search(text):
            return f'"{found.group()}" means something else to everybody; give a number or a name'
    return ""


def trivial_true_false(item: Item) -> str:
    """Say that a true statement is the fact itself, word for word."""
    if not item.truth or not item.statement:
        return ""
    own, fact = content_words(item.stem), content_words(item.statement)
    if not own or len(own & fact) < _COPIED * len(own | fact):
        return ""
    return "the statement repeats the fact word for word; put its sense in other words"
