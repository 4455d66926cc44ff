"""Commands on files of questions: see what one would do, import it, export a course."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from quizapp.cli.running import application
from quizapp.db import db, transaction
from quizapp.errors import Invalid, Problem
from quizapp.formats.base import Format, Written
from quizapp.formats.bundle import SUFFIX
from quizapp.formats.media import MediaFile
from quizapp.formats.registry import FORMATS, detect
from quizapp.models import ImportOutcome, Status
from quizapp.policy import Actor
from quizapp.queries.courses import CourseInfo, course_by_slug
from quizapp.queries.exported_media import exported_media, require_room
from quizapp.queries.question_export import ExportChoice, exported_drafts, losses_of
from quizapp.services.import_planning import media_in, plan_file
from quizapp.services.import_rows import Plan, PlannedRow, WantedQuestions
from quizapp.services.import_writing import apply_import
from quizapp.services.question_imports import ask_question_import, store_plan, take_up_import

_COURSE = click.option("--course", "slug", required=True, help="The course, as in its address.")
#: Whoever may run commands runs the site: revisions made so have no author.
_SITE = Actor(id=0, name="The site", is_admin=True)


@click.group()
def questions() -> None:
    """Import and export files of questions."""


@questions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_COURSE
@click.option("--format", "form", type=click.Choice(list(FORMATS)), help="Found out if not given.")
@click.option("--apply", "applies", is_flag=True, help="Write it; without this it is only shown.")
def import_file(file: Path, slug: str, form: str | None, applies: bool) -> None:
    """Print what a file would do to a course, question by question, as file:line: message.

    With --apply all of it is written, or nothing; the pages of the course take it back.
    """
    data = file.read_bytes()
    found = FORMATS[form] if form else detect(data, file.name)
    if found is None or not found.can_read:
        raise Invalid([Problem("--format", f"must be given, one of: {', '.join(FORMATS)}")])
    with application():
        course = course_by_slug(db.session(), slug)
        wanted = WantedQuestions(uuid4().hex, file.name, found.name)
        plan = plan_file(db.session(), course_id=course.id, wanted=wanted, data=data)
        _print_plan(plan, file.name)
        if not applies:
            click.echo("Nothing was written; add --apply.")
            return
        import_id = _apply(course, wanted, plan, media_in(wanted, data) if plan.media else ())
        click.echo(f"Written; take it back at /teach/{slug}/imports/{import_id}")


@questions.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_COURSE
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="bank_yaml")
@click.option(
    "--status", "statuses", type=click.Choice([one.value for one in Status]), multiple=True
)
def export_file(file: Path, slug: str, form: str, statuses: tuple[str, ...]) -> None:
    """Write a course's questions into a file; print what its format cannot hold."""
    with application():
        session = db.session()
        course = course_by_slug(session, slug)
        choice = ExportChoice(statuses=tuple(map(Status, statuses)))
        drafts = exported_drafts(session, actor=_SITE, course_id=course.id, choice=choice)
        chosen: Format = FORMATS[form]
        media = exported_media(session, course_id=course.id, drafts=drafts)
        require_room(chosen, media)
        written = chosen.write(drafts, title=course.title, media=media)
        _require_ending(file, written)
        losses = losses_of(chosen, drafts, media.gone)
        for line in losses.left_out:
            click.echo(f"{line.count:,} not in the file: {line.what}", err=True)
        for line in losses.changed:
            click.echo(f"{line.count:,} not wholly in the file: {line.what}", err=True)
        file.write_bytes(written.data)
        click.echo(f"{losses.written:,} of {losses.total:,} questions written to {file}")


def _require_ending(file: Path, written: Written) -> None:
    """Refuse to call a package with pictures by the name of a text.

    :raises Invalid: it would be.
    """
    texts = tuple(end for one in FORMATS.values() for end in one.suffixes if end != SUFFIX)
    if written.suffix == SUFFIX and file.suffix.lower() in texts:
        message = f"must end with {SUFFIX}: the file holds pictures and sounds besides the text"
        raise Invalid([Problem("FILE", message)])


def _apply(
    course: CourseInfo,
    wanted: WantedQuestions,
    plan: Plan,
    media: Sequence[tuple[str, MediaFile]],
) -> int:
    now = datetime.now(UTC)
    with transaction() as session:
        keys: dict[str, Any] = {"actor": _SITE, "course_id": course.id}
        import_id = ask_question_import(session, **keys, wanted=wanted, now=now)
        importing = take_up_import(session, import_id=import_id)
        if importing is not None:
            store_plan(session, importing=importing, plan=plan)
        apply_import(session, **keys, import_id=import_id, now=now, media=media)
    return import_id


def _print_plan(plan: Plan, name: str) -> None:
    for remark in plan.remarks:
        click.echo(f"{name}: {remark}")
    for row in plan.rows:
        if row.notes or row.outcome is ImportOutcome.CHANGED:
            click.echo(f"{_at(name, row)}: {_said(row)}")
    counts = ", ".join(
        f"{plan.count(one):,} {one.value.replace('_', ' ')}" for one in ImportOutcome
    )
    click.echo(f"{name}: {counts}")


def _at(name: str, row: PlannedRow) -> str:
    return f"{name}:{row.line}" if not row.place else f"{name}: {row.place}"


def _said(row: PlannedRow) -> str:
    outcome = row.outcome.value.replace("_", " ")
    return f"{outcome}: {row.words} – {' '.join(row.notes)}"
