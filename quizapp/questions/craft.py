"""What makes a question a good one, as far as a program can see; advice, never a condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quizapp.markup import plain, plain_inline
from quizapp.questions.choices import Choices
from quizapp.questions.cloze import Cloze
from quizapp.questions.short_text import ShortText

_MOST_GAPS, _MOST_WORDS = 3, 4
#: A key may be this much longer than the longest distractor before its length gives it away.
_LONGER, _FEW_CHARACTERS = 1.4, 12
_CATCH_ALL = re.compile(r"\b(?:all|none|both|neither) of (?:the|these|them|those)\b", re.I)
_NEGATIVE = re.compile(r"\b(?:not|never|except|cannot|isn[’']t|aren[’']t|wasn[’']t)\b", re.I)


@dataclass(frozen=True, slots=True)
class Check:
    """One piece of advice, and whether the question follows it."""

    is_met: bool
    words: str


def checks(content: Any, *, explanation: str, is_cited: bool) -> tuple[Check, ...]:
    """Return the advice on a question's content.

    :param content: what `QuestionType.parse` gave. :param explanation: Markdown, or "".
    :param is_cited: a passage proves its fact.
    """
    found = [_check(is_cited, "Linked to a passage", "Link it to the words that prove it")]
    if isinstance(content, Choices):
        found += _choices(content)
    elif isinstance(content, Cloze):
        gaps = len(content.blanks)
        words = f"Leave at most {_MOST_GAPS} gaps; with {gaps} little is left to go by"
        found.append(_check(gaps <= _MOST_GAPS, "Enough text left round the gaps", words))
    elif isinstance(content, ShortText):
        is_short = len(content.accepted[0].split()) <= _MOST_WORDS
        words = f"Ask for at most {_MOST_WORDS} words, or use options"
        found.append(_check(is_short, "The key is short enough to type", words))
    found.append(_check(bool(explanation), "Explained", "Say why the key is right"))
    return tuple(found)


def _choices(content: Choices) -> Iterator[Check]:
    keys = len(content.keys)
    yield Check(True, "One right answer" if keys == 1 else f"{keys} right answers")
    yield _check(
        not _stands_out(content),
        "Options of similar length",
        "Shorten the key or lengthen the others: its length gives it away",
    )
    texts = [plain_inline(option.text) for option in content.options]
    yield _check(
        not any(_CATCH_ALL.search(text) for text in texts),
        "No “all of the above”",
        "Replace “all” or “none of the above” by an option of its own",
    )
    yield _check(
        not _NEGATIVE.search(plain(content.stem)),
        "No negative question",
        "Ask what is so, rather than what is not",
    )
    silent = sum(not option.key and not option.feedback for option in content.options)
    yield _check(
        not silent,
        "Feedback for every wrong option",
        f"Say why it is wrong: {silent} option{'s have' if silent > 1 else ' has'} no feedback",
    )


def _stands_out(content: Choices) -> bool:
    """Return whether some key is much longer than every distractor."""
    lengths: dict[bool, int] = {True: 0, False: 0}
    for option in content.options:
        lengths[option.key] = max(lengths[option.key], len(plain_inline(option.text)))
    is_longer = lengths[True] > _LONGER * lengths[False]
    return is_longer and lengths[True] - lengths[False] > _FEW_CHARACTERS


def _check(is_met: bool, praise: str, advice: str) -> Check:
    return Check(is_met, praise if is_met else advice)
