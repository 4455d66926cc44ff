"""GIFT files, read as Moodle reads them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from quizapp.formats.base import LeftOut
from quizapp.formats.categories import topic_of
from quizapp.formats.encodings import decode, refuse_too_many
from quizapp.formats.gift.answers import Unreadable, read_answers
from quizapp.formats.gift.blocks import Block, blocks
from quizapp.formats.gift.escapes import let_go, text_of
from quizapp.formats.interchange import Body, Description, Item

_CATEGORY = "$CATEGORY:"
_FEEDBACK = "####"
_GAP = "_____"
_WORDS = 80


def read_items(data: bytes) -> tuple[tuple[Item | LeftOut, ...], tuple[str, ...]]:
    """Return the questions of a file in their order, and what is to be said about the file.

    :raises Invalid: it is too large, or no text.
    """
    text, remarks = decode(data)
    found: list[Item | LeftOut] = []
    category: tuple[str, ...] = ()
    for block in blocks(text):
        path, question = _categorised(block)
        category = category if path is None else topic_of(path)
        if question.text:
            found.append(_question(question, category))
            refuse_too_many(len(found))
    if not found and text.strip():
        remarks = (*remarks, "It holds no question. Moodle leaves out what GIFT has no form for.")
    return tuple(found), remarks


def _categorised(block: Block) -> tuple[str | None, Block]:
    """Return the category that a block names, and what stands under it without a blank line."""
    if not block.text.startswith(_CATEGORY):
        return None, block
    lines = block.text.split("\n")
    passed, path = 0, ""
    while passed < len(lines) and (
        lines[passed].startswith(_CATEGORY) or not lines[passed].strip()
    ):
        path = lines[passed].removeprefix(_CATEGORY) if lines[passed].strip() else path
        passed += 1
    return let_go(path), replace(block, line=block.line + passed, text="\n".join(lines[passed:]))


def _question(block: Block, category: tuple[str, ...]) -> Item | LeftOut:
    name, text = _named(block.text)
    start, end = text.find("{"), text.find("}")
    if (start < 0) != (end < 0) or end < start:
        reason = (
            "A brace is opened or closed without the other; a blank line ends a question, even "
            "within braces."
        )
        return LeftOut(block.line, let_go(block.text)[:_WORDS], reason)
    stem, answers, feedback = _parts(text, start, end)
    asked = text_of(stem.strip())
    notes: tuple[str, ...] = ()
    body: Body = Description()
    if start >= 0:
        try:
            body, notes = read_answers(answers, asked.markup)
        except Unreadable as why:
            return LeftOut(block.line, (asked.text or name)[:_WORDS], str(why))
    return Item(
        body,
        line=block.line,
        key=block.key,
        name=name,
        stem=asked,
        explanation=text_of(feedback.strip(), asked.markup),
        mark=Fraction(int(start >= 0)),
        category=category,
        tags=block.tags,
        notes=notes,
    )


def _named(text: str) -> tuple[str, str]:
    """Return the name of a question, "" without one, and what follows it."""
    if not text.startswith("::"):
        return "", text
    name, mark, rest = text[2:].partition("::")
    return (let_go(name).strip(), rest.strip()) if mark else ("", text[2:])


def _parts(text: str, start: int, end: int) -> tuple[str, str, str]:
    """Return what is asked, what stands in the braces, and the general feedback."""
    if start < 0:
        return text, "", ""
    gap = "" if end == len(text) - 1 else _GAP
    stem = text[:start] + gap + text[end + 1 :]
    answers, mark, feedback = text[start + 1 : end].strip().rpartition(_FEEDBACK)
    return (stem, answers.strip(), feedback) if mark else (stem, feedback, "")
