"""Texts of QTI 1.2: `material` with its pieces, plain or HTML, and what they point at."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from quizapp.formats.interchange import NOTHING, Markup, Text
from quizapp.formats.xml_tree import Element

#: Piece that names a file → the element of HTML that shows it, and the attribute with the address.
_MEDIA = {"matimage": "img", "mataudio": "audio", "matvideo": "video"}


def text_of(elements: Iterable[Element]) -> Text:
    """Return what stands in some elements as one text; plain only where every piece is plain."""
    pieces = [piece for element in elements for piece in _pieces(element)]
    pieces = [(text, is_html) for text, is_html in pieces if text.strip()]
    if not pieces:
        return NOTHING
    if not any(is_html for _, is_html in pieces):
        return Text("\n".join(text for text, _ in pieces), Markup.PLAIN)
    parts = [text if is_html else escape(text, quote=False) for text, is_html in pieces]
    return Text("\n".join(parts), Markup.HTML)


def _pieces(element: Element) -> list[tuple[str, bool]]:
    """Return the texts at any depth in an element, each with whether it is HTML."""
    if element.name in {"mattext", "matemtext"}:
        return [_mattext(element)]
    if element.name in _MEDIA:
        return [(_media(element), True)]
    if element.name == "matbreak":
        return [("<br>", True)]
    return [piece for child in element.elements for piece in _pieces(child)]


def _mattext(element: Element) -> tuple[str, bool]:
    kind = element.get("texttype", "text/plain").lower()
    if element.elements:
        # HTML that stands as elements in the file, not as a text.
        return element.inner, True
    if kind == "text/rtf":
        return element.text, False
    if kind in {"text/html", "text/xhtml"} or element.text.lstrip().startswith(("<p", "<div")):
        return element.text, True
    return element.text, False


def _media(element: Element) -> str:
    address = element.get("uri") or element.get("entityref")
    if not address:
        return ""
    words = element.get("label") or element.text.strip()[:200]
    if element.name == "matimage":
        return f'<img src="{escape(address)}" alt="{escape(words)}">'
    tag = _MEDIA[element.name]
    return f'<{tag} src="{escape(address)}" title="{escape(words)}"></{tag}>'
