"""Tags: words that an author sorts questions by, so that a draw can ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from quizapp.errors import Problem
from quizapp.questions.reading import clean

TAG_LIMIT = 40
MOST_TAGS = 20
_TAG = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_BREAK = re.compile(r"[\s_-]+")


def is_tag(text: str) -> bool:
    """Return whether a text is a tag as it is stored: lower case, words joined by hyphens."""
    is_short = 0 < len(text) <= TAG_LIMIT
    return is_short and _TAG.fullmatch(text) is not None and text == text.lower()


def split_tags(text: str) -> list[str]:
    """Return what an author typed between commas, each as a tag would be written."""
    parts = (_BREAK.sub("-", part.strip()).strip("-").lower() for part in text.split(","))
    return [part for part in parts if part]


def read_tags(
    stated: Iterable[str], *, path: str = "tags"
) -> tuple[tuple[str, ...], list[Problem]]:
    """Return the tags, each once and in order, and what is wrong with them."""
    tags: dict[str, None] = {}
    problems: list[Problem] = []
    for text in stated:
        tag, complaint = clean(text, TAG_LIMIT)
        if complaint:
            problems.append(Problem(path, f"A tag is too long or unreadable: {complaint}"))
        elif not is_tag(tag):
            message = f"“{tag}” cannot be a tag. Use letters, digits and single hyphens."
            problems.append(Problem(path, message))
        else:
            tags[tag] = None
    if len(tags) > MOST_TAGS:
        problems.append(Problem(path, f"Give at most {MOST_TAGS} tags."))
    return tuple(tags), problems
