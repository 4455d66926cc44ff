"""Adding texts to a course, and paragraphs to its texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.text import control_character
from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.formats.reader_text.blocks import Paragraph, read_paragraphs
from quizapp.formats.reader_text.kinds import TEXT_LIMIT
from quizapp.models import Passage, Source
from quizapp.policy import Actor, require_author
from quizapp.queries.texts import is_pointed_at
from quizapp.questions.reading import clean
from quizapp.services.facts import slug_of
from quizapp.services.passages import StatedPassage, read_passage

#: The most characters of what is said of a text.
SOURCE_LIMITS = {"title": 300, "author": 300, "year": 20, "licence": 300, "note": 4_000}
_REQUIRED = {"title": "Write the title of the text."}
MOST_PARAGRAPHS = 5_000
#: More problems than these are not read at once.
_MOST_PROBLEMS = 10
NO_TEXT = "There is no such text in this course."
CITED = "Facts are proved by it, or a learner’s challenge points at it, so it stays."

OF_FILES = "It comes from the course’s files, so it is taken away there."


@dataclass(frozen=True, slots=True)
class StatedSource:
    """What is said of a text, unchecked."""

    title: str
    author: str
    year: str
    licence: str
    note: str


def read_source(stated: StatedSource) -> StatedSource:
    """Return what was stated, cleaned.

    :raises Invalid: with every problem at "title", "author", "year", "licence" or "note".
    """
    problems: list[Problem] = []
    read = StatedSource(
        **{name: _read(name, value, problems) for name, value in asdict(stated).items()}
    )
    if problems:
        raise Invalid(problems)
    return read


def read_text(text: str) -> tuple[StatedPassage, ...]:
    """Return the paragraphs of a text in the plain way to write them, as they may be stored.

    :raises Invalid: with the first problems at "text", each with the line of its paragraph.
    """
    if len(text) > TEXT_LIMIT:
        message = f"Shorten this to {TEXT_LIMIT:,} characters, or save it as several texts."
        raise Invalid([Problem("text", message)])
    paragraphs = read_paragraphs(text)
    if not paragraphs:
        raise Invalid([Problem("text", "Paste the text, or choose its file.")])
    if len(paragraphs) > MOST_PARAGRAPHS:
        message = f"{len(paragraphs):,} paragraphs are too many for one text. Save it as several."
        raise Invalid([Problem("text", message)])
    problems: list[Problem] = []
    read = tuple(_passage(paragraph, problems) for paragraph in paragraphs)
    if problems:
        more = len(problems) - _MOST_PROBLEMS
        last = [Problem("text", f"There are {more} more problems.")] if more > 0 else []
        raise Invalid(problems[:_MOST_PROBLEMS] + last)
    return read


def create_text(
    session: Session, *, actor: Actor, course_id: int, source: StatedSource, text: str
) -> int:
    """Store a text with its paragraphs; return its id.

    :raises Forbidden, NotFound: the actor does not teach the course.
    :raises Invalid: with every problem at a field of the source, or at "text".
    """
    require_author(actor, course_id)
    read, passages = _both(source, text)
    row = Source(course_id=course_id, key=_free_key(session, course_id, read.title), **asdict(read))
    session.add(row)
    session.flush()  # generate row.id
    _add(session, row.id, passages, at=0, key="p")
    return row.id


def revise_source(
    session: Session, *, actor: Actor, course_id: int, source_id: int, source: StatedSource
) -> None:
    """Store what is said of a text.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such text.
    :raises Invalid: with every problem at a field of the source.
    """
    require_author(actor, course_id)
    _lock_source(session, course_id, source_id)
    values = asdict(read_source(source))
    session.execute(sa.update(Source).where(Source.id == source_id).values(**values))


def add_paragraphs(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    source_id: int,
    text: str,
    after: int | None,
) -> int:
    """Store further paragraphs of a text; return how many.

    :param after: the paragraph that they follow; None puts them first.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such text.
    :raises Invalid: with every problem at "text" or "after".
    """
    require_author(actor, course_id)
    passages = read_text(text)
    _lock_source(session, course_id, source_id)
    at = 0
    if after is not None:
        here = sa.select(Passage.position).where(
            Passage.id == after, Passage.source_id == source_id
        )
        position = session.scalar(here)
        if position is None:
            raise Invalid([Problem("after", "Choose a paragraph of this text.")])
        at = position + 1
    of_text = Passage.source_id == source_id
    count, from_files = session.execute(
        sa.select(sa.func.count(), sa.func.count(Passage.bank_sha256)).where(of_text)
    ).one()
    if count + len(passages) > MOST_PARAGRAPHS:
        message = f"A text holds at most {MOST_PARAGRAPHS:,} paragraphs. Save these as another."
        raise Invalid([Problem("text", message)])
    if from_files and session.scalar(sa.select(sa.exists().where(of_text, Passage.position >= at))):
        message = "The course’s files put these paragraphs in order: add yours at the end."
        raise Invalid([Problem("after", message)])
    session.execute(
        sa.update(Passage)
        .where(of_text, Passage.position >= at)
        .values(position=Passage.position + len(passages))
    )
    # The files of a course name their paragraphs p1, p2, …: what they add later is no other's.
    _add(session, source_id, passages, at=at, key="s" if from_files else "p")
    return len(passages)


def remove_paragraph(session: Session, *, actor: Actor, course_id: int, passage_id: int) -> int:
    """Delete a paragraph that nothing cites; return the id of its text.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such paragraph.
    :raises Conflict: something cites it, or the files of the course state it.
    """
    require_author(actor, course_id)
    found = session.execute(
        sa.select(Passage.source_id, Passage.bank_sha256)
        .join(Source, Source.id == Passage.source_id)
        .where(Passage.id == passage_id, Source.course_id == course_id)
        .with_for_update(of=Passage)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such paragraph in this course.")
    if found.bank_sha256 is not None:
        raise Conflict(OF_FILES)
    pointed_at = sa.select(Passage.id).where(Passage.id == passage_id, is_pointed_at(course_id))
    if session.scalar(pointed_at) is not None:
        raise Conflict(CITED)
    session.execute(sa.delete(Passage).where(Passage.id == passage_id))
    return int(found.source_id)


def remove_text(session: Session, *, actor: Actor, course_id: int, source_id: int) -> str:
    """Delete a text of whose paragraphs nothing cites any; return its title.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such text.
    :raises Conflict: something cites one of them, or the files of the course state one.
    """
    require_author(actor, course_id)
    title = _lock_source(session, course_id, source_id)
    of_files = sa.exists().where(Passage.source_id == source_id, Passage.bank_sha256.is_not(None))
    if session.scalar(sa.select(of_files)):
        raise Conflict(OF_FILES)
    pointed_at = sa.select(Passage.id).where(
        Passage.source_id == source_id, is_pointed_at(course_id)
    )
    if session.scalar(pointed_at.limit(1)) is not None:
        raise Conflict("Facts are proved by this text, so it stays.")
    session.execute(sa.delete(Passage).where(Passage.source_id == source_id))
    session.execute(sa.delete(Source).where(Source.id == source_id))
    return title


def _read(name: str, value: str, problems: list[Problem]) -> str:
    cleaned, complaint = clean(value, SOURCE_LIMITS[name])
    control = control_character(cleaned)
    if control:
        complaint = f"Remove the {control[0]} at place {control[1] + 1}."
    elif not cleaned and not complaint:
        complaint = _REQUIRED.get(name, "")
    if complaint:
        problems.append(Problem(name, complaint))
        return ""
    return " ".join(cleaned.split())


def _passage(paragraph: Paragraph, problems: list[Problem]) -> StatedPassage:
    stated = StatedPassage(heading=paragraph.heading, locator="", text=paragraph.text, note="")
    try:
        return read_passage(stated)
    except Invalid as error:
        problems += [
            Problem("text", f"Line {paragraph.line}: {problem.message}")
            for problem in error.problems
        ]
        return stated


def _both(source: StatedSource, text: str) -> tuple[StatedSource, tuple[StatedPassage, ...]]:
    """Return both as they may be stored, or raise with the problems of both."""
    problems: list[Problem] = []
    read: StatedSource = source
    passages: tuple[StatedPassage, ...] = ()
    try:
        read = read_source(source)
    except Invalid as error:
        problems += error.problems
    try:
        passages = read_text(text)
    except Invalid as error:
        problems += error.problems
    if problems:
        raise Invalid(problems)
    return read, passages


def _lock_source(session: Session, course_id: int, source_id: int) -> str:
    """Return the title of a text; whoever else adds to it waits."""
    found = sa.select(Source.title).where(Source.id == source_id, Source.course_id == course_id)
    title = session.scalar(found.with_for_update())
    if title is None:
        raise NotFound(NO_TEXT)
    return title


def _free_key(session: Session, course_id: int, title: str) -> str:
    slug = slug_of(title)
    taken = set(session.scalars(sa.select(Source.key).where(Source.course_id == course_id)))
    if slug not in taken:
        return slug
    return next(key for n in range(2, len(taken) + 3) if (key := f"{slug}-{n}") not in taken)


def _add(
    session: Session, source_id: int, passages: Sequence[StatedPassage], *, at: int, key: str
) -> None:
    """Store paragraphs from a position on; each gets the next free name and locator."""
    stored = session.execute(
        sa.select(Passage.key, Passage.locator).where(Passage.source_id == source_id)
    ).all()
    number = max((_number(row.key, key) for row in stored), default=0)
    place = max((_number(row.locator, "P") for row in stored), default=0)
    session.execute(
        sa.insert(Passage),
        [
            {
                "source_id": source_id,
                "key": f"{key}{number + n}",
                "position": at + n - 1,
                "heading": passage.heading,
                "locator": f"P{place + n}",
                "text": passage.text,
                "note": "",
                "bank_sha256": None,
            }
            for n, passage in enumerate(passages, 1)
        ],
    )


def _number(name: str, letter: str) -> int:
    """Return the number of a name such as "p12", 0 of any other."""
    digits = name.removeprefix(letter)
    return int(digits) if name.startswith(letter) and digits.isdecimal() else 0
