"""Courses, their texts, and the facts that learners remember."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, choice, learner_key

#: Stands where a digest would, in a course that no file states.
MADE_HERE = "made here"


class Role(StrEnum):
    """What someone is in one course."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"


class Status(StrEnum):
    """Where a fact, a question or a quiz stands; only what is ready reaches learners.

    Questions alone are in review: they wait for an instructor to approve them.
    """

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    READY = "ready"
    RETIRED = "retired"


class Course(Base):
    """Content and members. `slug` stands in addresses; a public course may be tried by guests.

    `glossary_sha256` is the digest of its terms, "" while it has none: what was worked out from
    them can be kept as long as it stays the same. `form_policy` is what `FormPolicy.dump` gave: how
    the form of questions grows with a memory; NULL is the usual way. `review_by_other` says that
    nobody makes a question ready that they wrote themselves. `archived_at` is NULL while the course
    runs; after it, nothing is written to it (`policy.require_author`).

    :param edited: how often it was edited on the site: two editors get a conflict and not a lost
        edit.
    :param bank_sha256: the digest of what the bank's file stated of the course itself; `MADE_HERE`
        for a course that was made on the site, which no load touches; NULL where neither is known.
    :param hidden_since: since when it is a course of nobody: a copy that is not whole yet, or what
        was taken back; NULL for every real course. :param emptied_at: when what it said was
        thrown away.
    """

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.Text)
    language: Mapped[str] = mapped_column(sa.String(20))
    is_public: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    glossary_sha256: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")
    form_policy: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    review_by_other: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    edited: Mapped[int] = mapped_column(default=0, server_default="0")
    bank_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    hidden_since: Mapped[datetime | None]
    emptied_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]


class Enrolment(Base):
    """A user in a course, as student or instructor."""

    __tablename__ = "enrolment"
    __table_args__ = (sa.Index(None, "course_id", "role"), {"sqlite_with_rowid": False})

    user_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[Role] = mapped_column(choice(Role))
    joined_at: Mapped[datetime]


class Source(Base):
    """A text that a course cites."""

    __tablename__ = "source"
    __table_args__ = (sa.UniqueConstraint("course_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(80))
    title: Mapped[str] = mapped_column(sa.String(300))
    author: Mapped[str] = mapped_column(sa.String(300))
    year: Mapped[str] = mapped_column(sa.String(20))
    licence: Mapped[str] = mapped_column(sa.String(300))
    note: Mapped[str] = mapped_column(sa.Text)


class Passage(Base):
    """One paragraph of a source. `text` is what citations point into, by code points.

    `bank_sha256` is the digest of what the bank's file stated when it was last loaded; a passage
    edited on the site keeps the edit until the file changes.
    """

    __tablename__ = "passage"
    __table_args__ = (sa.UniqueConstraint("source_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("source.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(sa.String(300))
    locator: Mapped[str] = mapped_column(sa.String(80))
    text: Mapped[str] = mapped_column(sa.Text)
    note: Mapped[str] = mapped_column(sa.Text)
    bank_sha256: Mapped[str | None] = mapped_column(sa.String(64))


class Topic(Base):
    """A named group of facts."""

    __tablename__ = "topic"
    __table_args__ = (sa.UniqueConstraint("course_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(80))
    title: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.Text)
    position: Mapped[int]


class Fact(Base):
    """One statement worth remembering. `position` is the order in which learners meet facts.

    `note` is the editor's note where text and record differ, `record` its source.
    `bank_sha256` is the digest of what the bank's file stated; NULL for facts written on the site.
    """

    __tablename__ = "fact"
    __table_args__ = (
        sa.UniqueConstraint("course_id", "key"),
        sa.Index(None, "course_id", "status", "position"),
        sa.Index(None, "topic_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topic.id"))
    key: Mapped[str] = mapped_column(sa.String(80))
    statement: Mapped[str] = mapped_column(sa.Text)
    note: Mapped[str] = mapped_column(sa.Text)
    record: Mapped[str] = mapped_column(sa.Text)
    status: Mapped[Status] = mapped_column(choice(Status))
    position: Mapped[int]
    bank_sha256: Mapped[str | None] = mapped_column(sa.String(64))


class Citation(Base):
    """The span of a passage that proves a fact: `exact == passage.text[start:end]`.

    `prefix` and `suffix` are up to 32 code points of the passage around it, by which the words
    are found again when the text changes. Where they are not, `lost_at` says since when, and
    start and end mean nothing; an instructor cites anew.
    """

    __tablename__ = "citation"
    __table_args__ = (
        sa.Index(None, "passage_id"),
        # Few are lost, ever: counting them looks at no other row.
        sa.Index(
            "ix_citation_lost",
            "lost_at",
            sqlite_where=sa.text("lost_at IS NOT NULL"),
            postgresql_where=sa.text("lost_at IS NOT NULL"),
        ),
    )

    fact_id: Mapped[int] = mapped_column(
        sa.ForeignKey("fact.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    passage_id: Mapped[int] = mapped_column(sa.ForeignKey("passage.id"))
    start: Mapped[int]
    end: Mapped[int]
    exact: Mapped[str] = mapped_column(sa.Text)
    prefix: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    suffix: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    lost_at: Mapped[datetime | None]


class TermKind(StrEnum):
    """What a term of the glossary names."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    TERM = "term"


class Term(Base):
    """A person, organisation, place or term that a course explains, in one line.

    `names` are what texts call it, `name` first: they are linked where they occur. `spellings`
    are what learners may type besides, each {"text", "language"}, the language "" or a tag.
    """

    __tablename__ = "term"
    __table_args__ = (sa.UniqueConstraint("course_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[TermKind] = mapped_column(choice(TermKind))
    name: Mapped[str] = mapped_column(sa.String(200))
    definition: Mapped[str] = mapped_column(sa.Text)
    names: Mapped[list[Any]]
    spellings: Mapped[list[Any]]
    position: Mapped[int]
