"""What an item of QTI 2 shows: HTML, cut where people respond."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape

from quizapp.formats.interchange import NOTHING, Markup, Text
from quizapp.formats.weighing import CannotHold
from quizapp.formats.xml_tree import Element

_VOID = {"br", "hr", "img", "source", "track", "col", "wbr", "input", "embed"}
#: Attributes that say nothing to people: names for programs.
_DROPPED = {"class", "id"}
_LEFT_OUT = {
    *("stylesheet", "catalogInfo", "apipAccessibility", "feedbackInline", "feedbackBlock"),
    *("prompt", "companionMaterialsInfo", "script", "style"),
}
_TEMPLATES = {"templateInline", "templateBlock", "printedVariable"}
#: So much of the words for a picture is kept.
_LONGEST = 1_000
_MEDIA = {"image": "img", "audio": "audio", "video": "video"}
#: What stands for a gap while HTML is put together: no file can have it.
Piece = str | Element


@dataclass(slots=True)
class Body:
    """The body of an item. :param rubric: what is said to whoever marks it."""

    pieces: list[Piece] = field(default_factory=list)
    rubric: list[Text] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def interactions(self) -> list[Element]:
        return [piece for piece in self.pieces if isinstance(piece, Element)]

    @property
    def html(self) -> Text:
        """Return the texts around all interactions."""
        return as_text("".join(piece for piece in self.pieces if isinstance(piece, str)))


def is_interaction(element: Element) -> bool:
    return element.name.endswith("Interaction")


def read_body(item: Element) -> Body:
    """Return what an item shows.

    :raises CannotHold: it is made anew for everybody, from a template.
    """
    body = Body()
    for area in item.all("itemBody"):
        _read(area, body)
    for rubric in item.all("rubricBlock"):
        _read_child(rubric, body)
    return body


def as_text(html: str) -> Text:
    """Return HTML as a text; NOTHING where no word and no picture is in it."""
    bare = html.replace("<p></p>", "").replace("<div></div>", "").strip()
    return Text(bare, Markup.HTML) if bare else NOTHING


def inner_text(element: Element, *, without: Iterable[str] = ()) -> Text:
    """Return what stands in an element, but for elements of these names."""
    body = Body()
    left = set(without)
    for child in element.children:
        if isinstance(child, str) or child.name not in left:
            _read_child(child, body)
    text = as_text("".join(piece for piece in body.pieces if isinstance(piece, str)))
    if not any(mark in text.text for mark in "<&"):
        return Text(" ".join(text.text.split())) if text else NOTHING
    return text


def prompt_of(interaction: Element) -> Text:
    """Return what an interaction asks, or NOTHING."""
    prompt = interaction.first("prompt")
    return NOTHING if prompt is None else inner_text(prompt)


def read_within(element: Element) -> Body:
    """Return what stands in an interaction that holds text, such as one with gaps."""
    body = Body()
    _read(element, body)
    return body


def _read(element: Element, body: Body) -> None:
    for child in element.children:
        _read_child(child, body)


def _read_child(child: Element | str, body: Body) -> None:
    if isinstance(child, str):
        _add(body, escape(child, quote=False))
    elif is_interaction(child) or child.name in {"gap", "hottext"}:
        body.pieces.append(child)
    elif child.name in _TEMPLATES:
        raise CannotHold("It is made anew for everybody from a template, which has no equal here.")
    elif child.name == "rubricBlock" and "candidate" not in child.get("view", "candidate"):
        body.rubric.append(inner_text(child))
    elif child.name == "include":
        body.notes.append(f"A part that stands in another file was left out ({_href(child)}).")
    elif child.name not in _LEFT_OUT:
        _read_html(child, body)


def _read_html(element: Element, body: Body) -> None:
    if element.name == "object":
        _add(body, _object(element))
        return
    if element.name == "math":
        _add(body, element.outer)
        return
    tag = element.name if element.name.isalnum() and element.name.islower() else "div"
    attributes = "".join(
        f' {name}="{escape(value)}"' for name, value in element.attributes.items() if _is_kept(name)
    )
    _add(body, f"<{tag}{attributes}>")
    _read(element, body)
    if tag not in _VOID:
        _add(body, f"</{tag}>")


def _is_kept(name: str) -> bool:
    return name not in _DROPPED and ":" not in name and not name.startswith(("data-", "xmlns"))


def _object(element: Element) -> str:
    """Return the HTML that shows a file."""
    address, words = element.get("data"), " ".join(element.text.split())[:_LONGEST]
    kind = element.get("type").partition("/")[0].lower()
    tag = _MEDIA.get(kind, "img" if not kind else "")
    if not address or not tag:
        return escape(words, quote=False)
    if tag == "img":
        return f'<img src="{escape(address)}" alt="{escape(words)}">'
    return f'<{tag} src="{escape(address)}" title="{escape(words)}"></{tag}>'


def _add(body: Body, html: str) -> None:
    if body.pieces and isinstance(body.pieces[-1], str):
        body.pieces[-1] += html
    else:
        body.pieces.append(html)


def _href(element: Element) -> str:
    return (element.get("href") or element.get("src"))[:100]


def feedback_in(element: Element) -> Iterator[Element]:
    """Yield the feedback that stands in an element."""
    yield from element.deep("feedbackInline", "feedbackBlock")
