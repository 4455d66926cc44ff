"""Loading the curated files into the database."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.check import check
from quizapp.bank.digest import digest
from quizapp.bank.schema import Bank
from quizapp.errors import Conflict, Invalid
from quizapp.grading.disclosure import Shown
from quizapp.grading.settings import Behaviour, QuizSettings
from quizapp.models import (
    Citation,
    Course,
    Fact,
    Passage,
    Question,
    Quiz,
    Revision,
    Slot,
    Source,
    Status,
)
from quizapp.services.bank_sync import Changes, load_bank
from quizapp.services.courses import WrittenCourse, create_course, revise_course
from quizapp.services.quiz_slots import WrittenSlot
from quizapp.services.quizzes import WrittenQuiz, revise_quiz
from quizapp.services.source_texts import StatedSource, add_paragraphs, create_text
from tests.support.make import Make

COURSE = """
slug: small
title: A small course
language: en
summary: Two facts.
topics:
  - {key: law, title: The law, summary: What it says.}
sources:
  - {key: reader, title: Reader, author: Us, year: "2026", licence: CC BY 4.0}
"""
READER = """
source: reader
passages:
  - key: p1
    heading: Bases
    locator: P1
    text: >-
      The aversion is codified in Article 146. It covers bases of any kind.
"""
FACTS = """
facts:
  - key: article
    topic: law
    statement: The article is 146.
    citations:
      - {passage: p1, exact: codified in Article 146}
  - key: kind
    topic: law
    statement: It covers bases of any kind.
    citations:
      - {passage: p1, exact: bases of any kind}
"""
QUESTIONS = """
questions:
  - key: article-number
    fact: article
    type: short_text
    stem: Which article codifies the aversion?
    accepted: ["146", Article 146]
  - key: any-kind
    fact: kind
    type: true_false
    stem: It covers bases of any kind.
    truth: true
"""
QUIZZES = """
quizzes:
  - key: short
    title: A short quiz
    settings: {time_limit_minutes: 5}
    slots:
      - {question: article-number, mark: 1}
      - {draw: {topics: [law], count: 1}, mark: 2}
