"""The glossary of a course: its terms for every page, and where the course's texts name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.terms import KINDS, Glossary, GlossaryTerm, same_as
from quizapp.errors import NotFound
from quizapp.models import Passage, Source
from quizapp.policy import Actor, may_read
from quizapp.queries.courses import CourseInfo, course_by_slug
from quizapp.queries.terms import read_terms
from quizapp.questions.folding import fold

#: So many glossaries are kept by a process; each is a few kilobytes and a regular expression.
_KEPT = 64
_NO_TERMS = Glossary()
# By course and by the digest of its terms: what another process loads has another digest.
_kept: dict[tuple[int, str], Glossary] = {}


@dataclass(frozen=True, slots=True)
class TermPlace:
    """A paragraph that names a term."""

    source_id: int
    key: str
    locator: str


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term with the paragraphs that name it, in the order of the texts."""

    term: GlossaryTerm
    places: tuple[TermPlace, ...]


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many terms of a kind fit what is searched for."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class GlossaryPage:
    """The terms of a course that fit, by kind and then by the alphabet.

    :param groups: one for each kind that is shown, without empty ones.
    :param counts: one for each kind of the course, whether shown or not.
    :param total: of the terms that the course has.
    """

    course: CourseInfo
    groups: tuple[tuple[str, tuple[TermRow, ...]], ...]
    counts: tuple[KindCount, ...]
    total: int

    @property
    def shown(self) -> int:
        return sum(len(rows) for _, rows in self.groups)

    @property
    def found(self) -> int:
        """Return how many terms of any kind fit what is searched for."""
        return sum(one.count for one in self.counts)


def glossary_of(session: Session, *, course_id: int, sha256: str) -> Glossary:
    """Return the terms of a course, read when this process first meets the digest.

    :param sha256: `Course.glossary_sha256`, as a page has read it; "" for a course without terms.
    """
    if not sha256:
        return _NO_TERMS
    found = _kept.get((course_id, sha256))
    if found is None:
        found = Glossary(read_terms(session, course_id=course_id))
        while len(_kept) >= _KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[course_id, sha256] = found
    return found


def glossary_page(
    session: Session, *, actor: Actor | None, slug: str, kind: str = "", text: str = ""
) -> GlossaryPage:
    """Return the terms of a course that are of a kind, or of any, and that a text is about.

    :raises NotFound: there is no such course, or its reader may not know that there is.
    """
    course = course_by_slug(session, slug)
    if not may_read(actor, course.id, is_public=course.is_public):
        raise NotFound("There is no such course.")
    glossary = glossary_of(session, course_id=course.id, sha256=course.glossary_sha256)
    found = [term for term in glossary.terms if _is_about(term, text)]
    shown = [term for term in found if kind in ("", term.kind)]
    places = _places(session, course.id, glossary) if shown else {}
    rows = [TermRow(term, places.get(term.key, ())) for term in sorted(shown, key=_place)]
    kinds = [name for name in KINDS if any(term.kind == name for term in glossary.terms)]
    return GlossaryPage(
        course=course,
        groups=tuple((name, group) for name in kinds if (group := _of_kind(rows, name))),
        counts=tuple(KindCount(name, sum(term.kind == name for term in found)) for name in kinds),
        total=len(glossary.terms),
    )


def _is_about(term: GlossaryTerm, text: str) -> bool:
    """Return whether a form or the definition of a term holds the text, as grading compares."""
    if not (wanted := same_as(text)):
        return not text.strip()
    return any(wanted in same_as(form) for form in (*term.forms, term.definition))


def _place(term: GlossaryTerm) -> tuple[str, str]:
    return fold(term.name), term.key


def _of_kind(rows: Iterable[TermRow], kind: str) -> tuple[TermRow, ...]:
    return tuple(row for row in rows if row.term.kind == kind)


def _places(
    session: Session, course_id: int, glossary: Glossary
) -> dict[str, tuple[TermPlace, ...]]:
    """Return the paragraphs that name each term."""
    rows = session.execute(
        sa.select(Passage.source_id, Passage.key, Passage.locator, Passage.text)
        .join(Source, Source.id == Passage.source_id)
        .where(Source.course_id == course_id)
        .order_by(Source.id, Passage.position, Passage.id)
    )
    found: defaultdict[str, list[TermPlace]] = defaultdict(list)
    for row in rows:
        place = TermPlace(row.source_id, row.key, row.locator)
        for key in dict.fromkeys(occurrence.key for occurrence in glossary.find(row.text)):
            found[key].append(place)
    return {key: tuple(places) for key, places in found.items()}
