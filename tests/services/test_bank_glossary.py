"""Loading the glossary of a course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.findings import Where
from quizapp.bank.schema import BankCourse, BankTerm
from quizapp.bank.terms import GlossaryTerm, Spelling
from quizapp.models import Course, Term, TermKind
from quizapp.services.bank_glossary import load_glossary
from quizapp.services.bank_sync import Changes

HERE = Where("glossary.yaml", 1)
ALDER = GlossaryTerm(
    "alder", "place", "Alder", "A river.", ("Alder", "the Water"), (Spelling("Ольха", "ru"),)
)
DELTA = GlossaryTerm("delta", "term", "delta", "Land at a mouth.", ("delta",))


@dataclass
class Loaded:
    """A course whose glossary is loaded."""

    session: Session
    course: Course
    changes: Changes = field(default_factory=Changes)

    def load(self, *terms: GlossaryTerm) -> tuple[int, int, int, int]:
        """Load these terms; return how many were added, changed, retired and unchanged."""
        stated = BankCourse(
            slug="c",
            title="C",
            language="en",
            summary="",
            topics=(),
            sources=(),
            passages=(),
            facts=(),
            questions=(),
            quizzes=(),
            where=HERE,
            terms=tuple(BankTerm(term, HERE, (HERE,) * len(term.forms)) for term in terms),
        )
        done = Changes()
        load_glossary(self.session, self.course, stated, done)
        self.session.flush()
        self.session.expire_all()
        return done.added, done.changed, done.retired, done.unchanged

    def stored(self) -> Sequence[Term]:
        return self.session.scalars(
            sa.select(Term).where(Term.course_id == self.course.id).order_by(Term.position)
        ).all()


@pytest.fixture
def course(session: Session, make) -> Loaded:
    return Loaded(session, make.course())


def test_terms_are_stored_as_stated_in_their_order(course: Loaded) -> None:
    assert course.load(DELTA, ALDER) == (2, 0, 0, 0)

    delta, alder = course.stored()
    assert (delta.key, delta.kind, delta.names) == ("delta", TermKind.TERM, ["delta"])
    assert (alder.name, alder.definition, alder.kind) == ("Alder", "A river.", TermKind.PLACE)
    assert alder.names == ["Alder", "the Water"]
    assert alder.spellings == [{"text": "Ольха", "language": "ru"}]
    assert len(course.course.glossary_sha256) == 64


def test_the_same_terms_change_nothing(course: Loaded) -> None:
    course.load(ALDER, DELTA)
    before = course.course.glossary_sha256

    assert course.load(ALDER, DELTA) == (0, 0, 0, 2)
    assert course.course.glossary_sha256 == before


@pytest.mark.parametrize(
    "changed",
    [
        replace(ALDER, definition="A cold river."),
        replace(ALDER, kind="term"),
        replace(ALDER, names=("Alder",)),
        replace(ALDER, spellings=()),
    ],
    ids=["definition", "kind", "names", "spellings"],
)
def test_a_changed_term_changes_its_row_and_the_digest(
    course: Loaded, changed: GlossaryTerm
) -> None:
    course.load(ALDER, DELTA)
    before, row = course.course.glossary_sha256, course.stored()[0].id

    assert course.load(changed, DELTA) == (0, 1, 0, 1)
    assert course.course.glossary_sha256 != before
    assert course.stored()[0].id == row


def test_another_order_is_a_change(course: Loaded) -> None:
    course.load(ALDER, DELTA)
    before = course.course.glossary_sha256

    assert course.load(DELTA, ALDER) == (0, 2, 0, 0)
    assert [term.key for term in course.stored()] == ["delta", "alder"]
    assert course.course.glossary_sha256 != before


def test_a_term_left_out_is_deleted(course: Loaded) -> None:
    course.load(ALDER, DELTA)

    assert course.load(DELTA) == (0, 1, 1, 0)
    assert [term.key for term in course.stored()] == ["delta"]


def test_a_course_without_terms_has_no_digest(course: Loaded) -> None:
    assert course.load() == (0, 0, 0, 0)
    assert course.course.glossary_sha256 == ""
    course.load(ALDER)

    assert course.load() == (0, 0, 1, 0)
    assert (course.course.glossary_sha256, list(course.stored())) == ("", [])


def test_another_course_keeps_its_terms(course: Loaded, make) -> None:
    course.load(ALDER)
    other = Loaded(course.session, make.course())

    assert other.load(ALDER) == (1, 0, 0, 0)
    assert other.load() == (0, 0, 1, 0)
    assert [term.key for term in course.stored()] == ["alder"]
