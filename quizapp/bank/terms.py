"""The terms of a course: where a text names one, and how else a name may be written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quizapp.questions.folding import APOSTROPHES, HYPHENS, compact, fold

#: What a term names, as in files and tables.
KINDS = ("person", "organisation", "place", "term")

# Python counts marks on letters and the joiners of Persian as no part of a word, and the letters
# used as apostrophes as a part of one. Here it is the other way about.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a"
    "\u0900-\u0903\u093a-\u094f\u0e31-\u0e3a\u0e47-\u0e4e\u1dc0-\u1dff\u200c\u200d\u20d0-\u20f0"
)
_APOSTROPHE = f"[{re.escape(APOSTROPHES)}]"
_LETTER = f"(?:[^\\W{re.escape(APOSTROPHES)}]|[{_MARKS}])"
#: Before a name comes no letter, but one letter and an apostrophe may, as in "l'Iran".
_START = f"(?<!{_LETTER})(?<!{_LETTER}{_LETTER}{_APOSTROPHE})"
#: After it comes no letter; an apostrophe belongs to the word unless it makes a genitive.
_END = f"(?!{_LETTER})(?!{_APOSTROPHE}(?![sS](?!{_LETTER})){_LETTER})"
_PIECES = re.compile(f"({_APOSTROPHE})|([\\s{re.escape(HYPHENS)}]+)")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A way to write a term that texts do not use; `language` is a tag such as "ar", or ""."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """What a course explains in one line.

    :param kind: one of `KINDS`.
    :param names: what texts call it, `name` first.
    :param spellings: what else may be typed for it; never looked for in a text.
    """

    key: str
    kind: str
    name: str
    definition: str
    names: tuple[str, ...]
    spellings: tuple[Spelling, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """Return every way to write it, the names first."""
        return (*self.names, *(spelling.text for spelling in self.spellings))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name in a text, `text[start:end]`, and the key of its term."""

    start: int
    end: int
    key: str


class Glossary:
    """The terms of one course, in their order. Two terms should have no form in common.

    Where two have, the first one owns it.
    """

    def __init__(self, terms: Iterable[GlossaryTerm] = ()) -> None:
        self.terms = tuple(terms)
        self._keys = dict(_owned((term, term.names) for term in reversed(self.terms)))
        self._owners = dict(_owned((term, term.forms) for term in reversed(self.terms)))
        names = {name for term in self.terms for name in term.names if same_as(name)}
        # At one place in a text, the first that fits is taken.
        ordered = sorted(names, key=lambda name: (-len(name), name))
        self._pattern = (
            re.compile(f"{_START}(?:{'|'.join(map(_pattern, ordered))}){_END}") if names else None
        )

    def find(self, text: str) -> tuple[Occurrence, ...]:
        """Return every place in `text` that names a term, in order and without overlap.

        A name is found as whole words, its genitive in 's among them, with any apostrophe or
        none and any hyphen or space. Of two names that begin together, the longer is found.
        Capitals count in a name that has any ("IS" is not "is").
        """
        if self._pattern is None:
            return ()
        found = (
            (match, self._keys.get(same_as(match[0]))) for match in self._pattern.finditer(text)
        )
        return tuple(
            Occurrence(match.start(), match.end(), term.key) for match, term in found if term
        )

    def spellings(self, text: str) -> tuple[str, ...]:
        """Return how else the term that `text` names may be written; () when it names none.

        `text` is the whole of a name or spelling, as grading compares texts. What is graded like
        it or like one before is left out.
        """
        term = self._owners.get(same_as(text)) if self._owners else None
        if term is None:
            return ()
        others: dict[str, str] = {}
        for form in term.forms:
            others.setdefault(same_as(form), form)
        others.pop(same_as(text))
        others.pop("", None)
        return tuple(others.values())


def same_as(text: str) -> str:
    """Return what two forms have in common when they are graded alike; "" for no letters."""
    return compact(fold(text))


def _owned(
    terms: Iterable[tuple[GlossaryTerm, tuple[str, ...]]],
) -> Iterator[tuple[str, GlossaryTerm]]:
    for term, forms in terms:
        for form in forms:
            yield same_as(form), term


def _pattern(name: str) -> str:
    """Return the expression that finds a name as it may stand in a text."""
    pattern, at = "", 0
    for piece in _PIECES.finditer(name):
        gap = f"{_APOSTROPHE}?" if piece[1] else f"[\\s{re.escape(HYPHENS)}]+"
        pattern += re.escape(name[at : piece.start()]) + gap
        at = piece.end()
    pattern += re.escape(name[at:])
    if name == name.lower():
        return f"(?i:{pattern})"
    first = name[0]
    if first.islower():  # at the start of a sentence it has a capital: "Al-Nusra"
        return f"[{first}{first.upper()}]{pattern.removeprefix(re.escape(first))}"
    return pattern
