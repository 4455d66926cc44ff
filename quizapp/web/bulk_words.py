"""What became of many questions at once, in words."""

from __future__ import annotations

from quizapp.models import BulkKind
from quizapp.services.bulk_acts import BulkDone
from quizapp.services.bulk_undo import BulkUndone


def done_words(kind: BulkKind, value: str, done: BulkDone) -> str:
    """Return what an act did, and what it left."""
    barred = _barred(kind, done.barred)
    if not done.changed:
        return f"Nothing was changed.{barred}" if barred else "They were so already."
    many = _questions(done.changed)
    words = {
        BulkKind.STATUS: f"New status of {many}: {value.replace('_', ' ').replace('-', ' ')}.",
        BulkKind.TOPIC: f"Moved {many}, with what they ask about.",
        BulkKind.ADD_TAG: f"Added the tag “{value}” to {many}.",
        BulkKind.REMOVE_TAG: f"Took the tag “{value}” from {many}.",
    }
    return words[kind] + barred


def undone_words(undone: BulkUndone) -> str:
    """Return what taking an act back did; what was changed since is named."""
    said = f"Undone for {_questions(undone.restored)}."
    if not undone.kept:
        return said
    names = ", ".join(f"“{stem}”" for stem in undone.stems)
    more = undone.kept - len(undone.stems)
    rest = f" and {more:,} more" if more else ""
    return f"{said} Changed since or not to be asked any more, and left alone: {names}{rest}."


def _barred(kind: BulkKind, number: int) -> str:
    if not number:
        return ""
    why = "no passage proves what they say, or another instructor has to approve them"
    if kind is BulkKind.ADD_TAG:
        why = "they have as many tags as can be"
    return f" Left as before, since {why}: {_questions(number)}."


def _questions(number: int) -> str:
    return f"{number:,} question{'' if number == 1 else 's'}"
