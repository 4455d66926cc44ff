"""Loading a course's questions and quizzes from its bank files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.digest import digest
from quizapp.bank.schema import (
    BankCourse,
    BankDraw,
    BankQuestion,
    BankQuiz,
    BankSettings,
    BankSlot,
)
from quizapp.grading.draws import Draw
from quizapp.models import Course, Fact, Question, Quiz, Revision, Slot, Status, Topic
from quizapp.questions.folding import Speller
from quizapp.questions.registry import TYPES
from quizapp.services.bank_content import Tally
from quizapp.services.question_index import index_questions

#: The settings that the digest of a quiz has always held, stated or not.
_FIRST = ("time_limit_minutes", "pass_mark_percent", "shuffle_options", "counts_for_memory")


def load_questions(
    session: Session,
    course: Course,
    stated: BankCourse,
    facts: Mapping[str, Fact],
    *,
    tally: Tally,
    now: datetime,
) -> dict[str, Question]:
    """Store the questions; return those of the files by key.

    A question whose file differs from what was last loaded gets a new revision, and so does one
    whose typed words the glossary now spells otherwise; one that the files no longer state is
    retired.
    """
    stored = {
        question.key: question
        for question in session.scalars(
            sa.select(Question).where(
                Question.course_id == course.id, Question.bank_sha256.is_not(None)
            )
        )
    }
    find = stated.glossary().spellings
    revised: list[Question] = []
    for stated_item in stated.questions:
        item = _spelt(stated_item, find)
        known = item.key in stored
        question = stored.setdefault(item.key, Question(course_id=course.id, key=item.key))
        sha256 = digest(_statement(item))
        differs = question.bank_sha256 != sha256
        tally.count(before=known, differs=differs)
        if differs:
            question.bank_sha256 = sha256
            question.fact_id = facts[item.fact].id
            question.status = Status(item.status)
            question.tags = list(item.tags)
            question.waivers = _waivers(item)
            _revise(session, question, item, now=now)
            revised.append(question)
        else:
            _waive(question, item)
    for key in stored.keys() - {item.key for item in stated.questions}:
        if stored[key].status is not Status.RETIRED:
            stored[key].status = Status.RETIRED
            stored[key].bank_sha256 = ""  # so that it comes back when the file does
            tally.retired += 1
    session.flush()
    index_questions(session, [question.id for question in revised])
    return stored


def load_quizzes(
    session: Session,
    course: Course,
    stated: BankCourse,
    topics: Mapping[str, Topic],
    questions: Mapping[str, Question],
    *,
    tally: Tally,
) -> None:
    """Store the quizzes and their slots. Attempts keep the layout that they began with."""
    stored = {
        quiz.key: quiz
        for quiz in session.scalars(sa.select(Quiz).where(Quiz.course_id == course.id))
    }
    for position, item in enumerate(stated.quizzes):
        known = item.key in stored
        quiz = stored.setdefault(item.key, Quiz(course_id=course.id, key=item.key))
        sha256 = _quiz_digest(item, position)
        differs = quiz.bank_sha256 != sha256
        tally.count(before=known, differs=differs)
        if differs:
            quiz.title, quiz.summary = item.title, item.summary
            quiz.settings = _settings_statement(item.settings)
            quiz.access_code = item.access_code or quiz.access_code or ""
            quiz.status, quiz.position, quiz.bank_sha256 = Status.READY, position, sha256
            # Whoever edits it on the site meanwhile gets a conflict, and not the last word.
            quiz.edited = (quiz.edited or 0) + (1 if known else 0)
            session.add(quiz)
            session.flush()  # generate quiz.id
            _lay_slots(session, quiz, item.slots, topics, questions)
    for key in stored.keys() - {item.key for item in stated.quizzes}:
        if stored[key].bank_sha256 and stored[key].status is not Status.RETIRED:
            stored[key].status = Status.RETIRED
            stored[key].bank_sha256 = ""
            tally.retired += 1


def _revise(session: Session, question: Question, item: BankQuestion, *, now: datetime) -> None:
    """Make the stated content the current revision, unless it is already."""
    kind = TYPES[item.type]
    content = kind.dump(item.content)
    question.type, question.recall = item.type, int(kind.recall)
    question.stem = kind.stem(item.content)
    question.updated_at = now
    latest = question.current_number or 0
    current = session.scalar(
        sa.select(Revision).where(Revision.question_id == question.id, Revision.number == latest)
    )
    if current is not None and current.sha256 == digest(content) and current.type == item.type:
        return
    question.current_number = latest + 1
    session.add(question)
    session.flush()  # generate question.id
    session.add(
        Revision(
            question_id=question.id,
            number=question.current_number,
            type=item.type,
            content=content,
            sha256=digest(content),
            created_at=now,
        )
    )


def _waivers(item: BankQuestion) -> list[dict[str, str]]:
    return [{"rule": waiver.rule, "reason": waiver.reason} for waiver in item.waivers]


def _waive(question: Question, item: BankQuestion) -> None:
    """Add the waivers of a file that says nothing else new; those of the site stay."""
    known = {waiver["rule"] for waiver in question.waivers}
    added = [waiver for waiver in _waivers(item) if waiver["rule"] not in known]
    if added:
        question.waivers = [*question.waivers, *added]


def _spelt(item: BankQuestion, find: Speller) -> BankQuestion:
    """Return the question with what the glossary accepts besides when words are typed."""
    return replace(item, content=TYPES[item.type].with_spellings(item.content, find))


def _statement(item: BankQuestion) -> dict[str, Any]:
    stated = {
        "fact": item.fact,
        "type": item.type,
        "status": item.status,
        "content": TYPES[item.type].dump(item.content),
    }
    # What a file leaves out leaves its digest as it was, and edits on the site alone.
    return stated | ({"tags": list(item.tags)} if item.tags else {})


def _quiz_digest(item: BankQuiz, position: int) -> str:
    slots = [
        {
            "mark": str(slot.mark),
            "question": slot.question,
            "draw": _draw_statement(slot.draw) if slot.draw else None,
        }
        for slot in item.slots
    ]
    stated = {
        "title": item.title,
        "summary": item.summary,
        "settings": _settings_statement(item.settings),
        "slots": slots,
        "position": position,
    }
    return digest(stated | ({"access_code": item.access_code} if item.access_code else {}))


def _draw_statement(draw: BankDraw) -> dict[str, Any]:
    lists = {"types": draw.types, "tags": draw.tags}
    return {"topics": draw.topics, "count": draw.count} | {n: v for n, v in lists.items() if v}


def _settings_statement(settings: BankSettings) -> dict[str, Any]:
    stated, usual = asdict(settings), asdict(BankSettings())
    return {name: value for name, value in stated.items() if name in _FIRST or value != usual[name]}


def _lay_slots(
    session: Session,
    quiz: Quiz,
    slots: tuple[BankSlot, ...],
    topics: Mapping[str, Topic],
    questions: Mapping[str, Question],
) -> None:
    session.execute(sa.delete(Slot).where(Slot.quiz_id == quiz.id))
    for position, item in enumerate(slots):
        draw = item.draw and Draw(
            item.draw.count,
            tuple(topics[key].id for key in item.draw.topics),
            item.draw.types,
            item.draw.tags,
        )
        session.add(
            Slot(
                quiz_id=quiz.id,
                position=position,
                max_mark=item.mark,
                question_id=None if draw else questions[item.question].id,
                draw=draw.dump() if draw else None,
            )
        )
