"""Hints while a question can still be tried: where to read, and then what to read there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.queries.passages import CitedPassage
from quizapp.questions.base import QuestionType


@dataclass(frozen=True, slots=True)
class Hint:
    """A paragraph that proves the fact in question.

    :param pieces: its text around what is left out: the words that prove the fact, and the key
        wherever else it stands; () while only the place is told.
    """

    source_id: int
    source_title: str
    key: str
    locator: str
    heading: str
    pieces: tuple[str, ...] = ()


def hints(
    citations: Sequence[CitedPassage],
    kind: QuestionType[Any, Any],
    content: Any,
    *,
    wrong_tries: int,
) -> tuple[Hint, ...]:
    """Return nothing before the first wrong try, then the places, then their words with gaps."""
    if not wrong_tries:
        return ()
    keys = _keys(kind, content)
    by_passage: dict[int, list[CitedPassage]] = {}
    for one in citations:
        by_passage.setdefault(one.passage_id, []).append(one)
    return tuple(
        Hint(
            first.source_id,
            first.source_title,
            first.key,
            first.locator,
            first.heading,
            _pieces([first, *rest], keys) if wrong_tries > 1 else (),
        )
        for first, *rest in by_passage.values()
    )


def _keys(kind: QuestionType[Any, Any], content: Any) -> frozenset[str]:
    """Return every text that would answer the question."""
    answer = kind.answer(content)
    expected = (part.expected for part in kind.parts(content, None))
    chosen = (option.text for option in kind.review(content, None) if option.state == "missed")
    return frozenset(filter(None, (answer.text, *answer.also, *expected, *chosen)))


def _pieces(citations: Sequence[CitedPassage], keys: Iterable[str]) -> tuple[str, ...]:
    first = citations[0]
    text = first.before + first.exact + first.after
    spans = [(len(one.before), len(one.before) + len(one.exact)) for one in citations]
    # Longest first: an alternative that begins another would win over it.
    words = "|".join(map(re.escape, sorted(keys, key=len, reverse=True)))
    if words:
        found = re.finditer(rf"(?<!\w)(?:{words})(?!\w)", text, re.IGNORECASE)
        spans += [match.span() for match in found]
    pieces: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if start > at or not pieces:
            pieces.append(text[at:start])
        at = max(at, end)
    return (*pieces, text[at:])
