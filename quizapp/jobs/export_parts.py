"""The parts of a copy of data: tables as JSON and CSV, cards for Anki, questions, pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quizapp.errors import NotFound
from quizapp.formats.anki_package.writer import write_package
from quizapp.formats.copied_rows import write_csv, write_json
from quizapp.formats.registry import FORMATS
from quizapp.models.ownership import HELD
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.course_rows import COURSE_TABLES, course_media, course_rows, media_bytes
from quizapp.queries.courses import course_by_id
from quizapp.queries.own_rows import Chunk, own_rows, person_of, unshown
from quizapp.queries.package_export import fact_ids, plan_export, written_cards
from quizapp.queries.question_export import ExportChoice, exported_drafts
from quizapp.services.data_exports import Making

#: Rows of one file: a spreadsheet opens it soon.
ROWS = 20_000
_QUESTIONS = FORMATS["json_lines"]

_TABLES = """
In a spreadsheet: an apostrophe before = + - @ at the beginning of a cell or of a line in
it, or after a semicolon or a tab, is none of the text; nor is one with which a cell begins
before a tab, the end of a line or a long number. It keeps texts from being taken for
formulas, and long numbers from being rounded. If a whole row stands in one cell, open the
file in Excel with Data, From Text/CSV, and choose the comma. In LibreOffice, "Detect
special numbers" makes dates of instants. In json/ texts stand as they are, and numbers of
rows too long for a spreadsheet are texts.
"""
_PERSONAL = """\
A copy of all that Footnote keeps about you, made on {day}.

tables/  the same as json/, for a spreadsheet: CSV in UTF-8, instants in UTC.
json/    for programs: lists of objects, one a line, instants in UTC.
anki/    the cards of each of your courses with your schedule and history, for Anki.

What is in each file; a table with nothing in it has none:

{files}

Long tables go on in files that end in -2, -3 and so on. Passwords are not kept, only
hashes of them, and those are in no copy; neither is what would let somebody sign in.
Who else had a hand in something is left out: it is about them.

What numbers mean: rating is 1 Again, 2 Hard, 3 Good, 4 Easy. stability is in days until
recall falls to 90 %; difficulty is 1 to 10: both as the last review left them, in anki/ as
your fitted weights have them. predicted and expected are chances of recall in
millionths, squared_error in millionths of those. band is a chance in steps of 5 %. quarter
counts quarters of an hour since 1 January 1970, week Mondays since 29 December 1969.
"""
_ANKI = """
In Anki: File, Import, and tick "Import any learning progress" and "Import any deck presets";
otherwise cards come as new ones, and a second import does not change them: delete the deck
first. Your schedule is that of FSRS: switch it on in the options of the deck to go on with it.
"""
_UNSHOWN = """
Not in here yet: {count} of your attempts at quizzes, which are open or whose results are
not shown to you so far, and how they rated your cards: in anki/ those are as they were
before. Ask for another copy afterwards.
"""
_UNSHOWN_MARKS = """
Not in here yet: what was written by hand about your marks in {count} of your quizzes, which
do not show marks to you so far. Ask for another copy afterwards.
"""
_COURSE = """\
A copy of the course “{title}”, made on {day}.

tables/          what the course is made of, for a spreadsheet: CSV in UTF-8, instants in UTC.
json/            the same for programs: lists of objects, one a line.
questions.jsonl  all questions with their facts and citations; Footnote imports it again.
media/           pictures and sounds, by the names that texts use.