"""


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    folder = tmp_path / "question_bank" / "small"
    folder.mkdir(parents=True)
    for name, text in {
        "course": COURSE,
        "reader": READER,
        "facts": FACTS,
        "questions": QUESTIONS,
        "quizzes": QUIZZES,
    }.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def load(session: Session, folder: Path, now: datetime) -> Changes:
    report = check(folder.parent)
    assert not report.errors, report.errors
    changes = load_bank(session, Bank(report.courses, ()), now=now)
    session.flush()
    return changes


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def one(session: Session, key: str) -> Question:
    return session.scalars(sa.select(Question).where(Question.key == key)).one()


def test_everything_stated_is_stored(session: Session, bank: Path, now: datetime) -> None:
    load(session, bank, now)

    assert session.scalar(sa.select(sa.func.count()).select_from(Fact)) == 2
    assert session.scalars(sa.select(Slot.max_mark).order_by(Slot.position)).all() == [1, 2]
    assert session.scalars(sa.select(Quiz)).one().settings["time_limit_minutes"] == 5


def test_a_citation_is_the_words_of_its_passage(
    session: Session, bank: Path, now: datetime
) -> None:
    load(session, bank, now)

    for citation, text in session.execute(
        sa.select(Citation, Passage.text).join(Passage, Passage.id == Citation.passage_id)
    ):
        assert text[citation.start : citation.end] == citation.exact


def test_unchanged_files_change_nothing(session: Session, bank: Path, now: datetime) -> None:
    load(session, bank, now)

    again = load(session, bank, now)

    assert (again.added, again.changed, again.retired) == (0, 0, 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(Revision)) == 2


def test_what_editors_note_for_each_other_changes_nothing(
    session: Session, bank: Path, now: datetime
) -> None:
    load(session, bank, now)
    edit(bank, "facts", "    citations:", "    evidence: [Article 146]\n    citations:")
    reason = "There is no better word for it."
    edit(bank, "facts", "    topic: law", f"    waive: {{one-form-only: {reason}}}\n    topic: law")
    edit(bank, "questions", "    type:", f"    waive: {{missing-explanation: {reason}}}\n    type:")

    again = load(session, bank, now)

    assert (again.added, again.changed, again.retired) == (0, 0, 0)
    waived = {
        w["rule"] for question in session.scalars(sa.select(Question)) for w in question.waivers
    }
    assert waived == {"missing-explanation"}


def test_an_edited_question_keeps_its_identity_and_gets_a_revision(
    session: Session, bank: Path, now: datetime
) -> None:
    load(session, bank, now)
    before = one(session, "article-number").id
    edit(bank, "questions", "Which article codifies", "Which article states")

    changes = load(session, bank, now)

    question = one(session, "article-number")
    assert (question.id, question.current_number, changes.changed) == (before, 2, 1)
    stems = session.scalars(
        sa.select(Revision).where(Revision.question_id == before).order_by(Revision.number)
    )
    assert [revision.content["stem"].split()[2] for revision in stems] == ["codifies", "states"]


def test_a_removed_question_is_retired_and_comes_back(
    session: Session, bank: Path, now: datetime
) -> None:
    load(session, bank, now)
    whole = (bank / "questions.yaml").read_text(encoding="utf-8")
    cut = whole[: whole.index("  - key: any-kind")]
    (bank / "questions.yaml").write_text(cut, encoding="utf-8")
    edit(bank, "quizzes", "      - {draw: {topics: [law], count: 1}, mark: 2}\n", "")

    changes = load(session, bank, now)
    retired = one(session, "any-kind").status
    (bank / "questions.yaml").write_text(whole, encoding="utf-8")
    load(session, bank, now)

    assert (changes.retired, retired) == (1, Status.RETIRED)
    assert one(session, "any-kind").status is Status.READY
    assert one(session, "any-kind").current_number == 1


def test_an_edit_made_on_the_site_outlives_a_load_of_the_same_files(
    session: Session, bank: Path, now: datetime
) -> None:
    load(session, bank, now)
    question = one(session, "article-number")
    question.status, question.stem = Status.RETIRED, "Changed on the site"

    load(session, bank, now)

    assert (question.status, question.stem) == (Status.RETIRED, "Changed on the site")


def test_what_a_course_says_of_itself_on_the_site_stays_until_its_file_changes(
    session: Session, bank: Path, now: datetime
) -> None:
    load(session, bank, now)
    course = session.scalars(sa.select(Course)).one()
    teacher = Make(session).instructor(course)
    written = WrittenCourse("Renamed", summary="Mine.", language="de", is_public=False)
    seen = course.edited
    revise_course(session, actor=teacher, course_id=course.id, written=written, seen=seen)

    def said() -> tuple[str, str, str, bool]:
        session.expire_all()
        return course.title, course.summary, course.language, course.is_public

    load(session, bank, now)
    assert said() == ("Renamed", "Mine.", "de", False)
    edit(bank, "course", "Two facts.", "Still two.")
    load(session, bank, now)
    assert said() == ("A small course", "Still two.", "en", False)
    with pytest.raises(Conflict):  # whoever had the settings open is told
        late = {"actor": teacher, "course_id": course.id, "written": written, "seen": seen + 1}
        revise_course(session, **late)


def test_a_course_made_on_the_site_is_not_taken_over_by_a_file_with_its_address(
    session: Session, bank: Path, now: datetime
) -> None:
    make = Make(session)
    made = create_course(
        session,
        actor=make.instructor(make.course()),
        written=WrittenCourse("Mine", "small"),
        now=now,
    )

    with pytest.raises(Conflict, match="made on the site has the address small"):
        load(session, bank, now)

    session.expire_all()
    assert session.get_one(Course, made).title == "Mine"
    assert session.scalar(sa.select(sa.func.count()).where(Fact.course_id == made)) == 0


def test_a_citation_moves_with_its_passage(session: Session, bank: Path, now: datetime) -> None:
    load(session, bank, now)
    edit(bank, "reader", "The aversion is codified", "The old aversion is codified")

    load(session, bank, now)

    starts = session.scalars(sa.select(Citation.start).order_by(Citation.fact_id)).all()
    text = session.scalars(sa.select(Passage.text)).one()
    assert starts[0] == text.index("codified in Article 146")


def test_a_course_removed_from_the_bank_stays_as_it_was(
    session: Session, bank: Path, now: datetime
) -> None:
    load(session, bank, now)
    shutil.rmtree(bank)

    load_bank(session, Bank((), ()), now=now)

    assert one(session, "any-kind").status is Status.READY


GLOSSARY = """
terms:
  - key: article
    kind: term
    name: Article 146
    definition: An article of a constitution.
    accept: [Principle 146]
