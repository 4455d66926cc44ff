"""What QTI of any version cannot hold of a question of ours."""

from __future__ import annotations

from quizapp.formats.base import Draft


def unwritten(draft: Draft) -> tuple[str, ...]:
    """Return what a package leaves out, each a sentence."""
    said = []
    if draft.raw.get("unit") or draft.raw.get("units"):
        said.append("Its units are left out; any number of the right size counts.")
    foreseen = draft.raw.get("foreseen") or ()
    if foreseen and draft.type_name == "numeric":
        said.append("Other numbers that are foreseen are left out, with their shares and feedback.")
    elif any(one.get("feedback") for one in foreseen):
        said.append("What is told to who gives a certain answer is left out.")
    return tuple(said)
