"""The two sides of a question as HTML for a card that is turned over."""

from __future__ import annotations

from html import escape
from typing import Any

from quizapp.markup import render, render_inline
from quizapp.markup.html_media import replace_shown
from quizapp.questions.base import QuestionType

_GAP = "[…]"


def front(kind: QuestionType[Any, Any], content: Any) -> str:
    """Return what is asked, with everything that there is to choose from."""
    public = kind.public(content)
    segments = getattr(public, "segments", None)
    if segments is not None:
        pieces = (render_inline(one) if isinstance(one, str) else _gap(one) for one in segments)
        return _in_words("".join(pieces))
    asked = render(public.stem) if hasattr(public, "stem") else escape(kind.stem(content))
    listed = [_list(getattr(public, name, ())) for name in ("options", "items", "lefts", "choices")]
    return _in_words(asked.strip() + "".join(listed))


def back(kind: QuestionType[Any, Any], content: Any) -> str:
    """Return the key, and why it is right."""
    answer = kind.answer(content)
    shown = render(answer.markdown) if answer.markdown else f"<p>{escape(answer.text)}</p>"
    explanation = kind.explanation(content)
    return _in_words((shown + (render(explanation) if explanation else "")).strip())


def passage(before: str, exact: str, after: str) -> str:
    """Return the cited words in their sentence, marked."""
    marked = f"<mark>{escape(exact)}</mark>" if exact else ""
    return escape(before) + marked + escape(after)


def _in_words(html: str) -> str:
    """Return a side with words for its pictures and sounds, which the package does not hold."""
    return replace_shown(html, lambda shown: f"[{escape(shown.words) or '…'}]")


def _gap(gap: Any) -> str:
    options = " / ".join(escape(one) for one in gap.choices)
    told = options or escape(gap.hint)
    return f"<b>[{told}]</b>" if told else f"<b>{_GAP}</b>"


def _list(options: Any) -> str:
    texts = [one if isinstance(one, str) else one.text for one in options or ()]
    if not texts:
        return ""
    return f"<ul>{''.join(f'<li>{render_inline(text)}</li>' for text in texts)}</ul>"
