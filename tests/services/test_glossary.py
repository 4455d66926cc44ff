"""The glossary of a course, for every page and on its own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import Course, TermKind
from quizapp.queries.glossary import GlossaryPage, glossary_of, glossary_page
from tests.support.desk import statements_of
from tests.support.make import Make


def names(page: GlossaryPage) -> list[tuple[str, list[str]]]:
    return [(kind, [row.term.name for row in rows]) for kind, rows in page.groups]


def terms_of(session: Session, course: Course) -> Sequence[Any]:
    return glossary_of(session, course_id=course.id, sha256=course.glossary_sha256).terms


def test_the_terms_are_read_once_for_as_long_as_they_stay_the_same(
    session: Session, make: Make
) -> None:
    course = make.course()
    make.term(course, "Oder")
    with statements_of(session) as first:
        before = terms_of(session, course)
    with statements_of(session) as again:
        assert terms_of(session, course) is before
    make.term(course, "Elbe")

    assert (len(first), len(again)) == (1, 0)
    assert [term.name for term in terms_of(session, course)] == ["Oder", "Elbe"]


def test_a_course_without_terms_asks_for_none(session: Session, make: Make) -> None:
    course = make.course()

    with statements_of(session) as seen:
        assert terms_of(session, course) == ()

    assert seen == []


def test_no_course_gets_the_terms_of_another(session: Session, make: Make) -> None:
    one, other = make.course(), make.course()
    make.term(one, "Oder")
    make.term(other, "Elbe")
    other.glossary_sha256 = one.glossary_sha256
    session.flush()

    assert [[term.name for term in terms_of(session, course)] for course in (one, other)] == [
        ["Oder"],
        ["Elbe"],
    ]


def test_terms_are_listed_by_kind_and_by_the_alphabet(session: Session, make: Make) -> None:
    course = make.course()
    for name, kind in (
        ("Zeid", TermKind.PERSON),
        ("Oder", TermKind.PLACE),
        ("élan", TermKind.TERM),
        ("ceasefire", TermKind.TERM),
        ("Ali", TermKind.PERSON),
    ):
        make.term(course, name, kind=kind)

    page = glossary_page(session, actor=None, slug=course.slug)

    assert names(page) == [
        ("person", ["Ali", "Zeid"]),
        ("place", ["Oder"]),
        ("term", ["ceasefire", "élan"]),
    ]
    assert [(one.kind, one.count) for one in page.counts] == [
        ("person", 2),
        ("place", 1),
        ("term", 2),
    ]
    assert (page.total, page.found, page.shown) == (5, 5, 5)


def test_a_term_says_which_paragraphs_name_it_in_the_order_of_the_texts(
    session: Session, make: Make
) -> None:
    course = make.course()
    make.term(course, "Oder", names=["Oder", "the great river"])
    first = make.passage(course, "By the Oder and the Oder again.", locator="P1")
    make.passage(course, "Nothing here.", locator="P2")
    last = make.passage(course, "At the great river.", locator="P3")
    make.passage(make.course(), "The Oder, elsewhere.")

    page = glossary_page(session, actor=None, slug=course.slug)

    ((_, (row,)),) = page.groups
    assert [(place.source_id, place.key, place.locator) for place in row.places] == [
        (first.source_id, first.key, "P1"),
        (last.source_id, last.key, "P3"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ODER", ["Oder"]),
        ("odra", ["Oder"]),
        ("Одра", ["Oder"]),
        ("long river", ["Oder"]),
        ("ei", ["Zeid"]),
        ("nothing", []),
        ("  ", ["Zeid", "Oder"]),
        ("?!", []),
    ],
)
def test_a_search_finds_names_spellings_and_meanings(
    session: Session, make: Make, text: str, found: list[str]
) -> None:
    course = make.course()
    make.term(
        course,
        "Oder",
        definition="A long river.",
        spellings=[{"text": "Odra", "language": ""}, {"text": "Одра", "language": "ru"}],
    )
    make.term(course, "Zeid", kind=TermKind.PERSON, definition="Who knows.")

    page = glossary_page(session, actor=None, slug=course.slug, text=text)

    assert [name for _, group in names(page) for name in group] == found


def test_a_kind_shows_its_terms_and_still_counts_the_others(session: Session, make: Make) -> None:
    course = make.course()
    make.term(course, "Oder")
    make.term(course, "Zeid", kind=TermKind.PERSON)

    page = glossary_page(session, actor=None, slug=course.slug, kind="place")

    assert names(page) == [("place", ["Oder"])]
    assert [(one.kind, one.count) for one in page.counts] == [("person", 1), ("place", 1)]


def test_the_glossary_of_a_private_course_is_for_its_members(session: Session, make: Make) -> None:
    course = make.course(is_public=False)
    make.term(course)

    for actor in (None, make.learner(make.course())):
        with pytest.raises(NotFound):
            glossary_page(session, actor=actor, slug=course.slug)
    assert glossary_page(session, actor=make.learner(course), slug=course.slug).total == 1


def test_the_page_takes_the_same_statements_however_many_terms_there_are(
    session: Session, make: Make
) -> None:
    course = make.course()
    make.term(course, "Oder")
    make.passage(course, "The Oder.")
    with statements_of(session) as few:
        glossary_page(session, actor=None, slug=course.slug)
    for number in range(30):
        make.term(course, f"River {number}")
        make.passage(course, f"River {number}.")

    with statements_of(session) as many:
        glossary_page(session, actor=None, slug=course.slug)

    assert len(few) == len(many) == 3
