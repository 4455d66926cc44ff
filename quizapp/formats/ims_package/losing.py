"""What QTI of any version cannot hold of a question of ours."""

from __future__ import annotations

from quizapp.formats.base import Draft


def unwritten(draft: Draft) -> tuple[str, ...]:
    """Return what a package leaves out, each a sentence."""
    said = []
    if draft.raw.get("unit") or draft.raw.get("units"):
        said.append("Its units are left out; any number of the right size counts.")
    return tuple(said)
