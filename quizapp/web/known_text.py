"""How much of each text a learner would recall now: a strip as long as the text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from quizapp.queries.known_text import FactNow, KnownSection, KnownText, Piece
from quizapp.web import charts
from quizapp.web.plot import across
from quizapp.web.wording import YOU, Person, count, percent, thousands

#: From which recall on words have which shade, the strongest first, and how the legend calls it.
_SHADES = (
    (0.9, "h4", f"{percent(0.9)} or more"),
    (0.7, "h2", f"{percent(0.7)} to {percent(0.9)}"),
    (0.0, "h1", "less"),
)
_NOT_MET = "f-grey"
_NOT_MET_WORDS = "not met yet"
_CLASSES = (*(cls for _, cls, _ in _SHADES), _NOT_MET)
KEY = (*((f"b-{cls}", words) for _, cls, words in _SHADES), ("b-grey", _NOT_MET_WORDS))
#: A piece is drawn a step longer for each so many characters, up to the whole width.
_CHARACTERS_A_STEP, _STEPS = 110, 12
_HEIGHT, _THIN = 18, 6
#: Sections with fewer cards are not named as the one to read again.
_LEAST_CARDS = 2
_SURE = 0.9


@dataclass(frozen=True, slots=True)
class Heat:
    """What is known of a paragraph (upright) or a section, drawn; `words` say the same."""

    drawing: Markup
    words: str


@dataclass(frozen=True, slots=True)
class HeatSection:
    """A section of a text that is being read, with its paragraphs."""

    heat: Heat
    passages: tuple[Heat | None, ...]


@dataclass(frozen=True, slots=True)
class ReaderHeat:
    """What a learner knows of the text that they read; `sections` as the text has them.

    :param shares: a bar of all its cards by how likely each is recalled.
    """

    title: str
    finding: str
    shares: Markup
    key: Sequence[tuple[str, str]]
    sections: tuple[HeatSection, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of the strip; `words` say what it shows to those who do not see it."""

    href: str
    locator: str
    cls: str
    drawing: Markup
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A section of the text as a row of the strip."""

    heading: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """A text as a strip, with its finding, how to read it, and the same as a table."""

    source_id: int
    text: str
    title: str
    finding: str
    rows: tuple[Row, ...]
    head: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]

    @property
    def address(self) -> str:
        return url_for("library.source", source_id=self.source_id)


def strips(texts: Sequence[KnownText], *, who: Person = YOU) -> tuple[Strip, ...]:
    """Return the texts of a course as the page draws them."""
    return tuple(_strip(text, who, is_only=len(texts) == 1) for text in texts)


def reader_heat(text: KnownText) -> ReaderHeat:
    """Return what a learner knows of a text, for the page on which they read it."""
    parts = _parts(text.facts)
    told = ", ".join(f"{number:g} {words}" for number, _, words in parts if number)
    return ReaderHeat(
        title=_title(text, "this text", YOU),
        finding="The strips show what you know of each paragraph: the stronger the colour, the "
        f"likelier you recall its cards now.{_least(text, YOU)}",
        shares=charts.segments(parts, f"Cards by chance of recall: {told}", height=_THIN),
        key=KEY,
        sections=tuple(
            HeatSection(
                Heat(_bar(section.facts), _said(section.facts)),
                tuple(
                    Heat(_upright(piece), _said(piece.facts)) if piece.facts else None
                    for piece in section.pieces
                ),
            )
            for section in text.sections
        ),
    )


def _parts(facts: Sequence[FactNow]) -> list[tuple[int, str, str]]:
    """Return how many cards are how well known, as a bar shows it, the best known first."""
    found = Counter(shade(fact) for fact in facts)
    return [(found[cls], cls, words) for cls, (_, words) in zip(_CLASSES, KEY, strict=True)]


def _bar(facts: Sequence[FactNow]) -> Markup:
    return charts.segments(_parts(facts), "", _THIN) if facts else Markup("")


def _said(facts: Sequence[FactNow]) -> str:
    """Return what is known of cards that are counted beside it."""
    met = sum(fact.is_met for fact in facts)
    if not met:
        return _NOT_MET_WORDS if facts else "no cards"
    share = percent(math.fsum(fact.recall for fact in facts) / len(facts))
    some = "" if met == len(facts) else f"{thousands(met)} of {thousands(len(facts))} met, "
    return f"{some}{share} recalled now"


def _strip(text: KnownText, who: Person, *, is_only: bool) -> Strip:
    return Strip(
        source_id=text.source_id,
        text=text.title,
        title=_title(text, "this text" if is_only else text.title, who),
        finding=_finding(text, who),
        rows=tuple(
            Row(section.heading, tuple(_cell(text, piece) for piece in section.pieces))
            for section in text.sections
        ),
        head=("Paragraph", "Cards", *(words.capitalize() for _, words in KEY), "Recalled now"),
        table=tuple(
            (
                piece.locator,
                thousands(len(piece.facts)),
                *(thousands(number) for number in _by_shade(piece)),
                percent(piece.recall),
            )
            for piece in text.pieces
        ),
    )


def _title(text: KnownText, name: str, who: Person) -> str:
    if not text.has_started:
        return f"{who.You} have not started on {name} yet"
    return f"{who.You} would recall about {percent(text.recall)} of {name} now"


def _finding(text: KnownText, who: Person) -> str:
    """Return how to read it, and which section to read again."""
    how = (
        "Each bar is a paragraph, as long as its text, and the marked parts are the words that"
        f" {who.your} cards rest on: the stronger the colour, the likelier {who.you} recall them"
        " now. Choose one to read it."
    )
    return how + _least(text, who)


def _least(text: KnownText, who: Person) -> str:
    """Return which section is known least, as a sentence after others; "" if none is worth it."""
    worst = _worst(text)
    if worst is None:
        return ""
    return f" Least of all {who.you} know “{worst.heading}”, {percent(_recall_of(worst))}."


def _worst(text: KnownText) -> KnownSection | None:
    """Return the section that was begun and is known least, if it is worth naming."""
    begun = [
        section
        for section in text.sections
        if section.heading
        and any(fact.is_met for fact in section.facts)
        and len(section.facts) >= _LEAST_CARDS
    ]
    if len(begun) < 2:
        return None
    worst = min(begun, key=_recall_of)
    return worst if _recall_of(worst) < _SURE else None


def _recall_of(section: KnownSection) -> float:
    """Return the share of a section's cards to be expected now; 1 for one without cards."""
    facts = section.facts
    return math.fsum(fact.recall for fact in facts) / len(facts) if facts else 1.0


