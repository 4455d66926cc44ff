"""What every question has: what is asked, and what is said afterwards."""

from __future__ import annotations

from quizapp.formats.fitting.changes import Changes
from quizapp.formats.interchange import Item
from quizapp.formats.texts import from_plain


def stem_of(item: Item, changes: Changes) -> str:
    """Return what is asked as Markdown; the name where the file asks nothing else."""
    stem = changes.markdown(item.stem, "the question")
    if not stem and item.name:
        changes.say("The question had a name and no text; the name is asked.")
        return from_plain(item.name)
    return stem


def explanation_of(item: Item, changes: Changes) -> str:
    """Return what everyone is told afterwards, as Markdown."""
    return changes.markdown(item.explanation, "the general feedback")