Nothing in it is about a person: no students, no answers, no authors. Marks are exported
where the course keeps them.
"""


def planned_parts(session: Any, *, making: Making) -> list[str]:
    """Return the parts of a copy, in their order."""
    if making.course_id is not None:
        return [*(f"course:{name}" for name in COURSE_TABLES), "questions:", "media:"]
    actor = _actor(session, making)
    tables = [f"table:{name}" for name, held in HELD.items() if held.is_copied]
    return [*tables, *(f"anki:{course_id}" for course_id in actor.roles)]


def write_part(
    session: Any, *, making: Making, folder: Path, place: Mapping[str, Any]
) -> dict[str, Any]:
    """Write one part, or a piece of a long one; return where to go on."""
    kind, _, name = place["parts"][place["at"]].partition(":")
    after = _WRITERS[kind](session, making, folder, name, place)
    if after is None:
        return {**place, "at": place["at"] + 1, "chunk": 0, "after": None}
    return {**place, "chunk": place["chunk"] + 1, "after": after}


def read_me(session: Any, *, making: Making, folder: Path, now: datetime) -> str:
    """Return what the file says of itself."""
    day = f"{now:%d %B %Y}".lstrip("0")
    if making.course_id is not None:
        title = course_by_id(session, making.course_id).title
        return _COURSE.format(title=title, day=day) + _TABLES
    there = {path.stem for path in (folder / "json").glob("*.json")}
    width = max(map(len, there), default=0) + 2
    files = "\n".join(f"{name:{width}}{held.about}" for name, held in HELD.items() if name in there)
    hidden = unshown(session, learner_id=making.learner_id, now=now)
    words = _PERSONAL.format(day=day, files=files) + _TABLES
    words += _ANKI if (folder / "anki").is_dir() else ""
    for waiting, said in ((hidden.attempts, _UNSHOWN), (hidden.quizzes, _UNSHOWN_MARKS)):
        words += said.format(count=len(waiting)) if waiting else ""
    return words


def _table(
    session: Any, making: Making, folder: Path, name: str, place: Mapping[str, Any]
) -> list[Any] | None:
    actor, now = _actor(session, making), datetime.now(UTC)
    person = person_of(session, actor=actor, now=now)
    chunk = own_rows(session, table=name, person=person, after=place["after"], most=ROWS)
    return _write(chunk, folder, name, place["chunk"])


def _course_table(
    session: Any, making: Making, folder: Path, name: str, place: Mapping[str, Any]
) -> list[Any] | None:
    course_id = _course(making)
    found = course_rows(session, table=name, course_id=course_id, after=place["after"], most=ROWS)
    return _write(found, folder, name, place["chunk"])


def _write(chunk: Chunk, folder: Path, name: str, number: int) -> list[Any] | None:
    """Write rows twice; files of a piece that was written before are written over."""
    if chunk.rows:
        stem = f"{name}-{number + 1}" if number else name
        for kind, suffix, write in (("json", "json", write_json), ("tables", "csv", write_csv)):
            (folder / kind).mkdir(exist_ok=True)
            write(folder / kind / f"{stem}.{suffix}", chunk.rows)
    return chunk.after


def _anki(session: Any, making: Making, folder: Path, name: str, _place: Mapping[str, Any]) -> None:
    actor, now = _actor(session, making), datetime.now(UTC)
    course_id = int(name)
    # Whoever has left a course meanwhile gets no cards of it.
    if course_id not in actor.roles or not fact_ids(session, course_id):
        return
    course = course_by_id(session, course_id)
    planned = plan_export(session, actor=actor, course=course, with_memory=True, now=now)
    (folder / "anki").mkdir(exist_ok=True)
    target = folder / "anki" / f"{course.slug}.apkg"
    write_package(target, planned.frame(), written_cards(session, planned), now=now)


def _questions(
    session: Any, making: Making, folder: Path, _name: str, _place: Mapping[str, Any]
) -> None:
    course_id = _course(making)
    actor = _actor(session, making)
    drafts = exported_drafts(session, actor=actor, course_id=course_id, choice=ExportChoice())
    if drafts:
        title = course_by_id(session, course_id).title
        (folder / "questions.jsonl").write_bytes(_QUESTIONS.write(drafts, title=title).data)


def _media(
    session: Any, making: Making, folder: Path, _name: str, _place: Mapping[str, Any]
) -> None:
    for name, digest in course_media(session, course_id=_course(making)).items():
        (folder / "media").mkdir(exist_ok=True)
        (folder / "media" / name).write_bytes(media_bytes(session, digest))


def _actor(session: Any, making: Making) -> Actor:
    actor = actor_for_id(session, making.learner_id)
    if actor is None:
        raise NotFound("The account is gone.")
    return actor


def _course(making: Making) -> int:
    if making.course_id is None:
        raise NotFound("The course is gone.")
    return making.course_id


_WRITERS: Mapping[str, Callable[..., list[Any] | None]] = {
    "table": _table,
    "course": _course_table,
    "anki": _anki,
    "questions": _questions,
    "media": _media,
}
