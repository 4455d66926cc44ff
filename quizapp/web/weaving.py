"""Putting elements around some words of a text, and of HTML that is safe already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from itertools import groupby, pairwise

from markupsafe import Markup, escape

from quizapp.bank.terms import Occurrence

#: Gives the element around the words of a name: of the occurrence, its words and their HTML.
Wrap = Callable[[Occurrence, str, Markup], Markup]

_LOOKS = {
    "": Markup("{}"),
    "used": Markup('<span class="used">{}</span>'),
    "mark": Markup("<mark>{}</mark>"),
}
#: Within these nothing is linked: each is a control already, or no running text.
_CLOSED = frozenset({"a", "button", "code", "label", "option", "pre", "select", "summary", "svg"})
#: These may stand within a word; every other element ends a line.
_INLINE = frozenset({"a", "b", "bdi", "code", "em", "i", "mark", "span", "strong", "sup"})
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})
#: The attribute of an element that tells about a response, within the outcome of a question.
_FEEDBACK = "data-feedback"


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look: "" for plain ones, "mark" or "used"."""

    text: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of HTML: `text` that is read, or a tag (then `text` is "", or a line's end).

    :param is_open: names may be linked in it.
    :param feedback: the number of the piece of feedback that it belongs to, or 0.
    """

    html: Markup
    text: str
    is_open: bool
    feedback: int


@dataclass(frozen=True, slots=True)
class _Atom:
    """Words of one run that belong to one name, or to none."""

    text: str
    run: int
    name: Occurrence | None


def weave(runs: Sequence[Run], names: Sequence[Occurrence], wrap: Wrap) -> Markup:
    """Return the runs as HTML, with an element around each name.

    A name that lies in several runs gets one element around all of it, and the runs are cut
    there; otherwise the name lies inside the element of its run.
    """
    atoms = tuple(_atoms(runs, names))
    split = {
        one.start for one in names if len({atom.run for atom in atoms if atom.name is one}) > 1
    }
    out: list[Markup] = []
    for (run, across), group in groupby(atoms, key=lambda atom: _outer(atom, split)):
        inner = tuple(group)
        if across is not None:
            parts = (_LOOKS[runs[atom.run].look].format(atom.text) for atom in inner)
            out.append(wrap(across, _words(inner), Markup("").join(parts)))
        else:
            out.append(_LOOKS[runs[run].look].format(_within(inner, wrap)))
    return Markup("").join(out)


def tokens(html: str) -> Iterator[Token]:
    """Yield safe HTML piece by piece; joined, they mean the same."""
    reader = _Reader()
    reader.feed(str(html))  # Markup would escape its own pieces when they are joined
    reader.close()
    reader.end_text()
    return iter(reader.found)


def _atoms(runs: Sequence[Run], names: Sequence[Occurrence]) -> Iterator[_Atom]:
    start = 0
    for number, run in enumerate(runs):
        end = start + len(run.text)
        inside = [one for one in names if one.start < end and one.end > start]
        edges = sorted(
            {start, end, *(min(max(e, start), end) for one in inside for e in (one.start, one.end))}
        )
        for left, right in pairwise(edges):
            name = next((one for one in inside if one.start <= left and right <= one.end), None)
            yield _Atom(run.text[left - start : right - start], number, name)
        start = end


def _outer(atom: _Atom, split: set[int]) -> tuple[int, Occurrence | None]:
    """Return what groups the atom with its neighbours: its name if that is cut, or its run."""
    if atom.name is not None and atom.name.start in split:
        return -1, atom.name
    return atom.run, None


def _within(atoms: Sequence[_Atom], wrap: Wrap) -> Markup:
    return Markup("").join(
        escape(atom.text) if atom.name is None else wrap(atom.name, atom.text, escape(atom.text))
        for atom in atoms
    )


def _words(atoms: Sequence[_Atom]) -> str:
    return "".join(atom.text for atom in atoms)


class _Reader(HTMLParser):
    """Reads well-formed HTML into tokens; text and its character references become one token."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[Token] = []
        self._raw = ""
        self._open: list[str] = []
        self._pieces = 0
        #: How many elements were open around the piece of feedback that is being read.
        self._piece_depth: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.end_text()
        if tag not in _VOID:
            if self._piece_depth is None and any(name == _FEEDBACK for name, _ in attrs):
                self._piece_depth = len(self._open)
                self._pieces += 1
            self._open.append(tag)
        self._add_tag(self.get_starttag_text() or "", tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.end_text()
        self._add_tag(self.get_starttag_text() or "", tag)

    def handle_endtag(self, tag: str) -> None:
        self.end_text()
        self._add_tag(f"</{tag}>", tag)
        if self._open and self._open[-1] == tag:
            self._open.pop()
        if self._piece_depth is not None and len(self._open) <= self._piece_depth:
            self._piece_depth = None

    def handle_data(self, data: str) -> None:
        self._raw += data

    def handle_entityref(self, name: str) -> None:
        self._raw += f"&{name};"

    def handle_charref(self, name: str) -> None:
        self._raw += f"&#{name};"

    def end_text(self) -> None:
        """Make a token of the text read so far."""
        if self._raw:
            self._add(self._raw, unescape(self._raw), is_open=_CLOSED.isdisjoint(self._open))
            self._raw = ""

    def _add_tag(self, raw: str, tag: str) -> None:
        self._add(raw, "" if tag in _INLINE else "\n", is_open=False)

    def _add(self, raw: str, text: str, *, is_open: bool) -> None:
        piece = self._pieces if self._piece_depth is not None else 0
        # What is read here was safe before, and is given back as it was.
        self.found.append(Token(Markup(raw), text, is_open, piece))  # noqa: S704
