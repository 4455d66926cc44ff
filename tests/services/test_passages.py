"""Editing a paragraph: what cites it moves, or is flagged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.digest import passage_digest
from quizapp.errors import Conflict, Forbidden, Invalid, NotFound
from quizapp.models import Citation, Fact, Passage, Status
from quizapp.queries.authoring import material
from quizapp.queries.citation_fates import Outcome
from quizapp.queries.citation_health import count_flagged, flagged_citations
from quizapp.queries.home import home
from quizapp.queries.passages import citations_for
from quizapp.queries.reader import source_page
from quizapp.queries.texts import course_texts, stored_text
from quizapp.services.facts import NewFact
from quizapp.services.passages import Revised, StatedPassage, check_passage, revise_passage
from quizapp.services.reciting import LostWords, flag_again, recite
from tests.support.desk import statements_of
from tests.support.make import Make
from tests.support.stated import state_fact

TEXT = (
    "In August 2016 Russian bombers flew from the Nojeh base near Hamadan. "
    "Members of parliament pointed to Article 146, which bars foreign bases of any kind. "
    "Within a week the bombers had left the base again."
)
QUOTES = ("flew from the Nojeh base", "Article 146", "bars foreign bases", "Within a week")


class Desk:
    """A course with one paragraph, four facts that cite it, and its instructor."""

    def __init__(self, session: Session, make: Make, now: datetime) -> None:
        self.session, self.make, self.now = session, make, now
        self.course = make.course()
        self.topic = make.topic(self.course)
        self.passage = make.passage(self.course, text=TEXT, locator="P4", heading="Bases")
        self.actor = make.instructor(self.course)
        self.facts = [self.fact(words) for words in QUOTES]

    def fact(self, exact: str, **given: Any) -> int:
        fact_id = state_fact(
            self.session,
            course_id=self.course.id,
            stated=NewFact(f"Fact on {exact}.", self.topic.id, self.passage.id, exact),
            status=given.get("status", Status.READY),
        )
        self.make.question(self.session.get_one(Fact, fact_id))
        return fact_id

    @property
    def stated(self) -> StatedPassage:
        row = self.row()
        return StatedPassage(row.heading, row.locator, row.text, row.note)

    def row(self) -> Any:
        columns = (Passage.heading, Passage.locator, Passage.text, Passage.note)
        return self.session.execute(sa.select(*columns).where(Passage.id == self.passage.id)).one()

    def revise(self, text: str | None = None, **given: Any) -> Revised:
        """Save the paragraph with another text; whatever it loses is agreed to."""
        stated = given.pop("stated", None) or replace(self.stated, text=text or self.stated.text)
        values: dict[str, Any] = {
            "actor": self.actor,
            "course_id": self.course.id,
            "passage_id": self.passage.id,
            "seen_sha256": self.stated.sha256,
            "agreed": {(fact_id, 0) for fact_id in self.facts},
            "now": self.now,
        }
        return revise_passage(self.session, stated=stated, **values | given)

    def citation(self, number: int) -> Any:
        return self.session.execute(
            sa.select(*Citation.__table__.c).where(Citation.fact_id == self.facts[number])
        ).one()

    def flagged(self) -> list[str]:
        found = flagged_citations(self.session, actor=self.actor, course_id=self.course.id)
        return sorted(row.exact for row in found.rows)

    def recite(self, number: int, exact: str, **given: Any) -> LostWords:
        values: dict[str, Any] = {
            "actor": self.actor,
            "course_id": self.course.id,
            "fact_id": self.facts[number],
            "position": 0,
            "passage_id": self.passage.id,
        }
        return recite(self.session, exact=exact, **values | given)


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


def assert_true_to_the_text(desk: Desk) -> None:
    text = desk.row().text
    for row in desk.session.execute(sa.select(*Citation.__table__.c)):
        if row.lost_at is None:
            assert text[row.start : row.end] == row.exact
            assert text[: row.start].endswith(row.prefix)
            assert text[row.end :].startswith(row.suffix)
            assert row.prefix or row.start == 0
            assert row.suffix or row.end == len(text)


def test_a_fact_that_is_written_keeps_what_stands_around_its_words(desk: Desk) -> None:
    citation = desk.citation(1)

    assert citation.prefix == " Members of parliament pointed to "[-32:]
    assert citation.suffix == ", which bars foreign bases of any kind"[:32]


def test_every_word_removed_flags_exactly_what_covered_it(desk: Desk) -> None:
    words = TEXT.split()
    for index, word in enumerate(words):
        start = len(" ".join(words[:index])) + (index > 0)
        end = start + len(word)
        covering = [
            exact
            for exact in QUOTES
            if TEXT.index(exact) < end and start < TEXT.index(exact) + len(exact)
        ]

        desk.revise(" ".join(words[:index] + words[index + 1 :]))

        assert desk.flagged() == sorted(covering), word
        assert_true_to_the_text(desk)
        desk.revise(TEXT)
        assert desk.flagged() == [], word
        assert_true_to_the_text(desk)


def test_what_is_lost_keeps_its_words_and_says_since_when(desk: Desk) -> None:
    later = desk.now + timedelta(days=2)

    desk.revise(TEXT.replace("Nojeh", "Hamadan"), now=later)

    citation = desk.citation(0)
    assert (citation.exact, citation.lost_at) == (QUOTES[0], later)
    assert citation.prefix.endswith("Russian bombers ")


def test_nothing_is_stored_while_a_loss_is_not_agreed_to(desk: Desk) -> None:
    new = TEXT.replace("Nojeh", "Hamadan").replace("Within a week", "Soon")

    asked = desk.revise(new, agreed={(desk.facts[0], 0)})

    assert not asked.is_stored
    assert [fate.exact for fate in asked.lost] == [QUOTES[0], QUOTES[3]]
    assert desk.row().text == TEXT
    assert desk.citation(0).lost_at is None


def test_a_check_says_the_same_and_stores_nothing(desk: Desk) -> None:
    new = "So: " + TEXT.replace("Nojeh", "Hamadan")

    found = check_passage(
        desk.session,
        actor=desk.actor,
        course_id=desk.course.id,
        passage_id=desk.passage.id,
        stated=replace(desk.stated, text=new),
    )

    assert [fate.outcome for fate in found.fates] == [
        Outcome.LOST,
        Outcome.MOVED,
        Outcome.MOVED,
        Outcome.MOVED,
    ]
    assert not found.is_stored
    assert desk.row().text == TEXT
    assert desk.flagged() == []


def test_a_retired_fact_is_followed_but_nobody_is_asked_about_it(desk: Desk) -> None:
    desk.session.get_one(Fact, desk.facts[0]).status = Status.RETIRED
    desk.session.flush()

    stored = desk.revise(TEXT.replace("Nojeh", "Hamadan"), agreed=())

    assert stored.is_stored
    assert desk.citation(0).lost_at is not None
    assert desk.flagged() == []


def test_an_edit_of_the_heading_alone_changes_no_citation(desk: Desk) -> None:
    before = [desk.citation(n) for n in range(4)]

    desk.revise(stated=replace(desk.stated, heading="Airbases", note="Dated by the record."))

    assert [desk.citation(n) for n in range(4)] == before
    assert (desk.row().heading, desk.row().note) == ("Airbases", "Dated by the record.")


def test_a_text_is_stored_normalised(desk: Desk) -> None:
    desk.revise("  " + TEXT.replace(". ", ".\r\n\r\n") + "\t")

    assert desk.row().text == TEXT


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("text", "", "Write the text"),
        ("text", " \n ", "Write the text"),
        ("text", "x" * 20_001, "Shorten this to 20,000"),
        ("heading", "x" * 301, "Shorten this to 300"),
        ("locator", "x" * 81, "Shorten this to 80"),
        ("note", "x" * 4_001, "Shorten this to 4,000"),
        ("text", "Read on at www.example.org today.", "web address “www.example.org”"),
        ("note", "See https://example.org/x.", "web address"),
        ("text", "The \u202ebase", "bidirectional control character U+202E at place 5"),
        ("heading", "a\u200fb", "U+200F at place 2"),
        ("text", "a\x00b", "unprintable character"),
        ("text", "a\ufffeb", "U+FFFE"),
        ("text", "a\ud800b", "unprintable character"),
    ],
)
def test_what_no_paragraph_may_be_is_refused_beside_its_field(
    desk: Desk, field: str, value: str, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        desk.revise(stated=replace(desk.stated, **{field: value}))

    assert [problem.path for problem in refused.value.problems] == [field]
    assert words in refused.value.problems[0].message
    assert desk.row().text == TEXT


def test_whoever_comes_second_overwrites_nothing(desk: Desk) -> None:
    seen = desk.stated.sha256
    desk.revise(stated=replace(desk.stated, note="By the first."))

    with pytest.raises(Conflict):
        desk.revise(TEXT + " More.", seen_sha256=seen)

    assert desk.row().note == "By the first."
    assert desk.row().text == TEXT


def test_only_instructors_of_the_course_edit_its_texts(desk: Desk) -> None:
    student = desk.make.learner(desk.course)
    stranger = desk.make.instructor(desk.make.course())
    for actor, error in ((student, Forbidden), (stranger, NotFound)):
        for act in (desk.revise, lambda **given: desk.recite(0, "x", **given)):
            with pytest.raises(error):
                act(actor=actor)
        with pytest.raises(error):
            count_flagged(desk.session, actor=actor, course_id=desk.course.id)
        with pytest.raises(error):
            course_texts(desk.session, actor=actor, course_id=desk.course.id)


def test_a_paragraph_of_another_course_is_not_there(desk: Desk) -> None:
    other = desk.make.passage(desk.make.course())

    with pytest.raises(NotFound):
        desk.revise(passage_id=other.id)
    with pytest.raises(NotFound):
        stored_text(desk.session, actor=desk.actor, course_id=desk.course.id, passage_id=other.id)


def test_the_list_names_the_fact_its_questions_and_the_nearest_words(desk: Desk) -> None:
    desk.revise(TEXT.replace("flew from the Nojeh base", "flew from the old Nojeh base"))

    (row,) = flagged_citations(desk.session, actor=desk.actor, course_id=desk.course.id).rows

    assert row.exact == QUOTES[0]
    assert row.statement == f"Fact on {QUOTES[0]}."
    assert len(row.questions) == 1
    assert "old Nojeh base" in row.nearest
    assert row.may_cite
    assert row.before + row.nearest + row.after == desk.row().text


def test_a_text_without_like_words_suggests_none(desk: Desk) -> None:
    desk.revise("Quite other matters.")

    found = flagged_citations(desk.session, actor=desk.actor, course_id=desk.course.id)

    assert found.total == 4
    assert {(row.nearest, row.may_cite, row.before) for row in found.rows} == {
        ("", False, "Quite other matters.")
    }


def test_other_words_are_cited_and_that_is_taken_back(desk: Desk) -> None:
    new = TEXT.replace("Nojeh", "Hamadan")
    desk.revise(new)

    before = desk.recite(0, "flew from the Hamadan base")

    assert desk.flagged() == []
    assert_true_to_the_text(desk)
    flag_again(
        desk.session,
        actor=desk.actor,
        course_id=desk.course.id,
        fact_id=desk.facts[0],
        position=0,
        words=before,
        now=desk.now,
    )
    assert desk.flagged() == [QUOTES[0]]
    desk.revise(TEXT)
    assert desk.flagged() == []
    assert_true_to_the_text(desk)


def test_words_of_another_paragraph_can_be_cited(desk: Desk) -> None:
    other = desk.make.passage(desk.course, text="The base is Shahid Nojeh.")
    desk.revise(TEXT.replace("Nojeh", "Hamadan"))

    desk.recite(0, "The base is Shahid Nojeh", passage_id=other.id)

    (shown,) = citations_for(desk.session, [desk.facts[0]])[desk.facts[0]]
    assert (shown.passage_id, shown.exact) == (other.id, "The base is Shahid Nojeh")


def test_words_that_are_not_there_are_not_cited(desk: Desk) -> None:
    desk.revise(TEXT.replace("Nojeh", "Hamadan"))

    with pytest.raises(Invalid) as refused:
        desk.recite(0, "the Nojeh base")

    assert refused.value.problems[0].path == "exact"
    assert desk.flagged() == [QUOTES[0]]


def test_a_citation_that_is_not_lost_is_not_cited_anew(desk: Desk) -> None:
    with pytest.raises(Conflict):
        desk.recite(0, "bars foreign bases")

    assert desk.citation(0).exact == QUOTES[0]


@pytest.mark.parametrize("words", [{"exact": ""}, {"passage_id": 0}, {"prefix": "x" * 33}])
def test_what_was_never_cited_is_not_brought_back(desk: Desk, words: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        flag_again(
            desk.session,
            actor=desk.actor,
            course_id=desk.course.id,
            fact_id=desk.facts[0],
            position=0,
            words=replace(LostWords(desk.passage.id, "Nojeh", "", ""), **words),
            now=desk.now,
        )

    assert desk.flagged() == []


def test_a_citation_of_another_course_is_not_there(desk: Desk) -> None:
    other = desk.make.fact(desk.make.course())

    with pytest.raises(NotFound):
        desk.recite(0, "x", fact_id=other.id)


def test_learners_see_the_text_of_a_lost_citation_without_a_mark(desk: Desk) -> None:
    new = TEXT.replace("Nojeh", "Hamadan")
    desk.revise(new)

    (shown,) = citations_for(desk.session, [desk.facts[0]])[desk.facts[0]]

    assert shown.is_lost
    assert (shown.before, shown.exact, shown.after) == (new, "", "")
    assert shown.excerpt().before == new


def test_the_reader_and_the_editor_mark_no_lost_words(desk: Desk) -> None:
    desk.revise(TEXT.replace("Article 146", "an article"))

    page = source_page(
        desk.session, actor=desk.actor, source_id=desk.passage.source_id, now=desk.now
    )
    (paragraph,) = page.sections[0].passages
    marked = [segment.text for segment in paragraph.segments if segment.cited]
    found = material(desk.session, actor=desk.actor, course_id=desk.course.id)
    used = [segment.text for segment in found.passages[0].segments if segment.cited]

    assert marked == used == [QUOTES[0], QUOTES[2], QUOTES[3]]
    assert len(paragraph.cards) == 4


def test_the_landing_page_shows_no_card_whose_words_are_lost(desk: Desk) -> None:
    desk.revise("Quite other matters.")

    assert home(desk.session).demo is None


def test_the_texts_say_what_cites_them_and_what_is_lost(desk: Desk) -> None:
    desk.revise(TEXT.replace("Nojeh", "Hamadan"))

    (text,) = course_texts(desk.session, actor=desk.actor, course_id=desk.course.id)

    assert [(row.locator, row.cited, row.lost) for row in text.passages] == [("P4", 4, 1)]
    assert text.passages[0].opening.endswith("…")


def test_a_paragraph_says_whether_its_file_states_something_else(desk: Desk) -> None:
    def look() -> tuple[bool, bool]:
        found = stored_text(
            desk.session, actor=desk.actor, course_id=desk.course.id, passage_id=desk.passage.id
        )
        return found.is_from_files, found.is_edited

    assert look() == (False, False)
    desk.passage.bank_sha256 = passage_digest("Bases", "P4", TEXT, "")
    desk.session.flush()
    assert look() == (True, False)
    desk.revise(TEXT + " More.")
    assert look() == (True, True)


def test_lists_ask_the_database_as_often_for_many_citations_as_for_few(desk: Desk) -> None:
    def asked() -> int:
        with statements_of(desk.session) as seen:
            flagged_citations(desk.session, actor=desk.actor, course_id=desk.course.id)
            course_texts(desk.session, actor=desk.actor, course_id=desk.course.id)
        return len(seen)

    desk.revise(TEXT.replace("Nojeh", "Hamadan"))
    few = asked()
    desk.facts += [desk.fact("the base again") for _ in range(25)]
    desk.revise("Quite other matters.")

    assert asked() == few == 4
    page = flagged_citations(desk.session, actor=desk.actor, course_id=desk.course.id, page=9)
    assert (page.total, page.page, page.pages, len(page.rows)) == (29, 3, 3, 9)
