"""Texts of Moodle XML with their formats and the files in them."""

from __future__ import annotations

from quizapp.formats.interchange import NOTHING, Markup, Text
from quizapp.formats.moodle_xml.files import Files
from quizapp.formats.xml_tree import Element

_MARKUPS = {
    "html": Markup.HTML,
    "moodle_auto_format": Markup.MOODLE,
    "plain_text": Markup.PLAIN,
    "markdown": Markup.MARKDOWN,
}


def text_in(element: Element | None, files: Files, usual: Markup = Markup.HTML) -> Text:
    """Return the text of an element such as questiontext; nothing for None.

    :param usual: how it is to be read where it does not say.
    """
    if element is None:
        return NOTHING
    words = raw_text(element)
    markup = _MARKUPS.get(element.get("format"), usual)
    return Text(files.pointed(element, words, markup), markup)


def raw_text(element: Element | None) -> str:
    """Return what stands in the `text` of an element, trimmed; "" where there is none."""
    if element is None:
        return ""
    inner = element.first("text")
    if inner is None:
        # Old files leave it out where nothing else stands in the element.
        return "" if element.elements else element.text.strip()
    return (inner.inner if inner.elements else inner.text).strip()
