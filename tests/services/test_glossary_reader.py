"""The words of one fact, marked in their text."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from quizapp.memory.mastery import Level
from quizapp.models import Citation, Course, Fact, Passage, Status
from quizapp.policy import Actor
from quizapp.queries.reader import Reader, source_page
from tests.support.make import Make

TEXT = "First words. Second words. Third words."


def cite(make: Make, fact: Fact, passage: Passage, exact: str, position: int = 1) -> None:
    start = passage.text.index(exact)
    make.session.add(
        Citation(
            fact_id=fact.id,
            position=position,
            passage_id=passage.id,
            start=start,
            end=start + len(exact),
            exact=exact,
        )
    )
    make.session.flush()


class Shelf:
    """A text of one paragraph with a fact on its first words, and who reads it."""

    def __init__(self, session: Session, make: Make, now: datetime) -> None:
        self.session, self.make, self.now = session, make, now
        self.course: Course = make.course()
        self.passage: Passage = make.passage(self.course, TEXT)
        self.fact: Fact = make.fact(self.course, None, self.passage)
        make.question(self.fact)

    def read(self, actor: Actor | None, fact_id: int | None = None) -> Reader:
        return source_page(
            self.session,
            actor=actor,
            source_id=self.passage.source_id,
            fact_id=self.fact.id if fact_id is None else fact_id,
            now=self.now,
        )


@pytest.fixture
def shelf(session: Session, make: Make, now: datetime) -> Shelf:
    return Shelf(session, make, now)


def marked(page: Reader) -> list[str]:
    return [
        segment.text
        for section in page.sections
        for passage in section.passages
        for segment in passage.segments
        if segment.is_marked
    ]


def test_exactly_the_words_of_the_fact_are_marked(shelf: Shelf, make: Make) -> None:
    other = make.fact(shelf.course, None, make.passage(shelf.course))
    cite(make, other, shelf.passage, "Second words")
    make.question(other)
    cite(make, shelf.fact, shelf.passage, "Third words")

    page = shelf.read(make.learner(shelf.course))

    assert marked(page) == ["First words", "Third words"]
    assert page.statement == shelf.fact.statement


def test_without_a_fact_nothing_is_marked(shelf: Shelf, make: Make) -> None:
    page = shelf.read(make.learner(shelf.course), 0)

    assert (marked(page), page.statement) == ([], "")


def test_a_fact_of_another_text_is_passed_over(shelf: Shelf, make: Make) -> None:
    elsewhere = make.fact(make.course(is_public=False), statement="A secret of theirs.")
    make.question(elsewhere)

    for fact_id in (elsewhere.id, 2**31 - 1):
        page = shelf.read(make.instructor(shelf.course), fact_id)
        assert (marked(page), page.statement) == ([], "")


def test_a_passer_by_sees_the_words_and_not_the_statement(shelf: Shelf, make: Make) -> None:
    for actor in (None, make.learner(make.course())):
        page = shelf.read(actor)
        assert (marked(page), page.statement) == (["First words"], "")


@pytest.mark.parametrize(
    ("status", "for_teacher"), [(Status.DRAFT, ["First words"]), (Status.RETIRED, [])]
)
def test_a_draft_is_marked_for_its_instructor_and_what_is_retired_for_nobody(
    shelf: Shelf, make: Make, status: Status, for_teacher: list[str]
) -> None:
    shelf.fact.status = status
    shelf.session.flush()

    assert marked(shelf.read(make.instructor(shelf.course))) == for_teacher
    learner = shelf.read(make.learner(shelf.course))
    assert (marked(learner), learner.statement) == ([], "")


def test_words_that_were_lost_are_not_marked(shelf: Shelf, make: Make) -> None:
    citation = shelf.session.get_one(Citation, (shelf.fact.id, 0))
    citation.lost_at = shelf.now
    shelf.session.flush()

    page = shelf.read(make.learner(shelf.course))

    (paragraph,) = page.sections[0].passages
    assert (marked(page), [segment.cited for segment in paragraph.segments]) == ([], [0])
    assert len(paragraph.cards) == 1


def test_a_paragraph_knows_its_topics_and_how_well_its_cards_are_known(
    shelf: Shelf, make: Make
) -> None:
    topic = make.topic(shelf.course, title="Leaks")
    make.question(make.fact(shelf.course, topic, shelf.passage))

    page = shelf.read(make.learner(shelf.course), 0)
    (paragraph,) = page.sections[0].passages

    assert "Leaks" in [one.title for one in paragraph.topics]
    assert ([card.level for card in paragraph.cards], paragraph.due_count) == ([Level.NEW] * 2, 0)
    assert page.known is not None
    assert not page.known.has_started
    assert [card.level for card in shelf.read(None, 0).sections[0].passages[0].cards] == [None] * 2