def _cell(text: KnownText, piece: Piece) -> Cell:
    return Cell(
        href=url_for("library.source", source_id=text.source_id, _anchor=piece.key),
        locator=piece.locator,
        cls=f"w{_width(piece)}",
        drawing=_drawn(piece),
        words=_words(piece),
    )


def shade(fact: FactNow) -> str:
    """Return the class that colours the words of a fact."""
    if not fact.is_met:
        return _NOT_MET
    return next(cls for least, cls, _ in _SHADES if fact.recall >= least)


def _by_shade(piece: Piece) -> list[int]:
    found = Counter(shade(fact) for fact in piece.facts)
    return [found[cls] for cls in _CLASSES]


def _drawn(piece: Piece) -> Markup:
    """Draw a paragraph and its words; where two facts rest on the same, the weaker is seen."""
    mark = Markup('<rect class="{}" x="{}" width="{}" height="{}"/>')
    marks = [mark.format(*place, _HEIGHT) for place in _places(piece)]
    return Markup('<svg width="100%" height="{}" aria-hidden="true">{}</svg>').format(
        _HEIGHT, Markup("").join(marks)
    )


def _upright(piece: Piece) -> Markup:
    """Draw the same from top to bottom, so that words lie beside about their own lines."""
    mark = Markup('<rect class="{}" width="100%" y="{}" height="{}"/>')
    marks = [mark.format(*place) for place in _places(piece)]
    return Markup('<svg class="heat" aria-hidden="true">{}</svg>').format(Markup("").join(marks))


def _places(piece: Piece) -> list[tuple[str, str, str]]:
    """Return each fact's class, where its words begin and how far they go; the weak last."""
    whole = piece.length or 1
    return [
        (
            shade(span.fact),
            across(span.start / whole * 100),
            across((span.end - span.start) / whole * 100),
        )
        for span in sorted(piece.spans, key=lambda span: -span.fact.recall)
    ]


def _width(piece: Piece) -> int:
    return min(max(math.ceil(piece.length / _CHARACTERS_A_STEP), 1), _STEPS)


def _words(piece: Piece) -> str:
    if piece.recall is None:
        return "no cards"
    cards = count(len(piece.facts), "card")
    if not piece.met:
        return f"{cards}, {_NOT_MET_WORDS}"
    return f"{cards}, {thousands(piece.met)} met, {percent(piece.recall)} recalled now"
