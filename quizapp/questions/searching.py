"""What can be searched of a question: all that its author wrote, folded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from quizapp.questions.fields import Kind
from quizapp.questions.folding import fold
from quizapp.questions.registry import TYPES

#: More words than this narrow nothing further.
MOST_NEEDLES = 8
_SHORT = 2
# Folding takes "the" from the beginning of a text, so that it may not be there.
_NOTHING = {"", "the"}
_QUOTED = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]')
_NUMBER = re.compile(r"#\d+")


def searched_text(question_id: int, key: str, type_name: str, content: Mapping[str, Any]) -> str:
    """Return all texts of a question, folded: stem, options, pairs, feedback, explanation, key.

    Every word stands between spaces; the number is "#12 ", so that "#1" does not find it.
    """
    return with_number(searched_words(key, type_name, content), question_id)


def with_number(words: str, question_id: int) -> str:
    """Return what `searched_words` returned, with the number of its question."""
    return f" {words} #{question_id} "


def searched_words(key: str, type_name: str, content: Mapping[str, Any]) -> str:
    """Return the texts of a question that may have no number yet, folded."""
    kind = TYPES[type_name]
    texts = [
        text
        for field in kind.fields
        if field.kind not in (Kind.CHOICE, Kind.TRUTH)
        for text in _texts(content.get(field.name))
    ]
    return " ".join(filter(None, map(_folded, [*texts, key])))


def needles(text: str) -> tuple[str, ...]:
    """Return what a question must hold to be found, folded, the longest first.

    Every word by itself, in any order and as any part of a word, but for the shortest: two
    letters begin a word, one letter is one. What stands in quotation marks stays together.
    """
    parts = [*_QUOTED.findall(text), *_QUOTED.sub(" ", text).split()]
    wanted = dict.fromkeys(_needle(found) for found in map(_folded, parts) if found not in _NOTHING)
    return tuple(sorted(wanted, key=len, reverse=True)[:MOST_NEEDLES])


def _folded(text: str) -> str:
    # Emphasis is no part of a word: "im**port**ant" is one.
    return fold(text.replace("*", "").replace("`", ""))


def _needle(word: str) -> str:
    if _NUMBER.fullmatch(word):
        return f"{word} "
    if len(word) <= _SHORT and word.isascii() and word.isalnum():
        return f" {word} " if len(word) < _SHORT else f" {word}"
    return word


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
