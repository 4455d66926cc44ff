"""The terms that a page explains: linked where they occur, and listed for its popovers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from markupsafe import Markup

from quizapp.bank.terms import Glossary, GlossaryTerm, Occurrence
from quizapp.db import db
from quizapp.queries.glossary import glossary_of
from quizapp.queries.passages import CitedPassage
from quizapp.queries.spans import Segment
from quizapp.web import filters
from quizapp.web.weaving import Run, Token, tokens, weave

# The text of a button is a box: it neither breaks across lines nor is selected with its sentence.
# So the words stand in the button's label, which does both, and a click on them is the button's.
_TERM = Markup(
    '<label class="term"><span aria-hidden="true">{}</span>'
    '<button type="button" popovertarget="term-{}" aria-label="{}"></button></label>'
)


class PageTerms:
    """The terms of a course on one page: links them, and knows which of them it linked.

    Each method gives safe HTML in which the first occurrence of every term is a button. `slug` is
    the course's. Nothing that is shown before a question is answered may pass through it.
    """

    def __init__(self, glossary: Glossary, slug: str) -> None:
        self.slug = slug
        self._glossary = glossary
        self._used: set[str] = set()

    @property
    def used(self) -> tuple[GlossaryTerm, ...]:
        """Return the terms that the page must explain, in the order of the glossary."""
        return tuple(term for term in self._glossary.terms if term.key in self._used)

    def cited(self, citation: CitedPassage) -> Markup:
        """Return a passage with its cited words marked."""
        look = Run(citation.before), Run(citation.exact, "mark"), Run(citation.after)
        return self._passage(look)

    def segments(self, segments: Iterable[Segment], anchor: str = "") -> Markup:
        """Return a passage cut where it is cited, what proves the fact in question marked.

        `anchor` becomes the id of the first mark.
        """
        html = self._passage(
            Run(one.text, "mark" if one.is_marked else "used" if one.cited else "")
            for one in segments
        )
        # Words of a text are escaped in it, so that this can only be the element.
        return html.replace(
            Markup("<mark>"), Markup('<mark id="{}">').format(anchor), 1 if anchor else 0
        )

    def markdown(self, text: str | None) -> Markup:
        """Return an author's Markdown in blocks."""
        return self.html(filters.markdown(text))

    def inline(self, text: str | None) -> Markup:
        """Return an author's Markdown within a line."""
        return self.html(filters.markdown_inline(text))

    def html(self, html: Markup) -> Markup:
        """Return a piece of safe HTML."""
        return self._piece(tuple(tokens(html)))

    def feedback(self, html: Markup) -> Markup:
        """Return the outcome of a question, in which only the feedback is linked, each by itself.

        Feedback stands in elements with the attribute `data-feedback`.
        """
        out: list[Markup] = []
        for number, group in groupby(tokens(html), key=lambda token: token.feedback):
            piece = tuple(group)
            out.append(self._piece(piece) if number else _joined(token.html for token in piece))
        return _joined(out)

    def _passage(self, runs: Iterable[Run]) -> Markup:
        kept = [
            Run("".join(run.text for run in group), look)
            for look, group in groupby((run for run in runs if run.text), key=lambda one: one.look)
        ]
        names = self._glossary.find("".join(run.text for run in kept))
        return weave(kept, _firsts(names), self._button)

    def _piece(self, piece: Sequence[Token]) -> Markup:
        out: list[Markup] = []
        names = self._glossary.find("".join(token.text for token in piece))
        linked: set[str] = set()
        end = 0
        for token in piece:
            start, end = end, end + len(token.text)
            if not token.is_open:
                out.append(token.html)
                continue
            # A name that an element cuts in two is left as it is.
            inside = [one for one in names if start <= one.start and one.end <= end]
            new = [one for one in _firsts(inside) if one.key not in linked]
            linked |= {one.key for one in new}
            moved = [Occurrence(one.start - start, one.end - start, one.key) for one in new]
            out.append(weave([Run(token.text)], moved, self._button))
        return _joined(out)

    def _button(self, name: Occurrence, words: str, inner: Markup) -> Markup:
        self._used.add(name.key)
        return _TERM.format(inner, name.key, words)


def page_terms(course_id: int, slug: str, glossary_sha256: str) -> PageTerms:
    """Return the terms of a course for one page."""
    glossary = glossary_of(db.session(), course_id=course_id, sha256=glossary_sha256)
    return PageTerms(glossary, slug)


def _firsts(names: Sequence[Occurrence]) -> list[Occurrence]:
    """Return the first occurrence of each term, in their order."""
    return list({one.key: one for one in reversed(names)}.values())[::-1]


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
