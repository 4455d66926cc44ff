"""Moodle XML files, read as Moodle reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from quizapp.errors import Invalid, Problem
from quizapp.formats.base import LeftOut
from quizapp.formats.categories import topic_of
from quizapp.formats.embedded import BadGap
from quizapp.formats.encodings import MOST_QUESTIONS, refuse_too_many
from quizapp.formats.interchange import (
    Description,
    Gap,
    Gaps,
    Item,
    Markup,
    Text,
)
from quizapp.formats.moodle_xml.bodies import BODIES, Source, Unreadable, unknown
from quizapp.formats.moodle_xml.files import Files
from quizapp.formats.moodle_xml.notes import notes_on
from quizapp.formats.moodle_xml.numbers import fraction_in
from quizapp.formats.moodle_xml.texts import raw_text, text_in
from quizapp.formats.xml_tree import Element, Limits, parse_xml

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_WORDS = 80
#: Pictures stand in it in letters.
_MOST_BYTES = 48 * 1_048_576
_LIMITS = Limits(size=_MOST_BYTES, depth=60, nodes=40 * MOST_QUESTIONS, seconds=30.0)


def read_items(
    data: bytes,
) -> tuple[tuple[Item | LeftOut, ...], tuple[str, ...], dict[str, bytes]]:
    """Return the questions of a file in their order, what is to be said about it, and its media.

    :raises Invalid: it is too large, or no Moodle XML.
    """
    root = parse_xml(data, _LIMITS)
    if root.name != "quiz":
        message = f"The file is XML, and no Moodle XML: it begins with <{root.name[:40]}>."
        raise Invalid([Problem(f"line {root.line}", message)])
    files = Files()
    found: list[Item | LeftOut] = []
    for one in _questions(root, files):
        found.append(one)
        refuse_too_many(len(found))
    return tuple(found), tuple(files.remarks), files.media


def _questions(root: Element, files: Files) -> Iterator[Item | LeftOut]:
    category: tuple[str, ...] = ()
    for element in root.elements:
        if element.name != "question":
            yield LeftOut(element.line, f"<{element.name}>"[:_WORDS], "This is no question.")
        elif element.get("type") == "category":
            category = topic_of(raw_text(element.first("category")))
            if raw_text(element.first("info")):
                files.remarks.setdefault("The descriptions of categories are not kept.")
        else:
            yield _question(element, category, files)


def _question(element: Element, category: tuple[str, ...], files: Files) -> Item | LeftOut:
    kind = element.get("type")
    name = " ".join(_TAG.sub("", raw_text(element.first("name"))).split())
    stem = _stem(element, files)
    try:
        body = BODIES.get(kind, unknown)(Source(element, stem, files))
    except (Unreadable, BadGap) as why:
        return LeftOut(element.line, (name or stem.text)[:_WORDS], str(why))
    mark = fraction_in(element, "defaultgrade", Fraction(1))
    if isinstance(body, Gaps):
        gaps = (piece.weight for piece in body.pieces if isinstance(piece, Gap))
        mark = sum(gaps, Fraction(0)) if kind in ("cloze", "multianswer") else mark
        stem = Text()
    return Item(
        body,
        line=element.line,
        key=raw_text(element.first("idnumber")),
        name=name,
        stem=stem,
        explanation=text_in(element.first("generalfeedback"), files, stem.markup),
        mark=Fraction(0) if isinstance(body, Description) else mark,
        penalty=fraction_in(element, "penalty", Fraction(0)),
        hints=tuple(text_in(one, files) for one in element.all("hint")),
        category=category,
        tags=_tags(element),
        notes=(*notes_on(element, body, files), *files.unshown(element)),
    )


def _stem(element: Element, files: Files) -> Text:
    """Return what is asked, with the picture that files of Moodle 1.9 name beside it."""
    stem = text_in(element.first("questiontext"), files, Markup.HTML)
    encoded = element.text_of("image_base64")
    if not encoded:
        return stem
    if name := files.add(element.text_of("image") or "picture", encoded):
        return Text(f'{stem.text} <img src="media:{name}" />'.strip(), Markup.HTML)
    return stem


def _tags(element: Element) -> tuple[str, ...]:
    tags = [raw_text(tag) for group in element.all("tags") for tag in group.all("tag")]
    course = [raw_text(tag) for group in element.all("coursetags") for tag in group.all("tag")]
    return tuple(dict.fromkeys(tag for tag in (*tags, *course) if tag))
