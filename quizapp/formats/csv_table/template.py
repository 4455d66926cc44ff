"""A table to fill in: every column, and a question of every type as an example."""

from __future__ import annotations

from quizapp.formats.base import Draft
from quizapp.questions.registry import TYPES

TOPIC = "Examples, to be deleted"


def template_drafts() -> list[Draft]:
    """Return a question of every type."""
    return [
        Draft(
            line=0,
            type_name=name,
            raw=kind.dump(kind.example()[0]),
            key=f"example-{place}",
            topic=(TOPIC,),
            tags=("example",),
            status="draft",
        )
        for place, (name, kind) in enumerate(TYPES.items(), 1)
    ]
