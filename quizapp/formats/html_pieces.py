"""Texts of a file put together."""

from __future__ import annotations

from collections.abc import Iterable

from quizapp.formats.interchange import NOTHING, Markup, Text


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
