"""Writing facts: one statement, and the words of a passage that prove it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.text import locate, nearest, occurrences
from quizapp.errors import Invalid, Problem
from quizapp.models import Fact, Passage, Question, Quiz, Source, Status, Topic
from quizapp.questions.reading import clean
from quizapp.services.citations import locked_anchor, new_citation

STATEMENT_LIMIT = 1_000
EXACT_LIMIT = 4_000
#: Comparing long runs of words takes long; whoever cites so much will find the slip.
_COMPARED = 300
_SLUG_LIMIT = 60
_SLUG_BREAK = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact as an instructor states it, unchecked.

    :param exact: the words of the passage that prove the statement.
    """

    statement: str
    topic_id: int | None
    passage_id: int | None
    exact: str


@dataclass(frozen=True, slots=True)
class Cited:
    """Words found in a passage: they lie at `start`–`end`, in code points, end excluded."""

    passage_id: int
    start: int
    end: int
    exact: str


@dataclass(frozen=True, slots=True)
class CheckedFact:
    """A fact that may be stored."""

    statement: str
    topic_id: int
    cited: Cited


def check_fact(session: Session, *, course_id: int, stated: NewFact) -> CheckedFact:
    """Return what is stated, its citation found in the passage.

    :raises Invalid: with every problem at "statement", "topic", "passage" or "exact".
    """
    problems: list[Problem] = []
    statement = _read(stated.statement, "statement", STATEMENT_LIMIT, problems)
    if statement is None:
        problems.append(Problem("statement", "Write the fact as one sentence."))
    topic_id = _topic_id(session, course_id, stated.topic_id)
    if topic_id is None:
        problems.append(Problem("topic", "Choose a topic of this course."))
    cited = None
    try:
        cited = find_words(
            session, course_id=course_id, passage_id=stated.passage_id, exact=stated.exact
        )
    except Invalid as error:
        problems += error.problems
    if problems or not statement or topic_id is None or cited is None:
        raise Invalid(problems)
    return CheckedFact(statement, topic_id, cited)


def find_words(session: Session, *, course_id: int, passage_id: int | None, exact: str) -> Cited:
    """Return where the words stand in a passage of the course.

    :raises Invalid: with every problem at "passage" or "exact".
    """
    problems: list[Problem] = []
    passage = _passage(session, course_id, passage_id)
    if passage is None:
        problems.append(Problem("passage", "Choose the paragraph that proves the fact."))
    words = _read(exact, "exact", EXACT_LIMIT, problems)
    if words is None:
        problems.append(Problem("exact", "Give the words of the paragraph that prove the fact."))
    elif words and passage and (complaint := _complaint(passage.text, words)):
        problems.append(Problem("exact", complaint))
    if problems or not words or passage is None:
        raise Invalid(problems)
    start, end = locate(passage.text, words)
    return Cited(passage.id, start, end, passage.text[start:end])


def store_fact(session: Session, *, course_id: int, checked: CheckedFact, status: Status) -> int:
    """Store a fact that was checked; return its id.

    :raises Conflict: the passage was edited since.
    """
    last = session.scalar(sa.select(sa.func.max(Fact.position)).where(Fact.course_id == course_id))
    fact = Fact(
        course_id=course_id,
        topic_id=checked.topic_id,
        key=free_key(session, Fact, course_id, words=checked.statement),
        statement=checked.statement,
        note="",
        record="",
        status=status,
        position=0 if last is None else last + 1,
    )
    session.add(fact)
    session.flush()  # generate fact.id
    cited = checked.cited
    anchor = locked_anchor(session, cited.passage_id, cited.start, cited.exact)
    session.add(new_citation(fact.id, 0, cited.passage_id, anchor))
    session.flush()  # a page that reads it with Core in this transaction sees it
    return fact.id


def free_key(
    session: Session,
    kind: type[Fact] | type[Question] | type[Quiz],
    course_id: int,
    *,
    words: str,
) -> str:
    """Return a key made of the words that nothing else of the kind has in the course.

    :raises Invalid: a thousand others have the same words.
    """
    slug = slug_of(words)
    for number in range(1_000):
        key = f"{slug}-{hashlib.sha256(f'{words} {number}'.encode()).hexdigest()[:4]}"
        taken = sa.select(kind.id).where(kind.course_id == course_id, kind.key == key)
        if session.scalar(taken) is None:
            return key
    raise Invalid([Problem("", "There are too many alike in this course. Change the words.")])


def slug_of(words: str) -> str:
    """Return words as they may stand in a key or an address: "item" where nothing is left."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return _SLUG_BREAK.sub("-", plain).strip("-")[:_SLUG_LIMIT].strip("-") or "item"


def _read(text: str, path: str, limit: int, problems: list[Problem]) -> str | None:
    """Return a text on one line; None when there is none, "" when a problem was noted."""
    cleaned, complaint = clean(text, limit)
    if complaint:
        problems.append(Problem(path, complaint))
        return ""
    return " ".join(cleaned.split()) or None


def _complaint(text: str, exact: str) -> str:
    """Return what to do about words that do not occur once in a passage, or ""."""
    found = len(occurrences(text, exact))
    if found == 1:
        return ""
    if found > 1:
        return (
            f"These words stand {found} times in that paragraph. "
            "Take in words before or after them, until they stand there once."
        )
    alike = nearest(text, exact) if len(exact) <= _COMPARED else ""
    hint = f" Did you mean “{alike}”?" if alike else ""
    return f"These words are not in that paragraph. Copy them exactly as they stand there.{hint}"


def _topic_id(session: Session, course_id: int, topic_id: int | None) -> int | None:
    """Return the id of a topic if the course has it."""
    found = sa.select(Topic.id).where(Topic.id == topic_id, Topic.course_id == course_id)
    return session.scalar(found)


def _passage(session: Session, course_id: int, passage_id: int | None) -> Any:
    """Return the id and text of a passage if the course has it, or None."""
    return session.execute(
        sa.select(Passage.id, Passage.text)
        .join(Source, Source.id == Passage.source_id)
        .where(Passage.id == passage_id, Source.course_id == course_id)
    ).one_or_none()
