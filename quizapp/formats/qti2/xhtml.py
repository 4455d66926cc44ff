"""HTML of ours as well-formed XHTML, which stands in a document as elements."""

from __future__ import annotations

from html.parser import HTMLParser

from quizapp.formats.media import media_type_of
from quizapp.formats.xml_write import attribute, node, words

_VOID = {"br", "hr", "img"}


def as_xhtml(html: str) -> str:
    """Return HTML as XHTML: every element ended, every text escaped once."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return "".join([*writer.pieces, *(f"</{tag}>" for tag in reversed(writer.open))])


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "audio":
            # The standard's own way to a sound; what stands in it is its name.
            values = dict(attrs)
            address, name = values.get("src") or "", values.get("title") or ""
            shown = {"data": address, "type": media_type_of(address)}
            self.pieces.append(node("object", shown, words(name)))
            return
        written = "".join(f' {name}="{attribute(value or "")}"' for name, value in attrs)
        self.pieces.append(f"<{tag}{written}/>" if tag in _VOID else f"<{tag}{written}>")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while (last := self.open.pop()) != tag:
                self.pieces.append(f"</{last}>")
            self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.pieces.append(words(data))
