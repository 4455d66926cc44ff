"""A response in plain words, whatever its type."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from quizapp.markup import plain_inline
from quizapp.questions.base import QuestionType
from quizapp.questions.folding import compact, fold

_CHOSEN = ("right", "partly", "wrong")


def in_words(kind: QuestionType[Any, Any], content: Any, response: Any | None) -> str:
    """Return what was given on one line ("Dehghan; Shoygu", "Volga: Caspian Sea"), or ""."""
    if response is None:
        return ""
    if not kind.is_gradable:
        return str(response)  # it is in words already
    options = kind.review(content, response)
    if options:
        return "; ".join(plain_inline(one.text) for one in options if one.state in _CHOSEN)
    parts = kind.parts(content, response)
    return "; ".join(
        f"{part.label}: {part.given or '–'}" if part.label else part.given or "–" for part in parts
    )


def response_token(dumped: Any) -> str:
    """Return 16 digits that stand for a response as dumped.

    What is typed alike, capitals and spaces aside, has one token; `grading.regrades` accepts it
    alike too.
    """
    canonical = json.dumps(_folded(dumped), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return compact(fold(value))
    if isinstance(value, dict):
        return {name: _folded(item) for name, item in value.items()}
    return [_folded(item) for item in value] if isinstance(value, list | tuple) else value
