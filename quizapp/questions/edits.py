"""What kind of change an edit of a question is: a slip put right, other words, or another key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from quizapp.questions.cloze import Cloze
from quizapp.questions.folding import fold
from quizapp.questions.foreseen import credits_in
from quizapp.questions.registry import TYPES

#: Words as alike as this differ by a slip: "advertized" and "advertised", not "north" and "south".
_ALIKE = 0.8
_WORD = re.compile(r"\w+")


class EditKind(StrEnum):
    """What an edit changed for those who were asked the question before."""

    TYPO = "typo"
    MEANING = "meaning"
    KEY = "key"


def propose_edit(
    before_type: str, before: dict[str, Any], after_type: str, after: dict[str, Any]
) -> EditKind:
    """Return what kind of edit leads from one stored content to another, as far as texts tell.

    Another key is one that says something else, not one that is spelt better. Where the rest
    differs by more than slips, its meaning may; so may that of a question of another type.
    """
    old, new = _key(before_type, before), _key(after_type, after)
    if not _is_same_but_for_slips(old, new):
        return EditKind.KEY
    if before_type != after_type:
        return EditKind.MEANING
    texts = list(_texts(before)), list(_texts(after))
    return EditKind.TYPO if _is_same_but_for_slips(*texts) else EditKind.MEANING


def _key(type_name: str, stored: dict[str, Any]) -> list[str]:
    kind = TYPES[type_name]
    content = kind.parse(stored)
    shares = credits_in(stored)
    if isinstance(content, Cloze):  # its answer in words is the whole text
        return [*(text for blank in content.blanks for text in blank.accepted), *shares]
    answer = kind.answer(content)
    return [answer.markdown or answer.text, *answer.also, *shares]


def _texts(value: Any) -> Iterator[str]:
    """Yield every text of a stored content, in a fixed order; what is no text, as Python has it."""
    if isinstance(value, dict):
        for name in sorted(value):
            yield from _texts(value[name])
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    else:
        yield str(value)


def _is_same_but_for_slips(before: Sequence[str], after: Sequence[str]) -> bool:
    return len(before) == len(after) and all(map(_is_slip, before, after))


def _is_slip(before: str, after: str) -> bool:
    """Return whether two texts have the same words, but for some that are nearly the same."""
    old, new = _WORD.findall(fold(before)), _WORD.findall(fold(after))
    return len(old) == len(new) and all(map(_is_alike, old, new))


def _is_alike(old: str, new: str) -> bool:
    if old == new:
        return True
    if any(letter.isdigit() for letter in old + new):
        return False
    return SequenceMatcher(None, old, new, autojunk=False).ratio() >= _ALIKE
