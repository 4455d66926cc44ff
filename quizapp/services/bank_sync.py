"""Loading the curated bank: what the files say becomes what the database holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.digest import digest
from quizapp.bank.schema import Bank, BankCourse
from quizapp.errors import Conflict
from quizapp.models import MADE_HERE, Citation, Course, Fact, Status
from quizapp.services import bank_content, bank_glossary, bank_questions


@dataclass(slots=True)
class Changes:
    """How many things a load added, changed (a new revision, for questions) and retired.

    `lost`: by the slug of a course, the words of each citation that was not found again.
    """

    added: int = 0
    changed: int = 0
    retired: int = 0
    unchanged: int = 0
    courses: list[str] = field(default_factory=list)
    lost: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.added} added, {self.changed} changed, "
            f"{self.retired} retired, {self.unchanged} unchanged"
        )

    def count(self, *, before: bool, differs: bool) -> None:
        """Note one thing that the files state."""
        if not before:
            self.added += 1
        elif differs:
            self.changed += 1
        else:
            self.unchanged += 1


def load_bank(session: Session, bank: Bank, *, now: datetime) -> Changes:
    """Store every course of a bank that has been checked; return what changed.

    Idempotent: unchanged files change nothing. An edited question gets a new revision and
    keeps its identity; what a file no longer states is retired, never deleted, so that old
    attempts and reviews still have what they point at (to a term nothing points, so it goes).
    Questions written on the site are left alone.
    """
    changes = Changes()
    for course_file in bank.courses:
        course = _course(session, course_file, now=now)
        topics = bank_content.load_topics(session, course, course_file, changes)
        passages = bank_content.load_reader(session, course, course_file, changes, now=now)
        facts = bank_content.load_facts(
            session, course, course_file, topics, passages, tally=changes, now=now
        )
        bank_glossary.load_glossary(session, course, course_file, changes)
        questions = bank_questions.load_questions(
            session, course, course_file, facts, tally=changes, now=now
        )
        bank_questions.load_quizzes(session, course, course_file, topics, questions, tally=changes)
        changes.courses.append(course.title)
        if lost := _lost(session, course, now=now):
            changes.lost[course.slug] = lost
    session.flush()
    return changes


def _course(session: Session, stated: BankCourse, *, now: datetime) -> Course:
    """Return the course that a file states; what was edited on the site stays until it changes.

    :raises Conflict: somebody made a course with its address on the site.
    """
    course = session.scalar(sa.select(Course).where(Course.slug == stated.slug))
    if course is None:
        course = Course(slug=stated.slug, is_public=True, created_at=now, edited=0)
        session.add(course)
    elif course.bank_sha256 == MADE_HERE:
        raise Conflict(
            f"A course made on the site has the address {stated.slug}: "
            "give the folder and its course.yaml another slug."
        )
    said = {name: getattr(stated, name) for name in ("title", "summary", "language")}
    if course.bank_sha256 != digest(said):
        for name, text in said.items():
            setattr(course, name, text)
        course.bank_sha256 = digest(said)
        course.edited += 1  # whoever has its settings open is told
    session.flush()  # generate course.id
    return course


def _lost(session: Session, course: Course, *, now: datetime) -> tuple[str, ...]:
    """Return the words of what this load flagged."""
    session.flush()
    return tuple(
        session.scalars(
            sa.select(Citation.exact)
            .join(Fact, Fact.id == Citation.fact_id)
            .where(
                Citation.lost_at == now,
                Fact.course_id == course.id,
                Fact.status != Status.RETIRED,
            )
            .order_by(Fact.position, Fact.id, Citation.position)
        )
    )
