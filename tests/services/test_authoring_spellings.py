"""Questions written on the site take the spellings of the course's glossary with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from quizapp.models import Revision, Status, Term, TermKind
from quizapp.queries.terms import read_terms, speller
from quizapp.questions.registry import TYPES
from quizapp.services.authoring import Written, create_question, revise_question
from tests.support.make import RAW, Make


def term(course_id: int, *names: str, position: int = 0, spellings: tuple[str, ...] = ()) -> Term:
    return Term(
        course_id=course_id,
        key=f"term-{position}",
        kind=TermKind.PLACE,
        name=names[0],
        definition="A river.",
        names=list(names),
        spellings=[{"text": text, "language": "ar"} for text in spellings],
        position=position,
    )


class Author:
    """An instructor of a course with a river in its glossary."""

    def __init__(self, session: Session, make: Make, now: datetime) -> None:
        self.session, self.now = session, now
        self.course = make.course()
        self.fact = make.fact(self.course, make.topic(self.course), make.passage(self.course))
        self.actor = make.instructor(self.course)
        self.river = term(self.course.id, "Euphrates", "the Great River", spellings=("الفرات",))
        other = make.course()
        session.add_all([self.river, term(other.id, "Euphrates", "Phrat")])
        session.flush()

    def write(self, type_name: str = "short_text", *, seen: int = 0, **given: Any) -> Any:
        """Create the question, or revise the one there is; return its current content."""
        stated = Written(type_name, RAW[type_name] | given, self.fact.id, Status.READY)
        who = {"actor": self.actor, "course_id": self.course.id, "now": self.now}
        if seen:
            revise_question(
                self.session, **who, question_id=self.question_id, written=stated, seen=seen
            )
        else:
            self.question_id = create_question(self.session, **who, written=stated)
        return self.revisions()[-1]

    def revisions(self) -> list[Any]:
        return list(
            self.session.scalars(
                sa.select(Revision.content)
                .where(Revision.question_id == self.question_id)
                .order_by(Revision.number)
            )
        )


@pytest.fixture
def author(session: Session, make: Make, now: datetime) -> Author:
    return Author(session, make, now)


def test_a_question_is_stored_with_them_beside_the_authors_list(author: Author) -> None:
    stored = author.write(accepted=["Euphrates"])

    assert stored["accepted"] == ["Euphrates"]
    assert stored["spellings"] == ["the Great River", "الفرات"]
    kind = TYPES["short_text"]
    assert kind.grade(kind.parse(stored), "الفرات").is_right


def test_a_glossary_edited_later_leaves_old_revisions_alone(author: Author) -> None:
    author.write(accepted=["Euphrates"])
    author.river.spellings = []
    author.session.flush()

    author.write(accepted=["Euphrates"], seen=1)

    first, second = author.revisions()
    assert first["spellings"] == ["the Great River", "الفرات"]
    assert second["spellings"] == ["the Great River"]


def test_saving_again_without_a_change_makes_no_revision(author: Author) -> None:
    author.write(accepted=["Euphrates"])

    author.write(accepted=["Euphrates"], seen=1)

    assert len(author.revisions()) == 1


def test_what_a_browser_states_as_spellings_is_not_believed(author: Author) -> None:
    stored = author.write(accepted=["Euphrates"], spellings=["Tigris"])

    assert stored["spellings"] == ["the Great River", "الفرات"]


@pytest.mark.parametrize("type_name", sorted(set(TYPES) - {"short_text", "cloze"}))
def test_other_types_are_stored_as_they_are(author: Author, type_name: str) -> None:
    assert "spellings" not in author.write(type_name)


def test_terms_are_read_back_in_order_and_of_one_course(author: Author) -> None:
    author.session.add(term(author.course.id, "Tigris", position=1))
    author.session.flush()

    found = read_terms(author.session, course_id=author.course.id)

    assert [one.names for one in found] == [("Euphrates", "the Great River"), ("Tigris",)]
    assert [(one.kind, one.definition) for one in found] == [("place", "A river.")] * 2
    assert [(s.text, s.language) for s in found[0].spellings] == [("الفرات", "ar")]


def test_terms_are_read_once_and_only_when_asked_for(author: Author) -> None:
    asked: list[str] = []
    connection = author.session.connection()

    @event.listens_for(connection, "before_cursor_execute")
    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    find = speller(author.session, course_id=author.course.id)
    assert asked == []

    assert find("EUPHRATES") == ("the Great River", "الفرات")
    assert find("Tigris") == ()
    assert len(asked) == 1
