"""Writing, revising and retiring questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, Invalid, NotFound
from quizapp.models import Citation, Fact, Question, Revision, Status
from quizapp.queries.authoring import material, proof, revisions, stored_question
from quizapp.queries.study import next_card
from quizapp.questions.registry import TYPES
from quizapp.services import authoring
from quizapp.services.authoring import Written
from quizapp.services.facts import NewFact
from tests.support.make import RAW, Make


def written(fact: Any, type_name: str = "single_choice", **given: Any) -> Written:
    status = given.pop("status", Status.DRAFT)
    return Written(type_name, RAW[type_name] | given, fact, status)


def problems(error: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {problem.path: problem.message for problem in error.value.problems}


class Desk:
    """An instructor at work in a course that has one fact."""

    def __init__(self, session: Session, make: Make, now: datetime) -> None:
        self.session, self.make, self.now = session, make, now
        self.course = make.course()
        self.topic = make.topic(self.course)
        self.passage = make.passage(self.course)
        self.fact = make.fact(self.course, self.topic, self.passage)
        self.actor = make.instructor(self.course)

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.actor, "course_id": self.course.id}

    def new_fact(self, **given: Any) -> NewFact:
        values = {
            "statement": "The aversion stands in Article 146.",
            "topic_id": self.topic.id,
            "passage_id": self.passage.id,
            "exact": "codified in Article 146",
        }
        return NewFact(**values | given)

    def create(self, stated: Written) -> int:
        return authoring.create_question(self.session, **self.who, written=stated, now=self.now)

    def revise(self, question_id: int, stated: Written, *, seen: int) -> int:
        later = self.now + timedelta(hours=1)
        return authoring.revise_question(
            self.session, **self.who, question_id=question_id, written=stated, seen=seen, now=later
        )

    def stored(self, question_id: int) -> Any:
        return stored_question(self.session, **self.who, question_id=question_id)

    def revision_count(self, question_id: int) -> int:
        counted = sa.select(sa.func.count()).where(Revision.question_id == question_id)
        return self.session.scalar(counted) or 0


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


@pytest.mark.parametrize("type_name", list(TYPES))
def test_a_question_of_every_type_is_stored_with_its_first_revision(
    desk: Desk, type_name: str
) -> None:
    kind = TYPES[type_name]

    question_id = desk.create(written(desk.fact.id, type_name))

    stored = desk.stored(question_id)
    assert (stored.number, stored.type, stored.status) == (1, type_name, Status.DRAFT)
    assert kind.parse(stored.content) == kind.parse(RAW[type_name])


def test_a_question_keeps_its_stem_in_plain_words_and_how_much_it_asks(
    desk: Desk, session: Session
) -> None:
    question_id = desk.create(written(desk.fact.id, "short_text", stem="Which *river*?"))

    row = session.execute(
        sa.select(Question.stem, Question.recall).where(Question.id == question_id)
    ).one()
    assert tuple(row) == ("Which river?", int(TYPES["short_text"].recall))


def test_keys_are_made_of_the_stem_and_differ_even_for_the_same_words(
    desk: Desk, session: Session
) -> None:
    made = [desk.create(written(desk.fact.id, stem="Où est l’Été?")) for _ in range(3)]

    keys = session.scalars(sa.select(Question.key).where(Question.id.in_(made))).all()
    assert len(set(keys)) == 3
    assert all(key.startswith("ou-est-lete-") for key in keys)


def test_a_stem_in_another_script_and_a_long_one_give_keys_that_fit(
    desk: Desk, session: Session
) -> None:
    made = [desk.create(written(desk.fact.id, stem=stem)) for stem in ("کدام اصل؟", "word " * 300)]

    keys = session.scalars(sa.select(Question.key).where(Question.id.in_(made))).all()
    assert sorted(len(key) <= 80 for key in keys) == [True, True]


def test_a_new_fact_is_stored_with_the_words_that_prove_it(desk: Desk, session: Session) -> None:
    question_id = desk.create(written(desk.new_fact()))

    fact_id = desk.stored(question_id).fact_id
    citation = session.execute(
        sa.select(Citation.exact, Citation.start, Citation.end, Citation.passage_id).where(
            Citation.fact_id == fact_id
        )
    ).one()
    assert fact_id != desk.fact.id
    assert desk.passage.text[citation.start : citation.end] == citation.exact
    assert citation.passage_id == desk.passage.id


@pytest.mark.parametrize(
    ("given", "path", "words"),
    [
        ({"statement": " "}, "fact.statement", "one sentence"),
        ({"statement": "x" * 1001}, "fact.statement", "1,000"),
        ({"topic_id": None}, "fact.topic", "topic of this course"),
        ({"passage_id": 999_999}, "fact.passage", "paragraph"),
        ({"exact": ""}, "fact.exact", "words of the paragraph"),
        ({"exact": "codefied in Article 146"}, "fact.exact", "“codified in Article 146”"),
        ({"exact": "of"}, "fact.exact", "times in that paragraph"),
        ({"exact": "a\x00b"}, "fact.exact", "unprintable"),
    ],
)
def test_what_is_wrong_with_a_new_fact_is_said_where_it_is(
    desk: Desk, given: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(Invalid) as error:
        desk.create(written(desk.new_fact(**given)))

    assert list(problems(error)) == [path]
    assert words in problems(error)[path]


def test_problems_of_the_content_and_of_the_fact_are_named_at_once(desk: Desk) -> None:
    with pytest.raises(Invalid) as error:
        desk.create(written(desk.new_fact(exact="nowhere"), stem="", options=[]))

    assert set(problems(error)) == {"content.stem", "content.options", "fact.exact"}


def test_topics_passages_and_facts_of_another_course_are_refused(desk: Desk, make: Make) -> None:
    other = make.course()
    fact = make.fact(other)
    foreign = desk.new_fact(topic_id=fact.topic_id, passage_id=make.passage(other).id)

    for stated in (fact.id, foreign, None):
        with pytest.raises(Invalid):
            desk.create(written(stated))


def test_a_new_question_cannot_begin_retired(desk: Desk) -> None:
    with pytest.raises(Invalid) as error:
        desk.create(written(desk.fact.id, status=Status.RETIRED))

    assert list(problems(error)) == ["status"]


def test_an_unknown_type_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.create(Written("essay", {}, desk.fact.id, Status.DRAFT))


def test_students_may_not_write_and_others_do_not_know_of_the_course(
    desk: Desk, make: Make
) -> None:
    student = make.learner(desk.course)
    stranger = make.instructor(make.course())

    desk.actor = student
    with pytest.raises(Forbidden):
        desk.create(written(desk.fact.id))
    desk.actor = stranger
    with pytest.raises(NotFound):
        desk.create(written(desk.fact.id))


def test_a_draft_of_a_new_fact_is_met_by_nobody_until_it_is_ready(
    desk: Desk, session: Session
) -> None:
    question_id = desk.create(written(desk.new_fact()))
    fact_id = desk.stored(question_id).fact_id
    before = session.scalar(sa.select(Fact.status).where(Fact.id == fact_id))

    desk.revise(question_id, written(fact_id, status=Status.READY), seen=1)

    assert before is Status.DRAFT
    session.expire_all()
    assert session.scalar(sa.select(Fact.status).where(Fact.id == fact_id)) is Status.READY


def test_other_content_makes_a_revision_and_the_old_one_stays(desk: Desk, session: Session) -> None:
    question_id = desk.create(written(desk.fact.id))

    number = desk.revise(question_id, written(desk.fact.id, stem="Which one?"), seen=1)

    past = revisions(session, **desk.who, question_id=question_id)
    assert number == 2
    assert [(r.number, r.stem) for r in past] == [
        (2, "Which one?"),
        (1, RAW["single_choice"]["stem"]),
    ]
    assert past[0].author == "Jonas Weber"


def test_the_same_content_makes_no_revision(desk: Desk) -> None:
    question_id = desk.create(written(desk.fact.id))

    number = desk.revise(question_id, written(desk.fact.id, status=Status.READY), seen=1)

    assert number == 1
    assert desk.revision_count(question_id) == 1
    assert desk.stored(question_id).status is Status.READY


def test_saving_without_a_change_does_not_count_as_an_edit(desk: Desk) -> None:
    question_id = desk.create(written(desk.fact.id))

    desk.revise(question_id, written(desk.fact.id), seen=1)

    assert desk.stored(question_id).updated_at == desk.now


def test_a_question_may_change_its_type_and_its_fact(desk: Desk, make: Make) -> None:
    question_id = desk.create(written(desk.fact.id))
    other = make.fact(desk.course, desk.topic, desk.passage)

    desk.revise(question_id, written(other.id, "cloze"), seen=1)

    stored = desk.stored(question_id)
    assert (stored.type, stored.fact_id, stored.number) == ("cloze", other.id, 2)


def test_the_second_of_two_editors_is_told_and_changes_nothing(desk: Desk) -> None:
    question_id = desk.create(written(desk.fact.id))
    desk.revise(question_id, written(desk.fact.id, stem="The first editor's"), seen=1)

    with pytest.raises(Conflict):
        desk.revise(question_id, written(desk.fact.id, stem="The second editor's"), seen=1)

    assert desk.stored(question_id).content["stem"] == "The first editor's"
    assert desk.revision_count(question_id) == 2


def test_a_question_of_another_course_is_not_found(desk: Desk, make: Make) -> None:
    foreign = make.question(make.fact(make.course()))

    with pytest.raises(NotFound):
        desk.revise(foreign.id, written(desk.fact.id), seen=1)
    with pytest.raises(NotFound):
        desk.stored(foreign.id)
    with pytest.raises(NotFound):
        revisions(desk.session, **desk.who, question_id=foreign.id)
    with pytest.raises(NotFound):
        authoring.retire_question(desk.session, **desk.who, question_id=foreign.id, now=desk.now)


def test_a_retired_question_is_kept_and_can_come_back_as_it_was(desk: Desk) -> None:
    question_id = desk.create(written(desk.fact.id, status=Status.READY))
    act = desk.who | {"question_id": question_id, "now": desk.now}

    before = authoring.retire_question(desk.session, **act)
    retired = desk.stored(question_id).status
    authoring.restore_question(desk.session, **act, status=before)

    assert (before, retired) == (Status.READY, Status.RETIRED)
    assert desk.stored(question_id).status is Status.READY
    assert desk.revision_count(question_id) == 1


def test_restoring_changes_only_what_is_retired(desk: Desk) -> None:
    question_id = desk.create(written(desk.fact.id, status=Status.READY))

    authoring.restore_question(desk.session, **desk.who, question_id=question_id, now=desk.now)

    assert desk.stored(question_id).status is Status.READY


def test_a_draft_and_a_retired_question_never_come_up_in_review(
    desk: Desk, make: Make, session: Session
) -> None:
    learner = make.learner(desk.course)
    asked = {"actor": learner, "course_id": desk.course.id, "now": desk.now}
    question_id = desk.create(written(desk.fact.id))
    as_draft = next_card(session, **asked).card
    desk.revise(question_id, written(desk.fact.id, status=Status.READY), seen=1)
    as_ready = next_card(session, **asked).card

    authoring.retire_question(session, **desk.who, question_id=question_id, now=desk.now)

    assert as_draft is None
    assert as_ready is not None
    assert next_card(session, **asked).card is None


def test_the_editor_lists_facts_by_topic_and_the_paragraphs_with_what_cites_them(
    desk: Desk, make: Make, session: Session
) -> None:
    other = make.topic(desk.course)
    make.fact(desk.course, other, desk.passage)
    last = make.fact(desk.course, desk.topic, desk.passage)
    make.fact(desk.course, desk.topic, desk.passage, status=Status.RETIRED)

    found = material(session, **desk.who, fact_id=last.id)

    assert [fact.topic for fact in found.facts] == [desk.topic.title, desk.topic.title, other.title]
    assert {fact.id for fact in found.facts} >= {desk.fact.id, last.id}
    (passage,) = found.passages
    assert "".join(segment.text for segment in passage.segments) == desk.passage.text
    assert [segment.cited for segment in passage.segments] == [3, 0]


def test_a_retired_fact_is_listed_for_the_question_that_tests_it(
    desk: Desk, make: Make, session: Session
) -> None:
    retired = make.fact(desk.course, desk.topic, desk.passage, status=Status.RETIRED)

    found = material(session, **desk.who, fact_id=retired.id)

    assert retired.id in {fact.id for fact in found.facts}


def test_the_proof_of_a_fact_of_another_course_is_not_shown(
    desk: Desk, make: Make, session: Session
) -> None:
    foreign = make.fact(make.course())

    found = proof(session, **desk.who, fact_id=foreign.id)

    assert (found.statement, found.citations) == ("", ())


def test_tags_are_kept_without_a_new_revision(desk: Desk) -> None:
    question_id = desk.create(replace(written(desk.fact.id), tags=("exam-1",)))
    assert desk.stored(question_id).tags == ("exam-1",)

    number = desk.revise(question_id, replace(written(desk.fact.id), tags=("b", "a")), seen=1)

    assert (number, desk.stored(question_id).tags) == (1, ("b", "a"))


def test_a_tag_that_is_none_is_a_problem(desk: Desk) -> None:
    with pytest.raises(Invalid) as error:
        desk.create(replace(written(desk.fact.id), tags=("a b",)))

    assert set(problems(error)) == {"tags"}