"""


def current(session: Session, key: str) -> Revision:
    question = one(session, key)
    return session.scalars(
        sa.select(Revision).where(
            Revision.question_id == question.id, Revision.number == question.current_number
        )
    ).one()


def test_typed_words_are_right_as_the_glossary_spells_them(
    session: Session, bank: Path, now: datetime
) -> None:
    (bank / "glossary.yaml").write_text(GLOSSARY, encoding="utf-8")
    load(session, bank, now)

    stored = current(session, "article-number").content

    assert stored["accepted"] == ["146", "Article 146"]
    assert stored["spellings"] == ["Principle 146"]
    assert "spellings" not in current(session, "any-kind").content


def test_a_changed_glossary_gives_new_revisions_to_the_questions_it_concerns(
    session: Session, bank: Path, now: datetime
) -> None:
    load(session, bank, now)
    (bank / "glossary.yaml").write_text(GLOSSARY, encoding="utf-8")

    changes = load(session, bank, now)

    assert (changes.added, changes.changed) == (1, 1)
    assert one(session, "article-number").current_number == 2
    assert one(session, "any-kind").current_number == 1
    numbers = sa.select(Revision.number, Revision.content)
    question = one(session, "article-number").id
    first = dict(session.execute(numbers.where(Revision.question_id == question)).all())[1]
    assert "spellings" not in first

    assert str(load(session, bank, now)).startswith("0 added, 0 changed, 0 retired")


def test_without_the_glossary_a_question_is_as_it_was(
    session: Session, bank: Path, now: datetime
) -> None:
    (bank / "glossary.yaml").write_text(GLOSSARY, encoding="utf-8")
    load(session, bank, now)
    (bank / "glossary.yaml").unlink()

    changes = load(session, bank, now)

    assert (changes.changed, changes.retired) == (1, 1)
    assert "spellings" not in current(session, "article-number").content


def test_tags_and_further_settings_are_stored(session: Session, bank: Path, now: datetime) -> None:
    edit(bank, "questions", "key: any-kind", "key: any-kind\n    tags: [law-1, easy]")
    edit(bank, "quizzes", "minutes: 5}", "minutes: 5, behaviour: practice, tries: 2}")
    edit(
        bank,
        "quizzes",
        "{topics: [law], count: 1}",
        "{tags: [easy], types: [true_false], count: 1}",
    )

    load(session, bank, now)

    assert one(session, "any-kind").tags == ["law-1", "easy"]
    settings = QuizSettings.parse(session.scalars(sa.select(Quiz.settings)).one())
    assert (settings.behaviour, settings.tries) == (Behaviour.PRACTICE, 2)
    draw = session.scalars(sa.select(Slot.draw).order_by(Slot.position)).all()[1]
    assert draw == {"count": 1, "types": ["true_false"], "tags": ["easy"]}


def test_every_setting_of_a_file_is_stored_and_an_unchanged_file_changes_nothing(
    session: Session, bank: Path, now: datetime
) -> None:
    edit(
        bank,
        "quizzes",
        "    settings: {time_limit_minutes: 5}\n",
        "    access_code: door 7\n"
        "    settings:\n"
        "      closes_at: 2030-01-31T18:00+01:00\n"
        "      disclosure: {after_submit: [marks]}\n"
        "      bands: [{from_percent: 50, text: Half of it.}]\n",
    )

    load(session, bank, now)

    quiz = session.scalars(sa.select(Quiz)).one()
    settings = QuizSettings.parse(quiz.settings)
    assert settings.closes_at == datetime(2030, 1, 31, 17, tzinfo=UTC)
    assert settings.disclosure.after_submit == {Shown.MARKS}
    assert settings.band(50) == "Half of it."
    assert quiz.access_code == "door 7"
    assert load(session, bank, now).changed == 0


def test_an_access_code_of_the_site_outlives_a_file_without_one(
    session: Session, bank: Path, now: datetime
) -> None:
    load(session, bank, now)
    session.execute(sa.update(Quiz).values(access_code="room 12"))
    edit(bank, "quizzes", "A short quiz", "The file's quiz")

    assert load(session, bank, now).changed == 1

    assert session.execute(sa.select(Quiz.title, Quiz.access_code)).one() == (
        "The file's quiz",
        "room 12",
    )


def test_what_a_file_does_not_state_leaves_its_digest_as_it_was(
    session: Session, bank: Path, now: datetime
) -> None:
    """Files written before there were tags and further settings load as unchanged."""
    load(session, bank, now)

    settings = {
        "time_limit_minutes": 5,
        "pass_mark_percent": None,
        "shuffle_options": True,
        "counts_for_memory": True,
    }
    slots = [
        {"mark": "1", "question": "article-number", "draw": None},
        {"mark": "2", "question": "", "draw": {"topics": ["law"], "count": 1}},
    ]
    stated = {"title": "A short quiz", "summary": "", "settings": settings, "slots": slots}
    assert session.scalar(sa.select(Quiz.bank_sha256)) == digest(stated | {"position": 0})


def test_a_quiz_edited_on_the_site_keeps_the_edit_until_its_file_changes(
    session: Session, make: Make, bank: Path, now: datetime
) -> None:
    load(session, bank, now)
    quiz_id, course_id = session.execute(sa.select(Quiz.id, Quiz.course_id)).one()
    teacher = make.instructor(session.get_one(Course, course_id))
    question = one(session, "any-kind")
    written = WrittenQuiz("Mine", "", {}, (WrittenSlot("1", question.id),))
    here = {"actor": teacher, "course_id": course_id, "quiz_id": quiz_id}
    revise_quiz(session, **here, written=written, seen=0)

    assert load(session, bank, now).changed == 0
    assert session.scalar(sa.select(Quiz.title)) == "Mine"
    edit(bank, "quizzes", "A short quiz", "The file's quiz")
    assert load(session, bank, now).changed == 1

    assert session.execute(sa.select(Quiz.title, Quiz.edited)).one() == ("The file's quiz", 2)
    with pytest.raises(Conflict):  # the editor was open while the files were loaded
        revise_quiz(session, **here, written=written, seen=1)


def test_a_quiz_retired_on_the_site_stays_retired(
    session: Session, bank: Path, now: datetime
) -> None:
    load(session, bank, now)
    session.execute(sa.update(Quiz).values(status=Status.RETIRED))

    load(session, bank, now)

    assert session.scalar(sa.select(Quiz.status)) is Status.RETIRED


def test_texts_and_paragraphs_of_the_site_outlive_a_load(
    session: Session, bank: Path, now: datetime, make: Make
) -> None:
    load(session, bank, now)
    course = session.scalars(sa.select(Course)).one()
    teacher, said = make.instructor(course), StatedSource("Our own", "", "", "", "")
    reader = session.scalars(sa.select(Source)).one()
    place = {"actor": teacher, "course_id": course.id}
    create_text(session, **place, source=said, text="one\n\ntwo")
    last = session.scalar(sa.select(sa.func.max(Passage.id)).where(Passage.source_id == reader.id))
    add_paragraphs(session, **place, source_id=reader.id, text="more", after=last)
    with pytest.raises(Invalid, match="at the end"):
        add_paragraphs(session, **place, source_id=reader.id, text="first", after=None)

    again = load(session, bank, now)

    assert (again.added, again.changed, again.retired) == (0, 0, 0)
    texts = set(session.scalars(sa.select(Passage.text)))
    assert {"one", "two", "more"} < texts
