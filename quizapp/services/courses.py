"""Making courses on the site, and what is said of a course as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.text import LANGUAGE
from quizapp.errors import Conflict, Invalid, Problem
from quizapp.models import MADE_HERE, Course, Enrolment, Role
from quizapp.policy import Actor, require_author, require_course_maker
from quizapp.queries.course_settings import may_publish
from quizapp.questions.reading import clean
from quizapp.services.facts import slug_of

TITLE_LIMIT = 200
SLUG_LIMIT = 60
SUMMARY_LIMIT = 4_000
LANGUAGE_LIMIT = 20
STALE = "Someone else changed this course while you were editing it."
#: Addresses under /courses/ that are pages of their own.
_RESERVED = frozenset({"new"})
_MAY_NOT_PUBLISH = (
    "Ask whoever runs this site: those who teach a public course already can make others public."
)
_TAKEN = "Another course has this address. Choose another."


@dataclass(frozen=True, slots=True)
class WrittenCourse:
    """What an instructor states of a course, unchecked. :param slug: its place in addresses."""

    title: str
    slug: str = ""
    summary: str = ""
    language: str = "en"
    is_public: bool = False


def create_course(session: Session, *, actor: Actor, written: WrittenCourse, now: datetime) -> int:
    """Store a course with nothing in it, which its maker teaches; return its id.

    :raises Forbidden: the actor may make no courses.
    :raises Invalid: with every problem, at "title", "slug", "summary", "language" or "is_public".
    """
    checked = check_course(session, actor=actor, written=written)
    if checked.is_public and not may_publish(session, actor=actor):
        raise Invalid([Problem("is_public", _MAY_NOT_PUBLISH)])
    course_id = store_course(session, checked, now=now)
    let_teach(session, user_id=actor.id, course_id=course_id, now=now)
    return course_id


def check_course(session: Session, *, actor: Actor, written: WrittenCourse) -> WrittenCourse:
    """Return what may be stored of a new course; without an address it gets one by its title.

    :raises Forbidden: the actor may make no courses. :raises Invalid: with every problem.
    """
    require_course_maker(actor)
    checked, problems = _read(written)
    slug = "-".join(written.slug.strip().lower().split()) or slug_of(checked.title or "course")
    if slug != slug_of(slug) or len(slug) > SLUG_LIMIT:
        message = f"Use small letters, digits and hyphens, at most {SLUG_LIMIT}."
        problems.append(Problem("slug", message))
    elif slug in _RESERVED or _is_taken(session, slug):
        problems.append(Problem("slug", _TAKEN))
    if problems:
        raise Invalid(problems)
    return replace(checked, slug=slug)


def store_course(session: Session, checked: WrittenCourse, *, now: datetime, **more: Any) -> int:
    """Store what `check_course` returned; return its id."""
    course = Course(
        slug=checked.slug,
        title=checked.title,
        summary=checked.summary,
        language=checked.language,
        is_public=checked.is_public,
        created_at=now,
        bank_sha256=MADE_HERE,
        **more,
    )
    session.add(course)
    session.flush()  # generate course.id
    return course.id


def taken_back(kind: str, number: int) -> str:
    """Return the address of a hidden course: no file and nobody who makes a course can state it."""
    return f"undone.{kind}.{number}"


def let_teach(session: Session, *, user_id: int, course_id: int, now: datetime) -> None:
    """Make somebody an instructor of a course that has no members yet."""
    session.execute(
        sa.insert(Enrolment).values(
            user_id=user_id, course_id=course_id, role=Role.INSTRUCTOR, joined_at=now
        )
    )


def revise_course(
    session: Session, *, actor: Actor, course_id: int, written: WrittenCourse, seen: int
) -> None:
    """Make what is written the state of a course; its address stays what it is.

    :param seen: how often it had been edited when the editor opened it.
    :raises Forbidden, NotFound: the actor does not teach the course, or it is archived.
    :raises Invalid: with every problem, at "title", "summary", "language" or "is_public".
    :raises Conflict: someone else edited it since.
    """
    require_author(actor, course_id)
    checked, problems = _read(written)
    was_public = session.scalar(sa.select(Course.is_public).where(Course.id == course_id))
    if checked.is_public and not was_public and not may_publish(session, actor=actor):
        problems.append(Problem("is_public", _MAY_NOT_PUBLISH))
    if problems:
        raise Invalid(problems)
    # Whoever comes second finds another number and changes nothing.
    changed = session.execute(
        sa.update(Course)
        .where(Course.id == course_id, Course.edited == seen)
        .values(
            title=checked.title,
            summary=checked.summary,
            language=checked.language,
            is_public=checked.is_public,
            edited=seen + 1,
        ),
        execution_options={"synchronize_session": False},
    )
    if cast("sa.CursorResult[Any]", changed).rowcount != 1:
        raise Conflict(STALE)


def _read(written: WrittenCourse) -> tuple[WrittenCourse, list[Problem]]:
    """Return the texts of a course, cleaned, and what is wrong with them."""
    problems: list[Problem] = []
    limits = {"title": TITLE_LIMIT, "summary": SUMMARY_LIMIT, "language": LANGUAGE_LIMIT}
    texts: dict[str, Any] = {}
    for name, limit in limits.items():
        texts[name], complaint = clean(getattr(written, name), limit)
        if complaint:
            problems.append(Problem(name, complaint))
    texts["title"] = " ".join(texts["title"].split())
    if not texts["title"] and not any(one.path == "title" for one in problems):
        problems.append(Problem("title", "Give the course a title."))
    if not LANGUAGE.fullmatch(texts["language"]):
        message = "Write the tag of a language, such as en, de-CH or ar."
        problems.append(Problem("language", message))
    return replace(written, **texts), problems


def _is_taken(session: Session, slug: str) -> bool:
    return session.scalar(sa.select(Course.id).where(Course.slug == slug)) is not None
