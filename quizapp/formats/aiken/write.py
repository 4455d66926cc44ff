"""Questions of ours in Aiken's form."""

from __future__ import annotations

import re
from typing import Any

from quizapp.formats.base import Draft
from quizapp.formats.texts import bare
from quizapp.questions.base import Raw

_TAKEN = re.compile(r"[A-Z][).]|ANSWER:")


def write_question(draft: Draft) -> str:
    """Return a question with one right option; its words alone are kept."""
    stem = "\n".join(_stem_lines(draft))
    options = draft.raw["options"]
    lines = [f"{_letter(place)}) {_option(one)}" for place, one in enumerate(options)]
    key = next(place for place, one in enumerate(options) if one.get("key"))
    return "\n".join([stem, *lines, f"ANSWER: {_letter(key)}", ""])


def why_not(draft: Draft) -> str:
    """Return why a question with one right option would be read as something else, or ""."""
    lines = _stem_lines(draft)
    if not lines or not all(_option(one) for one in draft.raw["options"]):
        return "Without its marks of Markdown, the question or an option has no words left."
    if any(_TAKEN.match(line) for line in lines):
        return "A line of the question begins as an option or as ANSWER: does in Aiken."
    return ""


def lost(draft: Draft) -> tuple[str, ...]:
    """Return what the form has no place for in a question with one right option."""
    raw = draft.raw
    said = []
    if draft.key or draft.name:
        said.append("Its identifier and name are left out.")
    if draft.topic or draft.tags:
        said.append("Its topic and tags are left out.")
    if draft.mark != 1:
        said.append("Its points are left out: it comes back worth 1.")
    if raw.get("explanation"):
        said.append("The explanation is left out.")
    if any(one.get("feedback") for one in raw["options"]):
        said.append("The feedback for each option is left out.")
    if any(one.get("credit") for one in raw["options"]):
        said.append("What is half right is wrong there.")
    if any(one.get("locked") for one in raw["options"]):
        said.append("Options are not kept in their places.")
    if not all(_is_plain(text) for text in _texts(raw)):
        said.append("Emphasis, lists, links and lines are left out.")
    return tuple(said)


def _stem_lines(draft: Draft) -> list[str]:
    lines = (line.strip() for line in _words(draft.raw["stem"]).split("\n"))
    return [line for line in lines if line]


def _texts(raw: Raw) -> list[str]:
    return [raw["stem"], *(one["text"] for one in raw["options"])]


def _is_plain(text: str) -> bool:
    words, is_whole = bare(text)
    return is_whole and "\n\n" not in words


def _words(text: str) -> str:
    return bare(text)[0]


def _option(one: Any) -> str:
    return " ".join(_words(one["text"]).split())


def _letter(place: int) -> str:
    return chr(ord("A") + place)
