"""Texts of a file put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from html import unescape

from quizapp.formats.interchange import NOTHING, Body, Markup, Text

#: So many texts are looked for in a question, and so much of one is shown.
_MOST_FEEDBACK, _LONGEST = 200, 60
_MOST_READ = 20_000


def joined(texts: Iterable[Text]) -> Text:
    """Return texts below each other, each once; plain only where all are."""
    held = list(dict.fromkeys(text for text in texts if text))
    if len(held) < 2:
        return held[0] if held else NOTHING
    if all(text.markup is Markup.PLAIN for text in held):
        return Text("\n".join(text.text for text in held))
    return Text("\n".join(f"<div>{as_html(text)}</div>" for text in held), Markup.HTML)


def as_html(text: Text) -> str:
    """Return a plain text or HTML as HTML."""
    if text.markup is Markup.PLAIN:
        return text.text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    return text.text


def untold(feedback: Iterable[Text], *holders: Body | Text) -> list[str]:
    """Return sentences that name the feedback which nothing of a question holds."""
    wanted = [text for text in dict.fromkeys(feedback) if text]
    if len(wanted) > _MOST_FEEDBACK:
        return ["It has so much feedback that some of it may have been left out."]
    held = "\n".join(as_html(text) for holder in holders for text in _texts(holder))
    lost = [text for text in wanted if as_html(text).strip() not in held]
    return [f"A feedback was left out: “{words_in(text.text)}”." for text in lost]


def _texts(value: object) -> Iterator[Text]:
    """Yield every text in a part of a question."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _texts(getattr(value, one.name))


def words_in(html: str) -> str:
    """Return the beginning of a text as people read it, to name it in a sentence."""
    words = " ".join(unescape(re.sub("<[^<>]*>", " ", html[:_MOST_READ])).split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
