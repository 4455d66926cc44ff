"""Storing the course of a demo year: texts, facts with two questions each, and quizzes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.anchoring import anchor_at
from quizapp.bank.digest import digest
from quizapp.grading.settings import QuizSettings
from quizapp.models import (
    MADE_HERE,
    Base,
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
    Topic,
)
from quizapp.questions.registry import TYPES
from quizapp.services.question_index import index_questions
from quizapp.simulation.course import CourseText, FactText

DEMO_SLUG = "demo-year"
_TITLE = "Elements and numerals by heart"
_SUMMARY = "The chemical elements and the Roman numerals, a few a day, for a year."
_CHOICE, _TYPED = "single_choice", "short_text"
_QUIZ_DAYS, _QUIZ_OPEN, _QUIZ_SLOTS, _FIRST_QUIZ = 30, 6, 10, 28
_PASS_PERCENT = 60
_LONGEST_SITTING = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DemoQuiz:
    """A quiz, and when it is open."""

    id: int
    opens_at: datetime
    closes_at: datetime

    def takes(self, at: datetime) -> bool:
        """Return whether somebody who begins then has time to finish."""
        return self.opens_at <= at <= self.closes_at - _LONGEST_SITTING


@dataclass(frozen=True, slots=True)
class DemoCourse:
    """What was stored; facts by their number in the course.

    :param fact_ids: of the facts. :param revision_ids: of the choice and the typed question.
    """

    id: int
    fact_ids: tuple[int, ...]
    revision_ids: tuple[tuple[int, int], ...]
    quizzes: tuple[DemoQuiz, ...]


def has_demo_course(session: Session) -> bool:
    """Return whether a demo year was stored before."""
    return session.scalar(sa.select(Course.id).where(Course.slug == DEMO_SLUG)) is not None


def store_demo_course(
    session: Session, text: CourseText, *, begins: date, days: int, seed: int, now: datetime
) -> DemoCourse:
    """Store the course and a quiz for each month of so many days from `begins` on."""
    course = Course(
        slug=DEMO_SLUG,
        title=_TITLE,
        summary=_SUMMARY,
        language="en",
        is_public=False,
        created_at=now - timedelta(days=days + 1),
        bank_sha256=MADE_HERE,
    )
    session.add(course)
    session.flush()  # generate course.id
    facts = _store_facts(session, course.id, text)
    _store_reader(session, course.id, text, facts)
    revisions, questions = _store_questions(session, course.id, text, facts, course.created_at)
    quizzes = _store_quizzes(
        session, course.id, text, questions, begins=begins, days=days, seed=seed
    )
    return DemoCourse(
        course.id,
        tuple(facts[one.key] for one in text.facts),
        tuple(revisions[one.key] for one in text.facts),
        tuple(quizzes),
    )


def _store_facts(session: Session, course_id: int, text: CourseText) -> dict[str, int]:
    topics = _returning(
        session,
        Topic,
        [
            {"course_id": course_id, "key": one.key, "title": one.title, "summary": one.summary}
            | {"position": position}
            for position, one in enumerate(text.topics)
        ],
    )
    return _returning(
        session,
        Fact,
        [
            {
                "course_id": course_id,
                "topic_id": topics[one.topic],
                "key": one.key,
                "statement": one.statement,
                "note": "",
                "record": "",
                "status": Status.READY,
                "position": position,
            }
            for position, one in enumerate(text.facts)
        ],
    )


def _store_reader(
    session: Session, course_id: int, text: CourseText, facts: Mapping[str, int]
) -> None:
    source = Source(
        course_id=course_id,
        key="reader",
        title="Elements and numerals: a reader",
        author="Made for this course",
        year="2026",
        licence="CC0",
        note="",
    )
    session.add(source)
    session.flush()  # generate source.id
    passages = _returning(
        session,
        Passage,
        [
            {
                "source_id": source.id,
                "key": f"p{number}",
                "position": number,
                "heading": one.heading,
                "locator": f"P{number}",
                "text": one.text,
                "note": "",
            }
            for number, one in enumerate(text.paragraphs, 1)
        ],
    )
    cited = list(_citations(text, facts, passages))
    session.execute(sa.insert(Base.metadata.tables[Citation.__tablename__]), cited)


def _citations(
    text: CourseText, facts: Mapping[str, int], passages: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    found = {
        sentence: (number, paragraph.text)
        for number, paragraph in enumerate(text.paragraphs, 1)
        for sentence in paragraph.sentences
    }
    for one in text.facts:
        number, words = found[one.sentence]
        start = words.index(one.sentence)
        # Without the full stop: it is the words that are cited.
        anchor = anchor_at(words, start, start + len(one.sentence) - 1)
        yield {
            "fact_id": facts[one.key],
            "position": 0,
            "passage_id": passages[f"p{number}"],
            "start": anchor.start,
            "end": anchor.end,
            "exact": anchor.exact,
            "prefix": anchor.prefix,
            "suffix": anchor.suffix,
        }


def _store_questions(
    session: Session, course_id: int, text: CourseText, facts: Mapping[str, int], now: datetime
) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    """Return the ids of revisions and of questions, by the keys of their facts."""
    rows, contents = [], {}
    for one in text.facts:
        for name, raw in _raws(one).items():
            kind, key = TYPES[name], f"{one.key}-{name.partition('_')[0]}"
            contents[key] = name, kind.dump(kind.parse(raw))
            rows.append(
                {
                    "course_id": course_id,
                    "fact_id": facts[one.key],
                    "key": key,
                    "type": name,
                    "recall": int(kind.recall),
                    "status": Status.READY,
                    "stem": one.stem,
                    "current_number": 1,
                    "updated_at": now,
                    "tags": [],
                    "waivers": [],
                }
            )
    questions = _returning(session, Question, rows)
    revisions = _store_revisions(session, contents, questions, now)
    index_questions(session, list(questions.values()))
    both = {one.key: (f"{one.key}-single", f"{one.key}-short") for one in text.facts}
    return (
        {key: (revisions[choice], revisions[typed]) for key, (choice, typed) in both.items()},
        {key: (questions[choice], questions[typed]) for key, (choice, typed) in both.items()},
    )


def _raws(one: FactText) -> dict[str, dict[str, Any]]:
    options = [
        {"text": text, "key": not place} for place, text in enumerate((one.right, *one.wrong))
    ]
    return {
        _CHOICE: {"stem": one.stem, "options": options, "explanation": one.statement},
        _TYPED: {"stem": one.stem, "accepted": [one.right], "explanation": one.statement},
    }


def _store_revisions(
    session: Session,
    contents: Mapping[str, tuple[str, dict[str, Any]]],
    questions: Mapping[str, int],
    now: datetime,
) -> dict[str, int]:
    table = Base.metadata.tables[Revision.__tablename__]
    rows = [
        {
            "question_id": questions[key],
            "number": 1,
            "type": name,
            "content": content,
            "sha256": digest(content),
            "created_at": now,
        }
        for key, (name, content) in contents.items()
    ]
    found = session.execute(sa.insert(table).returning(table.c.question_id, table.c.id), rows)
    by_question = {row.question_id: row.id for row in found}
    return {key: by_question[questions[key]] for key in contents}


def _store_quizzes(
    session: Session,
    course_id: int,
    text: CourseText,
    questions: Mapping[str, tuple[int, int]],
    *,
    begins: date,
    days: int,
    seed: int,
) -> Iterator[DemoQuiz]:
    chance = Random(f"quizzes {seed}")  # noqa: S311
    opening = range(_FIRST_QUIZ, days, _QUIZ_DAYS)
    for number, first in enumerate(opening, 1):
        opens = datetime.combine(begins, time(), tzinfo=UTC) + timedelta(days=first)
        closes = opens + timedelta(days=_QUIZ_OPEN)
        # What most have met by then.
        met = text.facts[: max(_QUIZ_SLOTS, min(len(text.facts), first * 3))]
        recent = met[-12 * _QUIZ_SLOTS :]
        quiz = Quiz(
            course_id=course_id,
            key=f"month-{number}",
            title=f"Month {number}",
            summary=f"Ten questions on what was met by {closes:%-d %B}.",
            settings=QuizSettings(
                pass_mark_percent=_PASS_PERCENT,
                attempts_allowed=2,
                opens_at=opens,
                closes_at=closes,
            ).dump(),
            status=Status.READY,
            position=number,
        )
        session.add(quiz)
        session.flush()  # generate quiz.id
        for position, one in enumerate(chance.sample(recent, _QUIZ_SLOTS)):
            question_id = questions[one.key][int(chance.random() < 0.4)]
            slot = {"quiz_id": quiz.id, "position": position, "question_id": question_id}
            session.add(Slot(**slot, max_mark=Fraction(1)))
        yield DemoQuiz(quiz.id, opens, closes)
    session.flush()  # the slots, before somebody takes the quiz


def _returning(
    session: Session, model: type[Base], rows: Sequence[dict[str, Any]]
) -> dict[str, int]:
    """Insert rows and return their ids by their keys."""
    table = Base.metadata.tables[model.__tablename__]
    found = session.execute(sa.insert(table).returning(table.c.key, table.c.id), rows)
    return {row.key: row.id for row in found}
